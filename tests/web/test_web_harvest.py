"""National codes are not collected by trying them: what tells of the register is stopped, work is not."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.persian.digits import to_persian
from tests import world as w
from tests.world import World, answers_for, code_of_person, filled_case

from .browsing import Browser, Page

OTHERS = "10.1.2.3"


def look_up(browser: Browser, code: str, service: str = "booklet-renewal") -> Page:
    browser.open(f"/cartable/new/{service}/")
    return browser.submit("جستجو", {"national_code": code})


def in_vain(browser: Browser, times: int, service: str = "booklet-renewal") -> Page:
    for number in range(times):
        page = look_up(browser, code_of_person(5000 + number), service)
    return page


def after_an_hour() -> time_machine.travel:
    return time_machine.travel(timezone.now() + datetime.timedelta(minutes=61), tick=False)


def test_twenty_codes_that_are_not_on_the_list_stop_an_account_for_an_hour(world: World):
    here = w.insured(world)
    ali = Browser(world.ali.user)
    assert "نخست باید ثبت نام شود" in in_vain(ali, 20).error("national_code")
    page = in_vain(ali, 1)
    assert page.status == 422 and "یک ساعت دیگر" in page.error("national_code")
    assert "یک ساعت دیگر" in look_up(ali, here.national_code).error("national_code"), "nor who is there"
    assert "/edit/" in look_up(ali, code_of_person(4), "main-registration").path, (
        "newcomers are registered on"
    )
    assert "نخست" in look_up(Browser(world.sara.user), code_of_person(3)).error("national_code")
    with after_an_hour():
        assert "/edit/" in look_up(Browser(world.ali.user), here.national_code).path


def test_the_tries_of_all_services_count_together(world: World):
    ali = Browser(world.ali.user)
    for service in ("booklet-renewal", "history-request", "dependent-registration", "booklet-first"):
        page = in_vain(ali, 5, service)
        assert "نخست باید ثبت نام شود" in page.error("national_code")
    assert "یک ساعت دیگر" in in_vain(ali, 1).error("national_code")


def test_somebody_who_is_found_costs_no_try(world: World):
    here = w.insured(world)
    ali = Browser(world.ali.user)
    for _ in range(25):
        assert "/edit/" in look_up(ali, here.national_code).path


def test_a_clerk_registers_two_hundred_newcomers_and_is_told_of_none_of_them(world: World):
    hidden = w.insured(world, world.b, 77)
    ali, told = Browser(world.ali.user), set()
    for number in range(30):
        code = hidden.national_code if number == 15 else code_of_person(6000 + number)
        page = look_up(ali, code, "main-registration")
        assert "/edit/" in page.path
        told.add(page.main.replace(to_persian(code), "کد"))
    assert len(told) == 1, "the same whether another workshop has the person or nobody"


def search(browser: Browser, text: str) -> Page:
    browser.open("/desk/people/")
    return browser.submit("جست‌وجو", {"text": text})


def test_an_officer_who_tries_twenty_codes_in_vain_waits_an_hour_and_searches_names_meanwhile(world: World):
    here = w.insured(world)
    clerk = Browser(world.clerk.user)
    for number in range(20):
        assert search(clerk, code_of_person(7000 + number)).status == 200
    for code in (code_of_person(8000), to_persian(here.national_code)):
        page = search(clerk, code)
        assert page.status == 422 and "یک ساعت دیگر" in page.error("text")
    assert here.last_name in search(clerk, here.last_name).main
    with after_an_hour():
        assert here.last_name in search(Browser(world.clerk.user), here.national_code).main


def test_an_officer_who_finds_whom_he_searches_is_never_stopped(world: World):
    here = w.insured(world)
    clerk = Browser(world.clerk.user)
    for _ in range(25):
        assert search(clerk, here.national_code).status == 200


def follow(case: Case, national: str, address: str) -> Page:
    browser = Browser(address=address)
    browser.open("/follow-up/")
    return browser.submit("پیگیری", {"tracking_code": case.tracking_code, "national_code": national})


def test_national_codes_are_not_tried_at_a_tracking_code_from_many_addresses(world: World):
    case = filled_case(world, State.SUBMITTED)
    for number in range(60):
        page = follow(case, code_of_person(100 + number), f"10.0.{number // 10}.1")
        assert page.status == 422
    assert follow(case, code_of_person(99), OTHERS).status == 429
    assert follow(case, case.national_code, OTHERS).status == 429, "even the right one"
    with after_an_hour():
        assert follow(case, case.national_code, OTHERS).path == "/follow-up/case/"


def test_who_followed_a_request_up_before_is_not_shut_out_by_a_guesser(world: World):
    case = filled_case(world, State.SUBMITTED)
    assert follow(case, case.national_code, OTHERS).path == "/follow-up/case/"
    for number in range(60):
        follow(case, code_of_person(100 + number), f"10.0.{number // 10}.1")
    assert follow(case, case.national_code, "10.9.9.9").status == 429
    assert follow(case, case.national_code, OTHERS).path == "/follow-up/case/"


def test_right_pairs_cost_an_address_nothing(world: World):
    case = filled_case(world, State.SUBMITTED)
    for _ in range(25):
        assert follow(case, case.national_code, OTHERS).path == "/follow-up/case/"
    for number in range(20):
        assert follow(case, code_of_person(100 + number), OTHERS).status == 422
    assert follow(case, code_of_person(200), OTHERS).status == 429


@pytest.fixture
def applicant(world: World) -> Browser:
    """A phone with a registration that only waits to be sent."""
    case = w.drafted(world, by=w.Audience.PUBLIC, answers=answers_for(300))
    browser = Browser()
    browser.open("/")
    session = browser.client.session
    session["held_cases"] = {case.service_code: case.pk}
    session.save()
    browser.client.cookies["session"] = session.session_key
    return browser


def test_an_applicant_learns_of_ten_other_requests_at_most(world: World, applicant: Browser):
    """One registration, sent with one national code after the other, would tell who has one waiting."""
    waiting = [
        filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(400 + number)) for number in range(11)
    ]
    for number, case in enumerate(waiting):
        applicant.open("/apply/main-registration/page/identity/?back=check")
        applicant.submit("ادامه", {"national_code": case.national_code})
        page = applicant.submit("ارسال برای کارفرما")
        assert ("در جریان است" in page.main) == (number < 10)
    assert "یک ساعت دیگر" in page.main
    applicant.open("/apply/main-registration/page/identity/?back=check")
    applicant.submit("ادامه", {"national_code": code_of_person(300)})
    assert "یک ساعت دیگر" in applicant.submit("ارسال برای کارفرما").main, "nor is anything sent meanwhile"


def test_somebody_of_another_branch_costs_the_officer_a_try_as_nobody_does(world: World):
    far = w.insured(world, world.far_representative.workshop, number=88)
    clerk = Browser(world.clerk.user)
    for _ in range(20):
        assert search(clerk, far.national_code).status == 200
    assert "یک ساعت دیگر" in search(clerk, far.national_code).error("text")
