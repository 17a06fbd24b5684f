"""Two at once: threads with connections of their own, on whichever database the tests run."""

from collections import Counter

import pytest
from django.db import transaction

from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case, Event, TrackingSequence
from pishkhan.cases.refusals import CaseMovedOnError, NobodyCorrectsError, NotReadyError
from pishkhan.cases.states import OPEN, State
from pishkhan.cases.tracking import next_tracking_code
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.people.models import Employment, Person
from pishkhan.workshops import operations as workshops
from pishkhan.workshops.actors import visitor
from tests import world as w
from tests.simultaneous import at_once, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(committed_world):
    return committed_world


def kinds(answers):
    return Counter(type(answer).__name__ for answer in answers)


def test_a_double_click_on_send_makes_one_case_with_one_code(world):
    case = w.drafted(world)
    answers = at_once(*[lambda: operations.send(world.ali, case.pk)] * 4)
    assert kinds(answers) == {"Case": 1, "CaseMovedOnError": 3}
    assert Event.objects.filter(case=case).count() == 1
    assert TrackingSequence.objects.get().last == 1


def test_two_drafts_about_one_person_become_one_open_case(world):
    first, second = w.drafted(world), w.drafted(world, by=Audience.PUBLIC)
    answers = at_once(
        lambda: operations.send(world.ali, first.pk),
        lambda: operations.send(w.starter(world, second), second.pk),
    )
    assert kinds(answers) == {"Case": 1, "NotReadyError": 1}
    refused = next(answer for answer in answers if isinstance(answer, NotReadyError))
    assert "در جریان است" in refused.errors["national_code"]
    assert Case.objects.filter(state__in=OPEN).count() == 1


def test_tracking_codes_given_at_once_are_all_different(world):
    drafted = [w.drafted(world, answers=w.answers_for(number)) for number in range(1, 9)]
    answers = at_once(*[lambda c=case: operations.send(world.ali, c.pk) for case in drafted])
    assert kinds(answers) == {"Case": 8}
    numbers = sorted(int(case.tracking_code.split("-")[2]) for case in answers)
    assert numbers == list(range(1, 9))


def test_the_first_codes_of_a_month_asked_for_at_once_are_different(world):
    """Nobody has made the month's row yet."""

    def one():
        with transaction.atomic():
            return next_tracking_code(world.branch)

    codes = at_once(*[one] * 6)
    assert len(set(codes)) == 6, codes


def test_two_officers_who_confirm_at_once_make_one_registration(world):
    case = w.filled_case(world, State.SUBMITTED)
    answers = at_once(
        lambda: operations.confirm(world.clerk, case.pk, version=case.version),
        lambda: operations.confirm(world.colleague, case.pk, version=case.version),
    )
    assert kinds(answers) == {"Case": 1, "CaseMovedOnError": 1}
    assert (Person.objects.count(), Employment.objects.count()) == (1, 1)
    assert Event.objects.filter(case=case, verb="confirm").count() == 1


