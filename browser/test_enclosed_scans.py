"""Scans that go with their form, and what is left of unsent ones when their user signs out."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from acting import choose, heading, press, sign_in, sign_out
from conftest import Portal
from photographs import paper, saved
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect
from watching import Windows

Opener = Callable[..., Page]
HELD_BACK = "این فایل فرستاده نمی‌شود"
WORDS = "دو نفر از سه نفر کارآموز دانشگاه‌اند."


@pytest.fixture
def employer(page_at: Opener, portal: Portal) -> Page:
    """The representative of a workshop that was visited twice."""
    page = page_at(390)
    workshop = portal.world["workshops"]["visited"]
    sign_in(page, workshop["username"], workshop["password"])
    heading(page, "")
    return page


def object_to(page: Page, visit: int) -> Locator:
    """The form of the objection with its words written; its first place for a picture."""
    page.goto(f"/inspections/{visit}/object/")
    page.wait_for_load_state()
    page.get_by_label("متن اعتراض").fill(WORDS)
    return page.locator("#scan-1")


class TestAnObjectionIsHeldBackOnce:
    def test_when_the_browser_refuses_its_picture(
        self, employer: Page, portal: Portal, tmp_path: Path
    ) -> None:
        slot = object_to(employer, portal.world["visits"][0])
        enclosed = slot.locator("input[type=file]")
        enclosed.set_input_files(saved(paper((900, 1270), "page"), tmp_path / "page.jpg", quality=85))
        expect(slot.locator(".hint")).to_contain_text("با همین فرم فرستاده می‌شود")
        (tmp_path / "words.txt").write_text("متن")
        enclosed.set_input_files(tmp_path / "words.txt")
        expect(slot.locator(".error")).to_contain_text("این فایل عکس نیست")
        expect(slot.locator("img")).to_have_count(0)
        press(employer, "ثبت اعتراض")
        expect(slot.locator(".error")).to_contain_text(HELD_BACK)
        expect(slot).to_be_focused()
        heading(employer, "اعتراض به بازدید")
        press(employer, "ثبت اعتراض")
        expect(employer.locator(".flash.success")).to_contain_text("اعتراض شما ثبت شد")
        expect(employer.locator("main")).to_contain_text(WORDS)

    def test_when_the_server_refuses_its_picture_and_another_one_is_chosen(
        self, employer: Page, portal: Portal, tmp_path: Path
    ) -> None:
        slot = object_to(employer, portal.world["visits"][1])
        slot.locator("input[type=file]").set_input_files(saved(paper((90, 90)), tmp_path / "tiny.jpg"))
        expect(slot.locator(".doubts")).to_contain_text("کوچک است")
        press(employer, "ثبت اعتراض")
        expect(slot.locator(".error")).to_contain_text("دست‌کم ۱۰۰ پیکسل")
        expect(employer.get_by_label("متن اعتراض")).to_have_value(WORDS)
        employer.wait_for_load_state()
        press(employer, "ثبت اعتراض")
        expect(slot.locator(".error")).to_contain_text(HELD_BACK)
        good = saved(paper((900, 1270), "page"), tmp_path / "page.jpg", quality=85)
        slot.locator("input[type=file]").set_input_files(good)
        expect(slot.locator(".hint")).to_contain_text("با همین فرم فرستاده می‌شود")
        press(employer, "ثبت اعتراض")
        expect(employer.locator(".flash.success")).to_contain_text("اعتراض شما ثبت شد")
        expect(employer.locator("main img")).to_have_count(1)


SQUARES = ((219, 227, 232), (255, 255, 255))


def squares(picture: Locator) -> float:
    """The share of the picture in which the squares behind it are seen."""
    seen = Image.open(BytesIO(picture.screenshot())).convert("RGB")
    counts = {colour: count for count, colour in seen.getcolors(seen.width * seen.height) or []}
    shares = [counts.get(colour, 0) / (seen.width * seen.height) for colour in SQUARES]
    return sum(shares) if min(shares) > 0.1 else 0


@pytest.mark.parametrize("name", ["signature", "stamp"])
def test_behind_a_signature_that_was_taken_off_its_paper_squares_are_seen_before_and_after_it_is_stored(
    employer: Page, pictures: dict[str, Path], name: str
) -> None:
    employer.goto("/profile/")
    assert squares(employer.locator(f"#{name} img")) > 0.3
    employer.locator(f"#file-{name}").set_input_files(pictures[name])
    expect(employer.locator(f"#{name} .hint")).to_contain_text("با همین فرم فرستاده می‌شود")
    assert squares(employer.locator(f"#{name} img")) > 0.3


STORED = "async () => (await indexedDB.databases()).length"


def test_signing_out_leaves_no_unsent_scan_in_the_browser(
    employer: Page, windows: Windows, portal: Portal, pictures: dict[str, Path]
) -> None:
    windows.expect("ERR_FAILED")
    form = f"/cartable/{portal.world['cases']['not sent']['id']}/edit/"
    line = {"is broken": True}

    def send(route: Route) -> None:
        if route.request.method == "POST" and line["is broken"]:
            route.abort()
        else:
            route.continue_()

    employer.route("**/scans/photo/**", send)
    employer.goto(form)
    choose(employer, "photo", pictures["new_photo"])
    error = employer.locator("#scan-photo .error")
    expect(error).to_contain_text("دوباره فرستاده می‌شود")
    assert employer.evaluate(STORED) == 1
    sign_out(employer)
    expect(employer.locator(".flash.success")).to_contain_text("از سامانه خارج شدید")
    assert employer.evaluate(STORED) == 0

    for key, address in (
        ("gil", f"/cartable/{portal.world['cases']['expired']['id']}/edit/"),
        ("visited", form),
    ):
        workshop = portal.world["workshops"][key]
        sign_in(employer, workshop["username"], workshop["password"])
        employer.goto(address)
        employer.wait_for_load_state("networkidle")
        expect(error).to_be_hidden()
        expect(employer.locator("#scan-photo progress")).to_be_hidden()
        expect(employer.locator("#scan-photo .hint")).not_to_contain_text("فرستاده")
        sign_out(employer)
