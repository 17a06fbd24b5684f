"""What the employer and the branch decide: reasons, marks, stale pages, effects, archives."""

import pytest
from django.core.exceptions import PermissionDenied

from pishkhan.cases import drafts, operations
from pishkhan.cases.guidance import next_step
from pishkhan.cases.models import Case
from pishkhan.cases.refusals import CaseMovedOnError, NotReadyError, ReasonMissingError
from pishkhan.cases.states import AT_BRANCH, ENDED, State
from pishkhan.catalogue.parties import Audience
from pishkhan.people.models import Employment, Person
from tests import world as w

BLANK = ["", "   ", "\n\t "]
MARK = {"target": "father_name", "label": "نام پدر", "reason": "با شناسنامه نمی‌خواند."}


# Reasons


@pytest.mark.parametrize("note", BLANK, ids=repr)
@pytest.mark.parametrize("state", AT_BRANCH)
def test_the_branch_rejects_nothing_without_a_reason(state, note, world):
    case = w.filled_case(world, state)
    with pytest.raises(ReasonMissingError) as refused:
        operations.reject(world.clerk, case.pk, version=case.version, note=note)
    assert refused.value.message
    assert w.fresh(case).state == state


@pytest.mark.parametrize("note", BLANK, ids=repr)
@pytest.mark.parametrize("state", AT_BRANCH)
def test_nothing_is_returned_without_a_reason(state, note, world):
    case = w.filled_case(world, state)
    with pytest.raises(ReasonMissingError):
        operations.return_for_correction(world.clerk, case.pk, version=case.version, note=note)
    assert w.fresh(case).state == state


