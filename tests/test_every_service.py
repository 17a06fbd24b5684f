"""What holds for every service that the branch offers: a new one is tested by existing."""

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import models

from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.cases import drafts, operations
from pishkhan.cases.labelling import labelled
from pishkhan.cases.models import Case, Event
from pishkhan.cases.refusals import CaseMovedOnError, ImagesMissingError, NotReadyError
from pishkhan.cases.states import OPEN, State, Verb
from pishkhan.catalogue.answers import bound, stored
from pishkhan.catalogue.parties import EMPLOYER, Audience, Unit
from pishkhan.catalogue.service import About, every_service, find, offered_to
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Booklet, ContributionRecord, Dependent, Employment, KnownScan, Person
from pishkhan.workshops.actors import Actor, visitor
from pishkhan.workshops.models import Workshop

from . import world as w

pytestmark = pytest.mark.django_db  # what a branch may decide (kinds, ages) is read from its policies

SERVICES = {service.code: service for service in every_service()}
STARTS = [(service, audience) for service in SERVICES.values() for audience in sorted(service.offered_to)]

REGISTER = (Person, Employment, Dependent, Booklet, ContributionRecord, KnownScan, Workshop, User)

every = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())
every_start = pytest.mark.parametrize(
    ("service", "by"), STARTS, ids=[f"{service.code}-by-{audience}" for service, audience in STARTS]
)


def beginner(world, audience):
    return {Audience.PUBLIC: visitor(), Audience.WORKSHOP: world.ali, Audience.DESK: world.clerk}[audience]


def sent(world, service, by):
    case = w.drafted(world, by=by, service=service)
    return operations.send(w.starter(world, case), case.pk)


def refused_answers(world, case):
    """What sending the case is answered with; the case stays a draft without a tracking code."""
    with pytest.raises(NotReadyError) as refused:
        operations.send(w.starter(world, case), case.pk)
    now = w.fresh(case)
    assert (now.state, now.tracking_code, now.rows) == (State.DRAFT, None, [])
    return refused.value.errors


def test_the_branch_offers_something_to_the_public_and_to_workshops():
    assert offered_to(Audience.PUBLIC)
    assert offered_to(Audience.WORKSHOP)


@every
def test_a_service_is_found_by_its_code(service):
    assert find(service.code) is service


# What is declared


@every
def test_a_service_says_what_it_is_in_words(service):
    assert service.title.strip() == service.title != ""
    assert service.lead.strip()
    assert all(page.title.strip() for page in service.pages)
    assert all(step.title.strip() for step in service.steps)
    assert all(scan.title.strip() for scan in service.scans)


@every
def test_codes_fit_their_columns_and_are_not_used_twice(service):
    assert len(service.code) <= Case._meta.get_field("service_code").max_length
    for declared in (service.pages, service.scans, service.steps):
        codes = [item.code for item in declared]
        assert len(codes) == len(set(codes)), codes
    longest = Case.scans.rel.related_model._meta.get_field("kind").max_length
    assert all(len(scan.code) <= longest for scan in service.scans)


@every
def test_every_step_is_confirmed_by_the_employer_or_by_a_unit_of_the_branch(service):
    assert service.steps, "somebody must confirm it"
    assert all(step.by == EMPLOYER or step.by in Unit.values for step in service.steps)


@every
def test_no_two_pages_ask_for_the_same_field(service):
    asked = Counter(name for name, _ in service.fields())
    assert [name for name, times in asked.items() if times > 1] == []


@every
def test_every_field_belongs_to_the_page_that_asks_for_it(service):
    for name, field in service.fields():
        assert service.page_of(name).form.base_fields[name] is field


@every
def test_every_question_has_a_label_and_a_message_of_its_own_language(service):
    for name, field in service.fields():
        assert field.label, name
        if field.required:
            message = str(field.error_messages["required"])
            assert not message.isascii(), name


# The example


@every
def test_the_example_passes_every_check(service):
    assert service.errors(service.example) == {}


@every
def test_the_example_answers_every_question_and_no_other(service):
    assert set(service.example) == {name for name, _ in service.fields()}


@every
def test_the_example_is_written_as_answers_are_stored(service):
    for page in service.pages:
        answered = stored(bound(page.form, service.example))
        assert answered == {name: service.example[name] for name in page.form.base_fields}


@every
def test_the_example_is_about_somebody(service):
    if service.about.on_file:
        return  # about whoever was looked up
    subject = service.subject(service.example)
    assert subject.name
    assert subject.national_code


@every
def test_an_empty_request_is_about_nobody_and_breaks_nothing(service):
    if not service.about.on_file:
        assert service.subject({}).national_code == ""
    assert service.errors({})
    assert service.rows({})
    service.required_scans(service.example)


# What is shown


@every
def test_every_field_asked_is_shown_with_its_label(service):
    rows = service.rows(service.example)
    shown = [(page["page"], answer["field"], answer["label"]) for page in rows for answer in page["answers"]]
    assert shown == [
        (page.title, name, str(field.label))
        for page in service.pages
        for name, field in page.form.base_fields.items()
    ]


