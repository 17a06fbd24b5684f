"""Every service in the demo data: each case, and the register, as the operations would have left them."""

import datetime as dt
import itertools
from collections import Counter, defaultdict

import pytest
from django.db import transaction
from django.db.models import Max, Q

from pishkhan.accounts.models import User
from pishkhan.cases import operations
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import OPEN, State
from pishkhan.catalogue.answers import stored
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import About, every_service, find
from pishkhan.demo.accounts import FIRST_WORKSHOP
from pishkhan.demo.plan import SHARES, SIGN_UP
from pishkhan.notifications.models import Notification
from pishkhan.people.booklets import kinds
from pishkhan.people.models import Booklet, ContributionRecord, Dependent, Employment, Person, RecordSource
from pishkhan.persian.calendar import age_on, jalali_year_month, months_later, tehran_day
from pishkhan.persian.identifiers import check_digit
from pishkhan.workshops.actors import actor_for
from pishkhan.workshops.models import Workshop
from tests import world as w

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

SERVICES = [service.code for service in every_service()]
BOOKLETS = ("booklet-first", "booklet-renewal", "booklet-duplicate")
WITH_WORKSHOP = [code for code in SERVICES if code != SIGN_UP]


def officer(name="registration"):
    return actor_for(User.objects.get(username=name))


def completed(*codes):
    return Case.objects.filter(state=State.COMPLETED, service_code__in=codes).select_related("subject")


def test_every_service_has_about_its_share():
    counts = Counter(Case.objects.values_list("service_code", flat=True))
    assert set(counts) == set(SERVICES)
    for code, share in SHARES.items():
        assert abs(counts[code] / 10 - share) < 4, code


@pytest.mark.parametrize("code", WITH_WORKSHOP)
def test_the_first_workshop_shows_every_service(code):
    assert Case.objects.filter(workshop__code=FIRST_WORKSHOP, service_code=code).exists()


def shape(case):
    """What must be alike in all cases of one service and state that were begun by the same side."""
    filled = {name: getattr(case, name) is not None for name in ("tracking_code", "sent_at", "ended_at")}
    plain = {name: getattr(case, name) for name in ("step_index", "waiting_on", "unit", "service_code")}
    kept = {"workshop": case.workshop_id is None, "decided": bool(case.decision), "marks": bool(case.marks)}
    known = {"on file": case.subject_id is not None} if case.service.about.on_file else {}
    return filled | plain | kept | known | {"rows": [page["page"] for page in case.rows]}


