"""Scans made ready on the device: straightened, judged, turned into a JPG within the limit, and not lost."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from acting import choose, press, wait_filled
from conftest import Portal
from photographs import MARK_AT, askew, mark_of, paper, saved
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from playwright.sync_api import Locator, Page, Route, expect
from watching import Windows

Opener = Callable[..., Page]
SCANS = "/apply/main-registration/scans/"
CARD = 85.6 / 54
ON_THE_TABLE = [(0.2, 0.22), (0.82, 0.16), (0.86, 0.74), (0.15, 0.8)]
LIMIT = 204_800

WATCH_SIZES = """() => {
  window.sizes = [];
  const append = FormData.prototype.append;
  FormData.prototype.append = function (name, value, ...more) {
    if (value instanceof Blob) sizes.push(value.size);
    return append.call(this, name, value, ...more);
  };
}"""
"""Notes how large each file is that the page sends."""


@pytest.fixture(scope="module")
def drafts() -> "count[int]":
    return count()


@pytest.fixture
def page(page_at: Opener, portal: Portal, drafts: Iterator[int]) -> Page:
    """The scans of a draft of its own, on a phone."""
    opened = page_at(390, session=portal.world["sessions"][f"scans {next(drafts)}"])
    opened.goto(SCANS)
    return opened


def slot(page: Page, kind: str) -> Locator:
    return page.locator(f"#scan-{kind}")


def stored(page: Page, kind: str) -> bytes:
    """The bytes of the picture as the server keeps it."""
    wait_filled(page, kind)
    address = slot(page, kind).locator("img").get_attribute("src")
    assert address and not address.startswith("blob:")
    return page.request.get(address).body()


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(content)).size


def refused(page: Page, kind: str, words: str) -> None:
    """The slot tells of a doubt and nothing was sent."""
    expect(slot(page, kind).locator(".doubts")).to_contain_text(words)
    expect(slot(page, kind)).not_to_have_class("filled")


def test_a_card_photographed_askew_is_straightened_to_its_shape(page: Page, tmp_path: Path) -> None:
    photograph = askew(paper(), (2000, 1500), ON_THE_TABLE)
    choose(page, "national_card_front", saved(photograph, tmp_path / "card.jpg", quality=92))
    content = stored(page, "national_card_front")
    width, height = size_of(content)
    assert width / height == pytest.approx(CARD, rel=0.01)
    assert width > 1000
    assert mark_of(content) == pytest.approx(MARK_AT, abs=0.015)


def test_a_scan_that_is_good_as_it_is_is_sent_unchanged(page: Page, pictures: dict[str, Path]) -> None:
    page.evaluate(WATCH_SIZES)
    for kind in ("photo", "national_card_front", "birth_certificate_1", "questionnaire"):
        choose(page, kind, pictures[kind])
        wait_filled(page, kind)
        assert page.evaluate("sizes.at(-1)") == pictures[kind].stat().st_size, kind


DOUBTS = {
    "dark": "تاریک است",
    "blurred": "تار است",
    "blank": "چیزی دیده نمی‌شود",
    "tiny": "کوچک است",
    "glaring": "نور روی مدرک",
    "cut off": "بیرون از عکس",
    "a long strip": "به کارت نمی‌ماند",
    "another paper": "به کارت نمی‌ماند",
}


def doubtful(name: str) -> Image.Image:
    if name == "dark":
        return ImageEnhance.Brightness(paper()).enhance(0.25)
    if name == "blurred":
        return paper().filter(ImageFilter.GaussianBlur(14))
    if name == "blank":
        return Image.new("RGB", (1200, 800), (190, 188, 184))
    if name == "tiny":
        return paper((240, 150))
    if name == "glaring":
        spot = Image.new("L", (1284, 810))
        ImageDraw.Draw(spot).ellipse((500, 200, 900, 560), fill=255)
        shining = spot.filter(ImageFilter.GaussianBlur(50)).point(lambda value: min(255, value * 2))
        return Image.composite(Image.new("RGB", spot.size, (255, 255, 255)), paper(), shining)
    if name == "cut off":
        return askew(paper(), (1600, 1200), ON_THE_TABLE).crop((550, 0, 1600, 1200))
    if name == "a long strip":
        return paper((1800, 600))
    return askew(paper((900, 900)), (1600, 1200), [(0.3, 0.2), (0.7, 0.2), (0.7, 0.75), (0.3, 0.75)])


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubtful_picture_gets_its_verdict_before_it_is_sent(page: Page, tmp_path: Path, name: str) -> None:
    choose(page, "national_card_front", saved(doubtful(name), tmp_path / "card.jpg", quality=92))
    refused(page, "national_card_front", DOUBTS[name])
