"""Where the entry cannot be written, the action does not happen: every action that the trail has words for.

The database itself refuses the entry, by a trigger.
"""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from pishkhan.accounts import operations as accounts
from pishkhan.accounts.models import Side, User
from pishkhan.audit.models import Entry, Seal
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts
from pishkhan.cases import operations as cases
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import find
from pishkhan.documents.models import Document
from pishkhan.inspections import operations as visits
from pishkhan.letters.models import Kind, LetterSequence
from pishkhan.letters.operations import issue_credentials, issue_for_event
from pishkhan.people import operations as people
from pishkhan.people.models import ContributionRecord, Dependent, Employment, Person, RecordSource
from pishkhan.policy.operations import decide_policy
from pishkhan.web.desk.history import WORDS
from pishkhan.workshops import accounts as posts
from pishkhan.workshops import operations as workshops
from pishkhan.workshops.models import Branch, Workshop
from tests import world as w
from tests.inspections import inspecting
from tests.web.browsing import BACKEND, PASSWORD, Browser

pytestmark = pytest.mark.django_db

DAY = datetime.date(2024, 1, 1)
MARKS = {  # of somebody who tried in vain; nothing else is done
    *("sign-in failed", "follow-up failed", "letter check failed", "workshop code unknown"),
}
ELSEWHERE = {"demo data made", "head mailed"}  # tests/demo, tests/audit/test_audit_sealing.py
UNCOUNTED = {
    Entry,
    Seal,
    Document,  # stored before, outside of the transaction: nothing refers to what is left over
    LetterSequence,  # a number whose letter failed is a gap (decision 16)
}


@pytest.fixture
def refused(settings):
    """The database refuses entries of one action, until told not to."""
    settings.DOCUMENTS_DIR.mkdir(parents=True, exist_ok=True)

    def refuse(action: str) -> None:
        with connection.cursor() as cursor:
            for statement in REFUSE[connection.vendor]:
                cursor.execute(statement.replace("ACTION", action))

    def allow() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refusing" + (" ON audit_entry" if not w.on_sqlite() else ""))

    return refuse, allow


REFUSE = {
    "sqlite": [
        "CREATE TRIGGER refusing BEFORE INSERT ON audit_entry WHEN NEW.action = 'ACTION'"
        " BEGIN SELECT RAISE(ABORT, 'no entry today'); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION refusing() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no entry today';"
        " END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER refusing BEFORE INSERT ON audit_entry FOR EACH ROW WHEN (NEW.action = 'ACTION')"
        " EXECUTE FUNCTION refusing()",
    ],
}

Action = Callable[[], Any]
Prepared = Callable[[w.World], Action]


def on_case(state: State, operate: Callable[[w.World, Case], Any], **draft: Any) -> Prepared:
    """An operation on a case in that state, looked at afresh each time."""

    def prepared(world: w.World) -> Action:
        case = w.filled_case(world, state, **draft)
        return lambda: operate(world, w.fresh(case))

    return prepared


def confirmed(code: str) -> Prepared:
    """The confirmation that completes a case of that service."""

    def prepared(world: w.World) -> Action:
        service = find(code)
        assert service
        case = w.filled_case(world, State.UNDER_REVIEW, service=service)
        return lambda: w.confirmed(world, w.fresh(case))

    return prepared


def known_anew(world: w.World) -> Action:
    """A registration of somebody who is on the register under another name."""
    code = w.code_of_person(1)
    people.register_person(code, {"first_name": "نام", "last_name": "پیشین", "birth_date": DAY}, by=SYSTEM)
    answers = w.answers_for(1)
    case = w.filled_case(world, State.UNDER_REVIEW, answers=answers)
    return lambda: w.confirmed(world, w.fresh(case))


def on_person(operate: Callable[[w.World, Person], Any]) -> Prepared:
    def prepared(world: w.World) -> Action:
        person = w.insured(world)
        return lambda: operate(world, Person.objects.get(pk=person.pk))

    return prepared


def a_record() -> ContributionRecord:
    facts = {"workshop_name": "نمونه", "started_on": DAY, "ended_on": DAY, "days": 1}
    return ContributionRecord(**facts, source=RecordSource.DESK)


def record_to_remove(world: w.World) -> Action:
    people.add_records(w.insured(world), [a_record()], by=SYSTEM)
    return lambda: people.remove_record(ContributionRecord.objects.get(), by=SYSTEM)