@pytest.mark.parametrize("code", SERVICES)
def test_a_demo_case_has_the_shape_of_one_made_by_the_operations(code, settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    there = Case.objects.filter(service_code=code)
    for state in set(there.values_list("state", flat=True)):
        with transaction.atomic():
            compare(find(code), state)
            transaction.set_rollback(True)


def compare(service, state):
    made = operated(service, state)
    made.marks = [{"target": "remarks", "label": "", "reason": ""}] if state == State.RETURNED else made.marks
    alike = Case.objects.filter(service_code=service.code, state=state, begun_by=made.begun_by)
    for case in alike.filter(sent_at__isnull=made.sent_at is None).exclude(pk=made.pk):
        assert shape(case) == shape(made)
        assert set(case.answers) == set(made.answers)


def operated(service, state):
    """A case brought to that state by operations, at the demo's first workshop and desk."""
    user = User.objects.get(username=FIRST_WORKSHOP)
    world = type("Demo", (), {"ali": actor_for(user), "sara": None, "far_representative": None})()
    world.a = world.ali.workshop
    world.sara = world.far_representative = world.ali
    world.employer_of = lambda case: world.ali
    world.officer_of = lambda case: officer("senior" if case.unit == Unit.MANAGEMENT else "registration")
    main = w.insured(world, number=777_776)
    answers = {**service.example, "national_code": w.code_of_person(777_777)}
    answers |= {"main_national_code": main.national_code}
    answers = {name: answers[name] for name in service.example}
    by = Audience.WORKSHOP if Audience.WORKSHOP in service.offered_to else Audience.PUBLIC
    person = main if service.about.on_file else None
    return w.fresh(w.filled_case(world, state, by=by, service=service, answers=answers, person=person))


def test_new_rows_get_ids_beyond_the_demo(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    last = Case.objects.aggregate(last=Max("id"))["last"]
    assert operated(find("main-registration"), State.DRAFT).pk > last


def test_the_unit_can_confirm_what_waits_of_every_service():
    waiting = Case.objects.filter(state__in=[State.SUBMITTED, State.UNDER_REVIEW]).order_by("id")
    cases = {case.service_code: case for case in waiting}
    assert len(cases) >= len(SERVICES) - 1
    for code, case in cases.items():
        form = case.service.decision_form(case)
        asked = form.base_fields.items() if form else ()
        decision = {name: next(iter(f.choices))[0] for name, f in asked if hasattr(f, "choices")}
        unit = officer("senior" if code == SIGN_UP else "registration")
        done = operations.confirm(unit, case.pk, version=case.version, decision=decision)
        assert done.state == State.COMPLETED


def at_work(case, person):
    """Whether the person worked at the case's workshop on the day of the request."""
    day = tehran_day(case.submitted_at)
    there = Employment.objects.filter(person=person, workshop=case.workshop_id, started_on__lte=day)
    return there.filter(Q(ended_on=None) | Q(ended_on__gte=day)).exists()


@pytest.mark.parametrize("code", [s.code for s in every_service() if s.about.on_file])
def test_a_case_is_about_somebody_who_worked_there_then_or_a_dependent(code):
    for case in Case.objects.filter(service_code=code).select_related("subject"):
        through = Dependent.objects.filter(person=case.subject).select_related("main").first()
        assert at_work(case, through.main if through else case.subject)
        assert not (through and case.service.about == About.INSURED)
        assert not through or through.started_on < tehran_day(case.submitted_at)


def test_some_booklets_are_those_of_dependents():
    of_dependents = Case.objects.filter(service_code__in=BOOKLETS, subject__sponsorships__isnull=False)
    assert of_dependents.count() > 50


def test_the_main_insured_person_of_a_dependent_worked_there_then():
    for case in Case.objects.filter(service_code="dependent-registration"):
        assert at_work(case, Person.objects.get(national_code=case.answers["main_national_code"]))


def test_nobody_has_two_things_going_on_at_once():
    asked = defaultdict(list)
    for case in Case.objects.exclude(subject=None).order_by("submitted_at", "id"):
        asked[case.subject_id].append(case)
    assert max(map(len, asked.values())) > 2
    for cases in asked.values():
        for before, after in itertools.pairwise(cases):
            assert before.ended_at and before.ended_at < after.submitted_at


def test_completed_registrations_have_entered_the_person_and_the_employment():
    cases = completed("main-registration")
    assert cases.count() > 50
    for case in cases:
        assert case.subject.national_code == case.national_code
        start, job = case.answers["start_date"], case.answers["job"]
        work = Employment.objects.filter(person=case.subject, workshop=case.workshop_id)
        assert work.filter(started_on=start, job=job).exists()


def test_completed_dependents_are_on_the_register_with_what_was_answered():
    cases = completed("dependent-registration")
    assert cases.count() > 30
    for case in cases:
        assert case.subject.national_code == case.national_code
        assert case.subject.full_name == case.subject_name
        found = Dependent.objects.get(person=case.subject)
        assert found.main.national_code == case.answers["main_national_code"]
        assert [found.relation, found.conditions] == [case.answers["relation"], case.answers["conditions"]]
        assert found.started_on.isoformat() == case.answers["since"]
    assert len({case.answers["relation"] for case in cases}) > 3


def test_nobody_who_was_not_confirmed_is_on_the_register():
    waiting = Case.objects.filter(service_code="dependent-registration").exclude(state=State.COMPLETED)
    codes = waiting.values_list("national_code", flat=True)
    assert codes
    assert not Person.objects.filter(national_code__in=codes).exists()


def test_completed_booklets_were_issued_on_that_day():
    for case in completed(*BOOKLETS):
        day = tehran_day(case.ended_at)
        booklet = Booklet.objects.filter(person=case.subject, issued_on=day).order_by("id").last()
        kind = next(kind for kind in kinds() if kind.code == case.answers["kind"])
        assert booklet, case
        assert [booklet.kind, booklet.title] == [kind.code, kind.title]
        assert booklet.valid_until == months_later(day, kind.months)


def test_every_serial_is_the_month_a_number_and_a_check_digit():
    for booklet in Booklet.objects.all():
        body = f"{jalali_year_month(booklet.issued_on)}{booklet.pk:07d}"
        assert booklet.serial == f"{body}{check_digit(body)}"


def test_a_first_booklet_is_the_first_and_the_next_takes_its_place():
    """The one before ends on the day when the next is issued, for the reason that was asked."""
    reasons = defaultdict(set)
    for case in completed("booklet-renewal", "booklet-duplicate"):
        labels = dict(dict(case.service.fields())["reason"].choices)
        reasons[case.subject_id, tehran_day(case.ended_at)].add(labels[case.answers["reason"]])
    for case in completed("booklet-first"):
        held = Booklet.objects.filter(person=case.subject, issued_on__lt=tehran_day(case.ended_at))
        assert not held.exists()
    ended = Booklet.objects.exclude(ended_on=None)
    assert ended.count() > 100
    for booklet in ended:
        assert booklet.ended_because in reasons[booklet.person_id, booklet.ended_on]
        assert Booklet.objects.filter(person=booklet.person_id, issued_on=booklet.ended_on).exists()


def test_completed_collections_have_a_decision_and_their_records():
    cases = completed("record-collection")
    assert cases.count() > 10
    claimed = 0
    for case in cases:
        form = case.service.decision_form(case)(case.decision)
        assert form.is_valid(), form.errors
        assert stored(form) == case.decision
        accepted = [
            (claim["workshop_name"], claim["started_on"], case.decision[f"days_{number}"])
            for number, claim in enumerate(case.answers["claims"], 1)
            if case.decision[f"accepted_{number}"] == "accepted"
        ]
        for name, start, days in accepted:
            found = ContributionRecord.objects.get(
                person=case.subject, source=RecordSource.CLAIM, workshop_name=name, started_on=start
            )
            assert found.days == (days or (found.ended_on - found.started_on).days + 1)
            assert found.entered_at == case.ended_at
        claimed += len(accepted)
    assert ContributionRecord.objects.filter(source=RecordSource.CLAIM).count() == claimed


def test_sign_ups_wait_for_the_senior_user():
    senior, clerk = officer("senior"), officer()
    waiting = Case.objects.filter(service_code=SIGN_UP)
    assert set(waiting.values_list("state", "unit", "workshop")) == {(State.SUBMITTED, Unit.MANAGEMENT, None)}
    assert waiting.count() >= 3
    assert Case.objects.visible_to(senior).filter(service_code=SIGN_UP).count() == waiting.count()
    assert not Case.objects.visible_to(clerk).filter(service_code=SIGN_UP).exists()
    told = Notification.objects.filter(case_id__in=waiting.values("id")).values_list("recipient", flat=True)
    assert {recipient.rpartition(":")[2] for recipient in told} == {Unit.MANAGEMENT}
    codes = [case.answers["workshop_code"] for case in waiting]
    assert not Workshop.objects.filter(code__in=codes).exists()


def test_what_was_corrected_is_told_as_people_read_it():
    corrected = list(Event.objects.exclude(changes=[]).select_related("case"))
    assert {event.case.service_code for event in corrected} >= {"main-registration", "booklet-renewal"}
    for event in corrected:
        shown = {row["label"]: row["shown"] for page in event.case.rows for row in page["answers"]}
        for change in event.changes:
            assert change["before"] != change["after"] == shown[change["label"]]


def test_what_is_marked_was_asked():
    for case in Case.objects.filter(state=State.RETURNED):
        kind, _, code = case.marks[0]["target"].rpartition(":")
        scans = case.scans.values_list("kind", flat=True)
        assert code in (scans if kind else case.answers)


def test_nobody_worked_as_a_child():
    for work in Employment.objects.select_related("person"):
        assert age_on(work.person.birth_date, work.started_on) >= 15


def test_open_requests_are_about_different_people():
    open_cases = Case.objects.filter(state__in=OPEN)
    keys = list(open_cases.values_list("workshop", "service_code", "national_code"))
    assert len(set(keys)) == len(keys)
    assert min(case.submitted_at for case in open_cases) > max(
        case.submitted_at for case in Case.objects.all()
    ) - dt.timedelta(days=40)


def test_a_completed_request_for_a_booklet_has_its_own_booklet():
    done = Case.objects.filter(service_code__startswith="booklet", state=State.COMPLETED)
    assert done.exists()
    booklets = dict(Booklet.objects.exclude(case_id=None).values_list("case_id", "person_id"))
    assert booklets == dict(done.values_list("id", "subject_id"))
