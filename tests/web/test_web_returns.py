"""«علت برگشت‌ها» at the desk."""

import pytest

from pishkhan.cases.returns import STANDARD, Reason
from pishkhan.cases.states import State
from tests.world import World, answers_for, filled_case, returned

from .browsing import Browser

UNREADABLE = Reason.UNREADABLE.label


@pytest.fixture
def two_returns(world: World) -> None:
    for number, reasons in ((60, [UNREADABLE]), (61, [UNREADABLE, "بنویسید کدام دستگاه."])):
        targets = zip(("scan:photo", "job"), ("عکس", "شغل"), reasons, strict=False)
        marks = [{"target": t, "label": label, "reason": reason} for t, label, reason in targets]
        returned(world, filled_case(world, State.SUBMITTED, answers=answers_for(number)), marks=marks)


def test_the_page_of_a_review_offers_the_standard_reasons(world: World):
    case = filled_case(world, State.SUBMITTED)
    page = Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/")
    assert [option["value"] for option in page.tree.all("option")] == [r.label for r in STANDARD]


def test_the_unit_reads_the_counts_on_a_page(world: World, two_returns):
    page = Browser(world.clerk.user).open("/desk/returns/")
    rows = [row.text() for row in page.tree.all("tr") if row.all("td")]
    assert [row.split()[-1] for row in rows] == ["۲", "۱"]
    assert UNREADABLE in rows[0] and "ایراد دیگر" in rows[1]
    assert "در ۲ برگشت" in page.main
    assert "برنگشته است" in Browser(world.inspector.user).open("/desk/returns/").main
    assert Browser(world.clerk.user).open("/desk/returns/?days=7").status == 404


def test_a_senior_user_reads_those_of_every_unit(world: World, two_returns):
    senior = Browser(world.senior.user)
    assert "در ۲ برگشت" in senior.open("/desk/returns/?unit=registration").main
    assert "برنگشته است" in senior.open("/desk/returns/?unit=inspection").main
