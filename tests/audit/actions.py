"""Every action that has a transaction of its own, prepared so that it only needs to be done."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY

from pishkhan.accounts import factors
from pishkhan.accounts import operations as accounts
from pishkhan.accounts.models import User
from pishkhan.accounts.sessions import SessionStore, end_session, end_sessions, session_mark
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Action as Question
from pishkhan.approvals.models import Approval
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts
from pishkhan.cases import operations as cases
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import find
from pishkhan.inspections import operations as visits
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event, issue_statement
from pishkhan.people import operations as people
from pishkhan.people.models import ContributionRecord, Dependent, Employment, Person, RecordSource
from pishkhan.policy.operations import decide_policy
from pishkhan.retention import operations as retention
from pishkhan.retention.applying import apply_retention
from pishkhan.workshops import accounts as posts
from pishkhan.workshops import operations as workshops
from pishkhan.workshops.models import Branch
from tests import world as w
from tests.approvals import asking
from tests.authenticating import with_app
from tests.inspections import inspecting
from tests.web.browsing import PASSWORD

DAY = datetime.date(2024, 1, 1)
CENTURY = datetime.datetime(2124, 1, 1, tzinfo=datetime.UTC)
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


def letter_of_long_ago(world: w.World) -> Action:
    issue_statement(w.insured(world), case=None, by=SYSTEM)
    return lambda: apply_retention(now=CENTURY)


def held_before(world: w.World) -> Action:
    hold = retention.put_hold(world.senior, w.filled_case(world, State.SUBMITTED), "شکایت")
    return lambda: retention.lift_hold(world.senior, hold, "رأی")


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


def version_of(operate: Callable[..., Any], **more: Any) -> Callable[[w.World, Any], Any]:
    """An operation of the officer, on what the officer looked at."""
    return lambda world, case: operate(world.clerk, case.pk, version=case.version, **more)


def numbered(operate: Callable[..., Any], **more: Any) -> Callable[[w.World, Any], Any]:
    return lambda world, visit: operate(world.inspector, visit.pk, version=visit.version, **more)


def with_factor(operate: Callable[[w.World, User], Any]) -> Prepared:
    """On a user who has an authenticator app and recovery codes."""

    def prepared(world: w.World) -> Action:
        with_app(world.sara.user)
        return on_user(operate)(world)

    return prepared


def with_session(operate: Callable[[User], Any]) -> Prepared:
    """On a user who is signed in in one browser."""

    def prepared(world: w.World) -> Action:
        store = SessionStore()
        store[SESSION_KEY] = str(world.sara.user.pk)
        store.save()
        return lambda: operate(world.sara.user)

    return prepared


def recovery_code_to_use(world: w.World) -> Action:
    with_app(world.sara.user)
    code, *_ = factors.renew_recovery_codes(world.sara.user, by=SYSTEM)
    return lambda: factors.check_code(world.sara.user, code, by=SYSTEM)


def caution_to_explain(world: w.World) -> Action:
    """The person is on file under another name, which the caution tells."""
    w.insured(world)
    case = w.drafted(world, answers=w.answers_for(1, last_name="دیگری"))
    return lambda: drafts.explain(world.ali, case.pk, {"unlike-file": "نام تازه است."})


def asked_before(operate: Callable[[w.World, Approval], Any]) -> Prepared:
    """A decision about a senior role that was asked for; whoever decides is there."""

    def prepared(world: w.World) -> Action:
        asking.second_senior(world)
        asked = asking.role(world)
        return lambda: operate(world, asked)

    return prepared


def approved_rotation(world: w.World) -> Action:
    approvals.approve(world.senior, asking.rotation(world).pk)
    return lambda: approvals.use_as_operator(Question.ROTATE)


def first_image(world: w.World) -> Action:
    bare = w.workshop_of(world.senior, "1463639021", "تازه", "bare", images=False)
    return lambda: workshops.set_image(bare, "signature", w.jpeg(7))


def picture_approved(world: w.World) -> Action:
    asked = asking.stamp(world)
    return lambda: approvals.approve(world.clerk, asked.pk)


EVERY_ACTION: dict[str, Prepared] = {
    "account created": lambda world: (
        lambda: posts.open_staff_account(
            world.senior, {"username": "new", "unit": "registration", "is_senior": False}
        )
    ),
    "staff post given": lambda world: lambda: workshops.create_staff("new", Unit.REVENUE, senior=True),
    "staff post changed": on_staff(
        lambda world, user: posts.change_post(world.senior, user, "revenue", senior=False)
    ),
    "approval asked": on_staff(lambda world, user: approvals.ask_senior_role(world.senior, user, "جانشین")),
    "approval given": asked_before(lambda world, asked: approvals.approve_as_operator(asked.pk)),
    "approval refused": asked_before(
        lambda world, asked: approvals.refuse(asking.second_senior(world), asked.pk, "نه")
    ),
    "approval withdrawn": asked_before(lambda world, asked: approvals.withdraw(world.senior, asked.pk)),
    "approval used": approved_rotation,
    "done in an emergency": lambda world: lambda: approvals.do_in_emergency(Question.ROTATE, "کلید فاش شد"),
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
    "second factor added": on_user(lambda world, user: with_app(user)),
    "second factor removed": with_factor(lambda world, user: factors.remove_second_factor(user, by=SYSTEM)),
    "recovery codes made": with_factor(lambda world, user: factors.renew_recovery_codes(user, by=SYSTEM)),
    "recovery code used": recovery_code_to_use,
    "session ended": with_session(
        lambda user: end_session(user, session_mark(user.sessions.get()), by=SYSTEM)
    ),
    "sessions ended": with_session(lambda user: end_sessions(user, by=SYSTEM)),
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
    "signature set": first_image,
    "stamp set": picture_approved,
    "policy decided": lambda world: lambda: decide_policy("upload", 100, valid_from=DAY, by=SYSTEM),
    "draft started": lambda world: lambda: w.drafted(world, scans=False),
    "draft discarded": on_case(State.DRAFT, lambda world, case: drafts.discard_draft(world.ali, case.pk)),
    "answers saved": on_case(
        State.DRAFT, lambda world, case: drafts.save_answers(world.ali, case.pk, {"job": "جوشکار"})
    ),
    "cautions explained": caution_to_explain,
    "workshop changed": on_case(
        State.DRAFT,
        lambda world, case: drafts.change_workshop(w.applicant(case), case.pk, world.b),
        by=Audience.PUBLIC,
    ),
    "scan attached": on_case(
        State.DRAFT, lambda world, case: drafts.attach_scan(world.ali, case, "photo", w.jpeg(60))
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
    "hold put": on_case(State.SUBMITTED, lambda world, case: retention.put_hold(world.senior, case, "شکایت")),
    "hold lifted": held_before,
    "person exported": on_person(
        lambda world, person: list(retention.export_person(world.senior, person.national_code))
    ),
    "person erased": on_person(
        lambda world, person: retention.erase_person(world.senior, person.national_code)
    ),
    "draft expired": on_case(State.DRAFT, lambda world, case: apply_retention(now=CENTURY)),
    "case erased": on_case(State.REJECTED, lambda world, case: apply_retention(now=CENTURY)),
    "retention applied": letter_of_long_ago,
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


def renamed_branch() -> Branch:
    from django.conf import settings  # noqa: PLC0415

    settings.BRANCH = settings.BRANCH | {"phone": "013-11111111"}
    return workshops.prepare_branch()
