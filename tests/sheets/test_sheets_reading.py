"""Tables that people send: found by titles, told cell by cell, and never dangerous."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
import xlsxwriter
from django import forms

from pishkhan.persian.fields import JalaliDateField, NationalCodeField, PersianCharField, WholeNumberField
from pishkhan.sheets import reading
from pishkhan.sheets.reading import read_rows
from pishkhan.sheets.tables import Column, RefusedTable
from pishkhan.sheets.writing import write_table

COLUMNS = (
    Column("code", "کد ملی", NationalCodeField()),
    Column("name", "نام", PersianCharField(required=False)),
    Column("born", "تاریخ تولد", JalaliDateField(required=False)),
    Column("count", "شمار", WholeNumberField(required=False)),
    Column("kind", "نوع", forms.ChoiceField(choices=[("a", "دوره‌ای"), ("b", "نخستین")], required=False)),
    Column("signed", "امضا", forms.BooleanField(required=False)),
)
CODE = "9990000018"


def values(row):
    """The cells as the fields of their columns read them."""
    return {column.name: column.field.clean(row.cells[column.name]) for column in COLUMNS}


def book(*lines, write=None) -> BytesIO:
    """A file as somebody's own Excel would have written it: numbers as numbers, dates as dates."""
    out = BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet, day = made.add_worksheet(), made.add_format({"num_format": "yyyy-mm-dd"})
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)
        if write:
            write(sheet)
    out.seek(0)
    return out


def test_columns_are_found_by_their_titles_in_any_order_and_spelling():
    table = read_rows(book(["امضا", "نوع", "كد  ملي *"], ["بله", "دوره ای", CODE]), COLUMNS)
    assert table.problems == []
    assert values(table.rows[0]) == {
        **{"code": CODE, "name": "", "born": None, "count": None},
        **{"kind": "a", "signed": True},
    }


def test_digits_and_letters_of_any_keyboard_are_read():
    table = read_rows(book(["کد ملی", "نام", "شمار"], ["۹۹۹۰۰۰۰۰۱۸", "علي", "٤٢"]), COLUMNS)
    assert (values(table.rows[0])["code"], values(table.rows[0])["name"]) == (CODE, "علی")
    assert values(table.rows[0])["count"] == 42


def test_a_code_kept_as_a_number_gets_its_zeros_back():
    assert read_rows(book(["کد ملی"], [67749828]), COLUMNS).rows[0].cells["code"] == "0067749828"


def test_dates_are_read_as_jalali_text_and_as_excels_own():
    table = read_rows(
        book(["کد ملی", "تاریخ تولد"], [CODE, "۱۴۰۳/۰۱/۰۵"], [CODE, dt.date(2024, 3, 24)]), COLUMNS
    )
    assert [values(row)["born"] for row in table.rows] == [dt.date(2024, 3, 24)] * 2


def test_a_cell_that_no_form_could_have_sent_is_told_with_its_row_and_column():
    lines = (["فهرست"], ["کد ملی", "امضا"], [CODE, ""], [], ["123", "شاید"])
    table = read_rows(book(*lines), COLUMNS)
    assert [(problem.row, problem.title) for problem in table.problems] == [(5, "امضا")]
    assert "بله" in table.problems[0].message
    assert [row.number for row in table.rows] == [3, 5]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("a")'])
def test_a_cell_that_looks_like_a_formula_is_read_and_written_as_text(text):
    content = write_table("فهرست", ["کد ملی", "نام"], [[CODE, text]])
    sheet = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    read = values(read_rows(BytesIO(content), COLUMNS).rows[0])["name"]
    assert read[0] == text[0]


@pytest.mark.parametrize(
    "lines, told",
    [
        ([["نام"], ["علی"]], "ستون «کد ملی» نیست"),
        ([["کد ملی", "چیز دیگر"], [CODE, "x"]], "ستون «چیز دیگر» شناخته نیست"),
        ([["کد ملی", "کد ملی"], [CODE, CODE]], "دو بار آمده است"),
        ([["چیز", "دیگر"], ["x", "y"]], "عنوان ستون‌ها پیدا نشد"),
        ([["کد ملی"]], "ردیفی نیست"),
        ([["کد ملی"], *[[CODE]] * (reading.MOST_ROWS + 1)], "بیش از ۵۰۰ ردیف"),
    ],
)
def test_what_is_not_the_table_that_was_asked_for_is_refused_in_words(lines, told):
    with pytest.raises(RefusedTable) as refused:
        read_rows(book(*lines), COLUMNS)
    assert told in " ".join(refused.value.messages)


def test_as_many_rows_as_are_allowed_are_read():
    assert len(read_rows(book(["کد ملی"], *[[CODE]] * reading.MOST_ROWS), COLUMNS).rows) == reading.MOST_ROWS


@pytest.mark.parametrize(
    "content", [b"", b"name,code\n", b"PK\3\4" + b"x" * 99, b"\xd0\xcf\x11\xe0" + b"x" * 999]
)
def test_a_file_that_is_not_excel_is_refused(content):
    with pytest.raises(RefusedTable) as refused:
        read_rows(BytesIO(content), COLUMNS)
    assert "اکسل نیست" in str(refused.value)


def test_a_file_past_the_limit_is_refused_without_being_read_further():
    stream = BytesIO(b"PK\3\4" + b"x" * (3 * reading.LARGEST))
    with pytest.raises(RefusedTable) as refused:
        read_rows(stream, COLUMNS)
    assert "بزرگ‌تر" in str(refused.value)
    assert stream.tell() == reading.LARGEST + 1


def test_a_file_that_claims_a_billion_cells_ends_its_reader_and_nothing_else():
    far = book(["کد ملی"], write=lambda sheet: sheet.write(1_048_575, 16_383, "x"))
    with pytest.raises(RefusedTable):
        read_rows(far, COLUMNS)


def test_a_file_that_unpacks_without_end_ends_its_reader_and_nothing_else():
    sound, bomb = zipfile.ZipFile(book(["کد ملی"], [CODE])), BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in sound.namelist():
            content = sound.read(name)
            if name == "xl/sharedStrings.xml":
                content = content.replace(b"</sst>", b"<si><t>" + b"A" * 600_000_000 + b"</t></si></sst>")
            out.writestr(name, content)
    assert len(bomb.getvalue()) < reading.LARGEST
    bomb.seek(0)
    with pytest.raises(RefusedTable):
        read_rows(bomb, COLUMNS)


def test_a_reader_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", 0.001)
    with pytest.raises(RefusedTable):
        read_rows(book(["کد ملی"], [CODE]), COLUMNS)
