"""Every address × method × kind of visitor, and what each must answer.

The objects in the addresses are those of workshop A, each in a state in which its own people can use the
page. A new route fails here until it is declared.
"""

import re
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import password_mark
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.drafts import attach_scan
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.inspections.models import Inspection
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.operations import issue_for_event
from pishkhan.people.models import ContributionRecord, Person
from pishkhan.people.operations import add_dependent, add_records
from pishkhan.persian.calendar import show_date
from pishkhan.web.access import HELD
from pishkhan.web.security import CONFIRMED
from pishkhan.workshops.accounts import renew_credentials
from pishkhan.workshops.models import Representation, StaffPost
from pishkhan.workshops.operations import set_image
from tests import world as making
from tests.authenticating import with_app
from tests.conftest import made_once
from tests.inspections import inspecting
from tests.world import World, answers_for, build_world, drafted, filled_case, inked, jpeg

BACKEND = "django.contrib.auth.backends.ModelBackend"
SERVICE = "main-registration"
APPLY = f"/apply/{SERVICE}"

ROLES = (
    "stranger",  # nobody is signed in
    "a",  # representative of workshop A
    "b",  # representative of workshop B
    "unit",  # staff of the unit in charge
    "other unit",
    "other branch",  # staff of the same unit elsewhere
    "senior",  # of this branch
    "deactivated",  # a representative of A whose account was deactivated while signed in
    "must change",  # a representative of A with the password of the letter
    "applicant",  # holds a draft, and a case that is being followed, in the session
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# page, picture, PDF, plain text, wrong input told, blocked · sign in, sign-in page without a way back,
# change the first password · not found, method not allowed. Anything that begins with / is the address
# redirected to, its object's number written as *.
ENDED = "/desk/queue/?unit=registration&tab=ended"
INSURED = "/insured/?tab=active&order=name&s=*"
PAGE, PICTURE, PDF, TEXT, WRONG, EXCEL = "page", "picture", "pdf", "text", "wrong", "excel"
ENTER, BYE, FIRST, NONE, NO = "enter", "bye", "first", "404", "405"


def row(anybody: str, **others: str) -> dict[str, str]:
    """What each role gets: `anybody`, except for those named; who must change the password is led to it."""
    named = {name.replace("_", " "): outcome for name, outcome in others.items()}
    assert named.keys() <= set(ROLES)
    return dict.fromkeys(ROLES, anybody) | {"must change": FIRST} | named


def signed_in(anybody: str, **others: str) -> dict[str, str]:
    """As `row`, for pages of an account: strangers are led to sign in."""
    return row(anybody, stranger=ENTER, deactivated=ENTER, applicant=ENTER) | {
        name.replace("_", " "): outcome for name, outcome in others.items()
    }


def workshops(mine: str, b: str = NONE) -> dict[str, str]:
    return signed_in(NONE, a=mine, b=b)


def seniors(theirs: str) -> dict[str, str]:
    return signed_in(NONE, senior=theirs)


def inspectors(theirs: str) -> dict[str, str]:
    """The inspection unit is the «other unit» of this table."""
    return signed_in(NONE, other_unit=theirs, senior=theirs)


def registrars(theirs: str, elsewhere: str = NONE) -> dict[str, str]:
    """The registration unit and the senior user; `elsewhere` is what the unit of another branch gets."""
    return signed_in(NONE, unit=theirs, senior=theirs, other_branch=elsewhere)


EVERYBODY = row(PAGE)
NOT_SO = row(NO)

TABLE: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "healthz": (row(TEXT), NOT_SO),
    "guide": (EVERYBODY, NOT_SO),
    "guide_chapter": (EVERYBODY, NOT_SO),
    "guide_pdf": (row(PDF), NOT_SO),
    "home": (EVERYBODY, NOT_SO),
    "registration": (EVERYBODY, NOT_SO),
    "representatives": (EVERYBODY, NOT_SO),
    "sign_in": (
        row(
            PAGE,
            a="/dashboard/",
            b="/dashboard/",
            unit="/desk/",
            other_unit="/desk/",
            other_branch="/desk/",
            senior="/desk/",
        ),
        row(WRONG),
    ),
    "sign_out": (row(NO, must_change=NO), row(BYE, must_change=BYE)),
    "first_password": (
        row(PAGE, stranger=BYE, deactivated=BYE, applicant=BYE, must_change=PAGE),
        row(WRONG, stranger=BYE, deactivated=BYE, applicant=BYE, must_change=WRONG),
    ),
    "password": (
        row(PAGE, stranger=BYE, deactivated=BYE, applicant=BYE),
        row(WRONG, stranger=BYE, deactivated=BYE, applicant=BYE),
    ),
    "second_step": (row(BYE), row(BYE)),
    "security": (signed_in(PAGE), NOT_SO),
    "confirm_password": (signed_in(PAGE), signed_in(WRONG)),
    "add_authenticator": (signed_in(PAGE), signed_in(WRONG)),
    "add_passkey": (signed_in(PAGE), signed_in(WRONG)),
    "renew_recovery_codes": (signed_in(NONE, a=PAGE), signed_in(NONE, a=PAGE)),
    "remove_factor": (signed_in(NONE, a=PAGE), signed_in(NONE, a="/profile/security/")),
    "end_own_sessions": (NOT_SO, signed_in(BYE)),
    "check_letter": (EVERYBODY, row(WRONG)),
    "checked_letter": (EVERYBODY, row(WRONG)),
    "held_letter": (row(NONE, applicant=PDF), NOT_SO),
    "follow_up": (EVERYBODY, row("/follow-up/case/")),
    "followed": (row("/follow-up/", applicant=PAGE), NOT_SO),
    "correct_followed": (NOT_SO, row("/follow-up/")),
    "leave_followed": (NOT_SO, row("/")),
    "withdraw_followed": (NOT_SO, row("/follow-up/", applicant="/follow-up/case/")),
    "apply": (EVERYBODY, NOT_SO),
    "apply_workshop": (EVERYBODY, row(f"{APPLY}/page/identity/")),
    "apply_page": (row(f"{APPLY}/", applicant=PAGE), row(f"{APPLY}/", applicant=f"{APPLY}/page/job/")),
    "apply_scans": (row(f"{APPLY}/", applicant=PAGE), row(f"{APPLY}/", applicant=f"{APPLY}/check/")),
    "apply_scan": (row(NONE, applicant=PICTURE), row(NONE, applicant=f"{APPLY}/scans/")),
    "apply_check": (row(f"{APPLY}/", applicant=PAGE), NOT_SO),
    "apply_send": (row(f"{APPLY}/check/"), row(f"{APPLY}/", applicant=f"{APPLY}/done/")),
    "apply_done": (row(f"{APPLY}/", applicant=f"{APPLY}/check/"), NOT_SO),
    "apply_forget": (NOT_SO, row(f"{APPLY}/workshop/")),
    "dashboard": (workshops(PAGE, PAGE), NOT_SO),
    "cartable": (workshops(PAGE, PAGE), workshops("/cartable/?tab=all&s=*", "/cartable/?tab=all&s=*")),
    "new_request": (workshops(PAGE, PAGE), NOT_SO),
    "look_up": (workshops(PAGE, PAGE), workshops("/cartable/*/edit/", "/cartable/*/edit/")),
    "request": (workshops(PAGE), NOT_SO),
    "edit_request": (workshops(PAGE), workshops("/cartable/*/edit/")),
    "refuse_request": (workshops(PAGE), workshops("/cartable/")),
    "withdraw_request": (NOT_SO, workshops("/cartable/")),
    "archive_request": (NOT_SO, workshops("/cartable/?tab=ended")),
    "request_scan": (workshops(PICTURE), workshops("/cartable/*/edit/")),
    "insured": (
        workshops(PAGE, PAGE),
        workshops(INSURED, INSURED),
    ),
    "export_insured": (workshops(EXCEL, EXCEL), NOT_SO),
    "person": (workshops(PAGE), NOT_SO),
    "person_photo": (workshops(PICTURE), NOT_SO),
    "request_letter": (workshops(PDF), NOT_SO),
    "profile": (workshops(PAGE, PAGE), workshops("/profile/", "/profile/")),
    "profile_image": (workshops(PICTURE, PICTURE), NOT_SO),
    "choose_workshop": (NOT_SO, workshops("/dashboard/")),
    "desk_dashboard": (signed_in(PAGE, a=NONE, b=NONE), NOT_SO),
    "queue": (
        signed_in(PAGE, a=NONE, b=NONE),
        signed_in(
            "/desk/queue/?unit=registration&tab=all&s=*",
            senior="/desk/queue/?unit=management&tab=all&s=*",
            other_unit="/desk/queue/?unit=inspection&tab=all&s=*",
            a=NONE,
            b=NONE,
        ),
    ),
    "review": (signed_in(NONE, unit=PAGE, senior=PAGE), NOT_SO),
    "take": (NOT_SO, signed_in(NONE, unit="/desk/cases/*/")),
    "decide": (
        signed_in(NONE, unit="/desk/cases/*/", senior="/desk/cases/*/"),
        signed_in(NONE, unit="/desk/queue/"),
    ),
    "desk_archive": (
        NOT_SO,
        signed_in(NONE, unit=ENDED, senior=ENDED),
    ),
    "review_scan": (signed_in(NONE, unit=PICTURE, senior=PICTURE), NOT_SO),
    "review_compared_scan": (signed_in(NONE, unit=PICTURE, senior=PICTURE), NOT_SO),
    "workshop_inspections": (workshops(PAGE, PAGE), NOT_SO),
    "inspection": (workshops(PAGE), NOT_SO),
    "acknowledge_inspection": (NOT_SO, workshops("/inspections/*/")),
    "object_to_inspection": (workshops(PAGE), workshops("/inspections/*/")),
    "objection_scan": (workshops(PICTURE), NOT_SO),
    "inspections": (inspectors(PAGE), inspectors("/desk/inspections/?tab=all&s=*")),
    "new_inspection": (inspectors(PAGE), inspectors("/desk/inspections/*/")),
    "import_inspections": (inspectors(PAGE), inspectors(WRONG)),
    "inspection_template": (inspectors(EXCEL), NOT_SO),
    "desk_inspection": (inspectors(PAGE), NOT_SO),
    "edit_inspection": (inspectors(PAGE), inspectors("/desk/inspections/*/")),
    "publish_inspection": (NOT_SO, inspectors("/desk/inspections/*/")),
    "returns": (signed_in(PAGE, a=NONE, b=NONE), NOT_SO),
    "discard_inspection": (NOT_SO, inspectors("/desk/inspections/")),
    "decide_objection": (inspectors("/desk/inspections/*/"), inspectors("/desk/inspections/*/")),
    "desk_objection_scan": (inspectors(PICTURE), NOT_SO),
    "settings": (seniors(PAGE), NOT_SO),
    "settings_group": (seniors(PAGE), seniors(WRONG)),
    "workshops": (
        registrars(PAGE, PAGE),
        registrars("/desk/workshops/?tab=all&s=*", "/desk/workshops/?tab=all&s=*"),
    ),
    "new_workshop": (registrars(PAGE, PAGE), registrars("/desk/workshops/*/", "/desk/workshops/*/")),
    "import_workshop": (registrars(PAGE, PAGE), registrars(WRONG, WRONG)),
    "workshop": (registrars(PAGE), NOT_SO),
    "import_workshops": (registrars(PAGE, PAGE), registrars(WRONG, WRONG)),
    "workshops_template": (registrars(EXCEL, EXCEL), NOT_SO),
    "people": (registrars(PAGE, PAGE), registrars("/desk/people/?s=*", "/desk/people/?s=*")),
    "desk_person": (registrars(PAGE), registrars(WRONG)),
    "desk_person_photo": (registrars(PICTURE), NOT_SO),
    "import_records": (registrars(PAGE), registrars(WRONG)),
    "records_template": (registrars(EXCEL, EXCEL), NOT_SO),
    "remove_record": (NOT_SO, registrars("/desk/people/*/#records")),
    "end_employment": (NOT_SO, registrars("/desk/people/*/")),
    "end_dependent": (NOT_SO, registrars("/desk/people/*/")),
    "edit_workshop": (registrars(PAGE), registrars("/desk/workshops/*/")),
    "close_workshop": (registrars(PAGE), registrars("/desk/workshops/*/")),
    "reopen_workshop": (NOT_SO, registrars("/desk/workshops/*/")),
    "accounts": (seniors(PAGE), seniors("/desk/accounts/?tab=all&s=*")),
    "new_account": (seniors(PAGE), seniors(PAGE)),
    "new_staff": (seniors(PAGE), seniors(PAGE)),
    "account": (seniors(PAGE), seniors("/desk/accounts/*/")),
    "account_post": (NOT_SO, seniors("/desk/accounts/*/")),
    "account_active": (NOT_SO, seniors("/desk/accounts/*/")),
    "account_workshops": (NOT_SO, seniors("/desk/accounts/*/")),
    "end_representation": (NOT_SO, seniors("/desk/accounts/*/")),
    "remove_second_factor": (NOT_SO, seniors("/desk/accounts/*/")),
    "review_letter": (signed_in(NONE, unit=PDF, senior=PDF), NOT_SO),
    "credentials_letter": (NOT_SO, seniors(PDF)),
    "reset_password": (NOT_SO, seniors(PAGE)),
    "add_account": (NOT_SO, seniors(PAGE)),
    "trail": (seniors(PAGE), seniors("/desk/trail/")),
    "own_particulars": (
        signed_in(PAGE, a=NONE, b=NONE),
        signed_in("/desk/profile/", a=NONE, b=NONE),
    ),
}
for _get, _post in TABLE.values():  # a method that a page does not have is told to all alike
    for _row in (_get, _post):
        if _row["stranger"] == NO and _row is not TABLE["sign_out"][0]:
            _row["must change"] = FIRST


