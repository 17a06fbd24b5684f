"""Dashboard and cartable of one workshop (R20, R26–R30)."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.cases.guidance import next_step
from pishkhan.cases.models import Case, CaseQuerySet
from pishkhan.cases.operations import archive
from pishkhan.cases.states import ENDED, State, WaitingOn
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.counting import few, limited
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor
from pishkhan.workshops.recipients import workshop_recipient

from ..access import workshop_only
from ..news import news_for
from ..searching import CasePages, SearchForm, go_to_search, listed, search_of

TABS = {
    "mine": ("منتظر شما", WaitingOn.EMPLOYER),
    "branch": ("در شعبه", WaitingOn.BRANCH),
    "ended": ("پایان‌یافته", WaitingOn.NOBODY),
    "drafts": ("پیش‌نویس", WaitingOn.DRAFTER),
    "all": ("همه", None),
    "archive": ("بایگانی", None),
}
COUNTED = [tab for tab, (_, waiting_on) in TABS.items() if waiting_on]
COLUMNS = ("service_code", "subject_name", "national_code", "tracking_code", "state", "note", "marks")


def shelf(actor: Actor, tab: str) -> CaseQuerySet:
    """The cases of one tab."""
    cases = Case.objects.visible_to(actor).shelf(archived=tab == "archive")
    waiting_on = TABS[tab][1]
    return cases.filter(waiting_on=waiting_on) if waiting_on else cases


PAGES = {tab: CasePages(partial(shelf, tab=tab), *COLUMNS) for tab in TABS}
_of_tab = {tab: PreparedFor(lambda actor, tab=tab: limited(shelf(actor, tab))) for tab in COUNTED}
_mine_in = PreparedFor(lambda actor, state: limited(shelf(actor, "mine").filter(state=state)), str)


def counts(actor: Actor) -> dict[str, int]:
    """How many cases each tab holds, counted up to a hundred."""
    return dict(zip(COUNTED, few(*(_of_tab[tab].asked(actor) for tab in COUNTED)), strict=True))


def readable(rows: list[dict[str, Any]], *, archived: bool = False) -> list[dict[str, Any]]:
    """Plain rows with the words that a list shows."""
    for row in rows:
        service = find(row["service_code"])
        row["service"] = service.title if service else row["service_code"]
        row["next_step"] = (
            "در بایگانی"
            if archived
            else next_step(row["state"], Audience.WORKSHOP, row["note"], row["marks"])
        )
        row["ended"] = row["state"] in ENDED
    return rows


@require_http_methods(["GET", "POST"])
@workshop_only
def cartable(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The cartable: tabs, search in one row, 25 rows a page."""
    if request.method == "POST":
        return _search(request, actor)
    return _list(request, actor, search_of(request), request.GET.get("tab", "mine"))


def _search(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _list(request, actor, form, request.POST.get("tab") or "all")
    tab = "archive" if request.POST.get("tab") == "archive" else "all"
    return go_to_search(request, form, reverse("cartable"), tab=tab)


def _list(request: HttpRequest, actor: Actor, form: SearchForm, tab: str) -> HttpResponse:
    if tab not in TABS:
        raise Http404
    context = listed(request, PAGES[tab], form, actor)
    readable(context["rows"], archived=tab == "archive")
    context |= {"actor": actor, "here": "cartable", "tabs": TABS, "tab": tab, "counts": counts(actor)}
    return render(request, "workshop/cartable.html", context, status=422 if form.errors else 200)


@require_POST
@workshop_only
def file_away(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """«بایگانی» at the start of an ended row, and back out of it (R29)."""
    back = request.POST.get("undo") == "1"
    case = archive(actor, pk, archived=not back)
    done = "از بایگانی بیرون آمد" if back else "بایگانی شد"
    messages.success(request, f"درخواست «{case.subject_name}» {done}.")
    tab = request.POST.get("tab", "ended")
    return redirect(f"{reverse('cartable')}?tab={tab if tab in TABS else 'ended'}")


@require_safe
@workshop_only
def dashboard(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for me, what came back, what ended, the latest news (R20)."""
    awaiting, returned, at_branch, ended = few(
        _mine_in.asked(actor, State.AWAITING_EMPLOYER),
        _mine_in.asked(actor, State.RETURNED),
        _of_tab["branch"].asked(actor),
        _of_tab["ended"].asked(actor),
    )
    numbers = [
        (f"mine&state={State.AWAITING_EMPLOYER}", "منتظر تأیید شما", awaiting, "waiting"),
        (f"mine&state={State.RETURNED}", "برگشت برای رفع نقص", returned, "returned"),
        ("branch", "در شعبه", at_branch, "info"),
        ("ended", "پایان‌یافته", ended, "done"),
    ]
    context = {
        "actor": actor,
        "here": "dashboard",
        "numbers": numbers,
        "largest": max(number[2] for number in numbers) or 1,
        "rows": readable(PAGES["mine"].of(actor).rows[:5]),
        "counts": {"mine": numbers[0][2] + numbers[1][2]},
        **news_for(request, workshop_recipient(_workshop_id(actor))),
    }
    return render(request, "workshop/dashboard.html", context)


def _workshop_id(actor: Actor) -> int:
    assert actor.workshop
    return actor.workshop.pk
