"""A workshop without a user name: sign-up, approval, the letter, the first sign-in (R5, R18)."""

from collections.abc import Callable
from pathlib import Path

from acting import (
    change_password,
    electronic_service,
    fill,
    fill_credentials,
    follow,
    follow_up,
    heading,
    menu,
    persian,
    press,
    row_of,
    send_back,
    send_scans,
    sign_in,
    state_is,
    take_up,
)
from conftest import Portal
from playwright.sync_api import Page, expect
from recorder import Recorder

Opener = Callable[..., Page]
CODE, WORKSHOP = "1462319688", "ماهی دودی تالاب"
NATIONAL_CODE = "9999600077"


def ask_for_an_account(page: Page, pictures: dict[str, Path], guide: Recorder) -> str:
    """The public form from the menu to the receipt; returns the tracking code."""
    guide.turn_to("employer", "representative-signup")
    electronic_service(page, "ثبت نام نماینده کارفرما")
    heading(page, "ثبت نام نماینده کارفرما")
    guide.step("اگر کارگاه نام کاربری ندارد: «خدمات الکترونیک» › «ثبت نام نماینده کارفرما».", page)
    follow(page, "ثبت نام نمایندهٔ کارفرما")
    press(page, "آغاز ثبت نام")
    fill(page, "کد کارگاه", persian(CODE))
    fill(page, "نام کارگاه", WORKSHOP)
    fill(page, "نام کارفرما", "قربان رودباری")
    fill(page, "تلفن کارگاه", "01333123456")
    fill(page, "کد پستی کارگاه", "4199612345")
    fill(page, "نشانی کارگاه", "انزلی، کنار تالاب")
    guide.step("کد و مشخصات کارگاه را از روی لیست بیمه بنویسید.", page)
    press(page, "ادامه")
    fill(page, "نام نماینده", "الهام")
    fill(page, "نام خانوادگی نماینده", "رودباری")
    fill(page, "کد ملی نماینده", persian(NATIONAL_CODE))
    fill(page, "تلفن همراه نماینده", "09700000034")
    guide.step("نماینده کسی است که از سوی کارفرما وارد سامانه می‌شود.", page)
    press(page, "ادامه")
    send_scans(page, pictures, "introduction_letter", "representative_card")
    guide.step("معرفی‌نامهٔ مهرشده و کارت ملی نماینده را بفرستید.", page)
    press(page, "ادامه", exact=True)
    press(page, "ارسال برای شعبه")
    heading(page, "درخواست شما ثبت شد")
    guide.step("کد رهگیری را نگه دارید؛ پس از تأیید، نامه‌ای با نام کاربری و رمز می‌گیرید.", page)
    return page.locator(".tracking bdi").inner_text()


def correct_the_sign_up(page: Page, tracking_code: str) -> None:
    follow_up(page, tracking_code, NATIONAL_CODE)
    expect(page.locator(".panel.now")).to_contain_text("نشانی را کامل بنویسید")
    press(page, "اصلاح و ارسال دوباره")
    follow(page, "تغییر کارگاه")
    fill(page, "نشانی کارگاه", "انزلی، کنار تالاب، خیابان لاله، پلاک ۷")
    press(page, "ادامه")
    press(page, "ارسال برای شعبه")
    heading(page, "درخواست شما ثبت شد")


def test_a_representative_signs_up_is_approved_gets_the_letter_and_signs_in(
    page_at: Opener, portal: Portal, pictures: dict[str, Path], guide: Recorder
) -> None:
    applicant, senior = page_at(), page_at()
    tracking_code = ask_for_an_account(applicant, pictures, guide)
    sign_in(senior, "arshad", portal.world["password"])
    send_back(senior, NATIONAL_CODE, "نشانی را کامل بنویسید.")
    correct_the_sign_up(applicant, tracking_code)

    guide.turn_to("senior", "signups")
    take_up(senior, NATIONAL_CODE)
    expect(senior.locator(".paper")).to_contain_text("خیابان لاله")
    guide.step("درخواست نماینده‌های تازه در «کارتابل واحدها» است؛ معرفی‌نامه را در کنار مشخصات ببینید.", senior)
    press(senior, "تأیید")
    expect(senior.locator(".flash.success")).to_contain_text("تأیید شد")
    follow_up(applicant, tracking_code, NATIONAL_CODE)
    state_is(applicant, "انجام‌شده")

    username, password = letter_of_the_account(senior, guide)
    assert username == persian(CODE)
    sign_in(applicant, username, password)
    heading(applicant, "رمز عبور خود را تغییر دهید")
    change_password(applicant, password, "mahi-ye-talab-31")
    fill_credentials(applicant, username, "mahi-ye-talab-31")
    heading(applicant, "داشبورد")
    expect(applicant.locator(".who")).to_contain_text(WORKSHOP)


def letter_of_the_account(senior: Page, guide: Recorder) -> tuple[str, str]:
    """The senior user prints the letter; returns the user name and the one-time password on it."""
    guide.turn_to("senior", "signups")
    menu(senior, "مدیریت کاربران")
    senior.get_by_role("searchbox", name="جست‌وجوی کاربر").fill(persian(CODE))
    press(senior, "جست‌وجو")
    follow(row_of(senior, WORKSHOP), "مشاهده")
    senior.locator("summary", has_text="رمز جدید").click()
    guide.step("پس از تأیید، در «مدیریت کاربران» حساب تازه را بیابید و «ساخت رمز جدید» را بزنید.", senior)
    press(senior, "ساخت رمز جدید")
    heading(senior, "نامهٔ نام کاربری و رمز عبور")
    with senior.expect_response("**/letter/") as answered:
        senior.evaluate("() => document.querySelector('form[action$=\"/letter/\"]').requestSubmit()")
    assert answered.value.headers["content-type"] == "application/pdf"
    username, password = (senior.locator(f"[data-{name}]").inner_text() for name in ("username", "password"))
    return username, password
