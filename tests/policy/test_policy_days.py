"""Working days: neither Fridays nor the branch's holidays."""

import datetime

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.policy.days import KEY, working_days
from pishkhan.policy.operations import decide_policy

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime.date(2026, 11, 25)


def day(number: int) -> datetime.date:
    return WEDNESDAY + datetime.timedelta(days=number)


def test_the_day_itself_does_not_count_and_fridays_do_not():
    assert [working_days(WEDNESDAY, day(number)) for number in range(5)] == [0, 1, 1, 2, 3]


def test_a_holiday_does_not_count():
    holidays = [{"day": day(3).isoformat(), "title": "تعطیل"}]
    decide_policy(KEY, holidays, valid_from=datetime.date(2020, 1, 1), by=SYSTEM)
    assert working_days(WEDNESDAY, day(4)) == 2
