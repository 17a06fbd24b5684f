"""Dashboard and queue of a unit."""

import datetime
from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.approvals.models import Approval, decided_by
from pishkhan.cases.models import Case, CaseQuerySet
from pishkhan.cases.operations import archive, take
from pishkhan.cases.refusals import CaseMovedOnError
from pishkhan.cases.states import State, WaitingOn
from pishkhan.catalogue.parties import Unit
from pishkhan.catalogue.service import find
from pishkhan.counting import few, limited
from pishkhan.inspections.models import Inspection, inspects
from pishkhan.inspections.states import State as Visit
from pishkhan.prepared import Query
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor
from pishkhan.workshops.recipients import senior_recipient, unit_recipient

from ..access import desk_only
from ..news import news_for
from ..searching import CasePages, SearchForm, go_to_search, listed, search_of

TABS = {
    "queue": ("نوبت بررسی", WaitingOn.BRANCH),
    "returned": ("منتظر اصلاح کارفرما", WaitingOn.EMPLOYER),
    "ended": ("پایان‌یافته", WaitingOn.NOBODY),
    "all": ("همه", None),
    "archive": ("بایگانی", None),
}
NEWS = 6
COLUMNS = (
    "service_code",
    "subject_name",
    "national_code",
    "tracking_code",
    "state",
    "waiting_since",
    "workshop__name",
    "workshop__code",
    "assignee__first_name",
    "assignee__last_name",
)


def unit_of(request: HttpRequest, actor: Actor) -> Unit:
    """The unit whose cases are listed: the officer's own; a senior user chooses one."""
    chosen = request.GET.get("unit", "")
    if actor.is_senior and chosen in Unit.values:
        return Unit(chosen)
    return actor.unit or Unit.REGISTRATION


def shelf(actor: Actor, unit: Unit, tab: str) -> CaseQuerySet:
    """The cases of one tab of the unit."""
    visible = Case.objects.visible_to(actor).filter(unit=unit)
    cases = visible.shelf(archived=tab == "archive", at_desk=True)
    waiting_on = TABS[tab][1]
    return cases.filter(waiting_on=waiting_on) if waiting_on else cases


PAGES = {
    tab: CasePages(partial(shelf, tab=tab), *COLUMNS, descending=tab != "queue", kinds=(str,)) for tab in TABS
}
_of_tab = {
    tab: PreparedFor(lambda actor, unit, tab=tab: limited(shelf(actor, unit, tab)), str) for tab in TABS
}
_queued_in = PreparedFor(
    lambda actor, unit, state: limited(shelf(actor, unit, "queue").filter(state=state)), str, str
)
_to_decide = PreparedFor(
    lambda actor, user, now: limited(Approval.objects.visible_to(actor).by_others(user).waiting(now)),
    *(int, datetime.datetime),
)


def counts(actor: Actor, unit: Unit) -> dict[str, int]:
    queued, returned = few(*(_of_tab[tab].asked(actor, unit) for tab in ("queue", "returned")))
    return {"queue": queued, "returned": returned}


def readable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plain rows with the words that a list shows."""
    for row in rows:
        service = find(row["service_code"])
        row["service"] = service.title if service else row["service_code"]
        row["waiting"] = row["state"] in (State.SUBMITTED, State.UNDER_REVIEW)
        first, last = row["assignee__first_name"], row["assignee__last_name"]
        row["assignee"] = f"{first or ''} {last or ''}".strip()
    return rows


@require_http_methods(["GET", "POST"])
@desk_only
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The oldest waiting case first; the other tabs latest first."""
    if request.method == "GET":
        return _list(request, actor, search_of(request), request.GET.get("tab", "queue"))
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _list(request, actor, form, request.POST.get("tab") or "all")
    tab = "archive" if request.POST.get("tab") == "archive" else "all"
    return go_to_search(request, form, reverse("queue"), unit=unit_of(request, actor), tab=tab)


def _list(request: HttpRequest, actor: Actor, form: SearchForm, tab: str) -> HttpResponse:
    if tab not in TABS:
        raise Http404
    unit = unit_of(request, actor)
    context = listed(request, PAGES[tab], form, actor, unit)
    readable(context["rows"])
    context |= {"actor": actor, "here": "queue", "tabs": TABS, "tab": tab}
    context |= {"unit": unit, "counts": counts(actor, unit)}
    return render(request, "desk/queue.html", context, status=422 if form.errors else 200)


@require_POST
@desk_only
def begin(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """«بررسی»: takes the case into review and opens it; one that a colleague has taken just opens."""
    with suppress(CaseMovedOnError):  # already under review, or decided: its page tells
        take(actor, pk)
    return redirect("review", pk)


@require_POST
@desk_only
def file_away(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The desk's own archive, apart from the workshop's."""
    back = request.POST.get("undo") == "1"
    case = archive(actor, pk, archived=not back)
    messages.success(request, "از بایگانی بیرون آمد." if back else "بایگانی شد.")
    return redirect(f"{reverse('queue')}?unit={case.unit}&tab={'archive' if back else 'ended'}")


@require_safe
@desk_only
def dashboard(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for the unit, the oldest first, and the latest news."""
    unit = unit_of(request, actor)
    submitted, reviewed, returned, ended, *approvals = few(
        _queued_in.asked(actor, unit, State.SUBMITTED),
        _queued_in.asked(actor, unit, State.UNDER_REVIEW),
        _of_tab["returned"].asked(actor, unit),
        _of_tab["ended"].asked(actor, unit),
        *_approvals(actor),
    )
    numbers = [
        (f"queue&state={State.SUBMITTED}", "در نوبت بررسی", submitted, "waiting"),
        (f"queue&state={State.UNDER_REVIEW}", "در دست بررسی", reviewed, "info"),
        ("returned", "منتظر اصلاح کارفرما", returned, "returned"),
        ("ended", "پایان‌یافته", ended, "done"),
    ]
    branch = actor.branch.pk if actor.branch else 0
    recipients = [unit_recipient(branch, unit), *([senior_recipient(branch)] if actor.is_senior else [])]
    context = {
        "actor": actor,
        "here": "desk_dashboard",
        "unit": unit,
        "numbers": numbers,
        "largest": max(number[2] for number in numbers) or 1,
        "rows": readable(PAGES["queue"].of(actor, unit).rows[:5]),
        "counts": {"queue": min(100, numbers[0][2] + numbers[1][2])},
        **news_for(request, *recipients),
        "approvals_waiting": sum(approvals),
        "objections": _objections(actor) if inspects(actor) else 0,
    }
    return render(request, "desk/dashboard.html", context)


def _approvals(actor: Actor) -> list[Query]:
    """What waits for the actor as a second person, to be counted; nothing for who decides nothing."""
    if actor.user is None or not decided_by(actor):
        return []
    return [_to_decide.asked(actor, actor.user.pk, timezone.now())]


def _objections(actor: Actor) -> int:
    """How many objections to visits nobody has answered, counted up to a hundred."""
    return few(Inspection.objects.visible_to(actor).filter(state__in=[Visit.OBJECTED]))[0]
