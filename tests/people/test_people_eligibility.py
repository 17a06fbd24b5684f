"""Who may be covered as a dependent: ages and conditions of the table, which the branch may change."""

import datetime
from dataclasses import asdict, replace

import pytest
from persiantools.jdatetime import JalaliDate

from pishkhan.audit.operations import SYSTEM
from pishkhan.people.eligibility import KEY, RULES, judge, rules
from pishkhan.policy.operations import decide_policy

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 25)  # 4 Azar 1405


def aged(years: int, days: int = 0) -> datetime.date:
    """The birthday of somebody who is that many Jalali years old on the day (and so many days)."""
    return JalaliDate(1405 - years, 9, 4).to_gregorian() - datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("relation", "years", "conditions", "needs"),
    [
        ("wife", 30, [], ()),
        ("husband", 61, ["supported"], ("sponsorship_report",)),
        ("husband", 40, ["disabled"], ("medical_opinion",)),
        ("son", 1, [], ()),
        ("son", 21, [], ()),
        ("son", 23, ["studying"], ("undertaking", "study_certificate")),
        ("son", 30, ["disabled"], ("medical_opinion",)),
        ("daughter", 17, [], ()),
        ("daughter", 18, ["single"], ("undertaking",)),
        ("father", 60, ["supported"], ("sponsorship_report",)),
        ("mother", 55, ["supported"], ("sponsorship_report",)),
        ("mother", 40, ["disabled"], ("medical_opinion", "sponsorship_report")),
    ],
)
def test_who_is_covered_shows_the_documents_of_the_ground(relation, years, conditions, needs):
    verdict = judge(relation, aged(years, 5), conditions, TODAY)
    assert verdict.warning == ""
    assert verdict.needs == needs
    assert verdict.ground.basis


@pytest.mark.parametrize(
    ("relation", "years", "conditions"),
    [
        ("husband", 59, ["supported"]),
        ("husband", 61, []),
        ("son", 22, []),
        ("son", 25, ["single"]),
        ("daughter", 18, []),
        ("daughter", 18, ["studying"]),
        ("father", 59, ["supported"]),
        ("mother", 54, ["supported"]),
        ("mother", 70, []),
    ],
)
def test_who_is_not_covered_is_warned_of_with_the_grounds_there_are(relation, years, conditions):
    verdict = judge(relation, aged(years, 5), conditions, TODAY)
    assert verdict.ground is None
    assert verdict.needs == ()
    assert "پذیرفته می‌شود" in verdict.warning


def test_a_limit_counts_from_the_birthday_itself():
    assert judge("son", aged(22, -1), [], TODAY).ground
    assert judge("son", aged(22), [], TODAY).ground is None


def test_the_branch_changes_a_limit_from_a_day_on():
    later = TODAY + datetime.timedelta(days=30)
    changed = [
        asdict(replace(rule, max_age=20) if (rule.relation, rule.max_age) == ("son", 22) else rule)
        for rule in RULES
    ]
    decide_policy(KEY, changed, valid_from=later, by=SYSTEM)
    born = aged(21, 5)
    assert judge("son", born, [], TODAY).ground
    assert judge("son", born, [], later).ground is None
    assert rules(TODAY) == list(RULES)
