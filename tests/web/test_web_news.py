"""The news on the dashboards: each is there with what it tells, once, and none is passed over."""

import pytest

from pishkhan.cases import operations
from pishkhan.cases.states import State
from pishkhan.notifications.models import Notification
from pishkhan.notifications.operations import notify
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient
from tests.world import World, answers_for, attempted, filled_case

from .browsing import Browser, Page


@pytest.fixture
def everybody(world: World) -> dict[str, tuple[str, Browser, str]]:
    """For each side: whom its news are for, a browser, the dashboard."""
    unit = unit_recipient(world.branch.pk, "registration")
    return {
        "workshop": (workshop_recipient(world.a.pk), Browser(world.ali.user), "/dashboard/"),
        "desk": (unit, Browser(world.clerk.user), "/desk/"),
    }


def lines(page: Page) -> list[str]:
    return [node.text() for node in page.tree.all("ul", cls="news")[0].all("li")]


@pytest.mark.parametrize("side", ["workshop", "desk"])
def test_more_news_than_fit_are_one_click_away_and_each_stands_there_once(side, everybody):
    recipient, browser, dashboard = everybody[side]
    for number in range(10, 33):
        notify(recipient, f"خبر {number}")
    page = browser.open(dashboard)
    assert len(lines(page)) == 6
    page = browser.open(dashboard + page.link("خبرهای پیشین").partition("#")[0])
    told = " ".join(lines(page))
    assert [told.count(f"خبر {digits(number)}") for number in range(10, 33)] == [1] * 23
    assert "خبرهای پیشین" not in page.text


def digits(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


def test_the_same_button_pressed_again_tells_nothing_twice(world):
    case = filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(31))
    operations.send(world.ali, case.pk)
    before = list(Notification.objects.order_by("pk").values_list("recipient", "text"))
    assert attempted(lambda: operations.send(world.ali, case.pk))
    assert list(Notification.objects.order_by("pk").values_list("recipient", "text")) == before
    assert before.count(before[-1]) == 1
