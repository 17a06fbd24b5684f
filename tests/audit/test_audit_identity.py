"""Entries refer to people (`person:7`), and hold nothing that tells who they are.

A user's own name at the portal is the label of what that user did; it is given by the branch.
"""

import datetime
import hashlib
import json
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from pishkhan.accounts import factors
from pishkhan.accounts.models import User
from pishkhan.accounts.sessions import end_session, end_sessions, session_mark
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import operations as cases
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.service import every_service
from pishkhan.documents.rotation import GRACE, retire, rotate
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event
from pishkhan.people.models import ContributionRecord, Person
from pishkhan.people.operations import add_records, remove_record
from pishkhan.workshops import accounts
from tests import world as w
from tests.audit.actions import EVERY_ACTION, caution_to_explain
from tests.audit.looks import ATTEMPTS, NAME_OF_PHONE, ON_PAGES, signed_in
from tests.inspections import inspecting
from tests.web.browsing import PASSWORD, Browser

pytestmark = pytest.mark.django_db

IDENTIFYING = (
    *("national_code", "first_name", "last_name", "father_name", "mobile", "landline", "address"),
    *("insurance_number", "birth_certificate_no", "postal_code"),
)
USERS_OWN = {"national_code": "0499370899", "mobile": "09121112233", "email": "someone@example.org"}
TYPED_BY_STRANGERS = ("0060495219", "09351234567", "hassan.gilani")
AGENT = "Mozilla/5.0 (hassan.gilani; Windows) Firefox/140.0"
REFERENCE = re.compile(
    r"(case|person|user|workshop|inspection|letter|branch|policy):\d+"
    r"|(tries|code|work):[0-9a-f]{40}"  # keyed digests, of what was typed and of a bot check
    r"|key:[0-9a-f]{8}"  # the random name of a key, never the key
    r"|keys"
)
DIGEST = re.compile("[0-9a-f]{32,}")
ANY_ACTION = {**EVERY_ACTION, **ON_PAGES, **ATTEMPTS}


def a_day_at_the_branch(world: w.World) -> None:
    """Every service to its end, accounts, visits, letters, lists, and what strangers type in vain."""
    for service in every_service():
        w.filled_case(world, State.COMPLETED, service=service, by=max(service.offered_to))
    case = w.filled_case(world, State.UNDER_REVIEW, answers=w.answers_for(5))
    cases.return_for_correction(
        world.clerk, case.pk, version=case.version, note=f"{case.subject_name} تار است"
    )
    issue_for_event(case, Kind.FORM, case.events.first(), by=SYSTEM)
    inspecting.objected(world)
    accounts.edit_account(
        world.senior, world.sara.user, {**USERS_OWN, "first_name": "حسن", "last_name": "گیلانی"}
    )
    accounts.deactivate_account(world.senior, world.sara.user)
    accounts.add_representative(world.senior, world.a, seen=world.a.representations.count())
    person = w.insured(world)
    day = datetime.date(2024, 1, 1)
    facts = {
        "workshop_name": "نمونه",
        "started_on": day,
        "ended_on": day,
        "days": 1,
        "remarks": person.full_name,
    }
    add_records(person, [ContributionRecord(**facts, source="desk")], by=SYSTEM)
    remove_record(person.records.latest("id"), by=SYSTEM)
    caution_to_explain(world)()
    protect_accounts(world)
    rotate()
    retire(timezone.now() + 2 * GRACE)
    look_around(world, case, person)


def protect_accounts(world: w.World) -> None:
    """Second factors, right and wrong, one named after its user; sessions ended."""
    for attempt in ("passkey copied", "second step failed", "second factor not proved"):
        ATTEMPTS[attempt](world)()
    user = world.ali.user
    code, *_ = factors.renew_recovery_codes(user, by=SYSTEM)
    assert factors.check_code(user, code, by=SYSTEM)
    factors.remove_second_factor(user, by=SYSTEM)
    signed_in(world)
    for _ in range(2):
        Client(HTTP_USER_AGENT=AGENT).post("/login/", {"username": "ali", "password": PASSWORD})
    assert end_session(user, session_mark(user.sessions.earliest("pk")), by=SYSTEM)
    assert end_sessions(user, by=SYSTEM) == 1


