"""«پیگیری درخواست»: by tracking code and national code, without an account."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from pishkhan.cases import operations
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.persian.digits import to_persian
from tests.world import World, answers_for, code_of_person, filled_case, fresh, returned

from .browsing import Browser, Page


def ask(browser: Browser, tracking: str, national: str) -> Page:
    browser.open("/follow-up/")
    return browser.submit("پیگیری", {"tracking_code": tracking, "national_code": national})


def found(case: Case, address: str = "127.0.0.1") -> Browser:
    browser = Browser(address=address)
    page = ask(browser, case.tracking_code, case.national_code)
    assert page.path == "/follow-up/case/", page.main
    return browser


NEXT = {
    State.AWAITING_EMPLOYER: "کارفرما باید درخواست را بررسی",
    State.SUBMITTED: "در نوبت بررسی شعبه",
    State.UNDER_REVIEW: "شعبه در حال بررسی درخواست است",
    State.RETURNED: "شعبه اصلاح خواسته است",
    State.COMPLETED: "درخواست شما انجام شده است",
    State.REJECTED: "درخواست رد شده است",
    State.WITHDRAWN: "از این درخواست انصراف داده شده است",
}


@pytest.mark.parametrize("state", list(NEXT))
def test_the_right_pair_of_codes_shows_the_state_and_the_next_step(world: World, state: State):
    case = filled_case(world, state)
    page = found(case).page
    assert state.label in page.main
    assert NEXT[state] in page.main
    assert to_persian(case.tracking_code) in page.main


@pytest.mark.parametrize("write", [str, to_persian, lambda code: code.replace("-", ""), lambda c: f" {c} "])
def test_the_codes_are_taken_in_any_digits_with_and_without_dashes(world, write):
    case = filled_case(world, State.SUBMITTED)
    browser = Browser()
    assert ask(browser, write(case.tracking_code), write(case.national_code)).path == "/follow-up/case/"


def test_a_wrong_pair_is_answered_alike_whether_the_codes_exist_or_not(world):
    mine = filled_case(world, State.SUBMITTED, answers=answers_for(1))
    other = filled_case(world, State.SUBMITTED, answers=answers_for(2))
    pairs = [
        (mine.tracking_code, other.national_code),
        (mine.tracking_code, code_of_person(50)),
        ("1460-0509-99999-1", mine.national_code),
        ("1460-0509-99998-1", code_of_person(51)),
    ]
    told = set()
    for tracking, national in pairs:
        browser = Browser()
        page = ask(browser, tracking, national)
        assert page.status == 422
        told.add(page.main)
        assert browser.open("/follow-up/case/").path == "/follow-up/"
    assert len(told) == 1
    assert "پیدا نشد" in told.pop()


def test_wrongly_written_codes_are_told_beside_their_fields_and_stay(world):
    page = ask(Browser(), "الف", "123")
    assert page.status == 422
    assert "تنها رقم و خط تیره" in page.error("tracking_code")
    assert "۱۰ رقم" in page.error("national_code")
    assert page.value("tracking_code") == "الف" and page.value("national_code") == "۱۲۳"


def test_after_twenty_wrong_tries_the_right_pair_is_refused_too_for_an_hour(world):
    case = filled_case(world, State.SUBMITTED)
    for number in range(20):
        assert ask(Browser(), case.tracking_code, code_of_person(100 + number)).status == 422
    page = ask(Browser(), case.tracking_code, case.national_code)
    assert page.status == 429
    assert "یک ساعت دیگر" in page.main
    found(case, address="10.1.2.3")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61), tick=False):
        found(case)


def test_a_returned_case_tells_what_to_correct(world):
    case = filled_case(world, State.SUBMITTED)
    marks = [{"target": "scan:photo", "label": "عکس پرسنلی", "reason": "تار است"}]
    returned(world, case, note="عکس تازه بفرستید", marks=marks)
    page = found(case).page
    assert "عکس تازه بفرستید" in page.main and "تار است" in page.main


def test_a_rejected_case_tells_why(world):
    case = filled_case(world, State.REJECTED)
    assert case.note and case.note in found(case).page.main


def test_the_applicant_withdraws_while_the_employer_has_not_sent(world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    browser = found(case)
    page = browser.submit("انصراف می‌دهم")
    assert State.WITHDRAWN.label in page.main
    assert fresh(case).state == State.WITHDRAWN
    assert not page.has_button("انصراف می‌دهم")


@pytest.mark.parametrize("state", [s for s in NEXT if s != State.AWAITING_EMPLOYER])
def test_the_applicant_takes_nothing_back_that_the_employer_has_sent(world, state: State):
    case = filled_case(world, state)
    browser = found(case)
    assert not browser.page.has_button("انصراف")
    page = browser.post("/follow-up/case/withdraw/")
    assert page.status in (200, 404)
    assert fresh(case).state == state


def test_withdrawing_a_moment_too_late_changes_nothing_and_shows_where_the_case_is(world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    browser = found(case)
    operations.send(world.ali, case.pk)
    page = browser.submit("انصراف می‌دهم")
    assert page.status == 200, "the page tells the state, not that it does not exist"
    assert State.SUBMITTED.label in page.main
    assert fresh(case).state == State.SUBMITTED


def test_whoever_knows_no_pair_withdraws_nothing(world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    assert Browser().post("/follow-up/case/withdraw/").path == "/follow-up/"
    assert fresh(case).state == State.AWAITING_EMPLOYER


def test_the_officers_are_not_named_to_the_public(world):
    case = filled_case(world, State.COMPLETED)
    page = found(case).page
    assert str(world.clerk.user) not in page.html and str(world.ali.user) not in page.html


def test_nothing_of_the_follow_up_is_kept_by_the_browser_or_written_into_an_address(world):
    case = filled_case(world, State.SUBMITTED)
    browser = found(case)
    assert "no-store" in browser.page.response["Cache-Control"]
    for address in browser.addresses:
        assert case.national_code not in address and case.tracking_code not in address


def test_on_a_shared_device_the_case_can_be_left(world):
    case = filled_case(world, State.SUBMITTED)
    browser = found(case)
    leave = next(b for b in browser.page.tree.all("button") if "leave" in form_of(browser.page, b))
    assert browser.submit(leave.text()).path == "/"
    assert browser.open("/follow-up/case/").path == "/follow-up/"


def form_of(page: Page, button: object) -> str:
    """The address that a button sends to."""
    return next((form["action"] for form in page.tree.all("form") if button in form.all("button")), "")
