"""The official letter: the senior user makes a workshop's account, and a new password when one is lost."""

from collections.abc import Callable

import pytest
from acting import (
    change_password,
    electronic_service,
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
from recorder import Recorder

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


def test_the_senior_user_corrects_the_particulars_of_every_user(
    page_at: Opener, portal: Portal, guide: Recorder
) -> None:
    page = page_at()
    sign_in(page, "arshad", portal.world["password"])
    guide.turn_to("senior", "new-account")
    menu(page, "مدیریت کاربران")
    follow(page, "حساب جدید برای کارگاه")
    guide.step("در «مدیریت کاربران» › «حساب جدید برای کارگاه» کد و نام کارگاه را بنویسید.", page)
    fill(page, "کد کارگاه", persian("1462319577"))
    fill(page, "نام کارگاه", "کلوچهٔ فومن")
    fill(page, "نام نماینده", "پروین")
    fill(page, "نام خانوادگی نماینده", "ماکلوانی")
    press(page, "ساختن حساب")
    letter(page)
    guide.step("نامهٔ نام کاربری و رمز یک‌بارمصرف را همان‌جا چاپ کنید؛ رمز دوباره نشان داده نمی‌شود.", page)

    guide.turn_to("senior", "accounts")
    menu(page, "مدیریت کاربران")
    guide.step("همهٔ کاربران شعبه و کارگاه‌ها؛ با نام، نام کاربری یا کارگاه جست‌وجو کنید.", page)
    for username in ("1462319577", "bayegan2"):
        menu(page, "مدیریت کاربران")
        page.get_by_role("searchbox", name="جست‌وجوی کاربر").fill(username)
        press(page, "جست‌وجو")
        follow(page.locator("td.go"), "مشاهده")
        fill(page, "تلفن همراه", "09701112233")
        press(page, "ذخیرهٔ مشخصات")
        expect(page.locator(".flash.success")).to_be_visible()
        expect(page.locator("[name=mobile]")).to_have_value("۰۹۷۰۱۱۱۲۲۳۳")
    guide.step("مشخصات، سمت و رمز هر کاربر در صفحهٔ اوست؛ هر تغییر در تاریخچه می‌ماند.", page)

    guide.turn_to("senior", "settings")
    menu(page, "تنظیمات شعبه")
    guide.step("سربرگ، مدارک لازم و دیگر تنظیم‌ها؛ هر تغییر از تاریخی که می‌نویسید اجرا می‌شود.", page)


def test_an_officer_keeps_the_list_of_workshops_and_the_own_particulars(
    page_at: Opener, portal: Portal, guide: Recorder
) -> None:
    page = page_at()
    sign_in(page, "sabeghe", portal.world["password"])
    guide.turn_to("officer", "workshops")
    menu(page, "لیست کارگاه‌ها")
    guide.step("کارگاه‌های شعبه؛ کارگاه تازه را دستی یا از فایل لیست بیمه وارد کنید.", page)
    page.get_by_role("searchbox").fill(persian(portal.world["workshops"]["services"]["code"]))
    press(page, "جست‌وجو")
    follow(row_of(page, "قطعه‌سازی سفیدکنار"), "مشاهده")
    heading(page, "قطعه‌سازی سفیدکنار")
    guide.turn_to("officer", "profile")
    menu(page, "مشخصات من")
    fill(page, "کد ملی", "9999700012")
    fill(page, "تلفن همراه", "09701112244")
    guide.step("مشخصات خود را در «پروفایل» › «مشخصات من» کامل کنید.", page)
    press(page, "ذخیره")
    expect(page.locator(".flash.success")).to_be_visible()


def test_a_letter_is_checked_by_its_code(page_at: Opener, guide: Recorder) -> None:
    page = page_at()
    guide.turn_to("insured", "letters")
    electronic_service(page, "سنجش اصالت نامه")
    fill(page, "کد سنجش", "ABCD-EFGH-JKL")
    guide.step("کدی را که پای نامه چاپ شده است بنویسید تا اصالت آن سنجیده شود.", page)
    press(page, "سنجش", exact=True)
    expect(page.locator(".field.wrong, .problems").first).to_be_visible()


def test_everybody_changes_the_own_password_in_the_profile(
    page_at: Opener, portal: Portal, guide: Recorder
) -> None:
    page = page_at()
    sign_in(page, "bazres", portal.world["password"])
    guide.turn_to("employer", "password")
    menu(page, "تغییر رمز عبور")
    guide.step("«پروفایل» › «تغییر رمز عبور»: رمز کنونی و دو بار رمز جدید؛ سپس دوباره وارد می‌شوید.", page)
    change_password(page, "چیز دیگری", "bazresi-e-tazeh-8")
    expect(page.locator(".field.wrong .error")).to_have_text("رمز عبور فعلی درست نیست.")
    change_password(page, portal.world["password"], "bazresi-e-tazeh-8")
    expect(page.locator(".flash")).to_contain_text("رمز عبور تغییر کرد")
    fill_credentials(page, "bazres", "bazresi-e-tazeh-8")
    heading(page, "داشبورد")
    sign_out(page)
    heading(page, "ورود کارفرمایان")
