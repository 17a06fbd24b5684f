"""Why requests come back: counted by service, what was marked and reason, within one unit of one branch."""

import datetime

import pytest
from django.utils import timezone

from pishkhan.cases.models import Event
from pishkhan.cases.operations import send
from pishkhan.cases.returns import STANDARD, Reason, reason_of, report
from pishkhan.cases.states import State
from tests.world import World, answers_for, filled_case, returned

UNREADABLE = Reason.UNREADABLE.label


def mark(target: str, label: str, reason: str) -> dict[str, str]:
    return {"target": target, "label": label, "reason": reason}


@pytest.fixture
def some_returns(world: World) -> None:
    """Three returns: the photo twice for one reason, the job once in the officer's own words."""
    for number, marks in enumerate(
        (
            [mark("scan:photo", "عکس", UNREADABLE)],
            [mark("scan:photo", "عکس", UNREADABLE), mark("job", "شغل", "بنویسید کدام دستگاه.")],
            [],
        )
    ):
        case = filled_case(world, State.SUBMITTED, answers=answers_for(60 + number))
        returned(world, case, marks=marks)


def counted(world: World, actor=None, unit="registration", days=30):
    found = report(actor or world.clerk, unit, days)
    return found.returns, [(row.label, row.reason, row.times) for row in found.rows]


def test_what_was_marked_is_counted_the_most_frequent_first(world: World, some_returns):
    assert counted(world) == (3, [("عکس", Reason.UNREADABLE, 2), ("شغل", Reason.OTHER, 1)])


def test_a_correction_does_not_take_the_return_back(world: World, some_returns):
    case = Event.objects.filter(verb="return").latest("id").case
    assert case.state == State.RETURNED
    send(world.ali, case.pk)
    assert counted(world)[0] == 3


def test_neither_another_units_nor_another_branchs_returns_are_counted(world: World, some_returns):
    assert counted(world, unit="inspection") == (0, [])
    assert counted(world, world.far_clerk) == (0, [])
    assert counted(world, world.inspector) == (0, [])


def test_what_is_older_than_the_period_is_not_counted(world: World, some_returns):
    Event.objects.filter(verb="return").update(at=timezone.now() - datetime.timedelta(days=40))
    assert counted(world, days=30) == (0, [])
    assert counted(world, days=90)[0] == 3


@pytest.mark.parametrize("reason", STANDARD)
def test_the_words_that_are_offered_are_known_again(reason: Reason):
    assert reason_of(reason.label) == reason
    assert reason_of(reason.label[:-1]) == Reason.OTHER