@dataclass
class Objects:
    """Rows of workshop A, one for each kind of page, and the picture of each address of a picture."""

    awaiting: Case
    submitted: Case
    ended: Case
    returned: Case
    draft: Case
    followed: Case
    told: Inspection
    objected: Inspection
    unpublished: Inspection
    letter: Letter
    world: World


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    yield from made_once(django_db_blocker, make_objects)


@pytest.fixture
def objects(made: Objects, db) -> Objects:
    return deepcopy(made)


def make_objects() -> Objects:
    world = build_world()
    User.objects.update(must_change_password=False)
    representative = Representation.objects.get(user=world.ali.user, workshop=world.a)
    for name in ("deactivated", "letter"):
        user = User.objects.create(username=name, side="workshop", must_change_password=name == "letter")
        user.set_password("x")
        user.save()
        Representation.objects.create(user=user, workshop=representative.workshop)
    set_image(world.sara, "signature", inked(70))
    with_app(world.ali.user)
    ended = filled_case(world, State.COMPLETED, answers=answers_for(13))
    register_more(world, ended.subject)
    returned = filled_case(world, State.RETURNED, answers=answers_for(14))
    attach_scan(world.ali, returned.pk, "photo", jpeg(70))
    return Objects(
        awaiting=filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(11)),
        submitted=filled_case(world, State.SUBMITTED, answers=answers_for(12)),
        ended=ended,
        returned=returned,
        draft=drafted(world, by=Audience.PUBLIC, answers=answers_for(15)),
        followed=filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(16)),
        told=inspecting.published(world),
        objected=inspecting.objected(world),
        unpublished=inspecting.recorded(world),
        letter=issue_for_event(ended, Kind.DECISION, ended.events.last(), by=SYSTEM),
        world=world,
    )


