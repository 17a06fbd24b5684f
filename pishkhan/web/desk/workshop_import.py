"""Workshops from an Excel file: new ones are entered, known ones brought up to date; all of them or none."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.persian import fields
from pishkhan.persian.digits import to_persian
from pishkhan.sheets.tables import Problem, RefusedTable, SheetRow, Table
from pishkhan.sheets.writing import write_template
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.operations import edit_workshop, register_workshop

from ..access import registrar_only
from ..downloads import excel_file
from ..particulars import WorkshopForm
from .excel import columns_of, import_page, sent_table, wrong_cells

TWICE = "این کد در ردیف دیگری هم آمده است."
ELSEWHERE = "این کارگاه در شعبهٔ دیگری ثبت شده است."


class RowForm(WorkshopForm):
    needed = WorkshopForm.needed | {"code"}
    field_order = ("code",)

    code = fields.WorkshopCodeField(label="کد کارگاه")


COLUMNS = columns_of(RowForm())


@require_safe
@registrar_only
def template(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The empty table, to be filled in with Excel."""
    return excel_file(write_template("کارگاه‌ها", COLUMNS), "workshops")


@require_http_methods(["GET", "POST"])
@registrar_only
def from_excel(request: HttpRequest, actor: Actor) -> HttpResponse:
    if request.method == "GET":
        return _page(request, actor)
    try:
        table = sent_table(request, COLUMNS)
    except RefusedTable as refused:
        return _page(request, actor, errors=refused.messages)
    rows = [(row, RowForm(row.cells)) for row in table.rows]
    if problems := _wrong(actor, table, rows):
        return _page(request, actor, problems=problems)
    try:
        entered, changed = _enter(actor, [form for _, form in rows])
    except IntegrityError:  # a colleague was quicker
        return _page(request, actor, errors=["کارگاهی از این فایل همین اکنون ثبت شد؛ دوباره بفرستید."])
    told = f"{to_persian(entered)} کارگاه ثبت و {to_persian(changed)} کارگاه به‌روز شد."
    messages.success(request, told)
    return redirect("workshops")


def _wrong(actor: Actor, table: Table, rows: Sequence[tuple[SheetRow, forms.Form]]) -> list[Problem]:
    """Everything wrong in the file, row by row."""
    found, seen = list(table.problems), set()
    codes = [form.cleaned_data["code"] for _, form in rows if form.is_valid()]
    elsewhere = Workshop.objects.filter(code__in=codes).exclude(branch=actor.branch)
    foreign = set(elsewhere.values_list("code", flat=True))
    for row, form in rows:
        found += wrong_cells(row.number, form)
        code = form.cleaned_data.get("code")
        if code in seen or code in foreign:
            found.append(Problem(row.number, "کد کارگاه", TWICE if code in seen else ELSEWHERE))
        if code:
            seen.add(code)
    return found


@transaction.atomic
def _enter(actor: Actor, forms_: Sequence[forms.Form]) -> tuple[int, int]:
    """How many were new, and how many of the known ones changed. An empty cell changes nothing."""
    entered = changed = 0
    sent = {form.cleaned_data["code"]: form.cleaned_data for form in forms_}
    known = {w.code: w for w in Workshop.objects.visible_to(actor).filter(code__in=sent)}
    # New ones first, then by code: two files at once lock the same rows in the same order.
    for code in sorted(sent, key=lambda code: (code in known, code)):
        if workshop := known.get(code):
            given = {name: value for name, value in sent[code].items() if value and name != "code"}
            changed += bool(edit_workshop(actor, workshop, given))
        else:
            register_workshop(actor, sent[code])
            entered += 1
    return entered, changed


def _page(request: HttpRequest, actor: Actor, **wrong: Any) -> HttpResponse:
    context = {"actor": actor, "here": "workshops"}
    return import_page(request, "desk/workshop_import.html", context, **wrong)
