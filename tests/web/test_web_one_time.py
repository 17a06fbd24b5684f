"""One-time passwords of letters: they expire, and work once (R18, R21)."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import password_mark
from pishkhan.workshops.accounts import renew_credentials
from tests.world import World

from .browsing import Browser

OVER = "این رمز یک‌بارمصرف دیگر کار نمی‌کند"
PLAIN = "نام کاربری یا رمز عبور درست نیست"


def renew(world: World) -> str:
    user = User.objects.get(pk=world.ali.user.pk)
    return renew_credentials(world.senior, user, seen=password_mark(user))


@pytest.fixture
def letter(world: World) -> str:
    return renew(world)


def later(**by: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + datetime.timedelta(**by), tick=False)


def test_a_letters_password_opens_the_account_for_seven_days(world, letter):
    with later(days=6, hours=23):
        assert Browser().sign_in("ali", letter).path == "/first-password/"


def test_after_seven_days_it_is_refused_with_what_to_do(world, letter):
    with later(days=7, minutes=1):
        page = Browser().sign_in("ali", letter)
        assert page.status == 422 and OVER in page.main and "از شعبه رمز تازه بگیرید" in page.main
        assert Browser().sign_in("ali", renew(world)).path == "/first-password/"


def test_it_works_once_but_for_the_hour_in_which_it_is_to_be_changed(world, letter):
    assert Browser().sign_in("ali", letter).path == "/first-password/"
    with later(minutes=59):
        assert Browser().sign_in("ali", letter).path == "/first-password/", (
            "the browser was closed on the way"
        )
    with later(minutes=61):
        page = Browser().sign_in("ali", letter)
        assert page.status == 422 and OVER in page.main


def test_the_session_that_it_opened_still_changes_it(world, letter):
    browser = Browser()
    browser.sign_in("ali", letter)
    with later(minutes=25):
        new = "دوچرخهٔ زنگ‌زده"
        browser.submit(
            "تغییر رمز عبور", {"old_password": letter, "new_password": new, "new_password_again": new}
        )
        assert browser.sign_in("ali", new).path == "/dashboard/"
    with later(days=400):
        assert Browser().sign_in("ali", new).path == "/dashboard/", "a chosen password does not grow old"


def test_a_stranger_learns_nothing_of_it(world, letter):
    with later(days=8):
        pages = [Browser().sign_in(name, "wrong") for name in ("ali", "no-such-user")]
        assert all(PLAIN in page.main and OVER not in page.main for page in pages)


def test_the_letter_and_the_senior_user_see_until_when_it_works(world, letter):
    browser = Browser(world.senior.user)
    path = f"/desk/accounts/{world.ali.user.pk}/"
    assert "کار می‌کند" in browser.open(path).main
    with later(days=8):
        browser = Browser(world.senior.user)
        assert "مهلت آن گذشته است" in browser.open(path).main
        page = browser.submit("ساخت رمز جدید")
        assert "تنها برای یک بار کار می‌کند" in page.main