def client_of(role: str, o: Objects) -> Client:
    """Somebody's browser, signed in as that somebody is."""
    client = Client()
    users = {
        "a": o.world.ali.user,
        "b": o.world.sara.user,
        "unit": o.world.clerk.user,
        "other unit": o.world.inspector.user,
        "other branch": o.world.far_clerk.user,
        "senior": o.world.senior.user,
        "deactivated": User.objects.get(username="deactivated"),
        "must change": User.objects.get(username="letter"),
    }
    if role in users:
        client.force_login(User.objects.get(pk=users[role].pk), backend=BACKEND)
    if role in users:  # the password was asked for again, where that is asked for
        session = client.session
        session[CONFIRMED] = int(time.time())
        session.save()
    if role == "deactivated":
        User.objects.filter(pk=users[role].pk).update(is_active=False)
    if role == "applicant":
        session = client.session
        session[HELD] = {SERVICE: o.draft.pk, "follow-up": o.followed.pk}
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


PERSONAL = {
    *("desk_person", "desk_person_photo", "import_records"),
    *("remove_record", "end_employment", "end_dependent"),
}


def row_of(name: str, o: Objects) -> int:
    """A row of the person's that the address names."""
    person = o.ended.subject
    if name == "remove_record":
        return person.records.first().pk
    return (person.dependents if name == "end_dependent" else person.employments).first().pk