def cover_to_end(world: w.World) -> Action:
    main, child = w.insured(world), w.insured(world, number=2)
    people.add_dependent(main, child, "child", [], since=DAY, by=SYSTEM)
    return lambda: people.end_dependent(Dependent.objects.get(), on=DAY, by=SYSTEM)


def on_user(operate: Callable[[w.World, User], Any]) -> Prepared:
    return lambda world: lambda: operate(world, User.objects.get(pk=world.sara.user.pk))


def on_staff(operate: Callable[[w.World, User], Any]) -> Prepared:
    return lambda world: lambda: operate(world, User.objects.get(pk=world.clerk.user.pk))


def deactivated_before(world: w.World) -> Action:
    posts.deactivate_account(world.senior, world.sara.user)
    return lambda: posts.reactivate_account(world.senior, User.objects.get(pk=world.sara.user.pk))


def closed_before(world: w.World) -> Action:
    workshops.close_workshop(world.senior, world.b, "تعطیلی")
    return lambda: workshops.reopen_workshop(world.senior, world.b)


def archived_before(world: w.World) -> Action:
    case = w.filled_case(world, State.COMPLETED)
    cases.archive(world.clerk, case.pk)
    return lambda: cases.archive(world.clerk, case.pk, archived=False)


def closed_with_one_waiting(world: w.World) -> Action:
    w.filled_case(world, State.AWAITING_EMPLOYER)
    return lambda: cases.close_workshop(world.senior, world.a, "تعطیلی")


def on_visit(made: Callable[[w.World], Any], operate: Callable[[w.World, Any], Any]) -> Prepared:
    def prepared(world: w.World) -> Action:
        inspection = made(world)
        return lambda: operate(world, inspecting.fresh(inspection))

    return prepared


def new_visit(record: Callable[[w.World, visits.Visit], Any]) -> Prepared:
    def prepared(world: w.World) -> Action:
        visit = inspecting.visit(world)
        return lambda: record(world, visit)

    return prepared


def a_letter(world: w.World) -> Action:
    case = w.filled_case(world, State.SUBMITTED)
    return lambda: issue_for_event(w.fresh(case), Kind.FORM, case.events.last(), by=SYSTEM)


# What is only looked at: the page does not open


def looked_at(who: str, path: Callable[[w.World], str]) -> Prepared:
    def prepared(world: w.World) -> Action:
        User.objects.update(must_change_password=False)
        with transaction.atomic():
            address, browser = path(world), Browser(getattr(world, who).user)
        return lambda: browser.open(address)

    return prepared


def letter_to_open(world: w.World) -> str:
    case = w.filled_case(world, State.SUBMITTED)
    issue_for_event(case, Kind.FORM, case.events.last(), by=SYSTEM)
    return f"/desk/cases/{case.pk}/letters/form/{case.events.last().pk}/"


def scan_to_open(world: w.World) -> str:
    return f"/desk/cases/{w.filled_case(world, State.SUBMITTED).pk}/scans/photo/"


def objection_to_open(world: w.World) -> str:
    return f"/desk/inspections/{inspecting.objected(world).pk}/scans/1/"


def followed(world: w.World) -> Action:
    case = w.filled_case(world, State.SUBMITTED)
    typed = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    return lambda: Client().post("/follow-up/", typed)


def signed_in(world: w.World) -> Action:
    user = world.ali.user
    user.set_password(PASSWORD)
    user.must_change_password = False
    user.save()
    return lambda: Client().post("/login/", {"username": "ali", "password": PASSWORD})


def signed_out(world: w.World) -> Action:
    client = Client()
    client.force_login(world.ali.user, backend=BACKEND)
    return lambda: client.post("/logout/")


def version_of(operate: Callable[..., Any], **more: Any) -> Callable[[w.World, Any], Any]:
    """An operation of the officer, on what the officer looked at."""
    return lambda world, case: operate(world.clerk, case.pk, version=case.version, **more)


def numbered(operate: Callable[..., Any], **more: Any) -> Callable[[w.World, Any], Any]:
    return lambda world, visit: operate(world.inspector, visit.pk, version=visit.version, **more)


