"""The scans of the review: one or two of them, near or far, turned, by mouse and by keyboard."""

import re
from collections.abc import Callable

import pytest
from acting import heading, press, sign_in
from conftest import Portal
from playwright.sync_api import Locator, Page, Route, expect

PHOTO, FRONT, BACK = "عکس پرسنلی ۳×۴", "کارت ملی (رو)", "کارت ملی (پشت)"
Review = Callable[..., Page]


@pytest.fixture
def review(page_at: Callable[..., Page], portal: Portal) -> Review:
    """Opens the review of a case of the world."""

    def opened(case: str = "keys", **window: object) -> Page:
        page = page_at(**window)
        sign_in(page, "bayegan", portal.world["password"])
        heading(page, "داشبورد")
        page.goto(f"/desk/cases/{portal.world['cases'][case]['id']}/")
        if window.get("javascript", True):
            expect(page.locator("[data-viewer].on")).to_be_visible()
        return page

    return opened


def shown(page: Page) -> list[str]:
    """The titles of what is shown: the first, then the one beside it."""
    titles: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[data-viewer] li.shown")]
          .sort((a, b) => a.matches(".second") - b.matches(".second")).map((item) => item.dataset.title)"""
    )
    return titles


def picture(page: Page, title: str) -> Locator:
    return page.locator(f"[data-viewer] li[data-title='{title}']")


def zoom(page: Page, title: str) -> str:
    return picture(page, title).locator("output").inner_text()


def scrolled(page: Page, title: str) -> tuple[int, int]:
    left, top = picture(page, title).locator(".stage").evaluate("e => [e.scrollLeft, e.scrollTop]")
    return left, top


def box(item: Locator) -> dict[str, float]:
    found = item.bounding_box()
    assert found
    return dict(found)


def test_one_press_puts_the_card_beside_the_photo_and_one_takes_it_away(review: Review) -> None:
    page = review()
    assert shown(page) == [PHOTO]
    both = page.get_by_role("button", name="دو تصویر کنار هم")
    for way in (both.click, lambda: page.keyboard.press("KeyB")):
        way()
        assert shown(page) == [PHOTO, FRONT]
        expect(both).to_have_attribute("aria-pressed", "true")
        way()
        assert shown(page) == [PHOTO]
        expect(both).to_have_attribute("aria-pressed", "false")


def test_the_card_goes_with_the_first_page_of_the_birth_certificate(review: Review) -> None:
    page = review()
    press(page.locator(".viewer-tabs"), FRONT)
    page.keyboard.press("KeyB")
    assert shown(page) == [FRONT, "شناسنامه، صفحهٔ ۱"]


def test_the_second_picture_is_picked_by_list_and_by_arrow_while_the_first_stays(review: Review) -> None:
    page = review()
    page.keyboard.press("KeyB")
    page.keyboard.press("ArrowLeft")
    assert shown(page) == [PHOTO, BACK]
    press(page.locator(".viewer-tabs"), "شناسنامه، صفحهٔ ۲")
    assert shown(page) == [PHOTO, "شناسنامه، صفحهٔ ۲"]
    page.keyboard.press("KeyS")
    page.keyboard.press("ArrowLeft")
    assert shown(page) == [FRONT, "شناسنامه، صفحهٔ ۲"], "the other half, by its key"


def test_next_is_to_the_left_and_passes_over_what_is_shown_already(review: Review) -> None:
    page = review()
    before, after = (page.get_by_role("button", name=f"تصویر {way}") for way in ("قبلی", "بعدی"))
    assert box(after)["x"] < box(before)["x"]
    after.click()
    assert shown(page) == [FRONT]
    before.click()
    page.keyboard.press("KeyB")
    before.click()
    assert shown(page)[0] == PHOTO
    assert shown(page)[1] not in (PHOTO, FRONT), "the last one, past the photo that stands in the other half"


@pytest.mark.parametrize("width", [1280, 390])
def test_two_pictures_stand_side_by_side_and_on_a_phone_one_above_the_other(
    review: Review, width: int
) -> None:
    page = review("came back", width=width)
    assert shown(page) == [f"{PHOTO}، تازه", f"{PHOTO}، پیشین"], "what came anew is shown beside what it was"
    new, old = (box(picture(page, title).locator(".stage")) for title in shown(page))
    if width == 390:
        assert old["y"] >= new["y"] + new["height"]
        assert min(new["width"], old["width"]) > 250
    else:
        assert old["x"] + old["width"] <= new["x"], "the new one is read first, from the right"
        assert abs(old["y"] - new["y"]) < 2
    for title in shown(page):
        image = picture(page, title).locator("img")
        page.wait_for_function("image => image.complete && image.naturalWidth", arg=image.element_handle())


def test_the_picture_on_file_stands_beside_the_new_one(review: Review) -> None:
    page = review("known")
    assert shown(page) == [PHOTO]
    page.keyboard.press("KeyB")
    first, second = shown(page)
    assert first == PHOTO
    assert second.startswith(f"{PHOTO}، در پرونده، ۱۴")


def test_each_half_is_enlarged_and_turned_by_itself(review: Review) -> None:
    page = review()
    page.keyboard.press("KeyB")
    card = picture(page, FRONT)
    small = box(card.locator("img"))
    press(card, "بزرگ‌تر")
    press(card, "بزرگ‌تر")
    assert (zoom(page, PHOTO), zoom(page, FRONT)) == ("۱۰۰٪", "۲۰۰٪")
    assert box(card.locator("img"))["width"] == pytest.approx(2 * small["width"], rel=0.02)
    photo = picture(page, PHOTO).locator("img")
    upright = box(photo)
    press(picture(page, PHOTO), "چرخاندن")
    lying = box(photo)
    assert upright["height"] > upright["width"]
    assert lying["width"] > lying["height"]
    stage = box(picture(page, PHOTO).locator(".stage"))
    assert lying["width"] <= stage["width"] + 1, "what was turned is still seen whole"
    press(card, "کوچک‌تر")
    assert (zoom(page, PHOTO), zoom(page, FRONT)) == ("۱۰۰٪", "۱۵۰٪")


def test_a_picture_is_enlarged_moved_and_turned_without_a_mouse(review: Review) -> None:
    page = review()
    for _ in range(3):
        page.keyboard.press("Equal")
    assert zoom(page, PHOTO) == "۳۰۰٪"
    middle = scrolled(page, PHOTO)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert shown(page) == [PHOTO], "while it is near, the arrows move it"
    moved = scrolled(page, PHOTO)
    assert moved[0] < middle[0]
    assert moved[1] > middle[1]
    page.keyboard.press("Minus")
    assert zoom(page, PHOTO) == "۲۰۰٪"
    page.keyboard.press("Digit0")
    assert zoom(page, PHOTO) == "۱۰۰٪"
    page.keyboard.press("ArrowLeft")
    assert shown(page) == [FRONT]


def test_what_is_near_is_drawn_along_by_the_mouse(review: Review) -> None:
    page = review()
    for _ in range(3):
        page.keyboard.press("Equal")
    stage, before = box(picture(page, PHOTO).locator(".stage")), scrolled(page, PHOTO)
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=5)
    page.mouse.up()
    after = scrolled(page, PHOTO)
    assert (before[0] - after[0], after[1] - before[1]) == (
        pytest.approx(60, abs=4),
        pytest.approx(40, abs=4),
    )
    assert len(page.context.pages) == 1, "nothing was opened by letting go"


def test_touching_a_half_makes_it_the_one_that_the_keys_mean(review: Review) -> None:
    page = review()
    page.keyboard.press("KeyB")
    picture(page, PHOTO).locator(".stage").click()
    page.keyboard.press("Equal")
    assert (zoom(page, PHOTO), zoom(page, FRONT)) == ("۱۵۰٪", "۱۰۰٪")


def test_a_key_works_by_its_place_on_a_persian_keyboard_and_not_while_somebody_writes(review: Review) -> None:
    page = review()
    note = page.get_by_label("یادداشت برای فرستنده")
    note.focus()
    page.keyboard.type("bft+")
    expect(note).to_have_value("bft+")
    assert (shown(page), zoom(page, PHOTO)) == ([PHOTO], "۱۰۰٪")
    note.fill("")
    page.locator("main").evaluate(
        """main => main.dispatchEvent(
          new KeyboardEvent("keydown", { key: "ذ", code: "KeyB", bubbles: true, cancelable: true }))"""
    )
    assert shown(page) == [PHOTO, FRONT]


def test_the_pictures_fill_the_screen_and_come_back(review: Review) -> None:
    page = review()
    full = page.get_by_role("button", name="تمام‌صفحه")
    page.keyboard.press("KeyF")
    expect(full).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("KeyB")
    assert shown(page) == [PHOTO, FRONT]
    page.keyboard.press("KeyF")
    expect(full).to_have_attribute("aria-pressed", "false")


def test_without_a_script_all_pictures_stand_in_a_list(review: Review) -> None:
    page = review("came back", javascript=False)
    images = page.locator("[data-viewer] li .stage a img")
    assert images.count() > 5
    for number in range(images.count()):
        expect(images.nth(number)).to_be_visible()
    expect(page.locator("[data-viewer] button:visible")).to_have_count(0)


TELL_SHIFTS = """window.moved = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({ type: "layout-shift", buffered: true });"""


def test_on_a_phone_nothing_moves_when_the_viewer_begins(
    page_at: Callable[..., Page], portal: Portal
) -> None:
    """On a slow line its script comes late: the officer reads already."""
    page = page_at(width=390)
    page.set_viewport_size({"width": 390, "height": 1600})  # with what stands under the picture
    sign_in(page, "bayegan", portal.world["password"])
    heading(page, "داشبورد")
    page.add_init_script(TELL_SHIFTS)
    held: list[Route] = []
    script = re.compile(r"/static/viewer\.")
    page.route(script, lambda route: held.append(route))  # noqa: PLW0108  # it asks a function for its place
    with page.expect_request(script):
        page.goto(f"/desk/cases/{portal.world['cases']['keys']['id']}/")
    page.screenshot()  # there is something to move
    held[0].continue_()
    expect(page.locator("[data-viewer].on")).to_be_visible()
    page.screenshot()
    assert page.evaluate("window.moved") < 0.02
