"""Reading an Excel file that somebody sent: distrusted, its columns found by their Persian titles."""

import datetime
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.fields import NationalCodeField
from pishkhan.persian.letters import clean_text, search_key

from .tables import Column, Problem, RefusedTable, SheetRow, Table

LARGEST = 1024 * 1024  # bytes
MOST_ROWS = 500
HEADER_WITHIN = 10
"""The titles stand in one of the first rows; above them there may be a heading."""
MOST_COLUMNS = 60
PATIENCE = 20  # seconds, of which the reader itself works ten at most

EXCEL = (b"PK\3\4", b"\xd0\xcf\x11\xe0")
YES, NO = {"بله", "بلی", "اری", "1", "دارد", "yes", "true"}, {"خیر", "نه", "0", "ندارد", "no", "false", ""}
NOT_EXCEL = "این فایل اکسل نیست یا خراب است؛ آن را در اکسل باز کنید، دوباره ذخیره کنید و بفرستید."


def read_rows(upload: UploadedFile | BinaryIO, columns: Sequence[Column]) -> Table:
    """The rows as they would be typed into a form, for a form to check; wholly empty ones are left out.

    Raises `RefusedTable` when there is no such table in the file.
    """
    lines = [[_text(cell) for cell in line] for line in _lines(_content(upload))]
    start, places = _header(lines, columns)
    table = Table([], [])
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if any(line):
            table.rows.append(SheetRow(number, _typed(number, line, columns, places, table.problems)))
    if not table.rows:
        raise RefusedTable("زیر عنوان ستون‌ها ردیفی نیست.")
    if len(table.rows) > MOST_ROWS:
        raise RefusedTable(f"فایل بیش از {to_persian(MOST_ROWS)} ردیف دارد؛ آن را بخش کنید.")
    return table


def _content(upload: UploadedFile | BinaryIO) -> bytes:
    content = upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise RefusedTable(f"فایل بزرگ‌تر از {to_persian(LARGEST // 1024)} کیلوبایت است.")
    if not content.startswith(EXCEL):
        raise RefusedTable(NOT_EXCEL)
    return content


def _lines(content: bytes) -> list[list[Any]]:
    """The cells of the first sheet, from its first row on, as `reader` writes them."""
    reader = Path(__file__).with_name("reader.py")
    most = MOST_ROWS + HEADER_WITHIN + 1
    command = [sys.executable, "-I", str(reader), str(most), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise RefusedTable(NOT_EXCEL) from error
    lines: list[list[Any]] = json.loads(done.stdout)
    return lines


def _text(cell: str | list[str]) -> str:
    """A cell's text; a date that Excel keeps as one is told in the Jalali way."""
    if isinstance(cell, list):
        return show_date(datetime.date.fromisoformat(cell[0]))
    return clean_text(cell)


def _header(lines: list[list[str]], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """The row of the titles, counted from 0, and the place of each column that is there."""
    named = {_key(column.title): column for column in columns}
    for start, line in enumerate(lines[:HEADER_WITHIN]):
        if any(_key(cell) in named for cell in line):
            return start, _places(line, named)
    raise RefusedTable(f"عنوان ستون‌ها پیدا نشد؛ ردیف نخست باید «{columns[0].title}» و … داشته باشد.")


def _places(line: list[str], named: dict[str, Column]) -> dict[str, int]:
    titles = [_key(cell) for cell in line]
    wrong = [f"ستون «{cell}» شناخته نیست." for cell in line if cell and _key(cell) not in named]
    wrong += [f"ستون «{named[key].title}» دو بار آمده است." for key in named if titles.count(key) > 1]
    wrong += [f"ستون «{c.title}» نیست." for key, c in named.items() if c.field.required and key not in titles]
    if wrong:
        raise RefusedTable(*wrong)
    return {column.name: titles.index(key) for key, column in named.items() if key in titles}


def _key(title: str) -> str:
    return search_key(title.replace("*", "").replace("\u200c", " "))


def _typed(
    number: int,
    line: list[str],
    columns: Sequence[Column],
    places: dict[str, int],
    problems: list[Problem],
) -> dict[str, str]:
    cells = {}
    for column in columns:
        place = places.get(column.name, len(line))
        text = line[place] if place < len(line) else ""
        try:
            cells[column.name] = as_typed(column.field, text)
        except ValidationError as wrong:
            cells[column.name] = ""
            problems.append(Problem(number, column.title, str(wrong.message)))
    return cells


def as_typed(field: forms.Field, text: str) -> str:
    """A cell as a form's input would have sent it: a choice by its value, «بله» as a ticked box.

    Excel drops the zeros before a code that it takes for a number; a national code gets them back.
    """
    if isinstance(field, forms.BooleanField):
        if search_key(text) in YES:
            return "on"
        if search_key(text) not in NO:
            raise ValidationError("«بله» یا «خیر» بنویسید.")
        return ""
    if isinstance(field, forms.ChoiceField):
        values = {_key(str(label)): str(value) for value, label in dict(field.choices).items()}  # type: ignore[arg-type]
        return values.get(_key(text), text)
    if isinstance(field, NationalCodeField) and len(text) in (8, 9):
        return text.rjust(10, "0")
    return text
