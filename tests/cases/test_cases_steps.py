"""A service of several steps, made up here: the life of a case is the same for all (design)."""

import pytest
from django import forms

from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case
from pishkhan.cases.refusals import CaseMovedOnError, NotReadyError
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import EMPLOYER, Audience, Unit
from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import Page, Service, Step, Subject
from tests import world as w


class VisitForm(forms.Form):
    who = forms.CharField(label="نام")
    reason = forms.ChoiceField(label="علت", choices=[("lost", "گم شده"), ("stolen", "دزدیده شده")])


@pytest.fixture
def visit(monkeypatch):
    """A service that three parties confirm; its scan is needed for one answer only."""
    monkeypatch.setattr(Service, "register", dict(Service.register))

    class Visit(Service):
        code = "visit-of-the-tests"
        title = "بازدید"
        lead = "ساختهٔ آزمون‌ها."
        offered_to = frozenset({Audience.PUBLIC, Audience.WORKSHOP})
        pages = (Page("visit", "بازدید", VisitForm),)
        scans = (Scan("report", "گزارش", when=lambda answers: answers.get("reason") == "stolen"),)
        steps = (
            Step("employer", "کارفرما", by=EMPLOYER),
            Step("inspection", "بازرسی", by=Unit.INSPECTION),
            Step("registration", "نام‌نویسی", by=Unit.REGISTRATION),
        )
        example = {"who": "علی", "reason": "lost"}

        def subject(self, answers):
            return Subject(w.code_of_person(1), answers.get("who", ""))

        def complete(self, case, *, by):
            case.note = "انجام شد"

    return Service.register[Visit.code]


def test_every_unit_confirms_in_its_turn(visit, world):
    case = w.filled_case(world, State.SUBMITTED, service=visit)
    assert (case.unit, case.step.code) == (Unit.INSPECTION, "inspection")
    case = operations.confirm(world.inspector, case.pk, version=case.version)
    assert (case.state, case.unit, case.step.code) == (State.SUBMITTED, Unit.REGISTRATION, "registration")
    case = operations.confirm(world.clerk, case.pk, version=case.version)
    assert case.state == State.COMPLETED


def test_a_unit_neither_sees_nor_confirms_before_its_turn(visit, world):
    case = w.filled_case(world, State.SUBMITTED, service=visit)
    assert not Case.objects.visible_to(world.clerk).exists()
    with pytest.raises(w.INVISIBLE):
        operations.confirm(world.clerk, case.pk, version=case.version)


def test_a_unit_does_not_confirm_twice(visit, world):
    case = w.filled_case(world, State.SUBMITTED, service=visit)
    operations.confirm(world.inspector, case.pk, version=case.version)
    with pytest.raises((*w.INVISIBLE, CaseMovedOnError)):
        operations.confirm(world.inspector, case.pk, version=w.fresh(case).version)


def test_the_employers_step_is_skipped_when_the_employer_began_and_not_otherwise(visit, world):
    assert w.filled_case(world, State.SUBMITTED, service=visit).events.count() == 1
    case = w.filled_case(world, State.AWAITING_EMPLOYER, service=visit, workshop=world.b)
    assert case.step.code == "employer"


def test_a_return_at_a_later_step_comes_back_to_that_step(visit, world):
    case = w.filled_case(world, State.SUBMITTED, service=visit)
    case = operations.confirm(world.inspector, case.pk, version=case.version)
    case = operations.return_for_correction(world.clerk, case.pk, version=case.version, note="نام کامل")
    case = operations.send(world.ali, case.pk)
    assert (case.state, case.step.code, case.unit) == (State.SUBMITTED, "registration", Unit.REGISTRATION)


def test_the_next_unit_does_not_inherit_the_officer_of_the_last(visit, world):
    case = w.filled_case(world, State.UNDER_REVIEW, service=visit)
    assert case.assignee == world.inspector.user
    case = operations.confirm(world.inspector, case.pk, version=case.version)
    assert w.fresh(case).assignee is None


def test_a_scan_is_required_for_the_answers_that_need_it(visit, world):
    case = w.drafted(world, service=visit, answers={"who": "علی", "reason": "stolen"}, scans=False)
    with pytest.raises(NotReadyError) as refused:
        operations.send(world.ali, case.pk)
    assert list(refused.value.errors) == ["scan:report"]
    drafts.save_answers(world.ali, case.pk, {"reason": "lost"})
    assert operations.send(world.ali, case.pk).state == State.SUBMITTED


def test_the_next_unit_is_told(visit, world):
    from pishkhan.notifications.models import Notification  # noqa: PLC0415

    case = w.filled_case(world, State.SUBMITTED, service=visit)
    operations.confirm(world.inspector, case.pk, version=case.version)
    assert Notification.objects.filter(recipient=f"unit:{world.branch.pk}:registration").exists()


def test_answers_of_a_choice_are_frozen_as_their_words(visit, world):
    case = w.filled_case(world, State.SUBMITTED, service=visit)
    assert case.rows[0]["answers"][1] == {"field": "reason", "label": "علت", "shown": "گم شده"}
