"""What a person does in a window, in one line each."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("یک", "يك")


def persian(text: str) -> str:
    return text.translate(PERSIAN)


def fill(page: Page, label: str, value: str) -> None:
    """Types into the field of that label, optional or not."""
    optional = page.get_by_label(f"{label} (اختیاری)", exact=True)
    page.get_by_label(label, exact=True).or_(optional).fill(value)


def press(page: Page | Locator, name: str, exact: bool = False) -> None:
    """Presses a button; a form with a bot check waits for its work first, which nobody sees."""
    whole = page if isinstance(page, Page) else page.page
    expect(whole.locator("html.js [data-challenge]")).to_have_count(0)
    page.get_by_role("button", name=name, exact=exact).click()


def follow(page: Page | Locator, name: str, exact: bool = False) -> None:
    page.get_by_role("link", name=name, exact=exact).click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def electronic_service(page: Page, name: str) -> None:
    """From the portal's home, the menu «خدمات الکترونیک»."""
    page.goto("/")
    page.locator("summary", has_text="خدمات الکترونیک").click()
    menu = page.get_by_role("navigation", name="خدمات الکترونیک", exact=True)
    menu.get_by_role("link", name=name, exact=True).click()


def menu(page: Page, name: str) -> None:
    """The menu on the right; on a phone it is opened first."""
    opener = page.get_by_role("link", name="منو", exact=True)
    if opener.is_visible():
        opener.click()
    page.get_by_role("navigation", name="منوی اصلی").get_by_role("link", name=name).click()


def sign_in(page: Page, username: str, password: str) -> None:
    """«خدمات الکترونیک» › «ورود کارفرمایان»; the staff use the same page."""
    electronic_service(page, "ورود کارفرمایان")
    heading(page, "ورود کارفرمایان")
    fill_credentials(page, username, password)


def fill_credentials(page: Page, username: str, password: str) -> None:
    fill(page, "نام کاربری", username)
    fill(page, "رمز عبور", password)
    press(page, "ورود", exact=True)


def sign_out(page: Page) -> None:
    opener = page.get_by_role("link", name="منو", exact=True)
    if opener.is_visible():
        opener.click()
    press(page, "خروج", exact=True)


def change_password(page: Page, old: str, new: str) -> None:
    fill(page, "رمز عبور فعلی", old)
    fill(page, "رمز عبور جدید", new)
    fill(page, "تکرار رمز عبور جدید", new)
    press(page, "تغییر رمز عبور")


def choose(page: Page, kind: str, picture: Path) -> None:
    """Chooses the picture of one scan."""
    page.locator(f"#scan-{kind} input[type=file]").set_input_files(picture)


def wait_filled(page: Page, kind: str) -> None:
    """The scan has arrived and its picture is to be seen."""
    expect(page.locator(f"#scan-{kind}.filled")).to_be_visible()
    seen(page.locator(f"#scan-{kind} img"))


def seen(image: Locator) -> None:
    """The picture is really there, not a broken frame."""
    image.scroll_into_view_if_needed()
    until = time.monotonic() + 5
    while not image.evaluate("image => image.complete && image.naturalWidth"):
        assert time.monotonic() < until, "a picture does not show"
        time.sleep(0.05)


def follow_up(page: Page, tracking_code: str, national_code: str) -> None:
    """«پیگیری درخواست», without an account."""
    electronic_service(page, "پیگیری درخواست")
    fill(page, "کد رهگیری", tracking_code)
    fill(page, "کد ملی بیمه‌شده", national_code)
    press(page, "پیگیری", exact=True)


def row_of(page: Page, text: str) -> Locator:
    """The row of a list that has the text."""
    return page.get_by_role("row").filter(has_text=text)


def state_is(place: Any, label: str) -> None:
    expect(place.locator(".state").first).to_have_text(label)


def take_up(officer: Page, national_code: str) -> None:
    """The officer opens the request in the unit's cartable and begins to review it."""
    menu(officer, "کارتابل واحد")
    press(row_of(officer, persian(national_code)), "بررسی")
    state_is(officer, "در حال بررسی")


def send_back(officer: Page, national_code: str, note: str) -> None:
    """Returned for correction, with a note to the sender."""
    take_up(officer, national_code)
    officer.get_by_label("یادداشت برای فرستنده").fill(note)
    press(officer, "برگشت برای رفع نقص")
    expect(officer.locator(".flash.success")).to_contain_text("برای رفع نقص برگشت")


def confirm(officer: Page, national_code: str) -> None:
    take_up(officer, national_code)
    press(officer, "تأیید")
    expect(officer.locator(".flash.success")).to_contain_text("تأیید شد")


def send_scans(page: Page, pictures: dict[str, Path], *kinds: str) -> None:
    """Chooses the picture of each kind; with scripts each is sent at once."""
    page.wait_for_load_state()
    for kind in kinds:
        choose(page, kind, pictures[kind])
        wait_filled(page, kind)


def send_to_organization(employer: Page) -> None:
    press(employer, "ارسال به سازمان")
    expect(employer.locator(".flash.success")).to_contain_text("به سازمان ارسال شد")
    state_is(employer, "ارسال‌شده")


def correct(employer: Page, name: str) -> None:
    """«کارتابل» › «اصلاح» of the returned request about that person."""
    menu(employer, "کارتابل")
    row = row_of(employer, name)
    state_is(row, "برگشت برای رفع نقص")
    follow(row, "اصلاح")


def new_request(employer: Page, service: str, national_code: str) -> None:
    """«درخواست جدید», the service, the national code, «جستجو»."""
    menu(employer, "کارتابل")
    follow(employer.locator(".title-row"), "درخواست جدید")
    follow(employer, service)
    fill(employer, "کد ملی بیمه‌شده", persian(national_code))
    press(employer, "جستجو")


def open_person(employer: Page, name: str) -> None:
    """«لیست بیمه‌شدگان» › «پرونده»."""
    menu(employer, "لیست بیمه‌شدگان")
    follow(employer.locator(".people"), f"پرونده {name}")
    heading(employer, name)
