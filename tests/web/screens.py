"""Every page: who asks for it, how, and exactly how many queries it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event
from pishkhan.people.models import Employment
from tests.world import code_of_person

from .growing import first_objected
from .walking import START


@dataclass(frozen=True)
class Asked:
    """A page: its address, where {pk} is a case and the like, and how it is asked for."""

    path: str
    ask: Callable[[Client, Case], Any]


def get(path: str) -> Asked:
    """The page at that address, where {pk} is a case, {a} its workshop, {ali} and {clerk} are users."""
    return Asked(
        path, lambda client, case: client.get(path.format(pk=case.pk, a=case.workshop_id, **client.users))
    )


def post(path: str, **body: str) -> Asked:
    return Asked(path, lambda client, case: client.post(path.format(pk=case.pk), body))


def counted(client: Client, path: str) -> Any:
    """Asks for a page whose address has just been looked for: only the page's own queries count."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    client.captured = captured  # type: ignore[attr-defined]
    return response


def of_visit(path: str) -> Asked:
    """The page of a visit with an objection."""
    return Asked(path, lambda client, case: counted(client, path.format(pk=first_objected().pk)))


def found(path: str, **fields: str) -> Asked:
    """The page of a search that the session holds."""
    searched = {"service": "main-registration", "text": "نفر", "since": "1404/01/01", "until": ""}

    def ask(client: Client, case: Case) -> Any:
        session = client.session
        session["searches"] = {"abc": fields or searched}
        session.save()
        return counted(client, path)

    return Asked(path, ask)


def of_person(path: str) -> Asked:
    """The page of somebody who works at the workshop, with a dependent and two photos."""

    def ask(client: Client, case: Case) -> Any:
        pk = Employment.objects.filter(workshop=case.workshop_id).latest("id").person_id
        return counted(client, path.format(pk=pk))

    return Asked(path, ask)


def lettered(path: str) -> Asked:
    """A page about a letter that was issued before."""

    def ask(client: Client, case: Case) -> Any:
        event = case.events.order_by("id").last()
        assert event
        letter = issue_for_event(case, Kind.FORM, event, by=SYSTEM)
        return counted(client, path.format(pk=case.pk, code=letter.code, event=event.pk))

    return Asked(path, ask)


# Who asks, what is asked, and exactly how many queries it takes (session and user included).
SCREENS: dict[str, tuple[str, Asked, int]] = {
    "home": ("", get("/"), 2),
    "registration": ("", get("/registration/"), 1),
    "representatives": ("", get("/representatives/"), 1),
    "sign in": ("", get("/login/"), 0),
    "follow-up form": ("", get("/follow-up/"), 0),
    "check letter": ("", get("/letters/"), 0),
    "checked letter": ("", lettered("/letters/{code}/"), 2),
    "scan": ("ali", get("/cartable/{pk}/scans/photo/"), 5),
    "scan at the desk": ("clerk", get("/desk/cases/{pk}/scans/photo/"), 5),
    "letter": ("ali", lettered("/cartable/{pk}/letters/form/{event}/"), 7),
    "letter at the desk": ("clerk", lettered("/desk/cases/{pk}/letters/form/{event}/"), 7),
    "followed": ("applicant", get("/follow-up/case/"), 3),
    "apply: start": ("applicant", get(START), 7),
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
    "edit": ("ali returned", get("/cartable/{pk}/edit/"), 10),
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
    "person": ("ali", of_person("/insured/{pk}/"), 16),
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
    "account: representative": ("senior", get("/desk/accounts/{ali}/"), 8),
    "account: staff": ("senior", get("/desk/accounts/{clerk}/"), 7),
    "trail": ("senior", found("/desk/trail/?s=abc", what="scan opened"), 7),
    "new staff": ("senior", get("/desk/accounts/new/staff/"), 2),
    "own particulars": ("clerk", get("/desk/profile/"), 2),
    "new account": ("senior", get("/desk/accounts/new/"), 2),
}