def register_more(world: World, person: Person) -> None:
    """A record and a dependent of somebody on the register."""
    day = date(2024, 1, 1)
    record = ContributionRecord(workshop_name="نمونه", started_on=day, ended_on=day, days=1, source="desk")
    add_records(person, [record], by=SYSTEM)
    child = making.insured(world, number=99)
    add_dependent(person, child, "son", [], since=day, by=SYSTEM)


CASE_OF: dict[str, str] = {
    "refuse_request": "awaiting",
    "edit_request": "returned",
    "request_scan": "returned",
    "archive_request": "ended",
    "review_compared_scan": "returned",
    "desk_archive": "ended",
    "inspection": "told",
    "acknowledge_inspection": "told",
    "object_to_inspection": "told",
    "objection_scan": "objected",
    "desk_inspection": "objected",
    "edit_inspection": "unpublished",
    "publish_inspection": "unpublished",
    "discard_inspection": "unpublished",
    "decide_objection": "objected",
    "desk_objection_scan": "objected",
}


def kwargs_of(name: str, o: Objects) -> dict[str, Any]:
    pattern = PATTERNS[name]
    values = {
        "pk": getattr(o, CASE_OF.get(name, "submitted")).pk,
        "kind": "photo",
        "origin": "earlier",
        "name": "signature",
        "code": SERVICE,
        "page_code": "contact",
        "position": 1,
    }
    if name == "guide_chapter":
        values["code"] = "insured"
    if name == "settings_group":
        values["code"] = "upload"
    if name in ("person", "person_photo") or PERSONAL & {name}:
        values["pk"] = o.ended.subject_id
        values["row"] = row_of(name, o)
    if name == "remove_factor":
        values["pk"] = o.world.ali.user.factors.get(kind="totp").pk
    if name in {
        "account",
        "remove_second_factor",
        "account_active",
        "account_workshops",
        "end_representation",
        "reset_password",
    }:
        values |= {"pk": o.world.ali.user.pk, "workshop": o.world.a.pk}
    if name == "account_post":
        values["pk"] = o.world.colleague.user.pk
    workshops = {"workshop", "add_account", "credentials_letter"}
    if name.removesuffix("_workshop") in {"edit", "close", "reopen"} or name in workshops:
        values["pk"] = o.world.a.pk
    if name.endswith("_letter"):
        case = o.followed if name == "held_letter" else o.submitted
        values |= {"kind": "receipt" if name == "held_letter" else "form"}
        values |= {"event": case.events.last().pk, "code": o.letter.code}
        values["pk"] = case.pk if "event" in pattern.pattern.converters else values["pk"]
    return {key: values[key] for key in pattern.pattern.converters}