@every
def test_an_answer_that_was_given_is_never_shown_empty(service):
    for page in service.rows(service.example):
        for answer in page["answers"]:
            assert bool(answer["shown"]) == (service.example[answer["field"]] not in ("", None, [])), answer


@every_start
def test_answers_sent_do_not_change_when_a_label_changes(service, by, world, monkeypatch):
    case = w.fresh(sent(world, service, by))
    assert case.rows == labelled(case)
    assert case.rows[-len(service.pages) :] == service.rows(service.example)
    for _, field in service.fields():
        monkeypatch.setattr(field, "label", "برچسب تازه")
    assert w.fresh(case).rows == case.rows
    assert service.rows(service.example) != case.rows


# Who may begin


@every
@pytest.mark.parametrize("audience", list(Audience))
def test_only_the_audiences_it_is_offered_to_may_begin_it(service, audience, world):
    person = w.on_the_register(world, service)
    where = None if service.about == About.STRANGER else world.a
    if audience in service.offered_to:
        case = drafts.start_draft(beginner(world, audience), service, where, {}, person)
        assert (case.state, case.begun_by) == (State.DRAFT, audience)
    else:
        with pytest.raises(PermissionDenied):
            drafts.start_draft(beginner(world, audience), service, where, {}, person)
        assert not Case.objects.exists()


@every
def test_it_is_on_the_menu_of_those_it_is_offered_to_alone(service):
    assert {audience for audience in Audience if service in offered_to(audience)} == service.offered_to


# What stops it from being sent


@every_start
def test_each_missing_required_scan_stops_sending(service, by, world):
    case = w.drafted(world, by=by, service=service)
    holder = w.starter(world, case)
    for number, scan in enumerate(service.required_scans(service.example, case.subject)):
        drafts.remove_scan(holder, case.pk, scan.code)
        errors = refused_answers(world, case)
        assert list(errors) == [f"scan:{scan.code}"]
        assert scan.title in errors[f"scan:{scan.code}"]
        drafts.attach_scan(holder, case, scan.code, w.jpeg(90 + number))
    assert operations.send(holder, case.pk).tracking_code


@every_start
def test_each_missing_required_answer_stops_sending_and_says_so(service, by, world):
    case = w.drafted(world, by=by, service=service)
    holder = w.starter(world, case)
    for name, field in service.fields():
        if field.required:
            drafts.save_answers(holder, case.pk, {name: ""})
            errors = refused_answers(world, case)
            assert errors.get(name), f"{name} may stay empty"
            drafts.save_answers(holder, case.pk, {name: service.example[name]})
    assert operations.send(holder, case.pk).tracking_code


@every_start
def test_all_that_is_missing_is_told_at_once(service, by, world):
    case = w.drafted(world, by=by, service=service, answers={}, scans=False)
    errors = refused_answers(world, case)
    required = {name for name, field in service.fields() if field.required}
    assert required <= set(errors)
    assert {f"scan:{scan.code}" for scan in service.required_scans({}, case.subject)} <= set(errors)


@every
def test_a_workshop_without_signature_and_stamp_sends_nothing(service, world):
    if Audience.WORKSHOP not in service.offered_to:
        pytest.skip("not offered to workshops")
    bare = w.workshop_of(world.senior, "1463639009", "تازه", "bare", images=False)
    person = w.on_the_register(world, service, bare.workshop)
    case = drafts.start_draft(bare, service, bare.workshop, dict(service.example), person)
    with pytest.raises(ImagesMissingError):
        operations.send(bare, case.pk)
    assert w.fresh(case).is_draft


# Who may confirm


def outsiders_of(world, case) -> dict[str, Actor]:
    """Everybody who has no say in the present step of the case."""
    unit = case.unit if case.at_branch else None
    named = {
        "a visitor without the case": visitor(),
        "the applicant": w.applicant(case),
        "workshop B": world.sara,
        "a workshop of another branch": world.far_representative,
        "another unit": w.staff(world.branch, "other-unit", next(u for u in Unit if u != unit)),
        "nobody's unit": w.staff(world.branch, "no-unit"),
        "the senior without a unit": world.senior,
        "the same unit of another branch": w.staff(
            world.elsewhere, "same-unit", Unit(unit or "registration")
        ),
        "the senior of another branch": world.far_senior,
    }
    if unit == Unit.MANAGEMENT:
        del named["the senior without a unit"]  # sits in the management
    others = {"the employer": world.ali} if unit else {"the unit": world.clerk}
    return named | (others if case.workshop else {"an employer": world.ali})


