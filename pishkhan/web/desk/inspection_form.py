"""Writing down a visit: one form, and rows for the workers seen; rows are added without scripts too."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pishkhan.inspections.forms import (
    MOST_WORKERS,
    BaseWorkerFormSet,
    InspectionForm,
    WorkerForm,
    worker_forms,
)
from pishkhan.inspections.models import Inspection
from pishkhan.inspections.operations import (
    NotNowError,
    Visit,
    VisitWrongError,
    edit_inspection,
    record_inspection,
)
from pishkhan.inspections.states import Verb
from pishkhan.workshops.actors import Actor

from ..access import inspectors_only
from ..kept import typed_before
from ..seen import number_seen
from ..visits import load

CHANGED = (
    "همکاری این گزارش را در این میان تغییر داده است. نوشتهٔ شما این‌جاست و هنوز ثبت نشده؛ اگر دوباره ثبت کنید"
    " جای نوشتهٔ همکارتان را می‌گیرد."
)
MORE_ROWS, BLANK_ROWS = 5, 3
Forms = tuple[InspectionForm, BaseWorkerFormSet]


@require_http_methods(["GET", "POST"])
@inspectors_only
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """«بازدید جدید»."""
    return _answer(request, actor, None)


@require_http_methods(["GET", "POST"])
@inspectors_only
def edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A report that is not published yet is corrected."""
    inspection = load(actor, pk)
    if Verb.EDIT not in inspection.verbs(actor):
        messages.info(request, f"این بازدید «{inspection.state_label}» است و دیگر تغییر نمی‌کند.")
        return redirect("desk_inspection", pk)
    return _answer(request, actor, inspection)


def _answer(request: HttpRequest, actor: Actor, inspection: Inspection | None) -> HttpResponse:
    if request.method == "POST" and "more" not in request.POST:
        return _save(request, actor, inspection)
    typed = request.POST.dict() if request.method == "POST" else typed_before(request)
    if typed:
        made = _unjudged(typed, MORE_ROWS if "more" in typed else BLANK_ROWS)
    else:
        made = _recorded(inspection) if inspection else (InspectionForm(), worker_forms())
    return _page(request, actor, inspection, made)


def _save(request: HttpRequest, actor: Actor, inspection: Inspection | None) -> HttpResponse:
    form, rows = InspectionForm(request.POST), worker_forms(request.POST)
    if not (form.is_valid() & rows.is_valid()):
        return _page(request, actor, inspection, (form, rows))
    visit = Visit(form.cleaned_data, rows.workers)
    try:
        if inspection:
            version = number_seen(request.POST, "version")
            inspection = edit_inspection(actor, inspection.pk, visit, version=version)
        else:
            inspection = record_inspection(actor, visit)
    except VisitWrongError as wrong:
        for name, message in wrong.errors.items():
            form.add_error(name, message)
        return _page(request, actor, inspection, (form, rows))
    except NotNowError as moved:
        if Verb.EDIT not in moved.inspection.verbs(actor):
            raise
        form.add_error(None, CHANGED)
        return _page(request, actor, moved.inspection, (form, rows), version=moved.inspection.version)
    messages.success(request, "بازدید ثبت شد؛ تا آن را ابلاغ نکنید کارگاه چیزی نمی‌بیند.")
    return redirect("desk_inspection", inspection.pk)


def _unjudged(typed: dict[str, Any], blank: int) -> Forms:
    """What was typed, shown as it is, and some more empty rows."""
    rows = [
        {name: typed.get(f"workers-{place}-{name}", "") for name in WorkerForm.base_fields}
        for place in range(MOST_WORKERS)
    ]
    filled = [row for row in rows if any(row.values())]
    return InspectionForm(initial=typed), worker_forms(rows=filled, blank=blank)


def _recorded(inspection: Inspection) -> Forms:
    """The report as it was written down."""
    initial = {name: getattr(inspection, name, None) for name in InspectionForm.base_fields}
    moment = timezone.localtime(inspection.visited_at)
    initial |= {"visit_date": moment.date(), "visit_time": moment.time()}
    initial["workshop_code"] = inspection.workshop.code
    rows = list(inspection.workers.order_by("position").values(*WorkerForm.base_fields))
    return InspectionForm(initial=initial), worker_forms(rows=rows)


def _page(
    request: HttpRequest,
    actor: Actor,
    inspection: Inspection | None,
    made: Forms,
    version: int | None = None,
) -> HttpResponse:
    """The form; `version` is that of the report on which the next press of the button builds."""
    form, rows = made
    seen = request.POST.get("version", inspection.version if inspection else "")
    context = {"actor": actor, "here": "inspections", "visit": inspection, "form": form, "rows": rows}
    context["version"] = seen if version is None else version
    context["full"] = len(rows.forms) >= MOST_WORKERS
    wrong = bool(form.errors) or rows.total_error_count() > 0
    return render(request, "desk/inspection_form.html", context, status=422 if wrong else 200)