def typed(answers: dict[str, Any]) -> dict[str, str]:
    """Stored answers as an applicant types them."""
    return {k: show_date(date.fromisoformat(v)) if k.endswith("_date") else v for k, v in answers.items()}


PERSON = {
    "user-first_name": "علی",
    "user-last_name": "رضایی",
    "user-national_code": "9990000018",
    "user-mobile": "09700000018",
    "workshop-name": "صنایع نمونه",
    "workshop-employer_name": "رضا رضایی",
    "workshop-phone": "01330000000",
    "workshop-postal_code": "4199612345",
    "workshop-address": "رشت، خیابان نمونه",
}
USER = {name.removeprefix("user-"): typed_ for name, typed_ in PERSON.items() if name.startswith("user-")}
BODIES: dict[str, Callable[[Objects], dict[str, Any]]] = {
    "sign_in": lambda o: {"username": "nobody", "password": "wrong"},
    "first_password": lambda o: {"old_password": "wrong"},
    "password": lambda o: {"old_password": "wrong"},
    "follow_up": lambda o: {
        "tracking_code": o.followed.tracking_code,
        "national_code": o.followed.national_code,
    },
    "apply_workshop": lambda o: {"workshop_code": o.world.a.code, "confirmed": "1"},
    "apply_page": lambda o: typed(answers_for(15)),
    "apply_scans": lambda o: {"onward": "1"},
    "apply_scan": lambda o: {"scan:photo": jpeg(60)},
    "request_scan": lambda o: {"scan:photo": jpeg(61)},
    "cartable": lambda o: {"text": "کوچک"},
    "queue": lambda o: {"text": "کوچک"},
    "accounts": lambda o: {"text": "صنایع"},
    "insured": lambda o: {"text": "کوچک"},
    "people": lambda o: {"text": "کوچک"},
    "end_employment": lambda o: {"ended_on": show_date(timezone.localdate())},
    "end_dependent": lambda o: {"ended_on": show_date(timezone.localdate())},
    "look_up": lambda o: {"national_code": making.code_of_person(77)},
    "edit_request": lambda o: {"keep": "1", "remarks": "یادداشت"},
    "refuse_request": lambda o: {"note": "در این کارگاه کار نمی‌کند."},
    "profile": lambda o: PERSON,
    "choose_workshop": lambda o: {"workshop": o.world.a.pk},
    "decide": lambda o: {"verb": "confirm", "version": Case.objects.get(pk=o.submitted.pk).version},
    "object_to_inspection": lambda o: {"text": "درست نیست.", "scan-1": jpeg(62)},
    "inspections": lambda o: {"text": "صنایع"},
    "new_inspection": lambda o: inspecting.typed(o.world),
    "edit_inspection": lambda o: {**inspecting.typed(o.world), "version": o.unpublished.version},
    "publish_inspection": lambda o: {"version": o.unpublished.version},
    "discard_inspection": lambda o: {"version": o.unpublished.version},
    "decide_objection": lambda o: {"verb": "accept", "answer": "پذیرفته است."},
    "credentials_letter": lambda o: {"username": "letter", "password": "x"},
    "reset_password": lambda o: {"seen": password_mark(o.world.ali.user)},
    "add_account": lambda o: {"seen": o.world.a.representations.count()},
    "new_account": lambda o: {"code": "1463639099", "name": "کارگاه تازه"},
    "new_staff": lambda o: USER | {"username": "tazeh", "unit": "revenue", "is_senior": "staff"},
    "account": lambda o: USER,
    "account_post": lambda o: {"unit": "revenue", "is_senior": "staff"},
    "account_workshops": lambda o: {"workshop_code": o.world.b.code},
    "own_particulars": lambda o: USER,
    "workshops": lambda o: {"text": "صنایع"},
    "new_workshop": lambda o: {"code": "1463639098", "name": "کارگاه تازه"},
    "edit_workshop": lambda o: {"name": "نام تازه"},
    "close_workshop": lambda o: {"reason": "تعطیل شد"},
}


