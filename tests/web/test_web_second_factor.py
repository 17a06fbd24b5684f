"""The second step of signing in, and «ورود و امنیت», where it is set up and taken away."""

import base64
import datetime
import re
import time
from urllib.parse import unquote

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from pishkhan.accounts import factors
from pishkhan.accounts.models import Kind, User
from pishkhan.accounts.operations import password_mark
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.policy.operations import decide_policy
from pishkhan.web.entering import HALF
from pishkhan.workshops.accounts import renew_credentials
from tests.authenticating import code_of, with_app
from tests.world import World

from .browsing import PASSWORD, Browser, Page

STEP, SECURITY = "/login/second-step/", "/profile/security/"
NOW = timezone.now().replace(second=5, microsecond=0)


@pytest.fixture(autouse=True)
def clock():
    """Stands still: a code belongs to its half-minute."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def required(world: World) -> None:
    """As without demo data: staff must have a second factor."""
    decide_policy(factors.POLICY, factors.MANDATORY, valid_from=timezone.localdate(), by=SYSTEM)


def halfway(username: str = "ali") -> Browser:
    browser = Browser()
    assert browser.sign_in(username).path == STEP
    return browser


def step(browser: Browser, code: str) -> Page:
    return browser.submit("ادامه", {"one_time_code": code})


def shown_secret(page: Page) -> str:
    return page.tree.all("button", cls="copy")[0]["data-copy"]


def shown_codes(page: Page) -> list[str]:
    return [node.text().strip() for node in page.tree.all("bdi", cls="secret")]


def confirm(browser: Browser, path: str) -> Page:
    """Opens a page that asks for the password first."""
    assert browser.open(path).path.startswith(f"{SECURITY}confirm/")
    return browser.submit("ادامه", {"password": PASSWORD})


# The second step


def test_with_a_second_factor_the_right_password_opens_nothing_yet(world):
    with_app(world.ali.user)
    browser = halfway()
    assert not Entry.objects.filter(action="signed in").exists()
    for path in ("/dashboard/", SECURITY, "/profile/password/", "/cartable/"):
        assert browser.open(path).path.startswith("/login/?next=") or browser.page.path == "/login/"


def test_the_code_of_the_app_signs_in(world):
    secret = with_app(world.ali.user)
    browser = halfway()
    assert "رمز عبور درست بود" in browser.page.main
    assert step(browser, code_of(secret)).path == "/dashboard/"
    entry = Entry.objects.get(action="signed in")
    assert entry.details["second"] == Kind.TOTP
    assert HALF not in browser.client.session


def test_the_wanted_page_and_what_was_typed_survive_the_second_step(world):
    secret = with_app(world.ali.user)
    browser = halfway()
    step(browser, code_of(secret))
    browser.open("/profile/")
    with time_machine.travel(NOW + datetime.timedelta(minutes=31), tick=False):
        browser.submit("ذخیره", {"workshop-address": "نشانی تازه"})
        assert browser.page.path == "/login/?next=/profile/"
        browser.submit("ورود", {"username": "ali", "password": PASSWORD})
        page = step(browser, code_of(secret))
    assert page.path == "/profile/"
    assert page.value("workshop-address") == "نشانی تازه"


def test_a_wrong_code_is_told_beside_the_field_and_signs_nobody_in(world):
    with_app(world.ali.user)
    browser = halfway()
    page = step(browser, "123")
    assert page.status == 422
    assert "درست نیست" in page.error("one_time_code")
    assert browser.open("/dashboard/").path.startswith("/login/")
    assert Entry.objects.get(action="second step failed").about == f"user:{world.ali.user.pk}"


def test_a_code_seen_over_the_shoulder_is_refused_in_another_browser(world):
    secret = with_app(world.ali.user)
    assert step(halfway(), code_of(secret)).path == "/dashboard/"
    assert step(halfway(), code_of(secret)).status == 422


def test_after_five_wrong_codes_even_the_right_one_waits_from_wherever(world, clock):
    secret = with_app(world.ali.user)
    browser = halfway()
    assert step(browser, code_of(secret)).path == "/dashboard/"
    clock.shift(30)
    browser = halfway()
    for _ in range(5):
        assert step(browser, "000000").status == 422
    page = step(browser, code_of(secret))
    assert page.status == 429 and "یک ربع" in page.text
    other = Browser(address="10.2.3.4")
    other.sign_in("ali")
    assert step(other, code_of(secret)).status == 429
    clock.shift(15 * 60 + 1)
    page = step(halfway(), code_of(secret))
    assert page.path == "/dashboard/"
    assert "۵ بار در گام دوم کد نادرست" in page.text, "told to the one whose account it is"


def test_nobody_is_told_of_the_own_mistake(world, clock):
    secret = with_app(world.ali.user)
    browser = halfway()
    step(browser, "000000")
    page = step(browser, code_of(secret))
    assert page.path == "/dashboard/" and "کد نادرست" not in page.text


def test_a_recovery_code_signs_in_once(world):
    with_app(world.ali.user)
    code = factors.renew_recovery_codes(world.ali.user, by=SYSTEM)[0]
    assert step(halfway(), code).path == "/dashboard/"
    assert step(halfway(), code).status == 422


def test_the_half_state_ends_after_five_minutes(world, clock):
    secret = with_app(world.ali.user)
    browser = halfway()
    clock.shift(301)
    page = step(browser, code_of(secret))
    assert page.path == "/login/" and "از نو بنویسید" in page.text


def test_the_half_state_is_of_one_browser_and_takes_a_new_session_key(world):
    secret = with_app(world.ali.user)
    planted = Browser()
    session = planted.client.session
    session["planted"] = "1"
    session.save()
    planted.client.cookies["session"] = session.session_key
    planted.sign_in("ali")
    assert planted.client.cookies["session"].value != session.session_key
    stranger = Browser()
    assert stranger.post(STEP, {"one_time_code": code_of(secret)}).path == "/login/"


def test_a_password_changed_meanwhile_ends_the_half_state(world):
    secret = with_app(world.ali.user)
    browser = halfway()
    user = User.objects.get(username="ali")
    renew_credentials(world.senior, user, seen=password_mark(user))
    assert step(browser, code_of(secret)).path == "/login/"


def test_an_account_deactivated_meanwhile_is_not_let_in(world):
    secret = with_app(world.ali.user)
    browser = halfway()
    User.objects.filter(username="ali").update(is_active=False)
    assert step(browser, code_of(secret)).path == "/login/"


def test_the_second_step_of_a_letters_password_comes_before_its_change(world):
    secret = with_app(world.ali.user)
    user = User.objects.get(username="ali")
    password = renew_credentials(world.senior, user, seen=password_mark(user))
    browser = Browser()
    assert browser.sign_in("ali", password).path == STEP
    assert step(browser, code_of(secret)).path == "/first-password/"


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "x", '{"id": 1}', '{"rawId":"AA","response":{}}', "9" * 5000]
)
def test_whatever_is_sent_as_a_passkey_is_refused_in_words(world, answer: str):
    with_app(world.ali.user)
    browser = halfway()
    page = browser.post(STEP, {"passkey": answer})
    assert page.status == 422 and "گذرکلید پذیرفته نشد" in page.text


# Who must have one


def test_staff_without_one_set_it_up_first_and_open_nothing_else(world, required):
    browser = Browser()
    page = browser.sign_in("clerk")
    assert page.path == SECURITY and "گام دوم ورود را بسازید" in page.main
    for path in ("/desk/", "/desk/queue/", "/profile/password/", "/", "/guide/", f"{SECURITY}codes/"):
        assert browser.open(path).path == SECURITY, path
    page = browser.open(page.link("برنامهٔ کدساز"))
    assert page.path == f"{SECURITY}app/", "the password was typed a moment ago"
    secret = shown_secret(page)
    page = browser.submit("افزودن برنامه", {"one_time_code": code_of(secret)})
    assert len(shown_codes(page)) == 10
    assert browser.open("/desk/").path == "/desk/"


def test_the_senior_user_must_and_representatives_need_not(world, required):
    assert Browser().sign_in("senior").path == SECURITY
    assert Browser().sign_in("ali").path == "/dashboard/"


def test_signing_out_is_the_other_way_on(world, required):
    browser = Browser()
    browser.sign_in("clerk")
    assert browser.submit("اکنون نه؛ خروج").path == "/login/"


def test_with_demo_data_nobody_must(world):
    assert Browser().sign_in("clerk").path == "/desk/"
    assert Browser().sign_in("senior").path == "/desk/"


# Setting up and taking away


def test_the_app_is_offered_to_everybody_and_asks_for_the_password_again(world):
    for who, home in ((world.ali, "/dashboard/"), (world.clerk, "/desk/")):
        browser = Browser(who.user)
        browser.open(home)
        page = browser.open(browser.page.link("ورود و امنیت"))
        assert "خاموش است" in page.main
        page = browser.open(page.link("برنامهٔ کدساز"))
        assert page.path.startswith(f"{SECURITY}confirm/")
        page = browser.submit("ادامه", {"password": "wrong"})
        assert page.status == 422 and "درست نیست" in page.error("password")
        page = browser.submit("ادامه", {"password": PASSWORD})
        assert page.path == f"{SECURITY}app/"
        page = browser.submit("افزودن برنامه", {"one_time_code": code_of(shown_secret(page))})
        assert page.status == 200 and len(shown_codes(page)) == 10
        assert "روشن است" in browser.open(SECURITY).main


def test_the_qr_code_is_a_picture_in_the_page_and_says_what_the_key_says(world):
    page = confirm(Browser(world.ali.user), f"{SECURITY}app/")
    picture = page.tree.all("img", cls="qr")[0]["src"]
    assert picture.startswith("data:image/svg+xml")
    assert "<svg" in unquote(picture)
    address = page.link("آن را با این پیوند باز کنید")
    assert address.startswith("otpauth://totp/Pishkhan:ali?") and shown_secret(page) in address


def test_a_page_loaded_again_shows_the_same_key(world):
    browser = Browser(world.ali.user)
    first = shown_secret(confirm(browser, f"{SECURITY}app/"))
    assert shown_secret(browser.open(f"{SECURITY}app/")) == first
    page = browser.submit("افزودن برنامه", {"one_time_code": "000000"})
    assert page.status == 422 and shown_secret(page) == first
    assert first not in str(browser.client.session.items()), "sealed while it waits"
    assert browser.submit("افزودن برنامه", {"one_time_code": code_of(first)}).status == 200


def test_the_password_asked_again_is_good_for_ten_minutes(world, clock):
    browser = Browser(world.ali.user)
    confirm(browser, f"{SECURITY}app/")
    clock.shift(599)
    assert browser.open(f"{SECURITY}app/").path == f"{SECURITY}app/"
    clock.shift(2)
    assert browser.open(f"{SECURITY}app/").path.startswith(f"{SECURITY}confirm/")


def test_the_password_asked_again_cannot_be_guessed_at(world):
    browser = Browser(world.ali.user)
    browser.open(f"{SECURITY}confirm/")
    for _ in range(10):
        browser.submit("ادامه", {"password": "wrong"})
    page = browser.submit("ادامه", {"password": PASSWORD})
    assert page.status == 429 and "یک ساعت" in page.error("password")


def test_the_confirmation_leads_to_no_other_site(world):
    browser = Browser(world.ali.user)
    browser.open(f"{SECURITY}confirm/?next=//evil.example/")
    assert browser.submit("ادامه", {"password": PASSWORD}).path == SECURITY


def test_the_first_factor_ends_the_sessions_that_were_signed_in_without_it(world):
    elsewhere = Browser(world.ali.user)
    elsewhere.open("/dashboard/")
    browser = Browser(world.ali.user)
    secret = shown_secret(confirm(browser, f"{SECURITY}app/"))
    browser.submit("افزودن برنامه", {"one_time_code": code_of(secret)})
    assert browser.open("/dashboard/").path == "/dashboard/"
    assert elsewhere.open("/dashboard/").path.startswith("/login/")


def test_recovery_codes_are_printed_and_saved_and_never_shown_again(world):
    with_app(world.ali.user)
    browser = Browser(world.ali.user)
    confirm(browser, f"{SECURITY}codes/")
    page = browser.submit("ساختن کدهای تازه")
    codes = shown_codes(page)
    saved = unquote(page.link("ذخیره در فایل"))
    assert len(codes) == 10 and all(code in saved for code in codes)
    assert "no-store" in page.response["Cache-Control"]
    page = browser.open(SECURITY)
    assert "۱۰ کد مانده است" in page.main and not any(code in page.html for code in codes)
    assert step(halfway(), codes[3]).path == "/dashboard/"
    assert "۹ کد مانده است" in browser.open(SECURITY).main


def test_a_factor_is_taken_away_with_the_password(world):
    with_app(world.ali.user)
    browser = Browser(world.ali.user)
    page = browser.open(SECURITY)
    confirm(browser, page.link("برداشتن"))
    assert browser.submit("برداشتن").path == SECURITY
    assert Browser().sign_in("ali").path == "/dashboard/"


def test_who_must_have_one_is_told_so_instead_of_losing_it(world, required):
    with_app(world.clerk.user)
    browser = Browser(world.clerk.user)
    page = confirm(browser, browser.open(SECURITY).link("برداشتن"))
    assert "باید گام دوم داشته باشد" in page.main and not page.has_button("برداشتن")
    browser.post(page.path)
    assert factors.has_second_factor(world.clerk.user)


def test_the_factor_of_somebody_else_is_not_there(world):
    with_app(world.sara.user)
    theirs = world.sara.user.factors.get(kind=Kind.TOTP).pk
    browser = Browser(world.ali.user)
    assert confirm(browser, f"{SECURITY}factors/{theirs}/remove/").status == 404
    assert browser.post(f"{SECURITY}factors/{theirs}/remove/").status == 404
    assert factors.has_second_factor(world.sara.user)


def test_passkeys_are_not_offered_where_browsers_make_none(world):
    browser = Browser(world.ali.user)
    assert "تنها در نشانی اصلی" in browser.open(SECURITY).main
    assert "تنها در نشانی اصلی" in confirm(browser, f"{SECURITY}passkey/").main


@pytest.mark.parametrize("host", ["localhost", "portal.example.ir"])
def test_a_passkey_is_asked_for_under_the_name_of_this_host(world, host: str, settings):
    settings.ALLOWED_HOSTS = [host]
    browser = Browser(world.ali.user)
    session = browser.client.session
    session["password_confirmed_at"] = int(time.time())
    session.save()
    page = Page(
        browser.client.get(f"{SECURITY}passkey/", headers={"host": host}, secure=host != "localhost"), "/"
    )
    options = page.tree.all("form", cls="card-form")[0]["data-options"]
    assert re.search(rf'"rp": {{[^}}]*"id": "{host}"', options)
    body = {"name": "x", "passkey": base64.b64encode(b"x").decode()}
    browser.client.handler.enforce_csrf_checks = False
    answer = browser.client.post(
        f"{SECURITY}passkey/", body, headers={"host": host}, secure=host != "localhost"
    )
    assert answer.status_code == 422 and "ساخته نشد" in answer.content.decode()


# Help for who lost the phone


def test_the_senior_user_removes_it_and_its_owner_is_told(world):
    secret = with_app(world.ali.user)
    owner = halfway()
    step(owner, code_of(secret))
    browser = Browser(world.senior.user)
    page = browser.open(f"/desk/accounts/{world.ali.user.pk}/")
    assert "روشن" in page.main
    page = browser.submit("برداشتن گام دوم")
    assert "گام دوم ورود برداشته شد" in page.text
    assert owner.open("/dashboard/").path.startswith("/login/"), "the sessions ended"
    page = Browser().sign_in("ali")
    assert page.path == "/dashboard/" and "گام دوم ورود شما در شعبه برداشته شد" in page.text
    entry = Entry.objects.get(action="second factor removed")
    assert entry.user_id == world.senior.user.pk and entry.about == f"user:{world.ali.user.pk}"
    assert "برداشته شد" not in Browser().sign_in("ali").text, "told once"


def test_the_senior_user_does_not_remove_the_own_one_there(world):
    with_app(world.senior.user)
    browser = Browser(world.senior.user)
    path = f"/desk/accounts/{world.senior.user.pk}/"
    assert not browser.open(path).has_button("برداشتن گام دوم")
    assert "ورود و امنیت" in browser.post(f"{path}second-factor/remove/").text
    assert factors.has_second_factor(world.senior.user)


def test_nobody_else_removes_it(world):
    with_app(world.ali.user)
    for who in (world.clerk, world.sara, world.far_senior):
        page = Browser(who.user).post(f"/desk/accounts/{world.ali.user.pk}/second-factor/remove/")
        assert page.status == 404
    assert factors.has_second_factor(world.ali.user)


def test_the_operator_removes_that_of_the_last_senior_user(world, required, capsys):
    with_app(world.senior.user)
    call_command("renew_second_factor", "Senior")
    assert "removed" in capsys.readouterr().out
    assert Browser().sign_in("senior").path == SECURITY, "and a new one is set up"
    with pytest.raises(CommandError, match="no second factor"):
        call_command("renew_second_factor", "senior")
    with pytest.raises(CommandError, match="no such user"):
        call_command("renew_second_factor", "nobody")
