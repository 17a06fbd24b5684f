"""What is printed over something else is the ink of a signature or a stamp, without the paper."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat

from pishkhan.documents.drawn import draw_signature, draw_stamp
from pishkhan.documents.ink import LIMIT, without_paper
from tests.documents.generated import noisy, saved

CLEAN = {"signature": draw_signature(5), "stamp": draw_stamp("کارگاه نمونه", 5)}


def photographed(content: bytes) -> bytes:
    """On paper with a grain, in a warm light that falls off."""
    ink = Image.open(BytesIO(content)).convert("RGB").resize((1200, 900))
    light = Image.linear_gradient("L").resize(ink.size).point([120 + value // 3 for value in range(256)])
    warm = Image.merge("RGB", (light, light, light.point([value * 4 // 5 for value in range(256)])))
    specks = Random(3).randbytes(ink.width * ink.height)
    grain = Image.frombytes("L", ink.size, specks).point([230 + value // 10 for value in range(256)])
    return saved(ImageChops.multiply(ImageChops.multiply(ink, warm), grain.convert("RGB")), quality=80)


def ink_of(content: bytes) -> Image.Image:
    png = without_paper(content)
    assert png.startswith(b"\x89PNG") and len(png) <= LIMIT
    return Image.open(BytesIO(png)).convert("RGBA")


def laid_on(ground: tuple[int, int, int], ink: Image.Image) -> Image.Image:
    page = Image.new("RGBA", ink.size, ground)
    page.alpha_composite(ink)
    return page.convert("RGB")


@pytest.mark.parametrize("name", CLEAN)
@pytest.mark.parametrize("made", ["cleaned on the device", "as it was photographed"])
def test_the_paper_is_gone_and_the_ink_is_there_in_its_colour(name, made):
    ink = ink_of(CLEAN[name] if made == "cleaned on the device" else photographed(CLEAN[name]))
    alpha = ink.getchannel("A")
    counts = alpha.histogram()
    assert counts[0] > 0.7 * ink.width * ink.height
    for left, top in ((0, 0), (ink.width - 8, 0), (0, ink.height - 8), (ink.width - 8, ink.height - 8)):
        assert ImageStat.Stat(alpha.crop((left, top, left + 8, top + 8))).mean[0] < 4
    strong = [pixel for pixel in ink.get_flattened_data() if pixel[3] > 200]
    assert len(strong) > 0.005 * ink.width * ink.height
    red, green, blue = (sum(pixel[band] for pixel in strong) / len(strong) for band in range(3))
    assert blue > 100 and blue > 1.5 * green and blue > 1.5 * red


@pytest.mark.parametrize("name", CLEAN)
def test_on_white_it_looks_as_it_did(name):
    after = laid_on((255, 255, 255), ink_of(CLEAN[name]))
    before = Image.open(BytesIO(CLEAN[name])).convert("RGB").resize(after.size)
    difference = ImageChops.difference(before, after).convert("L").histogram()
    assert sum(difference[40:]) < 0.001 * before.width * before.height


def test_on_another_ground_that_ground_shows_through_and_no_white_is_left():
    on_yellow = laid_on((255, 220, 90), ink_of(photographed(CLEAN["stamp"])))
    blue = on_yellow.getchannel("B")
    assert blue.getextrema()[1] < 200, "nowhere as light as paper"
    assert blue.histogram()[90] > 0.7 * blue.width * blue.height


def test_black_ink_covers_what_is_under_it():
    written = Image.new("RGB", (300, 300), "white")
    written.paste((10, 10, 10), (100, 140, 200, 160))
    on_yellow = laid_on((255, 220, 90), ink_of(saved(written, quality=90)))
    assert max(on_yellow.getpixel((150, 150))) < 40


def test_a_picture_that_is_no_ink_becomes_no_larger_than_any_other():
    for content in (noisy((500, 500), 60), saved(Image.new("RGB", (2400, 100), (90, 90, 90)))):
        ink_of(content)
