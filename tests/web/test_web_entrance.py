"""Signing in and out, the first password, and where signing in may lead (R17–R22, R46)."""

import pytest

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import password_mark
from pishkhan.audit.models import Entry
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.accounts import renew_credentials
from tests.world import World

from .browsing import PASSWORD, Browser, Page

NEW = "گل-نرگس-1405-rasht"


@pytest.fixture
def letter(world: World) -> str:
    """The one-time password in Ali's letter."""
    user = User.objects.get(pk=world.ali.user.pk)
    return renew_credentials(world.senior, user, seen=password_mark(user))


def change(browser: Browser, old: str, new: str = NEW, again: str = "") -> Page:
    fields = {"old_password": old, "new_password": new, "new_password_again": again or new}
    return browser.submit("تغییر رمز عبور", fields)


def test_signing_in_is_found_in_the_menu_and_leads_to_the_dashboard(world):
    browser = Browser()
    browser.open("/")
    browser.open(browser.page.link("ورود کارفرمایان"))
    page = browser.submit("ورود", {"username": "ali", "password": PASSWORD})
    assert page.path == "/dashboard/" and world.a.name in page.text
    assert Entry.objects.filter(action="signed in", user_id=world.ali.user.pk).count() == 1


def test_the_staff_sign_in_on_the_same_page_and_come_to_their_desk(world):
    assert Browser().sign_in("clerk").path == "/desk/"


def test_the_first_sign_in_leads_to_the_change_then_out_then_in_again(world, letter: str):
    browser = Browser()
    page = browser.sign_in("ali", letter)
    assert page.path == "/first-password/"
    assert browser.open("/cartable/").path == "/first-password/"
    page = change(browser, letter)
    assert page.path == "/login/", "signed out by itself (R22)"
    assert "رمز عبور تغییر کرد" in page.main
    assert browser.open("/dashboard/").path.startswith("/login/")
    assert browser.sign_in("ali", letter).status == 422, "the letter's password is used up"
    assert browser.sign_in("ali", NEW).path == "/dashboard/"


def test_the_change_at_the_first_sign_in_can_be_put_off_by_signing_out_only(world, letter: str):
    browser = Browser()
    browser.sign_in("ali", letter)
    assert browser.submit("خروج").path == "/login/"
    assert browser.sign_in("ali", letter).path == "/first-password/"


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "message"),
    [
        ("wrong", NEW, "", "old_password", "رمز عبور فعلی درست نیست"),
        ("", NEW, "", "old_password", "این خانه را پر کنید"),
        ("LETTER", "LETTER", "", "new_password", "همان رمز کنونی است"),
        ("LETTER", NEW, "چیز دیگر-۱۲", "new_password_again", "یکی نیست"),
        ("LETTER", "ab1", "", "new_password", "کوتاه"),
        ("LETTER", "8472619535", "", "new_password", "عدد"),
        ("LETTER", "1qaz2wsx3edc", "", "new_password", "رایج"),
        ("LETTER", "", "", "new_password", "این خانه را پر کنید"),
    ],
)
def test_an_unfit_new_password_is_refused_beside_its_field_and_the_old_one_stays(
    world, letter: str, old: str, new: str, again: str, field: str, message: str
):
    browser = Browser()
    browser.sign_in("ali", letter)
    page = change(browser, old.replace("LETTER", letter), new.replace("LETTER", letter), again)
    assert page.status == 422 and page.path == "/first-password/"
    assert message in page.error(field)
    user = User.objects.get(username="ali")
    assert user.check_password(letter) and user.must_change_password


def test_a_password_is_never_written_back_into_a_page(world, letter: str):
    browser = Browser()
    browser.open("/login/")
    page = browser.submit("ورود", {"username": "ali", "password": "secret-of-ali"})
    assert "secret-of-ali" not in page.html
    browser.sign_in("ali", letter)
    page = change(browser, "secret-of-ali", "another-secret", "third-secret")
    assert page.status == 422
    assert not any(word in page.html for word in ("secret-of-ali", "another-secret", "third-secret"))


def test_everybody_changes_the_own_password_later_and_signs_in_again(world):
    for user, home in ((world.ali.user, "/dashboard/"), (world.clerk.user, "/desk/")):
        browser = Browser(user)
        browser.open(home)
        browser.open(browser.page.link("تغییر رمز عبور"))
        assert change(browser, PASSWORD).path == "/login/"
        assert browser.sign_in(user.username, NEW).path == home


def test_changing_the_password_ends_the_sessions_of_the_same_user_elsewhere(world):
    here, elsewhere = Browser(world.ali.user), Browser(world.ali.user)
    assert elsewhere.open("/cartable/").status == 200
    here.open("/profile/password/")
    change(here, PASSWORD)
    assert elsewhere.open("/cartable/").path.startswith("/login/")


