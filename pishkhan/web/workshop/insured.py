"""«لیست بیمه‌شدگان»: who is insured at the workshop, with dependents; one person's page (R44, R45)."""

from collections import defaultdict
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.audit.operations import record
from pishkhan.cases.models import Case
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, closed_services, every_service, offered_to
from pishkhan.finding import holding, those_of
from pishkhan.people.history import records_of
from pishkhan.people.lookup import jobs_of
from pishkhan.people.models import Booklet, Dependent, Employment, KnownScan, Person, Relation
from pishkhan.persian.letters import search_key
from pishkhan.prepared import Prepared
from pishkhan.workshops.actors import Actor

from ..access import workshop_only
from ..answering import FACE, SMALL, small_picture, wants_small
from ..listing import PAGE, Pages, Rows, page_of
from ..searching import TextSearchForm, by_words, digits_in, go_to_search, search_of

TABS = {"active": ("شاغل", False), "left": ("ترک کار", True), "awaiting": ("در انتظار ثبت", None)}
ORDERS = {
    "name": ("نام، الف تا ی", "sort_key", False),
    "name-back": ("نام، ی تا الف", "sort_key", True),
    "newest": ("تازه‌ترین شروع به کار", "started_on", True),
    "oldest": ("قدیمی‌ترین شروع به کار", "started_on", False),
}
"""Code → title, column, whether descending; the first is meant when none is named."""

COLUMNS = (
    "person_id",
    "person__first_name",
    "person__last_name",
    "person__father_name",
    "person__national_code",
    "person__insurance_number",
    "person__birth_date",
    "job",
    "started_on",
    "ended_on",
)


COVERED = (
    *("main_id", "person_id", "relation", "person__first_name", "person__last_name", "person__birth_date"),
    "person__national_code",
)
RELATIONS = dict(Relation.choices)
SOME = 5
"""As many jobs as nearly everybody has had, wherever."""


def employments(actor: Actor, tab: str) -> "QuerySet[Employment]":
    return Employment.objects.filter(workshop=actor.workshop, has_left__in=[TABS[tab][1]])


def narrowed(found: "QuerySet[Employment]", text: str) -> "QuerySet[Employment]":
    """By national code, insurance number, or the words of a name. Asks at once who has the digits."""
    digits = digits_in(text)
    if not digits:
        return holding(found, *search_key(text).split())
    return _having(digits, jobs_of(digits), found)


def _having(digits: str, jobs: list[int] | None, found: "QuerySet[Employment]") -> "QuerySet[Employment]":
    if jobs is not None:
        return those_of(jobs, found)
    return found.filter(Q(person__national_code=digits) | Q(person__insurance_number=digits))


class InsuredPages(Pages):
    """Pages of a workshop's employments, and of those among them that a text finds."""

    def __init__(self, tab: str, column: str, *, descending: bool) -> None:
        shown = partial(employments, tab=tab)
        super().__init__(shown, Employment, column, *COLUMNS, descending=descending)
        self._some = self.narrowed(lambda found, *numbers: those_of(numbers, found), *[int] * SOME)
        self._holding = by_words(self)

    def found(self, actor: Actor, text: str, after: str) -> Rows:
        """What `narrowed` finds, by queries that were built before."""
        if digits := digits_in(text):
            jobs = jobs_of(digits)
            if jobs is not None and len(jobs) <= SOME:
                return self._some.of(actor, *jobs, *[0] * (SOME - len(jobs)), after=after)
            return self.among(_having(digits, jobs, self.shown(actor)), after)
        words = search_key(text).split()
        if pages := self._holding.get(len(words)):
            return pages.of(actor, *words, after=after)
        return self.among(holding(self.shown(actor), *words), after)


PAGES = {
    (tab, order): InsuredPages(tab, column, descending=descending)
    for tab in ("active", "left")
    for order, (_, column, descending) in ORDERS.items()
}