def every_route(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_route(pattern.url_patterns)
        else:
            yield pattern


PATTERNS = {pattern.name: pattern for pattern in every_route()}
PICTURES = (
    *("apply_scan", "request_scan", "review_scan", "profile_image", "person_photo", "desk_person_photo"),
    *("objection_scan", "desk_objection_scan", "review_compared_scan"),
)


def asked(client: Client, method: str, name: str, o: Objects) -> Any:
    address = reverse(name, kwargs=kwargs_of(name, o))
    if method == "GET":
        return client.get(address)
    body = BODIES.get(name, lambda o: {"x": "1"})(o)
    return client.post(address, body)


def outcome(response: Any) -> str:
    """The answer in the words of the table; for redirects the address, numbers and random names as *."""
    status, kind = response.status_code, response.headers.get("Content-Type", "").partition(";")[0]
    if status == 302:
        return _led(response["Location"])
    if status == 200:
        kinds = {"text/html": PAGE, "image/jpeg": PICTURE, "image/png": PICTURE}
        kinds |= {"application/pdf": PDF, "text/plain": TEXT}
        return {**kinds, XLSX: EXCEL}.get(kind, kind)
    return {404: NONE, 405: NO, 422: WRONG}.get(status, str(status))


def _led(address: str) -> str:
    path, _, query = address.partition("?")
    if path == "/first-password/":
        return FIRST
    if path == "/login/":
        return ENTER if query.startswith("next=/") else BYE
    path = "/".join("*" if part.isdecimal() else part for part in path.split("/"))
    query = "&".join("s=*" if part.startswith("s=") else part for part in query.split("&"))
    return f"{path}?{query}" if query else path


def test_every_route_is_declared_and_nothing_else():
    names = [pattern.name for pattern in every_route()]
    assert all(names), "a route has no name"
    assert len(names) == len(set(names)), "two routes share a name"
    assert set(names) == set(TABLE), "declare what every kind of visitor gets there"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", list(TABLE))
def test_everybody_gets_what_the_table_says_and_no_more(name: str, method: str, objects: Objects):
    declared = TABLE[name][method == "POST"]
    found, bodies = {}, {}
    for role in ROLES:
        with transaction.atomic():
            response = asked(client_of(role, objects), method, name, objects)
            found[role], bodies[role] = outcome(response), response.content
            transaction.set_rollback(True)
    differing = {r: f"{found[r]} instead of {declared[r]}" for r in ROLES if found[r] != declared[r]}
    assert not differing


@pytest.mark.parametrize("name", PICTURES)
def test_the_bytes_of_a_picture_of_workshop_a_reach_only_those_who_may_see_it(name: str, objects: Objects):
    allowed = {role for role, answer in TABLE[name][0].items() if answer == PICTURE}
    owner = min(allowed)
    picture = asked(client_of(owner, objects), "GET", name, objects).content
    assert picture.startswith((b"\xff\xd8\xff", b"\x89PNG"))
    for role in set(ROLES) - ({"b"} if name == "profile_image" else allowed):
        response = asked(client_of(role, objects), "GET", name, objects)
        assert (picture in response.content) == (role in allowed), role
    if name == "profile_image":  # the same address, but one's own workshop's
        assert asked(client_of("b", objects), "GET", name, objects).content != picture


def untold(response: Any) -> str:
    """The page without its form's token, which differs every time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", ["request", "edit_request", "refuse_request", "request_scan", "review"])
def test_an_object_of_another_workshop_does_not_exist_in_whatever_state(
    objects: Objects, name: str, state: State
):
    world = objects.world
    case = filled_case(world, state, answers=answers_for(80))
    kwargs = {"pk": case.pk} | ({"kind": "photo"} if name == "request_scan" else {})
    for actor in (world.sara, world.far_clerk, world.inspector):
        client = Client()
        client.force_login(User.objects.get(pk=actor.user.pk), backend=BACKEND)
        response = client.get(reverse(name, kwargs=kwargs))
        missing = client.get(reverse(name, kwargs=kwargs | {"pk": 999_999}))
        assert response.status_code == missing.status_code == 404
        assert untold(response) == untold(missing), "what is hidden and what is not there look alike"


@pytest.mark.parametrize("state", [State.DRAFT, State.AWAITING_EMPLOYER])
def test_the_desk_sees_nothing_that_was_not_sent_to_it(objects: Objects, state: State):
    world = objects.world
    case = filled_case(world, state, answers=answers_for(80, last_name="ناپیدا"))
    for actor in (world.clerk, world.senior):
        client = Client()
        client.force_login(User.objects.get(pk=actor.user.pk), backend=BACKEND)
        assert client.get(reverse("review", args=[case.pk])).status_code == 404
        assert client.get(reverse("review_scan", args=[case.pk, "photo"])).status_code == 404
        assert case.subject_name not in client.get("/desk/queue/?tab=all").content.decode()


def test_what_an_applicant_is_still_writing_is_nobody_elses(objects: Objects):
    for role in ("a", "b", "unit", "senior"):
        client = client_of(role, objects)
        for name in ("request", "edit_request", "review"):
            assert client.get(reverse(name, args=[objects.draft.pk])).status_code == 404, (role, name)
        assert asked(client, "GET", "apply_scan", objects).status_code == 404


@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/cartable/999999/", "/login/", "/follow-up/"])
def test_the_password_of_the_letter_opens_nothing_but_its_change(path: str, objects: Objects):
    client = client_of("must change", objects)
    for response in (client.get(path), client.post(path, {"x": "1"}), client.put(path), client.delete(path)):
        assert outcome(response) == FIRST


def test_a_representation_that_ended_ends_the_access_with_the_next_request(objects: Objects):
    client = client_of("a", objects)
    assert client.get("/cartable/").status_code == 200
    Representation.objects.filter(user=objects.world.ali.user).update(ended_at=timezone.now())
    for path in ("/cartable/", "/dashboard/", "/profile/", f"/cartable/{objects.submitted.pk}/"):
        assert client.get(path).status_code == 404
    response = client.post(f"/cartable/{objects.submitted.pk}/withdraw/")
    assert response.status_code == 404
    assert Case.objects.get(pk=objects.submitted.pk).state == State.SUBMITTED


def test_a_closed_workshop_ends_the_access_with_the_next_request(objects: Objects):
    client = client_of("a", objects)
    workshop = objects.world.a
    workshop.closed_at = timezone.now()
    workshop.save()
    assert client.get("/cartable/").status_code == 404


def test_a_deactivated_account_is_signed_out_with_the_next_request(objects: Objects):
    for role, path in (("a", "/cartable/"), ("unit", "/desk/queue/"), ("senior", "/desk/accounts/")):
        client = client_of(role, objects)
        assert client.get(path).status_code == 200
        User.objects.update(is_active=False)
        assert outcome(client.get(path)) == ENTER
        User.objects.update(is_active=True)


def test_a_post_that_was_taken_away_ends_the_access_with_the_next_request(objects: Objects):
    client = client_of("unit", objects)
    review = reverse("review", args=[objects.submitted.pk])
    assert client.get(review).status_code == 200
    StaffPost.objects.filter(user=objects.world.clerk.user).delete()
    assert client.get(review).status_code == 404
    assert client.get("/desk/").status_code == 404


def test_an_officer_moved_to_another_unit_sees_its_cases_and_no_longer_the_old_ones(objects: Objects):
    client = client_of("unit", objects)
    StaffPost.objects.filter(user=objects.world.clerk.user).update(unit="inspection")
    assert client.get(reverse("review", args=[objects.submitted.pk])).status_code == 404


def test_a_senior_user_who_no_longer_is_one_manages_no_accounts(objects: Objects):
    client = client_of("senior", objects)
    StaffPost.objects.filter(user=objects.world.senior.user).update(is_senior=False)
    for path in ("/desk/accounts/", "/desk/accounts/new/"):
        assert client.get(path).status_code == 404


def test_a_reset_password_ends_every_open_session(objects: Objects):
    client = client_of("a", objects)
    user = User.objects.get(pk=objects.world.ali.user.pk)
    renew_credentials(objects.world.senior, user, seen=password_mark(user))
    assert outcome(client.get("/cartable/")) == ENTER


def test_somebody_whose_every_right_is_gone_is_not_sent_in_circles(objects: Objects):
    client = client_of("a", objects)
    Representation.objects.filter(user=objects.world.ali.user).update(ended_at=timezone.now())
    for path in ("/login/", "/profile/password/", "/"):
        response = client.get(path, follow=True)
        assert response.status_code in (200, 404)
        assert len(response.redirect_chain) < 4


@pytest.mark.parametrize(
    "path",
    [
        f"/cartable/{'9' * 30}/",
        f"/desk/cases/{'9' * 5000}/",
        "/apply/no-such-service/",
        "/cartable/new/no-such-service/",
        f"{APPLY}/page/no-such-page/",
        f"{APPLY}/scans/no-such-kind/",
        "/profile/images/secret/",
        "/profile/images/__class__/",
        "/cartable/-1/",
        "/cartable/۱/",
        "/%00",
        "/cartable/%D9",
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(path: str, objects: Objects):
    for role in ("a", "unit"):
        assert client_of(role, objects).get(path).status_code == 404
