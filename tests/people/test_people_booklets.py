"""Booklets: one current a person, with a serial that tells a slip of the pen, valid as long as its kind."""

import datetime

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.people.booklets import KEY, KindNotOfferedError, issue_booklet, kind_choices, told_about
from pishkhan.people.models import Booklet
from pishkhan.persian.identifiers import check_digit
from pishkhan.policy.operations import decide_policy
from tests import world as w

TODAY = datetime.date(2026, 11, 25)  # 4 Azar 1405


def issue(person, because="", kind="general"):
    return issue_booklet(person, kind, because=because, by=SYSTEM, on=TODAY)


def test_a_booklet_is_valid_to_the_day_before_the_same_day_of_the_next_year(world):
    booklet = issue(w.insured(world))
    assert booklet.issued_on == TODAY
    assert booklet.valid_until == datetime.date(2027, 11, 24)  # 3 Azar 1406


def test_a_serial_is_never_given_twice_and_carries_its_check_digit(world):
    first, second = issue(w.insured(world)), issue(w.insured(world, number=2))
    assert first.serial != second.serial
    assert first.serial.startswith("0509")
    assert check_digit(first.serial[:-1]) == first.serial[-1]


def test_a_new_booklet_ends_the_one_before_with_the_reason(world):
    person = w.insured(world)
    old = issue(person)
    new = issue(person, "مفقودی")
    old.refresh_from_db()
    assert (old.ended_on, old.ended_because) == (TODAY, "مفقودی")
    assert list(Booklet.objects.current(person)) == [new]


def test_a_kind_that_the_branch_has_given_up_is_not_issued(world):
    kinds = [{"code": "special", "title": "خاص", "months": 6}]
    decide_policy(KEY, kinds, valid_from=datetime.date(2020, 1, 1), by=SYSTEM)
    assert kind_choices() == [("special", "خاص")]
    with pytest.raises(KindNotOfferedError):
        issue(w.insured(world))
    assert issue(w.insured(world), kind="special").title == "خاص"


def test_the_register_tells_of_the_booklet_and_of_those_that_were_lost(world):
    person = w.insured(world)
    assert "ثبت نیست" in dict(told_about(person))["دفترچهٔ کنونی"]
    issue(person)
    issue(person, "مفقودی")
    told = dict(told_about(person))
    assert told["المثنی به علت مفقودی تا کنون"] == "۱ بار"