def decisions(actor, case):
    """Every verb that a confirmation of a step could be, as its operation."""
    version = {"version": case.version}
    yield Verb.CONFIRM, lambda: operations.confirm(actor, case.pk, **version)
    yield Verb.RETURN, lambda: operations.return_for_correction(actor, case.pk, **version, note="دلیل")
    yield Verb.REJECT, lambda: operations.reject(actor, case.pk, **version, note="دلیل")
    yield Verb.TAKE, lambda: operations.take(actor, case.pk)
    yield Verb.SEND, lambda: operations.send(actor, case.pk)
    yield Verb.REFUSE, lambda: operations.refuse(actor, case.pk, note="دلیل")


@every_start
def test_each_step_refuses_everybody_else(service, by, world):
    case = sent(world, service, by)
    passed = 0
    while not case.has_ended:
        for who, actor in outsiders_of(world, case).items():
            for verb, decide in decisions(actor, case):
                answer = w.attempted(decide)
                refused = (*w.INVISIBLE, CaseMovedOnError)
                assert isinstance(answer, refused), f"{who} may {verb} at step {case.step.code}: {answer!r}"
        assert w.fresh(case).version == case.version
        case, passed = confirmed(world, case), passed + 1
        from_outsiders(world)
    assert case.state == State.COMPLETED
    assert passed == sum(not (step.by_employer and by == Audience.WORKSHOP) for step in service.steps)


def confirmed(world, case):
    if case.at_branch:
        return w.confirmed(world, case)
    return operations.send(world.employer_of(case), case.pk)


def from_outsiders(world):
    """Frees the names of the outsiders for the next step."""
    for name in ("other-unit", "no-unit", "same-unit"):
        type(world.clerk.user).objects.filter(username=name).delete()


# Its effect


def counted(monkeypatch, service):
    """Counts how often the effect of the service ran."""
    ran = []
    effect = type(service).complete

    def complete(self, case, *, by):
        ran.append(case.pk)
        effect(self, case, by=by)

    monkeypatch.setattr(type(service), "complete", complete)
    return ran


@every_start
def test_the_effect_runs_once_and_not_before_the_last_confirmation(service, by, world, monkeypatch):
    ran = counted(monkeypatch, service)
    case = sent(world, service, by)
    while not case.has_ended:
        assert ran == []
        officer = world.officer_of(case) if case.at_branch else None
        case = confirmed(world, case)
    assert ran == [case.pk]

    register = w.everything(*REGISTER, Event, Notification)
    for version in (case.version - 1, case.version):
        with pytest.raises(CaseMovedOnError):
            operations.confirm(officer, case.pk, version=version)
    assert ran == [case.pk]
    assert w.everything(*REGISTER, Event, Notification) == register


@every_start
def test_an_effect_that_fails_leaves_the_case_as_it_was(service, by, world, monkeypatch):
    case = w.filled_case(world, State.SUBMITTED, service=service, by=by)
    steps = [step for step in service.steps if not step.by_employer]
    for _ in steps[1:]:
        case = w.confirmed(world, case)
    before = w.everything(*REGISTER, Case, Event, Notification, Entry)

    def fail(self, case, *, by):
        Person.objects.create(national_code="0", birth_date="2000-01-01")
        raise RuntimeError("the register is closed")

    monkeypatch.setattr(type(service), "complete", fail)
    with pytest.raises(RuntimeError):
        w.confirmed(world, case)
    assert w.everything(*REGISTER, Case, Event, Notification, Entry) == before


# Its whole life


@every_start
def test_it_goes_from_whoever_begins_it_to_its_end(service, by, world):
    case = w.finished(world, w.drafted(world, by=by, service=service))
    case = w.fresh(case)
    assert case.state == State.COMPLETED
    assert case.tracking_code
    assert case.ended_at
    assert case.waiting_on == "nobody"
    assert case.rows[-len(service.pages) :] == service.rows(service.example)
    assert [event.to for event in case.events.order_by("id")][-1] == State.COMPLETED


@every_start
def test_it_may_be_returned_once_on_the_way_and_still_ends(service, by, world):
    case = w.filled_case(world, State.SUBMITTED, service=service, by=by)
    code, step = case.tracking_code, case.step_index
    name, field = next(service.fields())
    marks = [{"target": name, "label": str(field.label), "reason": "با کارت نمی‌خواند."}]
    case = w.returned(world, case, note="", marks=marks)
    assert case.state == State.RETURNED
    assert case.marks == marks

    sender = w.sender_of(world, case)
    drafts.save_answers(sender, case.pk, {name: service.example[name]})
    case = operations.send(sender, case.pk)
    assert (case.tracking_code, case.step_index, case.marks) == (code, step, [])
    assert w.finished(world, case).state == State.COMPLETED


@every_start
def test_the_same_request_cannot_be_made_twice_while_one_is_open(service, by, world):
    sent(world, service, by)
    errors = refused_answers(world, w.drafted(world, by=by, service=service))
    assert all(errors.values())
    assert Case.objects.filter(state__in=OPEN).count() == 1


@every
def test_its_code_is_no_choice_of_the_database(service):
    column = Case._meta.get_field("service_code")
    assert isinstance(column, models.CharField)
    assert column.choices is None
