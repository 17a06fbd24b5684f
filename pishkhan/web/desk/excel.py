"""What the screens share that read an Excel file: the file, what is wrong in it, and their page."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pishkhan.sheets.reading import MOST_ROWS, read_rows
from pishkhan.sheets.tables import Column, Problem, RefusedTable, Table

from ..uploads import TABLE

MOST_SHOWN = 200


def columns_of(form: forms.Form) -> tuple[Column, ...]:
    """A column for each field, by its label."""
    return tuple(Column(name, str(f.label), f) for name, f in form.fields.items())


def sent_table(request: HttpRequest, columns: Sequence[Column]) -> Table:
    """The rows of the file that was sent, as typed into a form. Raises `RefusedTable`."""
    upload = request.FILES.get(TABLE)
    if not isinstance(upload, UploadedFile):
        raise RefusedTable("فایل اکسل را انتخاب کنید.")
    return read_rows(upload, columns)


def wrong_cells(row: int, form: forms.Form) -> Iterable[Problem]:
    """What a row's form says of its cells."""
    for name, told in form.errors.items():
        yield Problem(row, str(form.fields[name].label), " ".join(map(str, told)))


def import_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    errors: Sequence[str] = (),
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """Asks for the file; after a wrong one with `errors` of the whole file or `problems` row by row."""
    shown = {"files": errors, "most": MOST_ROWS, "problems": problems[:MOST_SHOWN], "count": len(problems)}
    return render(request, template, context | shown, status=422 if errors or problems else 200)
