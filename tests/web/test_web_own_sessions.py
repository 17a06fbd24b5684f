"""How long a session lasts, and the list of the own ones with «خروج از همه»."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from pishkhan.accounts.models import Session
from pishkhan.accounts.sessions import session_mark
from pishkhan.audit.models import Entry
from pishkhan.persian.calendar import show_datetime
from pishkhan.web.browsers import browser_of

from .browsing import PASSWORD, Browser, Page

SECURITY = "/profile/security/"
NOW = timezone.now().replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def signed_in(username: str = "ali", agent: str = CHROME, address: str = "127.0.0.1") -> Browser:
    browser = Browser(address=address)
    browser.client.defaults["HTTP_USER_AGENT"] = agent
    browser.sign_in(username)
    return browser


def is_in(browser: Browser, path: str = "/dashboard/") -> bool:
    return browser.open(path).path == path


@pytest.mark.parametrize(
    ("username", "path"), [("ali", "/dashboard/"), ("clerk", "/desk/"), ("senior", "/desk/")]
)
def test_a_session_ends_after_half_an_hour_without_a_page(world, clock, username: str, path: str):
    browser = signed_in(username)
    clock.shift(29 * 60 + 59)
    assert is_in(browser, path)
    clock.shift(30 * 60 + 1)
    assert not is_in(browser, path)
    assert browser.page.path == f"/login/?next={path}"


def test_pages_keep_it_going_and_end_it_twelve_hours_after_signing_in(world, clock):
    browser = signed_in()
    for _ in range(12 * 60 // 20 - 1):
        clock.shift(20 * 60)
        browser.open("/cartable/")
        browser.submit("جست‌وجو", {"text": "کوچک"})  # writes the session, which prolongs its row
        assert is_in(browser)
    clock.shift(20 * 60 - 1)
    assert is_in(browser)
    clock.shift(2)
    assert not is_in(browser), "whatever was asked meanwhile"


def test_a_session_that_is_written_keeps_the_time_of_its_sign_in(world, clock):
    browser = signed_in()
    began = Session.objects.get(user=world.ali.user).signed_in_at
    clock.shift(600)
    browser.open("/cartable/")
    browser.submit("جست‌وجو", {"text": "کوچک"})
    row = Session.objects.get(user=world.ali.user)
    assert row.signed_in_at == began
    assert (row.last_seen_at - began).total_seconds() == 600


def test_signing_in_again_in_the_same_browser_begins_the_time_anew(world, clock):
    browser = signed_in()
    before = browser.client.cookies["session"].value
    for _ in range(3):
        clock.shift(25 * 60)
        browser.open("/dashboard/")
    browser.client.handler.enforce_csrf_checks = False
    browser.client.post("/login/", {"username": "ali", "password": PASSWORD})
    row = Session.objects.get(user=world.ali.user)
    assert row.session_key != before
    assert row.signed_in_at == NOW + datetime.timedelta(minutes=75)


def test_being_here_is_written_once_in_five_minutes(world, clock, django_assert_num_queries):
    browser = signed_in()
    clock.shift(299)
    with django_assert_num_queries(2):
        browser.client.get("/profile/password/")
    clock.shift(2)
    with django_assert_num_queries(3):
        browser.client.get("/profile/password/")
    with django_assert_num_queries(2):
        browser.client.get("/profile/password/")


def test_what_was_typed_when_the_session_was_idle_comes_back(world, clock):
    browser = signed_in()
    browser.open("/profile/")
    clock.shift(31 * 60)
    browser.submit("ذخیره", {"workshop-address": "نشانی تازه"})
    page = browser.submit("ورود", {"username": "ali", "password": PASSWORD})
    assert page.path == "/profile/" and page.value("workshop-address") == "نشانی تازه"


def test_a_visitors_draft_outlives_the_idle_time(world, clock):
    browser = Browser()
    browser.open("/apply/main-registration/workshop/")
    browser.submit("یافتن کارگاه", {"workshop_code": world.a.code})
    browser.submit("بله، همین کارگاه است")
    clock.shift(40 * 60)
    assert browser.open("/apply/main-registration/page/identity/").path.endswith("/page/identity/")


# The list


def rows(page: Page) -> list[str]:
    panel = page.tree.all("section", cls="panel")[1]
    return [node.text() for node in panel.all("li")]


def test_the_list_tells_browser_time_and_address_and_marks_the_present_one(world, clock):
    signed_in(agent=PHONE, address="10.1.1.1")
    clock.shift(8 * 60)
    here = signed_in()
    found = rows(here.open(SECURITY))
    assert len(found) == 2
    assert "کروم در ویندوز" in found[0] and "همین نشست" in found[0] and "خروج" not in found[0]
    assert "فایرفاکس در اندروید" in found[1] and show_datetime(NOW) in found[1]
    assert "نشانی شبکهٔ دیگر" in found[1] and "۸ دقیقه پیش" in found[1]
    key = here.client.cookies["session"].value
    assert key not in here.page.html, "a session's key opens it"


def test_one_other_session_is_ended(world):
    other, here = signed_in(agent=PHONE), signed_in()
    mark = session_mark(Session.objects.get(pk=other.client.cookies["session"].value))
    here.open(SECURITY)
    page = here.post(f"{SECURITY}sessions/end/", {"session": mark})
    assert "آن نشست پایان یافت" in page.text
    assert not is_in(other) and is_in(here)
    assert Entry.objects.get(action="session ended").details == {"agent": "فایرفاکس در اندروید"}
    assert "پیش‌تر پایان یافته بود" in here.post(f"{SECURITY}sessions/end/", {"session": mark}).text


def test_leaving_everywhere_leaves_here_too_and_others_stay(world):
    other, here, sara = signed_in(agent=PHONE), signed_in(), signed_in("sara")
    here.open(SECURITY)
    page = here.submit("خروج از همه")
    assert page.path == "/login/" and "از همهٔ مرورگرها خارج شدید" in page.text
    assert not is_in(other) and not is_in(here) and is_in(sara)


def test_the_session_of_somebody_else_is_not_ended(world):
    sara, ali = signed_in("sara"), signed_in()
    mark = session_mark(Session.objects.get(user=world.sara.user))
    ali.open(SECURITY)
    assert "پیش‌تر پایان یافته بود" in ali.post(f"{SECURITY}sessions/end/", {"session": mark}).text
    assert is_in(sara)


def test_sessions_that_ended_by_themselves_are_not_listed(world, clock):
    signed_in(agent=PHONE)
    clock.shift(31 * 60)
    assert len(rows(signed_in().open(SECURITY))) == 1
    assert Session.objects.filter(user=world.ali.user).count() == 1, "their rows go with the next sign-in"


def test_a_changed_password_leaves_no_session_in_the_list(world):
    signed_in(agent=PHONE)
    here = signed_in()
    here.open("/profile/password/")
    new = "دوچرخهٔ زنگ‌زده"
    here.submit("تغییر رمز عبور", {"old_password": PASSWORD, "new_password": new, "new_password_again": new})
    assert not Session.objects.filter(user=world.ali.user).exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "کروم در ویندوز"),
        (PHONE, "فایرفاکس در اندروید"),
        (CHROME + " Edg/141.0", "اج در ویندوز"),
        (CHROME + " OPR/120.0", "اپرا در ویندوز"),
        (
            "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/27.0 Chrome/125 Mobile Safari",
            "مرورگر سامسونگ در اندروید",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile Safari/604.1",
            "سافاری در آیفون",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) CriOS/141 Mobile Safari", "کروم در آیفون"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.6 Safari/605.1.15", "سافاری در مک"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "فایرفاکس در لینوکس"),
        ("curl/8.0", "مرورگر ناشناخته"),
        ("", "مرورگر ناشناخته"),
        ("<script>" * 5000, "مرورگر ناشناخته"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str):
    assert browser_of(agent) == words
