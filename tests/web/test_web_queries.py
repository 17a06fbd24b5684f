"""How many queries each screen makes, as many at a thousand rows as at ten, and how much it weighs."""

import datetime
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.approvals.models import Action as Question
from pishkhan.approvals.models import Approval
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State, WaitingOn
from pishkhan.catalogue.parties import Audience
from pishkhan.documents.models import Document
from pishkhan.inspections.models import Inspection, Objection, SeenWorker
from pishkhan.inspections.states import State as Visit
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Dependent, Employment, KnownScan, Person, Relation
from pishkhan.web.access import HELD
from pishkhan.workshops.models import Representation, Workshop
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient
from tests.conftest import made_once
from tests.world import World, answers_for, code_of_person, drafted, filled_case

from .browsing import Browser
from .conftest import signed_up_world
from .walking import START

WAITING = {
    State.DRAFT: WaitingOn.DRAFTER,
    State.AWAITING_EMPLOYER: WaitingOn.EMPLOYER,
    State.SUBMITTED: WaitingOn.BRANCH,
    State.UNDER_REVIEW: WaitingOn.BRANCH,
    State.RETURNED: WaitingOn.EMPLOYER,
    State.COMPLETED: WaitingOn.NOBODY,
    State.REJECTED: WaitingOn.NOBODY,
    State.WITHDRAWN: WaitingOn.NOBODY,
}


def grow(world: World, shown: list[Case], first: int, last: int) -> None:
    """Rows of everything that a screen lists, numbered from `first` to `last`, written without operations."""
    numbers, now = range(first, last), timezone.now()
    states = list(WAITING)
    Case.objects.bulk_create(
        Case(
            branch=world.branch,
            workshop=world.a,
            service_code="main-registration",
            begun_by=Audience.WORKSHOP,
            subject_name=f"نفر {number}",
            national_code=code_of_person(10_000 + number),
            tracking_code=f"1460-0501-{number:05d}-0",
            tracking_digits=f"14600501{number:05d}0",
            state=state,
            waiting_on=WAITING[state],
            unit="registration",
            assignee=world.clerk.user if state == State.UNDER_REVIEW else None,
            submitted_at=now - datetime.timedelta(hours=number),
            sent_at=now,
            archived_by_workshop=number % 3 == 0,
            archived_by_desk=number % 5 == 0,
            search_key=f"نفر {number}",
            answers=answers_for(10_000 + number),
        )
        for number in numbers
        for state in [states[number % len(states)]]
    )
    for recipient in (workshop_recipient(world.a.pk), unit_recipient(world.branch.pk, "registration")):
        Notification.objects.bulk_create(
            Notification(recipient=recipient, text=f"خبر {number}", case_id=shown[0].pk) for number in numbers
        )
    Event.objects.bulk_create(
        Event(case=case, verb="send", audience="workshop", user=world.ali.user, to="submitted")
        for case in shown
        for _ in numbers
    )
    Entry.objects.bulk_create(Entry(author="x", action="scan opened") for _ in numbers)
    people(world, numbers)
    visits(world, numbers)
    approvals(world, numbers)


def approvals(world: World, numbers: range) -> None:
    """Large files that wait for a second person or were refused, and roles that were."""
    now, parameters = timezone.now(), {"tab": "active", "order": "name", "text": "", "people": 900}
    by = {"branch": world.branch, "asked_by": world.ali.user, "expires_at": now + datetime.timedelta(days=1)}
    Approval.objects.bulk_create(
        Approval(
            **by,
            action=Question.EXPORT if number % 3 else Question.SENIOR,
            about=f"user:{number}",
            workshop=world.a if number % 3 else None,
            subject=None if number % 3 else world.clerk.user,
            parameters=parameters,
            state="refused" if number % 2 else "waiting",
            decided_by=world.senior.user if number % 2 else None,
        )
        for number in numbers
    )


def visits(world: World, numbers: range) -> None:
    """Visits to workshop A in every state; the first with an objection has ever more workers."""
    now, states = timezone.now(), list(Visit)
    Inspection.objects.bulk_create(
        Inspection(
            branch=world.branch,
            workshop=world.a,
            number=f"9/{number}",
            visited_at=now - datetime.timedelta(hours=number),
            kind="periodic",
            inspector_name="سعید خمامی",
            employer_present=True,
            workshop_state="open",
            observed_count=5,
            on_list_count=3,
            state=state,
            notified_at=None if state == Visit.DRAFT else now,
            objection_deadline=now.date(),
        )
        for number in numbers
        for state in [states[number % len(states)]]
    )
    shown = first_objected()
    if not hasattr(shown, "objection"):
        Objection.objects.create(inspection=shown, text="نه", made_by=world.ali.user)
    SeenWorker.objects.bulk_create(
        SeenWorker(inspection=shown, position=number, name="علی رضایی") for number in numbers
    )