def test_a_wrong_password_and_an_unknown_name_are_told_in_the_same_words(world):
    messages = []
    for name in ("ali", "no-such-user"):
        browser = Browser()
        page = browser.sign_in(name, "wrong")
        assert page.status == 422
        assert page.value("username") == name
        messages.append(page.tree.all(id="problems")[0].text())
    assert messages[0] == messages[1]
    assert "نام کاربری یا رمز عبور درست نیست" in messages[0]


def test_empty_fields_are_told_beside_them(world):
    browser = Browser()
    page = browser.sign_in("", "")
    assert page.status == 422
    assert "پر کنید" in page.error("username") and "پر کنید" in page.error("password")


def test_a_deactivated_account_is_not_let_in_and_not_told_apart(world):
    User.objects.filter(username="ali").update(is_active=False)
    page = Browser().sign_in("ali")
    assert page.status == 422
    assert "نام کاربری یا رمز عبور درست نیست" in page.main


@pytest.mark.parametrize("typed", ["۱۴۶۳۶۳۹۰۷۷", "١٤٦٣٦٣٩٠٧٧", " 1463639077 "])
def test_a_user_name_of_digits_is_taken_in_any_digits(world, typed: str):
    User.objects.filter(username="ali").update(username="1463639077")
    assert Browser().sign_in(typed).path == "/dashboard/"


def test_signing_in_leads_on_to_the_page_that_was_wanted(world):
    browser = Browser()
    page = browser.open("/cartable/?tab=ended")
    assert page.path.startswith("/login/?next=")
    page = browser.submit("ورود", {"username": "ali", "password": PASSWORD})
    assert page.path == "/cartable/?tab=ended"


def test_the_wanted_page_survives_a_wrong_password(world):
    browser = Browser()
    browser.open("/cartable/?tab=ended")
    browser.submit("ورود", {"username": "ali", "password": "wrong"})
    page = browser.submit("ورود", {"username": "ali", "password": PASSWORD})
    assert page.path == "/cartable/?tab=ended"


def test_a_very_long_wanted_address_does_not_break_signing_in(world):
    browser = Browser()
    browser.open("/login/")
    response = browser.client.post(
        "/login/",
        {
            "username": "ali",
            "password": PASSWORD,
            "next": "/cartable/?x=" + "ا" * 5000,
            "csrfmiddlewaretoken": browser.client.cookies["csrf"].value,
        },
    )
    assert response.status_code < 500
    assert browser.open("/dashboard/").status == 200


def test_signing_out_ends_the_session_and_says_so(world):
    browser = Browser(world.ali.user)
    browser.open("/dashboard/")
    page = browser.submit("خروج")
    assert page.path == "/login/" and "از سامانه خارج شدید" in page.main
    assert browser.open("/dashboard/").path.startswith("/login/")
    assert Entry.objects.filter(action="signed out", user_id=world.ali.user.pk).exists()


def test_signing_out_and_nothing_else_empties_what_the_browser_has_stored(world):
    browser = Browser(world.ali.user)
    assert "Clear-Site-Data" not in browser.open("/dashboard/").response
    left = browser.submit("خروج", follow=False).response
    assert (left.status_code, left["Clear-Site-Data"]) == (302, '"storage"')
    assert "Clear-Site-Data" not in browser.open("/login/").response


def test_a_link_does_not_sign_anybody_out(world):
    browser = Browser(world.ali.user)
    assert browser.open("/logout/").status == 405
    assert browser.open("/dashboard/").path == "/dashboard/"


def test_signing_in_takes_a_new_session_key(world):
    """Whoever planted a session in the browser does not share it after the sign-in."""
    browser = Browser()
    session = browser.client.session
    session["planted"] = "1"
    session.save()
    browser.client.cookies["session"] = session.session_key
    browser.sign_in("ali")
    assert browser.client.cookies["session"].value != session.session_key


def test_a_representative_of_several_workshops_acts_for_one_at_a_time(world):
    from pishkhan.workshops.models import Representation  # noqa: PLC0415

    Representation.objects.create(user=world.ali.user, workshop=world.b)
    browser = Browser(world.ali.user)
    page = browser.open("/profile/")
    assert world.a.name in page.value("workshop-name")
    browser.submit("برو", {"workshop": str(world.b.pk)})
    page = browser.open("/profile/")
    assert world.b.name in page.value("workshop-name")
    assert to_persian(world.b.code) in page.main


def test_the_old_password_cannot_be_guessed_at_from_an_open_session(world):
    browser = Browser(world.ali.user)
    browser.open("/profile/password/")
    for _ in range(12):
        assert change(browser, PASSWORD, "1234").error("new_password"), "choosing costs no tries"
    for _ in range(10):
        assert "درست نیست" in change(browser, "wrong").error("old_password")
    assert "یک ساعت" in change(browser, PASSWORD).error("old_password")
    assert Browser().sign_in("ali", PASSWORD).path == "/dashboard/", "the sign-in has a budget of its own"
