"""What a senior user alone does: decide as the second person, keep a person's data, read what happened."""

from collections.abc import Callable
from pathlib import Path

from acting import fill, follow, heading, menu, persian, press, sign_in
from conftest import Portal
from playwright.sync_api import Page, expect
from recorder import Recorder

Opener = Callable[..., Page]


def test_another_stamp_takes_effect_when_a_second_person_has_seen_both(
    page_at: Opener, portal: Portal, pictures: dict[str, Path], guide: Recorder
) -> None:
    employer, senior = page_at(390), page_at()
    workshop = portal.world["workshops"]["visited"]
    sign_in(employer, workshop["username"], workshop["password"])
    menu(employer, "ویرایش پروفایل")
    employer.locator("#file-stamp").set_input_files(pictures["stamp"])
    fill(employer, "علت تعویض امضا یا مهر", "مهر پیشین گم شد.")
    press(employer, "ذخیره")
    waiting = employer.locator(".panel.now", has_text="تعویض مهر کارگاه")
    expect(waiting).to_contain_text("تا تأیید نشود")

    sign_in(senior, "arshad", portal.world["password"])
    guide.turn_to("senior", "approvals")
    menu(senior, "تأیید دوم")
    card = senior.locator("article.panel.now", has_text=workshop["name"])
    expect(card.locator("img")).to_have_count(2)
    guide.step(
        "آنچه کسی خواسته است و نفر دومی باید ببیند؛ با «تأیید» همان دم انجام می‌شود و خود او تأیید نمی‌کند.",
        senior,
        card,
    )
    press(card, "تأیید")
    expect(senior.locator(".flash.success")).to_be_visible()
    expect(senior.locator("article.panel.now", has_text=workshop["name"])).to_have_count(0)
    employer.reload()
    expect(employer.locator(".panel.now")).to_have_count(0)


def test_a_persons_data_are_handed_out_and_held_against_erasing(
    page_at: Opener, portal: Portal, guide: Recorder
) -> None:
    page, known = page_at(), portal.world["people"]["main"]
    sign_in(page, "arshad", portal.world["password"])
    guide.turn_to("senior", "person-data")
    menu(page, "بیمه‌شدگان")
    page.get_by_role("searchbox", name="جست‌وجوی شخص").fill(persian(known["national_code"]))
    press(page, "جست‌وجو")
    follow(page.locator("td.go"), "پرونده")
    heading(page, known["name"])
    follow(page, "داده‌های این شخص")
    heading(page, known["name"])
    with page.expect_download() as kept:
        press(page, "دریافت داده‌ها")
    assert kept.value.suggested_filename.endswith(".zip")
    guide.step(
        "«داده‌های این شخص» در پایین پروندهٔ اوست: همه در یک فایل، و آنچه با خواست او پاک می‌شود یا می‌ماند.",
        page,
    )
    fill(page, "علت", "حکم ۱۲ دادگاه رشت")
    press(page, "توقیف حذف")
    held = page.locator("#hold .flash.warning")
    expect(held).to_contain_text("حکم ۱۲ دادگاه رشت")
    expect(page.get_by_role("button", name="پاک کردن")).to_have_count(0)
    guide.step("تا توقیف برجاست، نه پایان مدت نگهداری چیزی را پاک می‌کند و نه درخواست شخص.", page, held)
    fill(page, "علت", "دادگاه پایان یافت.")
    press(page, "برداشتن توقیف")
    expect(page.get_by_role("button", name="پاک کردن")).to_be_visible()


def test_what_happened_is_read_and_searched(page_at: Opener, portal: Portal, guide: Recorder) -> None:
    page = page_at()
    sign_in(page, "arshad", portal.world["password"])
    guide.turn_to("senior", "trail")
    menu(page, "رویدادها")
    rows = page.locator("table.list tbody tr")
    expect(rows.first).to_contain_text("arshad")
    guide.step(
        "هر کار، و هر پرونده و مدرکی که دیده شده است: چه کسی و چه زمانی. این فهرست تغییر نمی‌کند.", page
    )
