"""Tracking codes: branch, Jalali year and month, number, check digit (domain guide, section 8)."""

import datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.cases.models import Case, TrackingSequence
from pishkhan.cases.refusals import NotReadyError
from pishkhan.cases.states import State
from pishkhan.cases.tracking import next_tracking_code, tracking_code
from pishkhan.persian.identifiers import check_digit
from tests import world as w

codes = st.builds(
    tracking_code,
    st.sampled_from(["1460", "146", "2590"]),
    st.builds("{:02}{:02}".format, st.integers(0, 99), st.integers(1, 12)),
    st.integers(1, 999_999),
)


def is_sound(code):
    body, _, check = code.rpartition("-")
    return check_digit(body.replace("-", "")) == check


def test_a_code_is_branch_month_number_and_check_digit():
    body, _, check = tracking_code("1460", "0407", 123).rpartition("-")
    assert body == "1460-0407-00123"
    assert check == check_digit("1460040700123")


@given(codes, st.data())
def test_a_digit_misread_is_noticed(code, data):
    place = data.draw(st.sampled_from([n for n, c in enumerate(code) if c != "-"]))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert is_sound(code)
    assert not is_sound(code[:place] + wrong + code[place + 1 :])


@given(codes, st.data())
def test_two_neighbours_swapped_are_noticed(code, data):
    digits = code.replace("-", "")
    pairs = [n for n in range(len(digits) - 1) if digits[n] != digits[n + 1]]
    place = data.draw(st.sampled_from(pairs))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert check_digit(swapped[:-1]) != swapped[-1]


def test_a_draft_has_no_code_and_a_sent_case_has_one_for_good(world):
    case = w.filled_case(world, State.DRAFT)
    assert case.tracking_code is None
    case = w.to_the_branch(world, case)
    assert w.finished(world, w.returned(world, case)).tracking_code == case.tracking_code


def test_a_registration_keeps_the_code_that_the_applicant_was_given(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    assert w.finished(world, case).tracking_code == case.tracking_code


def test_codes_of_a_month_are_numbered_from_one_without_gaps(world):
    made = [w.filled_case(world, State.SUBMITTED, answers=w.answers_for(n)) for n in (1, 2, 3)]
    assert [case.tracking_code.split("-")[2] for case in made] == ["00001", "00002", "00003"]
    assert all(is_sound(case.tracking_code) for case in made)


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime.datetime(2026, 11, 21, 20, 29, tzinfo=datetime.UTC), "0508"),  # 23:59 in Tehran, 30 Aban
        (datetime.datetime(2026, 11, 21, 20, 31, tzinfo=datetime.UTC), "0509"),  # 00:01 in Tehran, 1 Azar
        (datetime.datetime(2027, 3, 20, 20, 31, tzinfo=datetime.UTC), "0601"),
    ],
)
def test_the_month_is_that_of_the_day_in_tehran(moment, month, world):
    with time_machine.travel(moment):
        assert next_tracking_code(world.branch).split("-")[1] == month


def test_every_month_and_every_branch_counts_for_itself(world):
    with time_machine.travel(datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)):
        first = next_tracking_code(world.branch)
        elsewhere = next_tracking_code(world.elsewhere)
    with time_machine.travel(datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)):
        later = next_tracking_code(world.branch)
    assert [code.split("-")[2] for code in (first, elsewhere, later)] == ["00001"] * 3
    assert len({first, elsewhere, later}) == 3


def test_a_request_that_is_not_sent_uses_up_no_number(world):
    case = w.drafted(world, scans=False)
    with pytest.raises(NotReadyError):
        w.operations.send(world.ali, case.pk)
    assert not TrackingSequence.objects.exists()


def test_a_month_with_more_than_99999_requests_still_has_codes(world):
    code = tracking_code("1460", "0509", 123_456)
    assert "123456" in code
    assert len(code) <= Case._meta.get_field("tracking_code").max_length