EVERY_ACTION: dict[str, Prepared] = {
    "account created": lambda world: (
        lambda: posts.open_staff_account(
            world.senior, {"username": "new", "unit": "registration", "is_senior": False}
        )
    ),
    "staff post given": lambda world: lambda: workshops.create_staff("new", Unit.REVENUE, senior=True),
    "staff post changed": on_staff(
        lambda world, user: posts.change_post(world.senior, user, "", senior=True)
    ),
    "representation given": on_user(lambda world, user: posts.give_workshop(world.senior, user, world.a)),
    "representation ended": on_user(
        lambda world, user: posts.end_representation(world.senior, user, world.b)
    ),
    "password reset": on_user(
        lambda world, user: posts.renew_credentials(world.senior, user, seen=accounts.password_mark(user))
    ),
    "password changed": on_user(lambda world, user: accounts.change_password(user, PASSWORD, by=SYSTEM)),
    "particulars edited": on_user(
        lambda world, user: posts.edit_account(world.senior, user, {"mobile": "09120000000"})
    ),
    "deactivated": on_user(lambda world, user: posts.deactivate_account(world.senior, user)),
    "reactivated": deactivated_before,
    "branch prepared": lambda world: renamed_branch,
    "workshop opened": lambda world: (
        lambda: workshops.open_workshop(world.senior, {"code": "1463639009", "name": "نو", "username": "new"})
    ),
    "workshop edited": lambda world: (
        lambda: workshops.edit_profile(
            w.again(world.ali.user), {"first_name": "نو"}, {"phone": "01333333333"}
        )
    ),
    "workshop closed": lambda world: lambda: workshops.close_workshop(world.senior, world.b, "تعطیلی"),
    "workshop reopened": closed_before,
    "signature set": lambda world: (
        lambda: workshops.set_image(w.again(world.ali.user), "signature", w.jpeg(7))
    ),
    "stamp set": lambda world: lambda: workshops.set_image(w.again(world.ali.user), "stamp", w.jpeg(7)),
    "policy decided": lambda world: lambda: decide_policy("upload", 100, valid_from=DAY, by=SYSTEM),
    "draft started": lambda world: lambda: w.drafted(world, scans=False),
    "draft discarded": on_case(State.DRAFT, lambda world, case: drafts.discard_draft(world.ali, case.pk)),
    "answers saved": on_case(
        State.DRAFT, lambda world, case: drafts.save_answers(world.ali, case.pk, {"job": "جوشکار"})
    ),
    "workshop changed": on_case(
        State.DRAFT,
        lambda world, case: drafts.change_workshop(w.applicant(case), case.pk, world.b),
        by=Audience.PUBLIC,
    ),
    "scan attached": on_case(
        State.DRAFT, lambda world, case: drafts.attach_scan(world.ali, case.pk, "photo", w.jpeg(60))
    ),
    "scan removed": on_case(State.DRAFT, lambda world, case: drafts.remove_scan(world.ali, case.pk, "photo")),
    "case send": on_case(State.DRAFT, lambda world, case: cases.send(world.ali, case.pk)),
    "case take": on_case(State.SUBMITTED, lambda world, case: cases.take(world.clerk, case.pk)),
    "case confirm": confirmed("history-request"),
    "case return": on_case(State.UNDER_REVIEW, version_of(cases.return_for_correction, note="تار")),
    "case reject": on_case(State.UNDER_REVIEW, version_of(cases.reject, note="نه")),
    "case refuse": on_case(
        State.AWAITING_EMPLOYER, lambda world, case: cases.refuse(world.ali, case.pk, note="نه")
    ),
    "case withdraw": on_case(State.SUBMITTED, lambda world, case: cases.withdraw(world.ali, case.pk)),
    "case close": closed_with_one_waiting,
    "archived": on_case(State.COMPLETED, lambda world, case: cases.archive(world.ali, case.pk)),
    "unarchived": archived_before,
    "person registered": confirmed("main-registration"),
    "employment registered": confirmed("main-registration"),
    "scan kept": confirmed("main-registration"),
    "person updated": known_anew,
    "dependent added": confirmed("dependent-registration"),
    "booklet issued": confirmed("booklet-first"),
    "record added": on_person(lambda world, person: people.add_records(person, [a_record()], by=SYSTEM)),
    "record removed": record_to_remove,
    "employment ended": on_person(
        lambda world, person: people.end_employment(
            Employment.objects.get(person=person), on=datetime.date(2025, 1, 1), by=SYSTEM
        )
    ),
    "dependent ended": cover_to_end,
    "letter issued": a_letter,
    "inspection recorded": new_visit(lambda world, visit: visits.record_inspection(world.inspector, visit)),
    "inspections imported": new_visit(
        lambda world, visit: visits.import_inspections(world.inspector, [visit], published=True)
    ),
    "inspection edit": on_visit(
        inspecting.recorded,
        lambda world, made: visits.edit_inspection(
            world.inspector, made.pk, inspecting.visit(world), version=made.version
        ),
    ),
    "inspection discard": on_visit(inspecting.recorded, numbered(visits.discard_inspection)),
    "inspection publish": on_visit(inspecting.recorded, numbered(visits.publish)),
    "inspection acknowledge": on_visit(
        inspecting.published, lambda world, made: visits.acknowledge(world.ali, made.pk)
    ),
    "inspection object": on_visit(
        inspecting.published,
        lambda world, made: visits.object_to(world.ali, made.pk, "نه", {"scan-1": w.jpeg(40)}),
    ),
    "inspection accept": on_visit(
        inspecting.objected,
        lambda world, made: visits.decide_objection(world.inspector, made.pk, accepted=True, answer="باشد"),
    ),
    "inspection reject": on_visit(
        inspecting.objected,
        lambda world, made: visits.decide_objection(world.inspector, made.pk, accepted=False, answer="نه"),
    ),
}
ON_PAGES: dict[str, Prepared] = {
    "signed in": signed_in,
    "signed out": signed_out,
    "person viewed": looked_at("ali", lambda world: f"/insured/{w.insured(world).pk}/"),
    "case viewed": looked_at(
        "clerk", lambda world: f"/desk/cases/{w.filled_case(world, State.SUBMITTED).pk}/"
    ),
    "scan opened": looked_at("clerk", scan_to_open),
    "letter opened": looked_at("clerk", letter_to_open),
    "objection scan opened": looked_at("inspector", objection_to_open),
    "insured exported": looked_at("ali", lambda world: "/insured/export/"),
    "case followed": followed,
}
"""Actions without a transaction around them: of a page that is looked at, nothing else is written."""