def test_of_two_opposite_decisions_one_stands_and_the_other_officer_is_told_which(world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    decisions = {
        "clerk": lambda: operations.confirm(world.clerk, case.pk, version=case.version),
        "colleague": lambda: operations.reject(world.colleague, case.pk, version=case.version, note="نه"),
    }
    answers = at_once(*decisions.values())
    assert kinds(answers) == {"Case": 1, "CaseMovedOnError": 1}
    done = next(answer for answer in answers if isinstance(answer, Case))
    told = next(answer for answer in answers if isinstance(answer, CaseMovedOnError))
    assert w.fresh(case).state == done.state
    assert State(done.state).label in told.message
    winner = world.clerk if done.state == State.COMPLETED else world.colleague
    assert str(winner.user) in told.message
    assert Person.objects.exists() == (done.state == State.COMPLETED)


def test_two_officers_who_take_a_case_at_once_do_not_both_have_it(world):
    case = w.filled_case(world, State.SUBMITTED)
    answers = at_once(
        lambda: operations.take(world.clerk, case.pk), lambda: operations.take(world.colleague, case.pk)
    )
    assert kinds(answers) == {"Case": 1, "CaseMovedOnError": 1}
    assert w.fresh(case).assignee == next(a for a in answers if isinstance(a, Case)).assignee


def test_a_request_taken_back_while_it_is_confirmed_ends_in_one_way(world):
    case = w.filled_case(world, State.SUBMITTED)
    answers = at_once(
        lambda: operations.withdraw(world.ali, case.pk),
        lambda: operations.confirm(world.clerk, case.pk, version=case.version),
    )
    assert kinds(answers) == {"Case": 1, "CaseMovedOnError": 1}
    assert Person.objects.exists() == (w.fresh(case).state == State.COMPLETED)


def test_a_registration_sent_by_the_employer_while_the_applicant_takes_it_back_has_one_end(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    answers = at_once(
        lambda: operations.withdraw(w.applicant(case), case.pk), lambda: operations.send(world.ali, case.pk)
    )
    # Who comes second finds the case moved on, or no longer theirs to take back.
    assert sorted(kinds(answers).values()) == [1, 1]
    assert kinds(answers)["Case"] == 1
    assert w.fresh(case).state in (State.WITHDRAWN, State.SUBMITTED)


def test_two_scans_of_a_kind_uploaded_at_once_leave_one(world):
    case = w.drafted(world, scans=False)
    answers = at_once(
        *[lambda n=n: drafts.attach_scan(world.ali, case, "photo", w.jpeg(n)) for n in range(4)]
    )
    assert kinds(answers) == {"CaseScan": 4}
    assert case.scans.count() == 1


def test_answers_of_two_pages_saved_at_once_are_both_kept(world):
    case = w.drafted(world, scans=False)
    at_once(
        lambda: drafts.save_answers(world.ali, case.pk, {"first_name": "مریم"}),
        lambda: drafts.save_answers(world.ali, case.pk, {"job": "جوشکار"}),
    )
    answers = w.fresh(case).answers
    assert (answers["first_name"], answers["job"]) == ("مریم", "جوشکار")


def test_one_person_confirmed_at_two_workshops_at_once_is_entered_once(world):
    first = w.filled_case(world, State.SUBMITTED)
    second = w.filled_case(world, State.SUBMITTED, workshop=world.b)
    answers = at_once(
        lambda: operations.confirm(world.clerk, first.pk, version=first.version),
        lambda: operations.confirm(world.colleague, second.pk, version=second.version),
    )
    assert kinds(answers) == {"Case": 2}, answers
    assert Person.objects.count() == 1
    assert Employment.objects.count() == 2


def test_a_request_that_comes_to_its_employer_while_the_workshop_closes_is_not_stranded(world):
    """Closing waits for it and rejects it with the others."""
    case = w.drafted(world, by=Audience.PUBLIC)
    sent, closed = meanwhile(
        lambda: operations.send(w.starter(world, case), case.pk),
        lambda: operations.close_workshop(world.senior, world.a, "تعطیل شد"),
    )
    assert sent.state == State.AWAITING_EMPLOYER and closed == 1
    assert w.fresh(case).state == State.REJECTED


def test_nothing_is_sent_to_a_workshop_that_is_closing(world):
    case = w.drafted(world, by=Audience.PUBLIC)
    _, sent = meanwhile(
        lambda: operations.close_workshop(world.senior, world.a, "تعطیل شد"),
        lambda: operations.send(w.starter(world, case), case.pk),
    )
    assert isinstance(sent, NotReadyError) and w.fresh(case).state == State.DRAFT


def test_nothing_is_returned_to_a_workshop_that_is_closing(world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    _, returned = meanwhile(
        lambda: operations.close_workshop(world.senior, world.a, "تعطیل شد"),
        lambda: operations.return_for_correction(
            world.clerk, case.pk, version=case.version, note="عکس تار است."
        ),
    )
    assert isinstance(returned, NobodyCorrectsError) and w.fresh(case).state == State.UNDER_REVIEW


def sign_up(number):
    service = find("representative-signup")
    answers = service.example | {"national_code": w.code_of_person(number)}
    case = drafts.start_draft(visitor(), service, None, answers)
    holder = visitor(case_ids=frozenset({case.pk}))
    for kind in service.required_scans(answers):
        drafts.attach_scan(holder, case, kind.code, w.jpeg(w.shade_of(kind.code)))
    return holder, case


def test_of_two_sign_ups_of_one_person_at_once_one_is_sent(world):
    (one, first), (other, second) = sign_up(5), sign_up(5)
    answers = at_once(lambda: operations.send(one, first.pk), lambda: operations.send(other, second.pk))
    assert kinds(answers) == {"Case": 1, "NotReadyError": 1}


def test_a_sign_up_approved_while_its_workshop_is_entered_gets_an_account_there(world):
    holder, case = sign_up(5)
    case = operations.send(holder, case.pk)
    code = case.answers["workshop_code"]
    entered, approved = meanwhile(
        lambda: workshops.register_workshop(world.clerk, {"code": code, "name": "چای"}),
        lambda: operations.confirm(world.senior, case.pk, version=case.version),
    )
    assert isinstance(approved, Case), approved
    assert entered.representations.get().user.username == code
