"""What a branch decides: dated, kept, and never changed backwards."""

import datetime

import pytest
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.policy.models import Policy
from pishkhan.policy.operations import decide_policy, holding_policies, policies, policy

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 25)
LATER = DAY + datetime.timedelta(days=10)


def test_what_nobody_decided_is_as_the_program_says():
    assert policy("x", "default", DAY) == "default"


def test_a_decision_holds_from_its_day_on_and_not_before():
    decide_policy("x", 1, valid_from=DAY, by=SYSTEM)
    decide_policy("x", 2, valid_from=LATER, by=SYSTEM)
    before = DAY - datetime.timedelta(days=1)
    assert [policy("x", 0, day) for day in (before, DAY, LATER)] == [0, 1, 2]


def test_of_two_decisions_for_one_day_the_later_counts_and_both_stay():
    decide_policy("x", 1, valid_from=DAY, by=SYSTEM)
    decide_policy("x", 2, valid_from=DAY, by=SYSTEM)
    assert policy("x", 0, DAY) == 2
    assert Policy.objects.count() == 2


def test_all_decisions_of_a_kind_come_in_one_reading():
    decide_policy("closed:a", "بسته", valid_from=DAY, by=SYSTEM)
    decide_policy("closed:a", "", valid_from=DAY, by=SYSTEM)
    decide_policy("closed:b", "تعطیل", valid_from=DAY, by=SYSTEM)
    decide_policy("other", 1, valid_from=DAY, by=SYSTEM)
    assert policies("closed:", DAY) == {"closed:a": "", "closed:b": "تعطیل"}


def test_held_policies_stay_as_they_were_and_ask_the_database_no_more(django_assert_num_queries):
    today = timezone.localdate()
    decide_policy("x", 1, valid_from=today, by=SYSTEM)
    with holding_policies():
        decide_policy("x", 2, valid_from=today, by=SYSTEM)
        with django_assert_num_queries(0):
            assert (policy("x", 0), policy("x", 0, today), policy("y", 5)) == (1, 1, 5)
        assert policy("x", 0, today - datetime.timedelta(days=1)) == 0
    assert policy("x", 0) == 2


def test_a_decision_is_an_entry_of_the_trail():
    decided = decide_policy("x", 1, valid_from=DAY, by=SYSTEM)
    assert Entry.objects.get(action="policy decided").about == f"policy:{decided.pk}"
