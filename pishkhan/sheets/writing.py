"""Writing an Excel file for people to read: right to left, every cell a text and none a formula."""

import datetime
import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django import forms

from pishkhan.persian.calendar import show_date, show_datetime
from pishkhan.persian.digits import to_persian
from pishkhan.persian.fields import JalaliDateField

from .tables import Column

LONGEST_CELL, NARROWEST, WIDEST = 32_767, 10, 45  # characters
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


def write_table(title: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An xlsx file with one sheet of that title, a heading row and the rows: dates Jalali, digits Persian."""
    return _file({title: [list(titles), *([cell_text(value) for value in row] for row in rows)]})


def write_template(title: str, columns: Sequence[Column]) -> bytes:
    """The empty table to be filled in for `read_rows`; a second sheet says what each column takes."""
    guide = [["ستون", "الزامی", "چه نوشته شود"]]
    guide += [[c.title, "بله" if c.field.required else "خیر", _asked(c.field)] for c in columns]
    return _file({title: [[column.title for column in columns]], "راهنما": guide})


def cell_text(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "بله" if value else "خیر"
    if isinstance(value, datetime.datetime):
        return show_datetime(value)
    if isinstance(value, datetime.date):
        return show_date(value)
    return to_persian(value)


def _asked(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "بله یا خیر"
    if isinstance(field, forms.ChoiceField):
        return "، ".join(str(label) for value, label in dict(field.choices).items() if value)  # type: ignore[arg-type]
    if isinstance(field, JalaliDateField):
        return "تاریخ شمسی، مانند ۱۴۰۵/۰۱/۳۱"
    placeholder = str(field.widget.attrs.get("placeholder", ""))
    return to_persian(field.help_text or (f"مانند {placeholder}" if placeholder else ""))


def _file(sheets: dict[str, list[list[str]]]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E6EEFB", "border": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        for title, lines in sheets.items():
            sheet = book.add_worksheet(_NOT_IN_A_NAME.sub(" ", title)[:31])
            sheet.right_to_left()
            sheet.freeze_panes(1, 0)
            for place, width in enumerate(_widths(lines)):
                sheet.set_column(place, place, width, text)
            for number, line in enumerate(lines):
                for place, cell in enumerate(line):
                    sheet.write_string(number, place, cell[:LONGEST_CELL], text if number else head)
    return out.getvalue()


def _widths(lines: list[list[str]]) -> list[int]:
    longest = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return [min(WIDEST, max(NARROWEST, length + 3)) for length in longest]
