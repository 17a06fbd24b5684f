"""The official letter: the senior user makes a workshop's account, and a new password when one is lost."""

from collections.abc import Callable

import pytest
from acting import (
    change_password,
    fill,
    fill_credentials,
    follow,
    heading,
    menu,
    persian,
    press,
    row_of,
    sign_in,
    sign_out,
)
from conftest import Portal
from playwright.sync_api import Page, expect

WAYS = pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (390, False)], ids=["desk", "phone-no-script"]
)
Opener = Callable[..., Page]


def letter(page: Page) -> tuple[str, str]:
    """The user name and the one-time password as they are printed."""
    heading(page, "نامهٔ نام کاربری و رمز عبور")
    username, password = (page.locator(f"[data-{name}]").inner_text() for name in ("username", "password"))
    return username, password


@WAYS
def test_a_new_workshop_gets_its_letter_and_signs_in_with_it(
    page_at: Opener, portal: Portal, width: int, javascript: bool
) -> None:
    senior, employer = page_at(width, javascript), page_at(width, javascript)
    code = f"14623195{width % 100:02}"
    sign_in(senior, "arshad", portal.world["password"])
    menu(senior, "مدیریت کاربران")
    follow(senior, "حساب جدید برای کارگاه")
    fill(senior, "کد کارگاه", persian(code))
    press(senior, "ساختن حساب")
    expect(senior.locator(".field.wrong")).to_contain_text("نام کارگاه")
    expect(senior.get_by_label("کد کارگاه", exact=True)).to_have_value(persian(code))
    fill(senior, "نام کارگاه", "برنج آستانهٔ سپید")
    fill(senior, "نام نماینده", "پروانه")
    press(senior, "ساختن حساب")
    username, password = letter(senior)
    assert username == persian(code)
    sign_in(employer, username, password)
    heading(employer, "رمز عبور خود را تغییر دهید")


@WAYS
def test_a_code_that_has_an_account_is_told_beside_the_field(
    page_at: Opener, portal: Portal, width: int, javascript: bool
) -> None:
    page = page_at(width, javascript)
    sign_in(page, "arshad", portal.world["password"])
    page.goto("/desk/accounts/new/")
    fill(page, "کد کارگاه", "1462319012")
    fill(page, "نام کارگاه", "کارگاه دوم")
    press(page, "ساختن حساب")
    wrong = page.locator(".field.wrong").first
    expect(wrong).to_contain_text("کد کارگاه")
    expect(wrong.locator(".error")).to_contain_text("کارگاه")
    expect(page.get_by_label("نام کارگاه", exact=True)).to_have_value("کارگاه دوم")


def test_a_reset_password_ends_the_old_one_and_must_be_changed(page_at: Opener, portal: Portal) -> None:
    workshop = portal.world["workshops"]["reset"]
    senior, employer = page_at(), page_at(390)
    sign_in(employer, workshop["username"], workshop["password"])
    heading(employer, "داشبورد")
    sign_in(senior, "arshad", portal.world["password"])
    menu(senior, "مدیریت کاربران")
    senior.get_by_role("searchbox", name="جست‌وجوی کاربر").fill(persian(workshop["code"]))
    press(senior, "جست‌وجو")
    follow(row_of(senior, workshop["name"]), "مشاهده")
    senior.locator("summary", has_text="رمز جدید").click()
    press(senior, "ساخت رمز جدید")
    _, password = letter(senior)
    employer.reload()
    heading(employer, "ورود کارفرمایان")
    fill_credentials(employer, workshop["username"], workshop["password"])
    expect(employer.locator(".problems")).to_contain_text("نام کاربری یا رمز عبور درست نیست")
    expect(employer.get_by_label("نام کاربری", exact=True)).to_have_value(workshop["username"])
    fill_credentials(employer, workshop["username"], password)
    change_password(employer, password, "darya-ye-khazar-9")
    fill_credentials(employer, workshop["username"], "darya-ye-khazar-9")
    heading(employer, "داشبورد")


def test_everybody_changes_the_own_password_in_the_profile(page_at: Opener, portal: Portal) -> None:
    page = page_at(390)
    sign_in(page, "bazres", portal.world["password"])
    menu(page, "تغییر رمز عبور")
    change_password(page, "چیز دیگری", "bazresi-e-tazeh-8")
    expect(page.locator(".field.wrong .error")).to_have_text("رمز عبور فعلی درست نیست.")
    change_password(page, portal.world["password"], "bazresi-e-tazeh-8")
    expect(page.locator(".flash")).to_contain_text("رمز عبور تغییر کرد")
    fill_credentials(page, "bazres", "bazresi-e-tazeh-8")
    heading(page, "داشبورد")
    sign_out(page)
    heading(page, "ورود کارفرمایان")