@pytest.mark.parametrize("reason", BLANK, ids=repr)
def test_a_mark_without_a_reason_is_no_reason(reason, world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    marks = [{**MARK, "reason": reason}]
    with pytest.raises(ReasonMissingError):
        operations.return_for_correction(world.clerk, case.pk, version=case.version, note="", marks=marks)


@pytest.mark.parametrize("note", BLANK, ids=repr)
def test_the_employer_refuses_nobody_without_a_reason(note, world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    with pytest.raises(ReasonMissingError):
        operations.refuse(world.ali, case.pk, note=note)
    assert w.fresh(case).state == State.AWAITING_EMPLOYER


def test_the_reason_of_a_refusal_is_kept_for_the_applicant(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    operations.refuse(world.ali, case.pk, note=" کارمند ما نیست. ")
    assert w.fresh(case).note == "کارمند ما نیست."
    assert case.events.latest("id").note == "کارمند ما نیست."


def test_marks_and_note_of_a_return_reach_case_and_timeline(world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    marks = [MARK, {"target": "scan:photo", "label": "عکس", "reason": "تار است."}]
    w.returned(world, case, note="دو چیز را درست کنید.", marks=marks)
    case = w.fresh(case)
    assert (case.note, case.marks) == ("دو چیز را درست کنید.", marks)
    event = case.events.latest("id")
    assert (event.note, event.marks) == (case.note, case.marks)


def test_marks_alone_are_reason_enough_and_are_told_to_the_workshop(world):
    case = w.returned(world, w.filled_case(world, State.SUBMITTED), note="", marks=[MARK])
    told = next_step(case.state, Audience.WORKSHOP, case.note, case.marks)
    assert told == "نام پدر: با شناسنامه نمی‌خواند."


def test_marks_are_gone_once_the_correction_is_sent_but_stay_in_the_timeline(world):
    case = w.returned(world, w.filled_case(world, State.SUBMITTED), marks=[MARK])
    assert operations.send(world.ali, case.pk).marks == []
    assert [event.marks for event in case.events.filter(verb="return")] == [[MARK]]


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.WORKSHOP])
@pytest.mark.parametrize("state", list(State))
def test_every_state_says_what_comes_next(state, audience):
    assert next_step(state, audience)


# Stale pages


@pytest.mark.parametrize("verb", ["confirm", "return", "reject"])
def test_what_changed_since_the_officer_looked_is_not_decided_unseen(verb, world):
    case = w.filled_case(world, State.SUBMITTED)
    seen = case.version
    w.returned(world, case)
    drafts.save_answers(world.ali, case.pk, {"father_name": "رمضان"})
    operations.send(world.ali, case.pk)
    decide = {
        "confirm": lambda: operations.confirm(world.colleague, case.pk, version=seen),
        "return": lambda: operations.return_for_correction(world.colleague, case.pk, version=seen, note="ن"),
        "reject": lambda: operations.reject(world.colleague, case.pk, version=seen, note="ن"),
    }
    with pytest.raises(CaseMovedOnError):
        decide[verb]()
    assert w.fresh(case).state == State.SUBMITTED
    assert not Person.objects.exists()


def test_a_row_that_changes_under_the_operation_is_not_written_over(world, monkeypatch):
    """Even where no lock holds it: the write itself asks for the version that was read."""
    case = w.filled_case(world, State.SUBMITTED)

    def meanwhile(self, case):
        Case.objects.filter(pk=case.pk).update(version=case.version + 1, note="از جای دیگر")
        return {}

    monkeypatch.setattr(type(case.service), "obstacles", meanwhile)
    with pytest.raises(CaseMovedOnError):
        operations.confirm(world.clerk, case.pk, version=case.version)
    assert w.fresh(case).state == State.SUBMITTED
    assert not Person.objects.exists()


def test_the_second_officer_is_told_what_the_first_did(world):
    case = w.filled_case(world, State.SUBMITTED)
    operations.confirm(world.clerk, case.pk, version=case.version)
    with pytest.raises(CaseMovedOnError) as moved:
        operations.reject(world.colleague, case.pk, version=case.version, note="نه")
    assert "انجام‌شده" in moved.value.message
    assert "تأیید" in moved.value.message
    assert str(world.clerk.user) in moved.value.message
    assert "کار شما انجام نشد" in moved.value.message
    assert not any(c in "0123456789" for c in moved.value.message)


def test_who_takes_a_case_is_written_on_it(world):
    case = w.filled_case(world, State.SUBMITTED)
    assert operations.take(world.colleague, case.pk).assignee == world.colleague.user


def test_a_colleague_of_the_unit_may_decide_what_another_took(world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    operations.confirm(world.colleague, case.pk, version=case.version)
    assert w.fresh(case).state == State.COMPLETED


def test_a_senior_user_who_belongs_to_the_unit_may_decide(world):
    chief = w.staff(world.branch, "chief", world.clerk.unit, senior=True)
    case = w.filled_case(world, State.SUBMITTED)
    assert operations.confirm(chief, case.pk, version=case.version).state == State.COMPLETED


# Effects


def test_confirming_enters_the_person_and_the_employment(world):
    case = w.filled_case(world, State.COMPLETED, answers=w.answers_for(5))
    person = Person.objects.get(national_code=w.code_of_person(5))
    assert (case.subject, person.full_name) == (person, "علی‌رضا کوچک‌پور")
    work = Employment.objects.get()
    assert (work.person, work.workshop, work.job) == (person, world.a, "اپراتور دستگاه تزریق")


@pytest.mark.parametrize("end", [State.REJECTED, State.WITHDRAWN])
def test_an_unsuccessful_end_changes_nothing_in_the_register(end, world):
    w.filled_case(world, end)
    assert not Person.objects.exists()
    assert not Employment.objects.exists()


def test_the_branch_cannot_confirm_what_the_register_forbids(world):
    """Since the case was sent, the person has been employed there by another way."""
    case = w.filled_case(world, State.SUBMITTED)
    far = w.filled_case(world, State.COMPLETED, workshop=world.b)
    Employment.objects.create(person=far.subject, workshop=world.a, job="جوشکار", started_on="2026-11-20")
    with pytest.raises(NotReadyError) as refused:
        operations.confirm(world.clerk, case.pk, version=case.version)
    assert "همین کارگاه" in refused.value.errors["national_code"]
    assert w.fresh(case).state == State.SUBMITTED


# Archives


@pytest.mark.parametrize("state", [state for state in State if state not in ENDED])
def test_only_what_has_ended_can_be_archived(state, world):
    case = w.filled_case(world, state)
    keeper = w.applicant(case) if state == State.DRAFT and case.begun_by == Audience.PUBLIC else world.ali
    with pytest.raises(CaseMovedOnError):
        operations.archive(keeper, case.pk)
    assert not w.fresh(case).archived_by_workshop


@pytest.mark.parametrize("state", ENDED)
def test_archiving_is_reversible(state, world):
    case = w.filled_case(world, state)
    operations.archive(world.ali, case.pk)
    assert list(Case.objects.shelf(archived=True)) == [case]
    assert not Case.objects.shelf(archived=False).exists()
    operations.archive(world.ali, case.pk, archived=False)
    assert not Case.objects.shelf(archived=True).exists()


def test_each_side_has_an_archive_of_its_own(world):
    case = w.filled_case(world, State.COMPLETED)
    operations.archive(world.ali, case.pk)
    assert Case.objects.shelf(archived=False, at_desk=True).get() == case
    operations.archive(world.clerk, case.pk)
    operations.archive(world.ali, case.pk, archived=False)
    case = w.fresh(case)
    assert (case.archived_by_workshop, case.archived_by_desk) == (False, True)


def test_archiving_twice_changes_nothing_the_second_time(world):
    case = w.filled_case(world, State.COMPLETED)
    for _ in range(2):
        operations.archive(world.ali, case.pk)
    assert w.fresh(case).archived_by_workshop


def test_a_visitor_has_no_archive(world):
    case = w.filled_case(world, State.COMPLETED)
    with pytest.raises(PermissionDenied):
        operations.archive(w.applicant(case), case.pk)


def test_others_cannot_archive_what_they_cannot_see(world):
    case = w.filled_case(world, State.COMPLETED)
    for actor in (world.sara, world.inspector, world.far_clerk, world.far_senior):
        with pytest.raises(Case.DoesNotExist):
            operations.archive(actor, case.pk)


# Withdrawing


def test_an_applicant_takes_back_what_the_employer_has_not_sent(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    operations.withdraw(w.applicant(case), case.pk)
    assert w.fresh(case).state == State.WITHDRAWN
    with pytest.raises(CaseMovedOnError):
        operations.send(world.ali, case.pk)


def test_an_applicant_does_not_take_back_what_the_employer_sent(world):
    case = w.filled_case(world, State.SUBMITTED, by=Audience.PUBLIC)
    with pytest.raises(PermissionDenied):
        operations.withdraw(w.applicant(case), case.pk)


def test_the_employer_does_not_take_back_what_is_being_reviewed(world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    with pytest.raises(CaseMovedOnError):
        operations.withdraw(world.ali, case.pk)
