"""«لیست بازرسی کارگاه»: a visit is written down, told to the workshop, objected to, answered (R43)."""

from collections.abc import Callable

from acting import fill, follow, heading, menu, persian, press, row_of, sign_in, state_is
from conftest import Portal
from playwright.sync_api import Page, expect
from recorder import Recorder

Opener = Callable[..., Page]
NUMBER = "۱۴۰۵/۷۳۱"


def write_down(page: Page, workshop_code: str) -> None:
    """«بازدید جدید», without anybody seen but one worker."""
    fill(page, "شماره بازدید", NUMBER)
    fill(page, "کد کارگاه", persian(workshop_code))
    fill(page, "تاریخ بازدید", "۱۴۰۵/۸/۱۰")
    fill(page, "ساعت بازدید", "۹:۳۰")
    page.get_by_label("نوع بازرسی", exact=True).select_option(label="دوره‌ای")
    page.get_by_label("وضعیت کارگاه", exact=True).select_option(label="دایر")
    fill(page, "نام بازرس", "نرگس لشت‌نشایی")
    fill(page, "شمار کارگران دیده‌شده", "۵")
    fill(page, "شمار در آخرین لیست بیمه", "۴")
    worker = page.locator("#row-1")
    worker.get_by_label("نام و نام خانوادگی", exact=True).fill("رضا گیلانی")


def object_to(page: Page, guide: Recorder) -> None:
    """The employer opens the list from the menu on the right, looks, and objects."""
    guide.turn_to("employer", "inspections")
    menu(page, "لیست بازرسی کارگاه")
    heading(page, "لیست بازرسی کارگاه")
    state_is(row_of(page, NUMBER), "ابلاغ‌شده")
    guide.step("«بازرسی» › «لیست بازرسی کارگاه»: بازدیدهایی که نتیجهٔ آن ابلاغ شده است.", page)
    follow(row_of(page, NUMBER), "مشاهده")
    expect(page.locator("main")).to_contain_text("رضا گیلانی")
    guide.step("گزارش را ببینید و «رؤیت شد» را بزنید، یا تا پایان مهلت اعتراض کنید.", page)
    press(page, "رؤیت شد")
    follow(page, "اعتراض")
    page.get_by_label("متن اعتراض").fill("یکی از پنج نفر کارآموز دانشگاه است.")
    guide.step("در اعتراض بنویسید کدام بخش درست نیست و چرا؛ اعتراض یک بار پذیرفته می‌شود.", page)
    press(page, "ثبت اعتراض")
    state_is(page, "در رسیدگی به اعتراض")


def test_a_visit_is_told_to_the_workshop_which_objects_and_is_answered(
    page_at: Opener, portal: Portal, guide: Recorder
) -> None:
    inspector, employer = page_at(), page_at()
    workshop = portal.world["workshops"]["gil"]
    sign_in(inspector, "bazres2", portal.world["password"])
    sign_in(employer, workshop["username"], workshop["password"])
    menu(employer, "لیست بازرسی کارگاه")
    expect(employer.locator(".empty")).to_contain_text("بازدیدی ابلاغ نشده است")

    guide.turn_to("officer", "inspections")
    menu(inspector, "بازرسی‌ها")
    guide.step("واحد بازرسی: بازدیدها را یکی‌یکی یا از فایل اکسل وارد کنید.", inspector)
    follow(inspector, "بازدید جدید", exact=True)
    write_down(inspector, workshop["code"])
    guide.step("در «بازدید جدید» آنچه دیده شد و کارگران را بنویسید.", inspector)
    press(inspector, "ثبت بازدید")
    guide.step("تا «ابلاغ به کارگاه» را نزده‌اید کارگاه چیزی نمی‌بیند و گزارش تغییر می‌کند.", inspector)
    press(inspector, "ابلاغ به کارگاه")

    object_to(employer, guide)
    guide.turn_to("officer", "inspections")
    menu(inspector, "بازرسی‌ها")
    follow(row_of(inspector, NUMBER), NUMBER, exact=True)
    expect(inspector.locator("main")).to_contain_text("کارآموز دانشگاه")
    fill(inspector, "پاسخ به کارفرما", "گواهی دانشگاه دیده شد؛ شمار کارگران چهار نفر است.")
    guide.step("اعتراض کارفرما را بخوانید، پاسخ بنویسید و آن را بپذیرید یا رد کنید.", inspector)
    press(inspector, "پذیرفتن اعتراض")
    employer.reload()
    expect(employer.locator("main")).to_contain_text("گواهی دانشگاه دیده شد")
