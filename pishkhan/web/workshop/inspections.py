"""«لیست بازرسی کارگاه» and the report of one visit (R43, figure 11)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.inspections.models import Inspection
from pishkhan.inspections.operations import MOST_SCANS, ObjectionWrongError, acknowledge, object_to
from pishkhan.inspections.states import Verb
from pishkhan.workshops.actors import Actor

from ..access import workshop_only
from ..answering import wants_small
from ..kept import typed_before
from ..listing import page_of
from ..visits import COLUMNS, load, opened_objection_picture, readable, shown

SCANS = [f"scan-{number}" for number in range(1, MOST_SCANS + 1)]


@require_safe
@workshop_only
def inspections(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The visits that the branch has told this workshop of, the latest first."""
    after = request.GET.get("after", "")
    found = page_of(Inspection.objects.visible_to(actor), "visited_at", *COLUMNS, after=after)
    context = {"actor": actor, "here": "workshop_inspections", "rows": readable(found.rows)}
    context |= {"after": found.after, "first": not after}
    return render(request, "workshop/inspections.html", context)


@require_safe
@workshop_only
def show(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One report with the workers seen, and what the employer may answer."""
    context = {"actor": actor, "here": "workshop_inspections", **shown(actor, load(actor, pk))}
    return render(request, "workshop/inspection.html", context)


@require_POST
@workshop_only
def seen(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """«رؤیت شد»."""
    acknowledge(actor, pk)
    messages.success(request, "رؤیت این بازدید ثبت شد.")
    return redirect("inspection", pk)


@require_http_methods(["GET", "POST"])
@workshop_only
def objection(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """«اعتراض», once and within the deadline; who is too late is told so on the visit's page."""
    inspection = load(actor, pk)
    if request.method == "GET" and Verb.OBJECT not in inspection.verbs(actor):
        return redirect("inspection", pk)
    if request.method == "GET":
        return _form(request, actor, inspection, typed_before(request).get("text", ""))
    text = request.POST.get("text", "")
    uploads = {name: request.FILES[name] for name in SCANS if name in request.FILES}
    try:
        object_to(actor, pk, text, uploads)
    except ObjectionWrongError as wrong:
        return _form(request, actor, inspection, text, wrong.errors)
    messages.success(request, "اعتراض شما ثبت شد و به واحد بازرسی شعبه رسید.")
    return redirect("inspection", pk)


def _form(
    request: HttpRequest,
    actor: Actor,
    inspection: Inspection,
    text: str,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"actor": actor, "here": "workshop_inspections", "visit": inspection}
    context |= {"text": text, "errors": errors or {}, "scans": SCANS}
    context["had_files"] = bool(errors) and bool(request.FILES)
    return render(request, "workshop/objection.html", context, status=422 if errors else 200)


@require_safe
@workshop_only
def scan(request: HttpRequest, actor: Actor, pk: int, position: int) -> HttpResponse:
    """A picture of the workshop's own objection; opening one is an entry of the trail."""
    return opened_objection_picture(actor, load(actor, pk), position, small=wants_small(request))
