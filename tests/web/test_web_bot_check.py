"""The bot check of public forms: unseen by people, done once, and not needed by those without scripts."""

import base64
import datetime
import json

import pytest
import time_machine
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.letters.codes import new_code
from tests.world import World, code_of_person

from .browsing import Browser, Page, work_for

SIGN_UP = "/apply/representative-signup/"


def follow(browser: Browser, number: int = 1, **fields: str) -> Page:
    """A tracking code that nobody has."""
    browser.open("/follow-up/")
    typed = {"tracking_code": f"1460-0509-{number:05d}-1", "national_code": code_of_person(7)}
    return browser.submit("پیگیری", typed | fields)


def find(browser: Browser, world: World) -> Page:
    """A workshop by its code, which costs no try."""
    browser.open("/apply/main-registration/workshop/")
    return browser.submit("یافتن کارگاه", {"workshop_code": world.a.code})


def without(world: World, times: int = 20) -> Page:
    for _ in range(times):
        page = find(Browser(works=False), world)
    return page


def unworked() -> int:
    return Entry.objects.filter(action="no bot check").count()


@pytest.mark.parametrize("path", ["/follow-up/", "/letters/", "/login/", SIGN_UP])
def test_public_forms_carry_work_of_their_own_each_time(world, path: str):
    first, second = (Browser().open(path).named("work")["data-challenge"] for _ in range(2))
    assert json.loads(first)["parameters"]["nonce"] != json.loads(second)["parameters"]["nonce"]


def test_twenty_forms_an_hour_are_taken_from_browsers_without_scripts(world: World):
    assert world.a.name in without(world).main
    page = follow(Browser(works=False))
    assert page.status == 429
    assert "جاوااسکریپت" in page.main and "یک ساعت دیگر" in page.main
    assert page.value("national_code") and page.value("tracking_code"), "nothing typed is lost"
    assert follow(Browser(works=False, address="10.1.2.3")).status == 422, (
        "told that there is no such request"
    )
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61), tick=False):
        assert follow(Browser(works=False)).status == 422


def test_the_forms_of_an_address_count_together(world: World):
    without(world)
    browser = Browser(works=False)
    page = find(browser, world)
    assert page.status == 422 and "جاوااسکریپت" in page.main and world.a.name not in page.main
    browser.open("/letters/")
    assert browser.submit("سنجش", {"number": "1460/1405/000001", "code": new_code()}).status == 429
    browser.open(SIGN_UP)
    page = browser.submit("آغاز ثبت نام")
    assert page.path == SIGN_UP and "جاوااسکریپت" in page.main


def test_whoever_did_the_work_is_not_stopped_by_those_who_did_not(world: World):
    without(world, 21)
    assert follow(Browser()).status == 422
    browser = Browser()
    assert world.a.name in find(browser, world).main
    assert "/page/" in browser.submit("بله، همین کارگاه است").path
    browser.open(SIGN_UP)
    assert "/page/" in browser.submit("آغاز ثبت نام").path


def test_work_counts_once(world):
    browser = Browser(works=False)
    work = work_for(browser.open("/follow-up/").named("work")["data-challenge"])
    follow(browser, 1, work=work)
    assert unworked() == 0
    follow(browser, 2, work=work)
    assert unworked() == 1


def test_work_for_another_form_does_not_count(world):
    browser = Browser(works=False)
    work = work_for(browser.open("/letters/").named("work")["data-challenge"])
    follow(browser, 1, work=work)
    assert unworked() == 1


def test_work_does_not_keep_for_an_hour(world):
    browser = Browser(works=False)
    work = work_for(browser.open("/follow-up/").named("work")["data-challenge"])
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=51), tick=False):
        follow(browser, 1, work=work)
    assert unworked() == 1


def forged(challenge: str, change: str) -> str:
    """The payload of honest work with one part of it written otherwise."""
    work = json.loads(base64.b64decode(work_for(challenge)))
    match change:
        case "easier":
            work["challenge"]["parameters"]["keyPrefix"] = "00"
        case "later":
            work["challenge"]["parameters"]["expiresAt"] += 9999
        case "not done":
            work["solution"]["derivedKey"] = "00" * 32
        case "unsigned":
            work["challenge"]["signature"] = None
        case "list":
            work = [work]
        case "no challenge":
            del work["challenge"]
    return base64.b64encode(json.dumps(work).encode()).decode()


@pytest.mark.parametrize("change", ["easier", "later", "not done", "unsigned", "list", "no challenge"])
def test_forged_work_does_not_count(world, change: str):
    browser = Browser(works=False)
    challenge = browser.open("/follow-up/").named("work")["data-challenge"]
    assert follow(browser, 1, work=forged(challenge, change)).status == 422
    assert unworked() == 1


@pytest.mark.parametrize(
    "junk", ["x", "e30=", "bnVsbA==", "WzFd", "\u0661", "A" * 5000, "eyJjaGFsbGVuZ2UiOjF9"]
)
def test_junk_instead_of_work_is_no_work(world, junk: str):
    assert follow(Browser(works=False), 1, work=junk).status == 422
    assert unworked() == 1


def test_a_town_behind_one_address_still_signs_in_after_a_hundred_wrong_passwords(world):
    visitor = Browser().client
    for number in range(100):
        visitor.get("/login/")
        token = visitor.cookies["csrf"].value
        typed = {"username": f"nobody{number}", "password": "wrong", "csrfmiddlewaretoken": token}
        visitor.post("/login/", typed, headers={"Origin": "http://testserver"})
    assert Entry.objects.filter(action="sign-in failed").count() == 100
    assert Browser(works=False).sign_in("ali").status == 429
    assert Browser().sign_in("ali").path == "/dashboard/"