def first_objected() -> Inspection:
    return Inspection.objects.filter(state=Visit.OBJECTED).earliest("id")


def people(world: World, numbers: range) -> None:
    """Workshops with a user each, and persons employed at workshop A."""
    workshops = [
        Workshop(branch=world.branch, code=f"14677{number:05d}", name=f"کارگاه {number}")
        for number in numbers
    ]
    for workshop in workshops:
        workshop.make_keys()
    made = Workshop.objects.bulk_create(workshops)
    named = [
        User(username=f"user{n}", side="workshop", last_name=f"نفر {n}", is_active=n % 3 > 0) for n in numbers
    ]
    for user in named:
        user.make_keys()
    users = User.objects.bulk_create(named)
    Representation.objects.bulk_create(
        Representation(user=user, workshop=workshop) for user, workshop in zip(users, made, strict=True)
    )
    born = datetime.date(1990, 1, 1)
    persons, spouses = (
        Person.objects.bulk_create(
            Person(
                national_code=code_of_person(start + number),
                first_name="سیده‌معصومه",
                last_name="کوچک‌پور",
                birth_date=born,
            )
            for number in numbers
        )
        for start in (10_000, 20_000)
    )
    Employment.objects.bulk_create(
        Employment(person=person, workshop=world.a, job="ماشین‌کار", started_on=born) for person in persons
    )
    Dependent.objects.bulk_create(
        Dependent(main=main, person=person, relation=Relation.WIFE, started_on=born)
        for main, person in zip(persons, spouses, strict=True)
    )
    photo = Document.objects.earliest("id")
    KnownScan.objects.bulk_create(
        KnownScan(person=person, kind="photo", document=photo) for person in [*persons, *spouses]
    )


Asked = Callable[[Client, Case], Any]


def get(path: str) -> Asked:
    """The page at that address, where {pk} is a case, {a} its workshop, {ali} and {clerk} are users."""
    return lambda client, case: client.get(path.format(pk=case.pk, a=case.workshop_id, **client.users))


def post(path: str, **body: str) -> Asked:
    return lambda client, case: client.post(path.format(pk=case.pk), body)


def of_visit(path: str) -> Asked:
    """The page of a visit with an objection."""

    def asked(client: Client, case: Case) -> Any:
        pk = first_objected().pk
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path.format(pk=pk))
        client.captured = captured  # type: ignore[attr-defined]
        return response

    return asked


def found(path: str) -> Asked:
    """The page of a search that the session holds."""

    def asked(client: Client, case: Case) -> Any:
        session = client.session
        fields = {"service": "main-registration", "text": "نفر", "since": "1404/01/01", "until": ""}
        session["searches"] = {"abc": fields}
        session.save()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        client.captured = captured  # type: ignore[attr-defined]
        return response

    return asked


def trail_found(client: Client, case: Case) -> Any:
    """The trail, narrowed to an action that all rows of the growing list are of."""
    session = client.session
    session["searches"] = {"abc": {"what": "scan opened"}}
    session.save()
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/desk/trail/?s=abc")
    client.captured = captured  # type: ignore[attr-defined]
    return response


def of_person(path: str) -> Asked:
    """The page of somebody who works at the workshop, with a dependent and two photos."""

    def asked(client: Client, case: Case) -> Any:
        pk = Employment.objects.filter(workshop=case.workshop_id).latest("id").person_id
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path.format(pk=pk))
        client.captured = captured  # type: ignore[attr-defined]
        return response

    return asked


def lettered(path: str) -> Asked:
    """A page about a letter that was issued before."""

    def asked(client: Client, case: Case) -> Any:
        event = case.events.order_by("id").last()
        letter = issue_for_event(case, Kind.FORM, event, by=SYSTEM)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path.format(pk=case.pk, code=letter.code, event=event.pk))
        client.captured = captured  # type: ignore[attr-defined]
        return response

    return asked


