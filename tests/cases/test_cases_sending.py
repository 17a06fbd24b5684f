"""Sending a case: what stops it, what it freezes, and whom it tells (R8–R11, R24, R33)."""

import datetime
from io import BytesIO

import pytest
import time_machine

from pishkhan.audit.models import Entry
from pishkhan.cases import checking, drafts, operations
from pishkhan.cases.models import Case, TrackingSequence
from pishkhan.cases.refusals import CaseMovedOnError, ImagesMissingError, NotReadyError
from pishkhan.cases.states import OPEN, State
from pishkhan.catalogue.answers import stored
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.notifications.models import Notification
from tests import world as w
from tests.documents.generated import jpeg

PUBLIC = Audience.PUBLIC


def errors_of_sending(actor, case):
    with pytest.raises(NotReadyError) as refused:
        operations.send(actor, case.pk)
    return refused.value.errors


# What was typed


def test_what_was_typed_last_is_sent(world):
    case = operations.save_and_send(world.ali, w.drafted(world).pk, {"remarks": "نوبت عصر"}, {})
    sent = Case.objects.get(pk=case.pk)
    assert sent.state == State.SUBMITTED and "نوبت عصر" in sent.search_key
    assert sent.answers["remarks"] == "نوبت عصر" in str(sent.rows)
    actions = Entry.objects.filter(about=f"case:{case.pk}").values_list("action", flat=True)
    assert {"case send", "answers saved"} <= {*actions}


def test_what_was_typed_is_kept_when_it_is_not_sent(world):
    case = w.drafted(world)
    typed = {"remarks": "نوبت عصر", "birth_date": ""}
    with pytest.raises(NotReadyError):
        operations.save_and_send(world.ali, case.pk, typed, {})
    kept = Case.objects.get(pk=case.pk)
    assert kept.is_draft and kept.tracking_code is None and kept.answers.items() >= typed.items()
    assert Entry.objects.filter(about=f"case:{case.pk}", action="answers saved").exists()


def test_a_word_about_a_caution_goes_with_what_is_sent(world):
    case = w.drafted(world)
    drafts.attach_scan(world.ali, case, "photo", BytesIO(jpeg((120, 160))))
    codes = [name.removeprefix("explain:") for name in errors_of_sending(world.ali, case)]
    sent = operations.save_and_send(world.ali, case.pk, {}, dict.fromkeys(codes, "تصویر دیگری نیست"))
    assert codes and {Case.objects.get(pk=sent.pk).said(code) for code in codes} == {"تصویر دیگری نیست"}


# Twice


def test_a_second_click_on_send_sends_nothing_twice(world):
    case = w.filled_case(world, State.SUBMITTED)
    with pytest.raises(CaseMovedOnError):
        operations.send(world.ali, case.pk)
    assert Case.objects.count() == 1
    assert case.events.count() == 1
    assert TrackingSequence.objects.get().last == 1


def test_two_requests_that_did_not_see_each_other_are_kept_apart_by_the_database(world, monkeypatch):
    w.filled_case(world, State.SUBMITTED)
    second = w.drafted(world)
    monkeypatch.setattr(checking, "going_on", lambda case: None)
    before = w.everything(Case)
    assert errors_of_sending(world.ali, second) == {"national_code": checking.GOING_ON}
    assert w.everything(Case) == before


def test_a_person_has_one_open_request_of_a_kind_at_a_workshop(world):
    w.filled_case(world, State.SUBMITTED)
    errors = errors_of_sending(world.ali, w.drafted(world))
    assert "درخواست دیگری از همین نوع" in errors["national_code"]


def test_a_registration_that_waits_for_the_employer_counts_as_open(world):
    w.filled_case(world, State.AWAITING_EMPLOYER)
    assert "national_code" in errors_of_sending(world.ali, w.drafted(world))


def test_the_same_person_may_be_asked_for_at_another_workshop(world):
    w.filled_case(world, State.SUBMITTED)
    assert w.filled_case(world, State.SUBMITTED, workshop=world.b).tracking_code


def test_another_person_may_be_asked_for_at_the_same_workshop(world):
    w.filled_case(world, State.SUBMITTED, answers=w.answers_for(1))
    w.filled_case(world, State.SUBMITTED, answers=w.answers_for(2))
    assert Case.objects.filter(state__in=OPEN).count() == 2


@pytest.mark.parametrize("ended", [State.REJECTED, State.WITHDRAWN])
def test_after_an_unsuccessful_end_one_may_ask_again(ended, world):
    w.filled_case(world, ended)
    assert w.filled_case(world, State.COMPLETED).state == State.COMPLETED


def test_who_works_at_the_workshop_already_is_not_registered_again(world):
    w.filled_case(world, State.COMPLETED)
    assert "همین کارگاه" in errors_of_sending(world.ali, w.drafted(world))["national_code"]


def test_two_corrected_requests_do_not_become_one_persons(world):
    """The employer mends the national code of a returned request to one that has a request already."""
    w.filled_case(world, State.SUBMITTED, answers=w.answers_for(1))
    case = w.filled_case(world, State.RETURNED, answers=w.answers_for(2))
    drafts.save_answers(world.ali, case.pk, {"national_code": w.code_of_person(1)})
    assert "national_code" in errors_of_sending(world.ali, case)
    assert w.fresh(case).state == State.RETURNED


