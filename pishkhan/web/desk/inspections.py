"""«بازرسی‌ها»: the branch's visits, telling the workshops of them, and answering objections."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.counting import few
from pishkhan.inspections.models import Inspection, InspectionQuerySet
from pishkhan.inspections.operations import ObjectionWrongError, decide_objection, discard_inspection, publish
from pishkhan.inspections.states import State
from pishkhan.workshops.actors import Actor

from ..access import inspectors_only
from ..kept import typed_before
from ..listing import page_of
from ..searching import TextSearchForm, go_to_search, search_of
from ..seen import number_seen
from ..visits import COLUMNS, load, opened_objection_picture, readable, shown

TABS = {
    "all": ("همه", []),
    "objected": ("اعتراض‌های بی‌پاسخ", [State.OBJECTED]),
    "draft": ("پیش‌نویس", [State.DRAFT]),
    "published": ("ابلاغ‌شده", [State.PUBLISHED]),
    "acknowledged": ("رؤیت‌شده", [State.ACKNOWLEDGED]),
    "answered": ("اعتراض‌های پاسخ‌داده", [State.OBJECTION_ACCEPTED, State.OBJECTION_REJECTED]),
}
COUNTED = ("objected", "draft")


def shelf(actor: Actor, tab: str) -> InspectionQuerySet:
    """The visits of one tab."""
    visible, states = Inspection.objects.visible_to(actor), TABS[tab][1]
    return visible.filter(state__in=states) if states else visible


@require_http_methods(["GET", "POST"])
@inspectors_only
def inspections(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The branch's visits by their state, found by workshop."""
    if request.method == "GET":
        return _list(request, actor, search_of(request, TextSearchForm))
    form = TextSearchForm(request.POST)
    if not form.is_valid():
        return _list(request, actor, form)
    return go_to_search(request, form, reverse("inspections"), tab="all")


def _list(request: HttpRequest, actor: Actor, form: TextSearchForm) -> HttpResponse:
    tab, after = request.GET.get("tab", "all"), request.GET.get("after", "")
    if tab not in TABS:
        raise Http404
    visits = shelf(actor, tab)
    text = form.cleaned_data.get("text", "").strip() if form.is_valid() else ""
    visits = visits.search(text) if text else visits
    found = page_of(visits, "visited_at", *COLUMNS, "workshop__name", "workshop__code", after=after)
    context: dict[str, Any] = {"actor": actor, "here": "inspections", "form": form, "tabs": TABS, "tab": tab}
    context |= {"rows": readable(found.rows), "after": found.after, "first": not after}
    context |= {"visit_counts": dict(zip(COUNTED, few(*(shelf(actor, t) for t in COUNTED)), strict=True))}
    context |= {"searched": bool(text), "search_name": request.GET.get("s", "")}
    return render(request, "desk/inspections.html", context, status=422 if form.errors else 200)


@require_safe
@inspectors_only
def show(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One report, what may be done with it, and the employer's answer."""
    answer = typed_before(request, f"/desk/inspections/{pk}/decide/").get("answer", "")
    return _page(request, actor, load(actor, pk), answer)


def _page(
    request: HttpRequest, actor: Actor, inspection: Inspection, answer: str = "", error: str = ""
) -> HttpResponse:
    context = {"actor": actor, "here": "inspections", **shown(actor, inspection)}
    context |= {"answer": answer, "error": error}
    return render(request, "desk/inspection.html", context, status=422 if error else 200)


@require_POST
@inspectors_only
def tell(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """«ابلاغ به کارگاه»; what a colleague has changed meanwhile is not published unseen."""
    publish(actor, pk, version=number_seen(request.POST, "version"))
    messages.success(request, "بازدید به کارگاه ابلاغ شد و مهلت اعتراض آغاز شد.")
    return redirect("desk_inspection", pk)


@require_POST
@inspectors_only
def discard(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A draft that should not have been written."""
    discard_inspection(actor, pk, version=number_seen(request.POST, "version"))
    messages.success(request, "پیش‌نویس بازدید حذف شد.")
    return redirect("inspections")


@require_http_methods(["GET", "POST"])
@inspectors_only
def decide(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The answer to an objection; of two who answer at once the second is told what the first did."""
    inspection = load(actor, pk)
    if request.method == "GET":  # back from signing in again
        return redirect("desk_inspection", pk)
    verb, answer = request.POST.get("verb"), request.POST.get("answer", "")
    if verb not in ("accept", "reject"):
        raise Http404
    try:
        decide_objection(actor, pk, accepted=verb == "accept", answer=answer)
    except ObjectionWrongError as wrong:
        return _page(request, actor, inspection, answer, wrong.errors["answer"])
    messages.success(request, "پاسخ اعتراض ثبت و به کارگاه گفته شد.")
    return redirect("desk_inspection", pk)


@require_safe
@inspectors_only
def scan(request: HttpRequest, actor: Actor, pk: int, position: int) -> HttpResponse:
    """A picture of an objection; opening one is an entry of the trail."""
    return opened_objection_picture(actor, load(actor, pk), position)