@require_http_methods(["GET", "POST"])
@workshop_only
def insured(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list in Persian order or by the start of work, 25 a page, each with the dependents."""
    asked = request.POST if request.method == "POST" else request.GET
    tab, order = asked.get("tab") or "active", asked.get("order") or "name"
    if tab not in TABS or order not in ORDERS:
        raise Http404
    form = TextSearchForm(request.POST) if request.method == "POST" else search_of(request, TextSearchForm)
    if request.method == "POST" and form.is_valid():
        return go_to_search(request, form, reverse("insured"), tab=tab, order=order)
    text = form.cleaned_data.get("text", "")
    context = {"actor": actor, "here": "insured", "tabs": TABS, "tab": tab, "form": form, "searched": text}
    context |= {"search_name": request.GET.get("s", ""), "orders": ORDERS, "order": order}
    if tab == "awaiting":
        return render(request, "workshop/insured_awaiting.html", context | _awaiting(request, actor))
    after = request.GET.get("after", "")
    pages = PAGES[tab, order]
    page = pages.found(actor, text, after) if text else pages.of(actor, after=after)
    people = [row["person_id"] for row in page.rows]
    context |= {"rows": page.rows, "after": page.after, "first": not after}
    context |= {
        "covered": {} if TABS[tab][1] else _covered(people),
        "photos": set() if TABS[tab][1] else _photos(people),
    }
    return render(request, "workshop/insured.html", context, status=422 if form.errors else 200)


def _awaiting(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Registrations on their way: they are not on the list yet."""
    registering = [s.code for s in every_service() if s.about in (About.NEWCOMER, About.DEPENDENT)]
    on_their_way = Case.objects.visible_to(actor).open().filter(service_code__in=registering)
    columns = ("subject_name", "national_code", "service_code", "state")
    page = page_of(on_their_way, "submitted_at", *columns, after=request.GET.get("after", ""))
    return {"rows": page.rows, "after": page.after, "first": "after" not in request.GET}


def dependents_of(people: list[int]) -> dict[int, list[Dependent]]:
    """The dependents of these main insured persons, in one query."""
    found = Dependent.objects.filter(main__in=people, ended_on=None).select_related("person")
    grouped: dict[int, list[Dependent]] = defaultdict(list)
    for dependent in found.order_by("main_id", "id"):
        grouped[dependent.main_id].append(dependent)
    return grouped


_dependents_of = Prepared(
    lambda *people: (
        Dependent.objects.filter(main__in=people, ended_on=None).order_by("main_id", "id").values(*COVERED)
    ),
    *[int] * PAGE,
)
_photographed = Prepared(
    lambda *people: KnownScan.objects.filter(person__in=people, kind="photo", replaced_at=None).values_list(
        "person_id", flat=True
    ),
    *[int] * PAGE,
)


def _covered(people: list[int]) -> dict[int, list[dict[str, Any]]]:
    """What the list says of the dependents of a page of main insured persons, as plain rows."""
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _dependents_of(*_a_page_of(people)) if people else ():
        grouped[row["main_id"]].append({**row, "relation": RELATIONS[row["relation"]]})
    return grouped


def _photos(people: list[int]) -> set[int]:
    return set(_photographed(*_a_page_of(people))) if people else set()


def _a_page_of(people: list[int]) -> list[int]:
    """As many as were prepared for; nobody has the number 0."""
    return people + [0] * (PAGE - len(people))


@require_safe
@workshop_only
def person(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Who somebody is, employments here, dependents, booklets, records, requests; looking is recorded.

    A former employer sees neither what came later nor the family; of a dependent, no records and no number.
    """
    shown = get_object_or_404(Person.objects.visible_to(actor), pk=pk)
    record("person viewed", by=actor.author, about=f"person:{shown.pk}")
    here = shown.employments.filter(workshop=actor.workshop).order_by("-started_on")
    assert actor.workshop
    current = Person.objects.covered_at(actor.workshop).filter(pk=pk).exists()
    insured = Person.objects.insured_at(actor.workshop).filter(pk=pk).exists()
    cases = Case.objects.visible_to(actor).filter(national_code=shown.national_code).order_by("-id")[:25]
    context = {
        "actor": actor,
        "here": "insured",
        "person": shown,
        "current": current,
        "employments": here,
        "insured": insured,
        "dependents": dependents_of([shown.pk])[shown.pk] if insured else [],
        "sponsors": _sponsors(shown, actor) if current else [],
        "booklets": Booklet.objects.filter(person=shown).order_by("-id")[:10] if current else [],
        "records": records_of(shown) if insured else [],
        "cases": cases,
        "services": _startable(shown, actor) if current else [],
        "has_photo": current and shown.pk in _photos([shown.pk]),
    }
    return render(request, "workshop/person.html", context)


def _sponsors(person: Person, actor: Actor) -> "QuerySet[Dependent]":
    """Through whom of this workshop's people somebody is covered."""
    assert actor.workshop
    here = Person.objects.insured_at(actor.workshop)
    return Dependent.objects.filter(person=person, ended_on=None, main__in=here).select_related("main")


def _startable(person: Person, actor: Actor) -> list[Any]:
    """What can be asked for this person with one press."""
    main = any(not e.has_left for e in person.employments.filter(workshop=actor.workshop))
    fitting = {About.COVERED, *([About.INSURED, About.DEPENDENT] if main else [])}
    closed = closed_services()
    offered = [s for s in offered_to(Audience.WORKSHOP) if s.about in fitting and s.code not in closed]
    return [service for service in offered if not service.has_been_given(person)]


@require_safe
@workshop_only
def photo(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The person's photo as on the person's page, or small for the list."""
    assert actor.workshop
    shown = get_object_or_404(Person.objects.covered_at(actor.workshop), pk=pk)
    known = KnownScan.objects.current(shown).filter(kind="photo").first()
    return small_picture(known.document if known else None, FACE if wants_small(request) else SMALL)