# Who asks, what is asked, and exactly how many queries it takes (session and user included).
SCREENS: dict[str, tuple[str, Asked, int]] = {
    "home": ("", get("/"), 2),
    "registration": ("", get("/registration/"), 1),
    "representatives": ("", get("/representatives/"), 1),
    "sign in": ("", get("/login/"), 0),
    "follow-up form": ("", get("/follow-up/"), 0),
    "check letter": ("", get("/letters/"), 0),
    "checked letter": ("", lettered("/letters/{code}/"), 2),
    "letter": ("ali", lettered("/cartable/{pk}/letters/form/{event}/"), 7),
    "letter at the desk": ("clerk", lettered("/desk/cases/{pk}/letters/form/{event}/"), 7),
    "followed": ("applicant", get("/follow-up/case/"), 3),
    "apply: start": ("applicant", get(START), 6),
    "apply: workshop": ("applicant", get(f"{START}workshop/"), 3),
    "apply: page": ("applicant", get(f"{START}page/contact/"), 2),
    "apply: scans": ("applicant", get(f"{START}scans/"), 5),
    "apply: check": ("applicant", get(f"{START}check/"), 7),
    "dashboard": ("ali", get("/dashboard/"), 6),
    **{
        f"cartable: {tab}": ("ali", get(f"/cartable/?tab={tab}"), 4)
        for tab in ("mine", "branch", "ended", "drafts", "all", "archive")
    },
    "cartable: search": ("ali", found("/cartable/?tab=all&s=abc"), 5),
    "cartable: wrong search": ("ali", post("/cartable/", since="x"), 4),
    "new request": ("ali", get("/cartable/new/"), 3),
    "look up": ("ali", get("/cartable/new/main-registration/"), 2),
    "look up: employed": (
        "ali",
        post("/cartable/new/main-registration/", national_code=code_of_person(10_005)),
        3,
    ),
    "request": ("ali", get("/cartable/{pk}/"), 7),
    "profile": ("ali", get("/profile/"), 4),
    "password": ("ali", get("/profile/password/"), 2),
    "security": ("ali", get("/profile/security/"), 5),
    "password again": ("ali", get("/profile/security/confirm/"), 2),
    "edit": ("ali returned", get("/cartable/{pk}/edit/"), 12),
    "refuse": ("ali awaiting", get("/cartable/{pk}/refuse/"), 3),
    "desk dashboard": ("clerk", get("/desk/"), 6),
    "senior's dashboard": ("senior", get("/desk/"), 8),
    "approvals": ("senior", get("/desk/approvals/"), 4),
    **{
        f"queue: {tab}": ("clerk", get(f"/desk/queue/?tab={tab}"), 4)
        for tab in ("queue", "returned", "ended", "all", "archive")
    },
    "queue: search": ("clerk", found("/desk/queue/?tab=all&s=abc"), 5),
    "returns": ("clerk", get("/desk/returns/"), 3),
    "review": ("clerk", get("/desk/cases/{pk}/"), 13),
    "workshop's visits": ("ali", get("/inspections/"), 3),
    "visit": ("ali", of_visit("/inspections/{pk}/"), 6),
    **{
        f"visits: {tab}": ("inspector", get(f"/desk/inspections/?tab={tab}"), 4)
        for tab in ("all", "objected", "draft", "published", "acknowledged", "answered")
    },
    "visits: search": ("inspector", found("/desk/inspections/?tab=all&s=abc"), 4),
    "visit at the desk": ("inspector", of_visit("/desk/inspections/{pk}/"), 6),
    "new visit": ("inspector", get("/desk/inspections/new/"), 2),
    "import of visits": ("inspector", get("/desk/inspections/import/"), 2),
    "settings": ("senior", get("/desk/settings/"), 3),
    "settings: services": ("senior", get("/desk/settings/services/"), 4),
    "person data": ("senior", of_person("/desk/people/{pk}/data/"), 5),
    "person at the desk": ("clerk", of_person("/desk/people/{pk}/"), 11),
    "import of records": ("clerk", of_person("/desk/people/{pk}/records/import/"), 3),
    "person": ("ali", of_person("/insured/{pk}/"), 15),
    "guide": ("", get("/guide/"), 0),
    "guide: chapter": ("ali", get("/guide/employer/"), 1),
    "case hold": ("senior", get("/desk/cases/{pk}/hold/"), 6),
    "settings: retention": ("senior", get("/desk/settings/retention/"), 5),
    "settings: ages": ("senior", get("/desk/settings/eligibility/"), 4),
    "insured": ("ali", get("/insured/"), 5),
    "insured: newest": ("ali", get("/insured/?order=newest"), 5),
    "people": ("clerk", get("/desk/people/"), 3),
    "people: search": ("clerk", found("/desk/people/?s=abc"), 3),
    "import of workshops": ("clerk", get("/desk/workshops/excel/"), 2),
    "insured: left": ("ali", get("/insured/?tab=left"), 3),
    "insured: awaiting": ("ali", get("/insured/?tab=awaiting"), 3),
    **{
        f"workshops: {tab}": ("clerk", get(f"/desk/workshops/?tab={tab}"), 3)
        for tab in ("open", "closed", "all")
    },
    "workshops: search": ("clerk", found("/desk/workshops/?tab=all&s=abc"), 3),
    "workshop": ("clerk", get("/desk/workshops/{a}/"), 5),
    "new workshop": ("clerk", get("/desk/workshops/new/"), 2),
    "edit workshop": ("clerk", get("/desk/workshops/{a}/edit/"), 3),
    "close workshop": ("clerk", get("/desk/workshops/{a}/close/"), 4),
    "import workshop": ("clerk", get("/desk/workshops/import/"), 2),
    **{
        f"accounts: {tab}": ("senior", get(f"/desk/accounts/?tab={tab}"), 4)
        for tab in ("all", "representatives", "staff", "deactivated")
    },
    "accounts: search": ("senior", found("/desk/accounts/?tab=all&s=abc"), 4),
    "account: representative": ("senior", get("/desk/accounts/{ali}/"), 7),
    "account: staff": ("senior", get("/desk/accounts/{clerk}/"), 7),
    "trail": ("senior", trail_found, 7),
    "new staff": ("senior", get("/desk/accounts/new/staff/"), 2),
    "own particulars": ("clerk", get("/desk/profile/"), 2),
    "new account": ("senior", get("/desk/accounts/new/"), 2),
}