def renamed_branch() -> Branch:
    from django.conf import settings  # noqa: PLC0415

    settings.BRANCH = settings.BRANCH | {"phone": "013-11111111"}
    return workshops.prepare_branch()


def everything_else() -> dict[str, Any]:
    return w.everything(*(model for model in apps.get_models() if model not in UNCOUNTED))


def test_every_action_that_the_trail_has_words_for_is_tried():
    assert {*EVERY_ACTION, *ON_PAGES} == WORDS.keys() - MARKS - ELSEWHERE


@pytest.mark.parametrize("action", EVERY_ACTION)
def test_without_its_entry_nothing_is_done(action, world, refused, settings):
    settings.BRANCH = dict(settings.BRANCH)
    is_not_done_without_its_entry(action, EVERY_ACTION[action](world), *refused)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ON_PAGES)
def test_without_its_entry_no_page_opens(action, world, refused):
    is_not_done_without_its_entry(action, ON_PAGES[action](world), *refused)


def is_not_done_without_its_entry(
    action: str, act: Action, refuse: Callable[[str], None], allow: Callable[[], None]
) -> None:
    before, written = everything_else(), Entry.objects.count()
    refuse(action)
    try:
        with pytest.raises(DatabaseError, match="no entry today"):
            act()
    finally:
        allow()
    assert everything_else() == before
    assert Entry.objects.count() == written, "other entries tell of what did not happen"
    act()
    assert Entry.objects.filter(action=action).count() > 0


def test_a_letter_with_a_password_is_not_printed_without_its_entry(world, refused):
    refuse, _ = refused
    refuse("letter issued")
    before = everything_else()
    with pytest.raises(DatabaseError, match="no entry today"):
        issue_credentials(Workshop.objects.get(pk=world.a.pk), world.ali.user, "x", by=SYSTEM)
    assert everything_else() == before


BY_THEMSELVES: dict[str, Callable[[User], Any]] = {
    "account created": lambda user: accounts.create_account("new", Side.DESK, by=SYSTEM),
    "particulars edited": lambda user: accounts.edit_particulars(user, {"mobile": "09120000000"}, by=SYSTEM),
    "password reset": lambda user: accounts.reset_password(user, by=SYSTEM),
    "deactivated": lambda user: accounts.deactivate(user, by=SYSTEM),
    "workshop opened": lambda user: workshops.sign_up_representative(
        Branch.objects.home(),
        {
            **{"workshop_code": "1463639009", "workshop_name": "نو", "first_name": "نو", "last_name": "نو"},
            **{"national_code": w.code_of_person(9), "mobile": "09120000000"},
        },
        by=SYSTEM,
    ),
}


@pytest.mark.parametrize("action", BY_THEMSELVES)
def test_what_others_build_on_goes_with_its_entry_too(action, world, refused):
    refuse, _ = refused
    refuse(action)
    before = everything_else()
    with pytest.raises(DatabaseError, match="no entry today"):
        BY_THEMSELVES[action](User.objects.get(pk=world.sara.user.pk))
    assert everything_else() == before