def look_around(world: w.World, case: Case, person: Person) -> None:
    User.objects.update(must_change_password=False)
    clerk, ali, stranger = Browser(world.clerk.user), Browser(world.ali.user), Browser()
    for path in (
        f"/desk/cases/{case.pk}/",
        f"/desk/cases/{case.pk}/scans/photo/",
        f"/desk/people/{person.pk}/",
    ):
        clerk.open(path)
    for path in (f"/cartable/{case.pk}/", f"/insured/{person.pk}/", "/insured/export/"):
        ali.open(path)
    stranger.post("/follow-up/", {"tracking_code": case.tracking_code, "national_code": case.national_code})
    code, mobile, name = TYPED_BY_STRANGERS
    stranger.post("/follow-up/", {"tracking_code": mobile, "national_code": code})
    for username in (code, name, USERS_OWN["national_code"], "ali"):
        stranger.sign_in(username, "no")
    stranger.post("/apply/main-registration/workshop/", {"workshop_code": code})


def identities() -> set[str]:
    held = {str(value) for row in Person.objects.values_list(*IDENTIFYING) for value in row}
    held |= {str(value) for row in Case.objects.values_list("national_code", "subject_name") for value in row}
    held |= set(User.objects.exclude(national_code="").values_list("last_name", flat=True))
    return {value for value in held if len(value) > 2} | {
        *USERS_OWN.values(),
        *TYPED_BY_STRANGERS,
        NAME_OF_PHONE,
    }


def unkeyed(value: str) -> set[str]:
    """Digests that tell a national code to whoever tries them all."""
    return {hashlib.new(name, value.encode()).hexdigest()[:32] for name in ("md5", "sha1", "sha256")}


def identified_in(entry: dict[str, Any], known: set[str]) -> set[str]:
    """What of the known the entry tells, in words or by a digest without a key."""
    said = json.dumps([entry["about"], entry["source"], entry["details"]], ensure_ascii=False)
    in_words = DIGEST.sub("", said)  # a short number is in many a digest
    return {value for value in known if value in in_words or any(one in said for one in unkeyed(value))}


def test_no_entry_holds_what_identifies_a_person(world, keys_of_its_own):
    with transaction.atomic():
        a_day_at_the_branch(world)
    known = identities()
    assert len(known) > 20
    labels = set(User.objects.values_list("username", flat=True)) | {"system", "public"}
    told = list(Entry.objects.values("id", "action", "author", "user_id", "about", "source", "details"))
    assert len({entry["action"] for entry in told}) > 30
    for entry in told:
        assert entry["author"] in labels
        assert entry["user_id"] or entry["author"] in ("system", "public")
        assert not identified_in(entry, known), entry


def test_what_entries_are_about_is_a_reference_or_nothing(world, keys_of_its_own):
    with transaction.atomic():
        a_day_at_the_branch(world)
    told = set(Entry.objects.values_list("about", flat=True)) - {""}
    assert len({about.partition(":")[0] for about in told}) >= 10
    assert [about for about in told if not REFERENCE.fullmatch(about)] == []


@pytest.mark.parametrize("action", ANY_ACTION)
def test_no_action_tells_the_trail_who_somebody_is(action, world, settings):
    settings.BRANCH = dict(settings.BRANCH)
    ANY_ACTION[action](world)()
    known = identities()
    told = Entry.objects.values("action", "about", "source", "details")
    assert action in {entry["action"] for entry in told}
    for entry in told:
        assert not identified_in(entry, known), entry
        assert not entry["about"] or REFERENCE.fullmatch(entry["about"]), entry
