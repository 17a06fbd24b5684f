"""What is told of a picture: hard to read, or the same one again."""

from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from pishkhan.documents.drawn import draw_scan
from pishkhan.documents.legibility import Doubt, alike, judge
from pishkhan.documents.pictures import read_picture


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("RGB")


def doubts(image: Image.Image) -> list[str]:
    return judge(image).doubts


def likeness(image: Image.Image) -> str:
    return judge(image).likeness


def saved(image: Image.Image, quality: int = 40) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return opened(out.getvalue())


CARD = opened(draw_scan("کارت ملی", 3))
PAPERS = {
    "front": CARD,
    "back": opened(draw_scan("پشت کارت ملی", 4)),
    "first": opened(draw_scan("شناسنامه", 5, (700, 1000), kind="page")),
    "second": opened(draw_scan("صفحهٔ دوم", 6, (700, 1000), kind="page")),
    "form": opened(draw_scan("پرسش‌نامه", 7, (700, 1000), kind="page")),
    "photo": opened(draw_scan("عکس", 1, (450, 600), kind="photo")),
}
CHANGES = {
    "saved again": lambda image: saved(image, 30),
    "made smaller": lambda image: image.resize((image.width // 2, image.height // 2)),
    "made brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.25),
    "made grey": lambda image: image.convert("L"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_a_picture_that_was_changed_a_little_is_known_again(paper, change):
    assert alike(likeness(paper), likeness(change(paper)))


@pytest.mark.parametrize("times", [1.7, 2.3, 2.9])
@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_a_finer_scan_of_a_paper_is_like_the_coarse_one(paper, times):
    finer = paper.resize((int(paper.width * times), int(paper.height * times)))
    assert alike(likeness(finer), likeness(paper))


@pytest.mark.parametrize(("one", "other"), list(combinations(PAPERS, 2)), ids="-".join)
def test_two_papers_are_told_apart(one, other):
    assert not alike(likeness(PAPERS[one]), likeness(PAPERS[other]))


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_nothing_is_said_of_a_clear_picture(paper):
    assert doubts(paper) == doubts(saved(paper, 60)) == []


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (ImageEnhance.Brightness(CARD).enhance(0.3), [Doubt.DARK]),
        (CARD.filter(ImageFilter.GaussianBlur(12)), [Doubt.BLURRED]),
        (Image.new("RGB", (800, 500), (240, 240, 235)), [Doubt.BLANK]),
        (Image.new("RGB", (800, 500), (20, 20, 20)), [Doubt.BLANK, Doubt.DARK]),
    ],
    ids=["dark", "blurred", "blank", "a covered lens"],
)
def test_what_makes_a_picture_hard_to_read_is_told(picture, told):
    assert doubts(picture) == told


@pytest.mark.parametrize("longer", [800, 880, 1100, 1439, 1500, 1760, 2000, 2159, 2400])
def test_how_blurred_a_paper_may_be_does_not_depend_on_how_finely_it_was_scanned(longer):
    times = longer / CARD.width
    finer = CARD.resize((longer, round(CARD.height * times)))
    assert doubts(finer.filter(ImageFilter.GaussianBlur(2.6 * times))) == []
    assert doubts(finer.filter(ImageFilter.GaussianBlur(3.2 * times))) == [Doubt.BLURRED]


def grainy(image: Image.Image, grain: float) -> Image.Image:
    return ImageChops.add(image, Image.effect_noise(image.size, grain).convert("RGB"), 1, -128)


@pytest.mark.parametrize(("contrast", "grain"), [(1, 3), (0.5, 2), (0.35, 1.5)])
@pytest.mark.parametrize("longer", [1200, 1439, 1500, 1799, 1800, 2000, 2159, 2400])
def test_grain_is_not_taken_for_sharpness(longer, contrast, grain):
    times = longer / CARD.width
    blurred = CARD.resize((longer, round(CARD.height * times))).filter(ImageFilter.GaussianBlur(8 * times))
    pale = blurred.point(lambda value: round(235 - (235 - value) * contrast))
    assert doubts(grainy(pale, grain)) == [Doubt.BLURRED]


@pytest.mark.parametrize("longer", [1200, 1500, 1800, 1980, 2159, 2400])
def test_grain_is_not_taken_for_something_to_see(longer):
    assert doubts(grainy(Image.new("RGB", (longer, longer * 5 // 8), (235, 235, 235)), 1.5)) == [Doubt.BLANK]


def test_an_upload_is_judged_as_it_is_kept():
    out = BytesIO()
    CARD.filter(ImageFilter.GaussianBlur(12)).save(out, "JPEG", quality=80)
    picture = read_picture(out)
    assert picture.doubts == [Doubt.BLURRED]
    assert alike(picture.likeness, likeness(CARD.filter(ImageFilter.GaussianBlur(12))))