def test_two_waiting_requests_may_both_hold_a_national_code_typed_wrong(world):
    """What was typed is kept, right or wrong, until it is mended."""
    first = w.filled_case(world, State.AWAITING_EMPLOYER, answers=w.answers_for(1))
    second = w.filled_case(world, State.AWAITING_EMPLOYER, answers=w.answers_for(2))
    for case in (first, second):
        drafts.save_answers(world.ali, case.pk, {"national_code": "123"})
    assert w.fresh(second).answers["national_code"] == "123"
    assert errors_of_sending(world.ali, second)["national_code"]


# What is missing


def test_without_signature_and_stamp_nothing_can_be_sent(world):
    bare = w.workshop_of(world.senior, "1463639010", "کارگاه تازه", "bare", images=False)
    case = drafts.start_draft(bare, w.registration(), bare.workshop, w.answers_for())
    with pytest.raises(ImagesMissingError):
        operations.send(bare, case.pk)


@pytest.mark.parametrize("there", ["signature", "stamp"])
def test_one_of_the_two_pictures_is_not_enough(there, world):
    from pishkhan.workshops.operations import set_image  # noqa: PLC0415

    bare = w.workshop_of(world.senior, "1463639011", "کارگاه تازه", "bare", images=False)
    set_image(bare, there, w.jpeg())
    bare = w.again(bare.user)
    case = drafts.start_draft(bare, w.registration(), bare.workshop, w.answers_for())
    with pytest.raises(ImagesMissingError):
        operations.send(bare, case.pk)


def test_a_waiting_registration_is_not_confirmed_without_the_pictures(world):
    bare = w.workshop_of(world.senior, "1463639012", "کارگاه تازه", "bare", images=False)
    visitor = w.visitor()
    case = drafts.start_draft(visitor, w.registration(), bare.workshop, w.answers_for())
    for number, scan in enumerate(w.registration().required_scans(case.answers)):
        drafts.attach_scan(w.applicant(case), case, scan.code, w.jpeg(number))
    case = operations.send(w.applicant(case), case.pk)
    assert case.state == State.AWAITING_EMPLOYER
    with pytest.raises(ImagesMissingError):
        operations.send(bare, case.pk)
    assert w.fresh(case).state == State.AWAITING_EMPLOYER


def test_an_answer_that_was_wrong_when_typed_may_be_right_on_the_day_of_sending(world):
    """Work that begins tomorrow: refused today, sent tomorrow without typing it again."""
    form = next(page.form for page in w.registration().pages if "start_date" in page.form.base_fields)
    tomorrow = {"job": "جوشکار", "start_date": "1405/09/10", "insurance_number": "", "remarks": ""}
    case = w.drafted(world)
    with time_machine.travel(datetime.datetime(2026, 11, 30, 9, tzinfo=datetime.UTC)):
        drafts.save_answers(world.ali, case.pk, stored(form(tomorrow)))
        assert "start_date" in errors_of_sending(world.ali, case)
    with time_machine.travel(datetime.datetime(2026, 12, 1, 9, tzinfo=datetime.UTC)):
        case = w.finished(world, operations.send(world.ali, case.pk))
    assert case.subject.employments.get().started_on == datetime.date(2026, 12, 1)


# What is frozen and told


def test_what_the_employer_changed_is_told_in_the_event(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    drafts.save_answers(world.ali, case.pk, {"job": "جوشکار", "start_date": "2026-11-21"})
    operations.send(world.ali, case.pk)
    event = case.events.latest("id")
    assert event.changes == [
        {"label": "شغل", "before": "اپراتور دستگاه تزریق", "after": "جوشکار"},
        {"label": "تاریخ شروع به کار", "before": "۱۴۰۵/۰۸/۲۵", "after": "۱۴۰۵/۰۸/۳۰"},
    ]


def test_what_was_not_changed_is_not_told(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    drafts.save_answers(world.ali, case.pk, dict(case.answers))
    operations.send(world.ali, case.pk)
    assert case.events.latest("id").changes == []


def test_a_correction_after_a_return_is_told_too(world):
    case = w.filled_case(world, State.RETURNED)
    drafts.save_answers(world.ali, case.pk, {"father_name": "رمضان"})
    operations.send(world.ali, case.pk)
    assert case.events.latest("id").changes == [{"label": "نام پدر", "before": "قربان", "after": "رمضان"}]


def test_rows_are_those_of_the_last_sending_not_of_what_is_being_typed(world):
    case = w.filled_case(world, State.RETURNED)
    drafts.save_answers(world.ali, case.pk, {"father_name": "رمضان"})
    assert w.fresh(case).rows == case.rows
    assert operations.send(world.ali, case.pk).rows != case.rows


def test_sending_tells_the_other_side_and_not_oneself(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    assert [n.case_id for n in Notification.objects.for_recipient(f"workshop:{world.a.pk}")] == [case.pk]
    operations.send(world.ali, case.pk)
    unit = f"unit:{world.branch.pk}:{Unit.REGISTRATION}"
    assert Notification.objects.for_recipient(f"workshop:{world.a.pk}").count() == 1
    assert Notification.objects.for_recipient(unit).get().case_id == case.pk


def test_the_branch_is_not_told_of_what_was_never_sent_to_it(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    operations.withdraw(w.applicant(case), case.pk)
    assert not Notification.objects.filter(recipient__startswith="unit:").exists()


def test_a_notice_goes_to_the_workshop_concerned_alone(world):
    w.filled_case(world, State.RETURNED)
    assert not Notification.objects.filter(recipient=f"workshop:{world.b.pk}").exists()


def test_the_day_of_submission_is_that_of_the_first_sending(world):
    case = w.filled_case(world, State.RETURNED)
    again = operations.send(world.ali, case.pk)
    assert (again.submitted_at, again.sent_at) == (case.submitted_at, case.sent_at)
