"""Tables that people are given."""

import datetime as dt
import zipfile
from io import BytesIO

from django import forms
from python_calamine import CalamineWorkbook

from pishkhan.persian.fields import NationalCodeField
from pishkhan.sheets.reading import read_rows
from pishkhan.sheets.tables import Column
from pishkhan.sheets.writing import write_table, write_template


def cells(content: bytes, sheet: int = 0) -> list[list[str]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(sheet).to_python()


def xml(content: bytes) -> str:
    return zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def test_dates_are_jalali_and_digits_persian_and_all_is_text():
    content = write_table("فهرست", ["الف", "ب", "پ", "ت"], [[12, dt.date(2024, 3, 24), None, True]])
    assert cells(content) == [["الف", "ب", "پ", "ت"], ["۱۲", "۱۴۰۳/۰۱/۰۵", "", "بله"]]


def test_the_sheet_reads_from_the_right_and_keeps_its_head_in_view():
    written = xml(write_table("فهرست", ["الف"], [["x"]]))
    assert 'rightToLeft="1"' in written
    assert 'state="frozen"' in written


def test_no_cell_is_a_formula_or_a_link():
    written = xml(write_table("فهرست", ["الف"], [["=cmd|' /C calc'!A0"], ["https://example.test/"]]))
    assert "<f>" not in written
    assert "hyperlink" not in written


def test_a_title_that_excel_cannot_bear_is_made_fit():
    assert cells(write_table("الف/ب[۱]:؟*" + "ی" * 40, ["الف"], []))


def test_a_cell_longer_than_excel_bears_is_cut():
    assert len(cells(write_table("فهرست", ["الف"], [["ی" * 40_000]]))[1][0]) == 32_767


def test_the_template_is_accepted_once_it_is_filled_in_and_says_what_it_takes():
    columns = (
        Column("code", "کد ملی", NationalCodeField()),
        Column("kind", "نوع", forms.ChoiceField(choices=[("a", "یکم"), ("b", "دوم")], required=False)),
    )
    content = write_template("بازدیدها", columns)
    assert cells(content)[0] == ["کد ملی", "نوع"]
    guide = cells(content, 1)
    assert guide[1][:2] == ["کد ملی", "بله"]
    assert guide[2] == ["نوع", "خیر", "یکم، دوم"]
    filled = write_table("بازدیدها", cells(content)[0], [["9990000018", "دوم"]])
    assert read_rows(BytesIO(filled), columns).rows[0].cells["kind"] == "b"
