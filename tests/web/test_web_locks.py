"""Guessing passwords: ten an hour for an account, without shutting out its user or an office (R17)."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import password_mark
from pishkhan.audit.models import Entry
from pishkhan.workshops.accounts import renew_credentials
from tests.world import World

from .browsing import PASSWORD, Browser, Page

NEW = "گل-نرگس-1405-rasht"
OFFICE = "10.1.2.3"


def guess(name: str = "ali", times: int = 10, address: str = "127.0.0.1") -> Page:
    """Wrong passwords, each from a program: a browser without any past that does no work."""
    for _ in range(times):
        page = Browser(address=address, works=False).sign_in(name, "wrong")
    return page


@contextmanager
def hashed() -> Iterator[list[str]]:
    """The passwords that reach the hasher meanwhile."""
    seen: list[str] = []
    verify = MD5PasswordHasher.verify

    def noted(self: MD5PasswordHasher, password: str, encoded: str) -> bool:
        seen.append(password)
        return verify(self, password, encoded)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "verify", noted)
        yield seen


def later(minutes: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + datetime.timedelta(minutes=minutes), tick=False)


def test_ten_wrong_passwords_reach_the_hasher_and_no_more_from_whatever_address(world):
    with hashed() as seen:
        for number in range(12):
            page = Browser(address=f"10.0.0.{number}").sign_in("ali", "wrong")
    assert len(seen) == 10
    assert page.status == 429
    assert "چند بار رمز نادرست وارد شد" in page.main and "یک ساعت" in page.main
    assert page.response["Content-Security-Policy"]
    with hashed() as seen:
        browser = Browser()
        assert browser.sign_in("ali").status == 429, "even with the right one"
    assert not seen
    assert browser.open("/dashboard/").path.startswith("/login/")


def test_a_name_that_nobody_has_is_shut_in_the_same_words(world):
    assert guess("no-such-user").status == 422
    shut = guess("no-such-user", 1)
    assert guess("ali").status == 422
    assert (shut.status, shut.main) == (429, guess("ali", 1).main)


def test_who_is_tried_stands_nowhere_in_the_trail_unless_there_is_such_an_account(world):
    guess("no-such-user", 2)
    told = [f"{e.author} {e.about} {e.details}" for e in Entry.objects.exclude(action="branch prepared")]
    assert told and not any("no-such-user" in line for line in told)


def test_a_browser_that_signed_in_before_gets_in_while_a_stranger_guesses(world):
    own = Browser(address=OFFICE)
    own.sign_in("ali")
    own.submit("خروج")
    guess(times=11, address=OFFICE)
    assert own.sign_in("ali").path == "/dashboard/"


def test_a_known_browser_has_ten_tries_of_its_own_and_they_are_not_the_strangers(world):
    own = Browser()
    own.sign_in("ali")
    own.submit("خروج")
    for _ in range(10):
        assert own.sign_in("ali", "wrong").status == 422
    assert own.sign_in("ali").status == 429
    assert Browser().sign_in("ali").path == "/dashboard/"


def test_another_account_does_not_make_a_browser_known(world):
    mallory = Browser()
    mallory.sign_in("sara")
    mallory.submit("خروج")
    guess()
    mallory.client.cookies[f"known_{world.ali.user.pk}"] = mallory.client.cookies[
        f"known_{world.sara.user.pk}"
    ].value
    assert mallory.sign_in("ali").status == 429


@pytest.mark.parametrize("forged", ["", "x", "WyIxIiwxLCJ4Il0:1abcde:signature", "\x00"])
def test_a_forged_mark_does_not_make_a_browser_known(world, forged: str):
    guess()
    browser = Browser()
    browser.client.cookies[f"known_{world.ali.user.pk}"] = forged
    assert browser.sign_in("ali").status == 429


def test_a_new_password_forgets_every_browser_but_the_one_that_changed_it(world):
    here, elsewhere = Browser(), Browser()
    for browser in (here, elsewhere):
        browser.sign_in("ali")
    here.open("/profile/password/")
    fields = {"old_password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
    assert here.submit("تغییر رمز عبور", fields).path == "/login/"
    guess()
    assert elsewhere.sign_in("ali", NEW).status == 429
    assert here.sign_in("ali", NEW).path == "/dashboard/"


def test_a_browser_is_forgotten_after_ninety_days(world):
    own = Browser()
    own.sign_in("ali")
    own.submit("خروج")
    with later(91 * 24 * 60):
        guess()
        assert own.sign_in("ali").status == 429


def test_the_mark_of_a_known_browser_is_for_the_sign_in_page_alone_and_not_for_scripts(world, settings):
    browser = Browser()
    browser.sign_in("ali")
    mark = browser.client.cookies[f"known_{world.ali.user.pk}"]
    assert mark["path"] == "/login/" and mark["httponly"] and mark["samesite"] == "Lax"
    assert str(mark["max-age"]) == str(90 * 86_400)


def test_another_user_of_the_same_office_still_gets_in(world):
    guess(times=11)
    assert Browser().sign_in("sara").path == "/dashboard/"


def test_an_address_that_guesses_at_every_account_is_shut_but_not_for_browsers_known_there(world):
    own = Browser(address=OFFICE)
    own.sign_in("ali")
    own.submit("خروج")
    for number in range(100):
        assert guess(f"name-{number}", 1, address=OFFICE).status == 422
    assert guess("another", 1, address=OFFICE).status == 429
    assert Browser(address=OFFICE, works=False).sign_in("sara").status == 429
    assert own.sign_in("ali").path == "/dashboard/"
    assert Browser(address="10.9.9.9").sign_in("sara").path == "/dashboard/"


def test_the_lock_is_not_escaped_by_writing_the_name_otherwise(world):
    User.objects.filter(username="ali").update(username="1463639077")
    guess("1463639077")
    for name in ("۱۴۶۳۶۳۹۰۷۷", "١٤٦٣٦٣٩٠٧٧", " 1463639077", "1463639077 "):
        assert Browser().sign_in(name).status == 429
    guess("ALI")
    assert Browser().sign_in("ali", "wrong").status == 429


def test_the_lock_opens_by_itself_one_try_after_the_other(world):
    guess(times=5)
    with later(40):
        guess(times=5)
        assert Browser().sign_in("ali").status == 429
    with later(61):
        assert guess(times=5).status == 422, "the first five are an hour old"
        assert Browser().sign_in("ali").status == 429


def test_asking_while_it_is_shut_does_not_prolong_the_wait(world):
    guess()
    with later(30):
        assert guess(times=5).status == 429
    with later(61):
        assert Browser().sign_in("ali").path == "/dashboard/"


def test_right_passwords_cost_no_try(world):
    for _ in range(12):
        assert Browser().sign_in("ali").path == "/dashboard/"
    assert guess(times=10).status == 422
    assert guess(times=1).status == 429


def test_a_right_password_does_not_give_the_guesser_new_tries(world):
    own = Browser()
    own.sign_in("ali")
    own.submit("خروج")
    guess()
    own.sign_in("ali")
    assert guess(times=1).status == 429


def test_a_new_password_from_the_branch_begins_a_new_count(world: World):
    guess()
    user = User.objects.get(pk=world.ali.user.pk)
    letter = renew_credentials(world.senior, user, seen=password_mark(user))
    assert Browser().sign_in("ali", letter).path == "/first-password/"
