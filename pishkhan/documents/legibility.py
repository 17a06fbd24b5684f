"""How well a picture can be read, and how like another one it is: told to people, never a refusal.

The thresholds are those of the browser's own verdict (`web/static/scan/verdict.js`), so that a picture sent
without scripts is judged alike.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from PIL import Image, ImageChops

LEAST_AT, JUDGED_AT, MOST_AT = 600, 800, 880  # pixels of the longer side
GRID = 16
ALIKE = 12
"""Of 256 bits: a picture saved again, made smaller or brighter differs in less, two papers in more."""


class Doubt(TextChoices):
    """What makes a picture hard to read; the words end a sentence about it."""

    DARK = "dark", "تاریک است"
    BLURRED = "blurred", "تار است"
    BLANK = "blank", "چیزی نشان نمی‌دهد"


@dataclass(frozen=True)
class Judgement:
    """What is told of a picture: its `Doubt`s, and 64 hex digits that `alike` compares."""

    doubts: list[str]
    likeness: str


def judge(image: Image.Image) -> Judgement:
    """Of a picture of any size, in colour or grey."""
    grey = made_small(image)
    # An edge of so many pixels is steeper in a smaller picture.
    steeper = 1 if grey.size == image.size else JUDGED_AT / max(grey.size)
    return Judgement(doubts(grey, steeper), likeness(grey))


def made_small(image: Image.Image) -> Image.Image:
    """In grey, and as near to 800 pixels as comes cheaply, if it has more: grain would count as sharpness."""
    grey, times = in_grey(image), max(image.size) // LEAST_AT
    if times > 1:
        return grey.reduce(times)  # to 600 at least and 900 at most
    longer = max(grey.size)
    if longer <= MOST_AT:
        return grey
    # As sharp as bicubic with half the work, and still as much as to encode the picture.
    width, height = (max(1, round(side * JUDGED_AT / longer)) for side in grey.size)
    return grey.resize((width, height), Image.Resampling.HAMMING)


def doubts(grey: Image.Image, steeper: float = 1) -> list[str]:
    counts = grey.histogram()
    bright = quantile(counts, 0.99)
    contrast = bright - quantile(counts, 0.01)
    sharpness = quantile(steps(grey).histogram(), 0.998)
    dark = [Doubt.DARK] if bright < 100 else []
    if sharpness < 5 and contrast < 25:
        return [Doubt.BLANK, *dark]
    return [*dark, *([Doubt.BLURRED] if sharpness < 0.12 * contrast * steeper else [])]


def in_grey(image: Image.Image) -> Image.Image:
    return image if image.mode == "L" else image.convert("L")


def steps(grey: Image.Image) -> Image.Image:
    """The rise of brightness from each pixel to the next: steep at the edges of a sharp picture."""
    width, height = grey.size
    here = grey.crop((0, 0, width - 1, height - 1))
    beside = ImageChops.difference(here, grey.crop((1, 0, width, height - 1)))
    below = ImageChops.difference(here, grey.crop((0, 1, width - 1, height)))
    return ImageChops.lighter(beside, below)


def quantile(counts: list[int], share: float) -> int:
    """The brightness (0 to 255) that this share of the pixels, counted by brightness, does not exceed."""
    left = share * sum(counts)
    for value, count in enumerate(counts):
        left -= count
        if left <= 0:
            return value
    return 255


def likeness(grey: Image.Image) -> str:
    """A bit for each cell of a coarse grid: whether it is brighter than the one beside it."""
    cells = grey.resize((GRID + 1, GRID), Image.Resampling.BOX).tobytes()
    row = GRID + 1
    rises = [cells[y * row + x] > cells[y * row + x + 1] for y in range(GRID) for x in range(GRID)]
    return f"{int(''.join('01'[rise] for rise in rises), 2):064x}"


def alike(one: str, other: str) -> bool:
    """Whether two likenesses are most probably of the same picture."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE
