"""Many visits from an Excel file: shown before anything is saved, then all or nothing."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.inspections.importing import COLUMNS, Plan, plan_import
from pishkhan.inspections.models import Kind
from pishkhan.inspections.operations import VisitWrongError, import_inspections
from pishkhan.persian.digits import to_persian
from pishkhan.sheets.tables import RefusedTable, SheetRow
from pishkhan.sheets.writing import write_template
from pishkhan.workshops.actors import Actor

from ..access import inspectors_only
from ..downloads import excel_file
from .excel import import_page, sent_table

HELD_FOR = 3600  # seconds in which a preview may be confirmed
OLD = "این پیش‌نمایش کهنه شده است؛ فایل را دوباره بفرستید."


@require_safe
@inspectors_only
def template(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The empty table, to be filled in with Excel."""
    return excel_file(write_template("بازدیدها", COLUMNS), "inspections")


@require_http_methods(["GET", "POST"])
@inspectors_only
def from_excel(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The file; its preview or what is wrong with it; and the confirmation."""
    if request.method == "GET":
        return _page(request, actor)
    if "rows" in request.POST:
        return _confirmed(request, actor)
    try:
        table = sent_table(request, COLUMNS)
    except RefusedTable as refused:
        return _page(request, actor, errors=refused.messages)
    return _preview(request, actor, table.rows, plan_import(actor, table.rows, table.problems))


def _confirmed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything is checked again: what others recorded meanwhile counts."""
    try:
        held = signing.loads(request.POST["rows"], salt=_salt(actor), max_age=HELD_FOR)
    except signing.BadSignature:
        return _page(request, actor, errors=[OLD])
    rows = [SheetRow(number, cells) for number, cells in held]
    plan = plan_import(actor, rows)
    if plan.problems:
        return _preview(request, actor, rows, plan)
    try:
        made = import_inspections(actor, plan.visits, published="publish" in request.POST)
    except VisitWrongError:  # a colleague recorded one of them just now
        return _preview(request, actor, rows, plan_import(actor, rows))
    told = "ثبت و به کارگاه‌ها ابلاغ شد" if "publish" in request.POST else "ثبت شد؛ هنوز ابلاغ نشده است"
    messages.success(request, f"{to_persian(len(made))} بازدید {told}.")
    return redirect("inspections")


def _salt(actor: Actor) -> str:
    """A preview is confirmed by whom it was shown to."""
    return f"inspections of {actor.label}"


def _preview(request: HttpRequest, actor: Actor, rows: Sequence[SheetRow], plan: Plan) -> HttpResponse:
    """The visits to be recorded, carried by the page itself; or the wrong cells, and nothing is kept."""
    if plan.problems:
        return _page(request, actor, problems=plan.problems)
    context: dict[str, Any] = {"actor": actor, "here": "inspections"}
    held = [(row.number, row.cells) for row in rows]
    context["held"] = signing.dumps(held, salt=_salt(actor), compress=True)
    context |= {"visits": plan.visits, "kinds": dict(Kind.choices)}
    context["worker_count"] = sum(len(visit.workers) for visit in plan.visits)
    return render(request, "desk/inspection_preview.html", context)


def _page(request: HttpRequest, actor: Actor, **wrong: Any) -> HttpResponse:
    context = {"actor": actor, "here": "inspections"}
    return import_page(request, "desk/inspection_import.html", context, **wrong)