HEAVIEST = 15_000  # bytes of a page as it is sent, compressed
CASES = {"ali returned": State.RETURNED, "ali awaiting": State.AWAITING_EMPLOYER, "": State.SUBMITTED}


@dataclass(frozen=True)
class Grown:
    """The world with so many rows of everything, and the cases that screens are asked for."""

    world: World
    cases: dict[str, Case]
    draft: Case

    def case(self, who: str) -> Case:
        return self.cases.get(who, self.cases[""])


def grown_world(rows: int) -> Grown:
    world = signed_up_world()
    cases = {
        who: filled_case(world, state, answers=answers_for(900 + number))
        for number, (who, state) in enumerate(CASES.items())
    }
    grow(world, list(cases.values()), 0, rows)
    return Grown(world, cases, drafted(world, by=Audience.PUBLIC, answers=answers_for(910)))


@pytest.fixture(scope="module", params=[10, 1000])
def grown(request, django_db_setup, django_db_blocker):
    yield from made_once(django_db_blocker, lambda: grown_world(request.param))


def visitor_for(who: str, grown: Grown) -> Client:
    if who == "applicant":
        client = Client()
        session = client.session
        session[HELD] = {"main-registration": grown.draft.pk, "follow-up": grown.case(who).pk}
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client
    return Browser(getattr(grown.world, who.split(maxsplit=1)[0]).user).client if who else Client()


@pytest.mark.django_db
@pytest.mark.parametrize("screen", list(SCREENS))
def test_a_screen_makes_its_queries_and_stays_light_however_many_rows_there_are(grown: Grown, screen: str):
    who, asked, expected = SCREENS[screen]
    client = visitor_for(who, grown)
    client.handler.enforce_csrf_checks = False
    client.users = {  # type: ignore[attr-defined]
        "ali": grown.world.ali.user.pk,
        "clerk": grown.world.clerk.user.pk,
    }
    with CaptureQueriesContext(connection) as captured:
        response = asked(client, grown.case(who))
    captured = getattr(client, "captured", captured)
    assert response.status_code in (200, 422), response
    assert len(captured) == expected, "\n".join(query["sql"][:200] for query in captured)
    if response["Content-Type"].startswith("text/html"):
        assert len(gzip.compress(response.content)) <= HEAVIEST
