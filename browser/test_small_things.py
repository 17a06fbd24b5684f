"""What goes wrong in a hurry, on a bad line, or without a mouse."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from acting import choose, fill_credentials, heading, persian, press, row_of, sign_in, wait_filled
from conftest import Portal
from playwright.sync_api import Page, Route, expect
from watching import Windows

Opener = Callable[..., Page]
SCANS = "/apply/main-registration/scans/"
CHECK = "/apply/main-registration/check/"


def as_employer(page: Page, portal: Portal) -> None:
    workshop = portal.world["workshops"]["gil"]
    sign_in(page, workshop["username"], workshop["password"])
    heading(page, "داشبورد")


def is_focused(page: Page) -> str:
    """The words of what has the focus."""
    return str(page.evaluate("(document.activeElement.innerText || '').trim()"))


@pytest.mark.parametrize("way", ["with script", "without script"])
def test_a_double_click_on_send_makes_one_case(page_at: Opener, portal: Portal, way: str) -> None:
    page = page_at(390, way == "with script", session=portal.world["sessions"][f"double {way}"])
    page.goto(CHECK)
    page.get_by_role("button", name="ارسال برای کارفرما").dblclick()
    heading(page, "درخواست شما ثبت شد")
    employer = page_at()
    as_employer(employer, portal)
    employer.goto("/cartable/?tab=all")
    national_code = persian(portal.world["cases"][f"double {way}"]["national_code"])
    expect(row_of(employer, national_code)).to_have_count(1)


def test_of_two_officers_who_decide_at_once_one_decides_and_the_other_is_told(
    page_at: Opener, portal: Portal
) -> None:
    officers = [page_at(), page_at()]
    address = f"/desk/cases/{portal.world['cases']['at once']['id']}/"
    for page, username in zip(officers, ("bayegan", "bayegan2"), strict=True):
        sign_in(page, username, portal.world["password"])
        heading(page, "داشبورد")
        page.goto(address)
    officers[1].get_by_label("یادداشت برای فرستنده").fill("مدرک شخص دیگری است.")
    for page, name in zip(officers, ("تأیید", "رد"), strict=True):
        page.get_by_role("button", name=name, exact=False).and_(page.locator("[name=verb]")).first.click(
            no_wait_after=True
        )
    messages = [page.locator(".flash") for page in officers]
    for message in messages:
        expect(message).to_be_visible()
    told = sorted(message.inner_text() for message in messages)
    late = [text for text in told if "کار شما انجام نشد" in text]
    assert len(late) == 1, told
    assert "اکنون «انجام‌شده» است" in late[0] or "اکنون «ردشده» است" in late[0]
    officers[0].goto(address)
    ends = [
        title for title in officers[0].locator(".timeline b").all_inner_texts() if title in ("تأیید", "رد")
    ]
    assert len(ends) == 1, ends


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_what_was_typed_in_an_expired_session_is_back_after_signing_in(
    page_at: Opener, portal: Portal, javascript: bool
) -> None:
    page = page_at(javascript=javascript)
    as_employer(page, portal)
    page.goto(f"/cartable/{portal.world['cases']['expired']['id']}/edit/")
    typed = {
        "نام پدر": "غلام‌حسین",
        "نشانی محل سکونت": "رشت، بلوار باران، کوچهٔ شمشاد",
        "کد پستی محل سکونت": "419961",
    }
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.context.clear_cookies(name="session")
    press(page, "ذخیره بدون ارسال")
    heading(page, "ورود کارفرمایان")
    workshop = portal.world["workshops"]["gil"]
    fill_credentials(page, workshop["username"], workshop["password"])
    expect(page.locator(".flash")).to_contain_text("آنچه نوشته بودید برگردانده شد")
    for label, text in typed.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(persian(text))


def test_a_photo_that_is_too_large_is_made_to_fit_before_it_is_sent(
    page_at: Opener, portal: Portal, pictures: dict[str, Path]
) -> None:
    page = page_at(390, session=portal.world["sessions"]["upload"])
    page.goto(SCANS)
    choose(page, "photo", pictures["too_large"])
    wait_filled(page, "photo")
    expect(page.locator("#scan-photo .error")).to_be_hidden()


def test_a_file_that_is_no_picture_gets_its_message_at_once(
    page_at: Opener, portal: Portal, tmp_path: Path, pictures: dict[str, Path]
) -> None:
    page = page_at(390, session=portal.world["sessions"]["upload"])
    page.goto(SCANS)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    paper = tmp_path / "card.pdf"
    paper.write_bytes(b"%PDF-1.7 not a picture")
    choose(page, "national_card_front", paper)
    expect(page.locator("#scan-national_card_front .error")).to_contain_text("عکس نیست")
    assert "POST" not in sent
    choose(page, "national_card_front", pictures["national_card_front"])
    wait_filled(page, "national_card_front")
    expect(page.locator("#scan-national_card_front .error")).to_be_hidden()


def test_without_script_the_server_tells_what_is_wrong_with_a_file_and_keeps_the_others(
    page_at: Opener, portal: Portal, tmp_path: Path, pictures: dict[str, Path]
) -> None:
    page = page_at(390, javascript=False, session=portal.world["sessions"]["too large"])
    page.goto(SCANS)
    paper = tmp_path / "card.jpg"
    paper.write_bytes(b"%PDF-1.7 not a picture")
    choose(page, "photo", pictures["too_large"])
    choose(page, "questionnaire", paper)
    choose(page, "national_card_front", pictures["national_card_front"])
    press(page, "فرستادن تصویرهای انتخاب‌شده")
    expect(page.locator("#scan-photo .error")).to_contain_text("۲۰۰ کیلوبایت")
    expect(page.locator("#scan-questionnaire .error")).to_contain_text("سند PDF است")
    wait_filled(page, "national_card_front")


def test_an_upload_that_failed_is_tried_again(
    page_at: Opener, portal: Portal, windows: Windows, pictures: dict[str, Path]
) -> None:
    windows.expect("ERR_FAILED")
    page = page_at(390, session=portal.world["sessions"]["retried"])
    page.goto(SCANS)
    broken = f"**{SCANS}photo/"

    def cut(route: Route) -> None:
        route.abort()

    page.route(broken, cut)
    choose(page, "photo", pictures["photo"])
    expect(page.locator("#scan-photo .error")).to_contain_text("فرستاده نشد؛ ارتباط را بررسی کنید")
    page.unroute(broken, cut)
    choose(page, "photo", pictures["photo"])
    wait_filled(page, "photo")
    expect(page.locator("#scan-photo .error")).to_be_hidden()


def test_on_a_slow_line_an_upload_shows_its_progress(
    page_at: Opener, portal: Portal, pictures: dict[str, Path]
) -> None:
    page = page_at(390, session=portal.world["sessions"]["slow"])
    page.goto(SCANS)
    page.wait_for_load_state("networkidle")
    size = pictures["heavy"].stat().st_size
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": 50,
        "downloadThroughput": 50_000,
        "uploadThroughput": size / 1.5,
    }
    line.send("Network.emulateNetworkConditions", conditions)
    choose(page, "photo", pictures["heavy"])
    bar = page.locator("#scan-photo progress")
    expect(bar).to_be_visible()
    seen: set[float] = set()
    until = time.monotonic() + 8
    while bar.is_visible() and time.monotonic() < until:
        seen.add(bar.evaluate("bar => bar.value"))
    assert any(0 < value < 100 for value in seen), seen
    wait_filled(page, "photo")
    expect(bar).to_be_hidden()


def test_the_printed_receipt_is_the_receipt_alone(page_at: Opener, portal: Portal) -> None:
    page = page_at(session=portal.world["sessions"]["receipt"])
    page.goto("/apply/main-registration/done/")
    page.emulate_media(media="print")
    expect(page.locator(".tracking")).to_be_visible()
    for gone in (".topbar", ".foot", ".no-print >> nth=0", ".no-print >> nth=1", ".copy"):
        expect(page.locator(gone).first).to_be_hidden()


def test_the_keyboard_skips_to_the_text(page_at: Opener) -> None:
    page = page_at()
    page.goto("/follow-up/")
    page.keyboard.press("Tab")
    assert is_focused(page) == "رفتن به متن صفحه"
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("کد رهگیری", exact=True)).to_be_focused()


def test_the_services_menu_works_by_keyboard(page_at: Opener) -> None:
    page = page_at()
    page.goto("/")
    for _ in range(4):  # the text, the name of the portal, the help of the page, the menu
        page.keyboard.press("Tab")
    assert is_focused(page) == "خدمات الکترونیک"
    page.keyboard.press("Enter")
    for name in ("ثبت نام بیمه شدگان", "ثبت نام نماینده کارفرما", "ورود کارفرمایان"):
        page.keyboard.press("Tab")
        assert is_focused(page) == name
    page.keyboard.press("Escape")
    assert is_focused(page) == "خدمات الکترونیک"
    expect(page.locator(".services nav")).to_be_hidden()


def test_the_menu_on_a_phone_works_by_keyboard(page_at: Opener, portal: Portal) -> None:
    page = page_at(390)
    as_employer(page, portal)
    page.get_by_role("link", name="منو", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="بستن منو")).to_be_visible()
    page.keyboard.press("Tab")
    assert is_focused(page) == "بستن منو"
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heading(page, "کارتابل")
    expect(page.get_by_role("link", name="بستن منو")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_phone_the_search_is_short_until_more_is_asked_for(
    page_at: Opener, portal: Portal, javascript: bool
) -> None:
    page = page_at(width=390, javascript=javascript)
    as_employer(page, portal)
    page.goto("/cartable/")
    search = page.get_by_role("search")
    words, since = search.get_by_label("جست‌وجو", exact=True), search.get_by_label("از تاریخ")
    expect(words).to_be_visible()
    expect(since).to_be_hidden()
    words.fill("رضا")
    search.get_by_role("link", name="نوع و تاریخ").click()
    expect(since).to_be_visible()
    expect(words).to_have_value("رضا")
    press(page, "جست‌وجو")
    expect(since).to_be_visible()


def test_the_keys_of_the_review_bring_the_focus_to_its_buttons(page_at: Opener, portal: Portal) -> None:
    page = page_at()
    sign_in(page, "bayegan", portal.world["password"])
    heading(page, "داشبورد")
    page.goto(f"/desk/cases/{portal.world['cases']['keys']['id']}/")
    expect(page.locator("[data-viewer].on")).to_be_visible()
    for key, name in (("a", "تأیید"), ("r", "برگشت"), ("x", "رد"), ("j", "درخواست بعدی")):
        page.keyboard.press(f"Key{key.upper()}")
        assert is_focused(page).startswith(name), key
    first = page.locator("[data-viewer] li.shown")
    expect(first).to_have_attribute("data-title", "عکس پرسنلی ۳×۴")
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("data-title", "کارت ملی (رو)")
    page.get_by_label("یادداشت برای فرستنده").focus()
    page.keyboard.type("ax")
    expect(page.get_by_label("یادداشت برای فرستنده")).to_have_value("ax")


def test_the_watch_itself_notices_what_a_page_complains_of(page_at: Opener, windows: Windows) -> None:
    page = page_at()
    page.goto("/")
    with page.expect_event("pageerror"):
        page.evaluate(
            """() => {
              document.body.append(Object.assign(document.createElement("script"), { textContent: "1" }));
              setTimeout(() => { throw new Error("broken") });
            }"""
        )
    with pytest.raises(AssertionError, match=r"(?s)CSP: script-src.*broken"):
        windows.check()
