"""What an officer is told before deciding: what was changed, who holds the request, what was not mended."""

import pytest

from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from tests.inspections.inspecting import objected
from tests.world import World, filled_case, fresh, jpeg, returned

from .browsing import Browser


@pytest.fixture
def waiting(world: World) -> Case:
    """A self-registration that waits for the employer."""
    return filled_case(world, State.AWAITING_EMPLOYER)


def review(world: World, case: Case, who: str = "clerk") -> str:
    return Browser(getattr(world, who).user).open(f"/desk/cases/{case.pk}/").main


def test_a_scan_that_the_employer_replaced_is_told_and_stands_in_the_timeline(world: World, waiting: Case):
    drafts.attach_scan(world.ali, waiting, "photo", jpeg(99))
    operations.send(world.ali, waiting.pk)
    told = "«تصویر عکس پرسنلی ۳×۴» را از «پیشین» به «تازه»"
    assert told in review(world, waiting)
    [change] = fresh(waiting).events.order_by("id").last().changes
    assert change["label"] == "تصویر عکس پرسنلی ۳×۴"


def test_scans_that_nobody_replaced_are_not_told(world: World, waiting: Case):
    operations.send(world.ali, waiting.pk)
    assert "به «تازه»" not in review(world, waiting)


def test_what_was_changed_earlier_is_still_told_after_a_return(world: World, waiting: Case):
    drafts.save_answers(world.ali, waiting.pk, {"job": "برقکار"})
    operations.send(world.ali, waiting.pk)
    returned(world, fresh(waiting))
    drafts.attach_scan(world.ali, waiting, "photo", jpeg(98))
    operations.send(world.ali, waiting.pk)
    shown = review(world, waiting)
    assert "به «برقکار»" in shown and "به «تازه»" in shown
    assert "چیزی تغییر نکرده" not in shown


def test_a_request_sent_again_as_it_was_returned_is_told(world: World):
    case = filled_case(world, State.SUBMITTED, by=Audience.WORKSHOP)
    assert "چیزی تغییر نکرده" not in review(world, case)
    returned(world, case)
    operations.send(world.ali, case.pk)
    assert "چیزی تغییر نکرده" in review(world, case)


def test_a_colleague_is_told_who_holds_the_request_and_the_holder_is_not(world: World):
    case = filled_case(world, State.SUBMITTED)
    operations.take(world.clerk, case.pk)
    assert "این درخواست نزد" not in review(world, case)
    assert "این درخواست نزد" in review(world, case, "colleague")


def test_an_inspector_finds_unanswered_objections_on_the_dashboard(world: World):
    inspector = Browser(world.inspector.user)
    assert "اعتراض به بازرسی" not in inspector.open("/desk/").main
    objected(world)
    page = inspector.open("/desk/")
    assert "۱ اعتراض به بازرسی" in page.main
    assert "tab=objected" in page.link("اعتراض به بازرسی")


def test_a_decision_that_is_missing_is_told_with_its_question(world: World):
    service = find("record-collection")
    case = filled_case(world, State.UNDER_REVIEW, service=service)
    browser = Browser(world.clerk.user)
    browser.open(f"/desk/cases/{case.pk}/")
    page = browser.submit("تأیید")
    assert page.status == 422
    labels = [str(f.label) for f in service.decision_form(case).base_fields.values()]
    assert any(f"{label}: " in page.main for label in labels)
