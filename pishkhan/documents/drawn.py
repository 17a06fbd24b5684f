"""Pictures drawn by code, for demo data and tests: never of a real person or paper, and they say so."""

import math
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, features

Kind = Literal["card", "photo", "page"]
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom

NOTICE = "نمونه — فاقد اعتبار"
FONTS = Path(__file__).resolve().parents[2] / "node_modules" / "vazirmatn" / "fonts" / "ttf"
FONT_FILES = (str(FONTS / "Vazirmatn-Regular.ttf"), "Vazirmatn-Regular.ttf", "DejaVuSans.ttf")
COLOURS: tuple[Colour, ...] = (
    (168, 198, 222),
    (176, 210, 184),
    (226, 204, 168),
    (212, 186, 206),
    (184, 204, 204),
    (222, 190, 180),
)
INK: Colour = (52, 60, 72)
BLUE: Colour = (36, 66, 160)
WHITE: Colour = (255, 255, 255)


@lru_cache(maxsize=512)
def draw_scan(
    title: str,
    seed: int,
    size: tuple[int, int] = (800, 500),
    colour: Colour | None = None,
    kind: Kind = "card",
) -> bytes:
    """A JPEG below 60 kB: a card (bars and a small figure), a photo (one figure) or a page (bars)."""
    random = Random(seed)  # noqa: S311 - the same seed draws the same picture
    colour = colour or random.choice(COLOURS)
    image = background(size, colour).copy()
    width, height = size
    edge = max(4, min(size) // 40)
    pen = ImageDraw.Draw(image)
    pen.rectangle((edge, edge, width - edge, height - edge), outline=darker(colour), width=max(2, edge // 3))
    if kind == "photo":
        draw_figure(pen, (width // 6, height // 8, width * 5 // 6, height * 7 // 8), colour)
    else:
        draw_bars(pen, size, random, has_figure=kind == "card")
    if kind == "card":
        box = (width // 14, height // 4, width * 3 // 10, height * 4 // 5)
        pen.rectangle(box, fill=lighter(colour))
        draw_figure(pen, box, colour)
    line = max(14, min(size) // 12)
    write(image, title, (2 * edge, height // 8 - line // 2, width - 2 * edge, height // 8 + line // 2))
    write_across(image, NOTICE)
    return encoded(image, 75)


@lru_cache(maxsize=64)
def draw_stamp(text: str, seed: int) -> bytes:
    """A round blue stamp on white, a little askew."""
    random = Random(seed)  # noqa: S311
    image = Image.new("RGB", (600, 600), WHITE)
    pen = ImageDraw.Draw(image)
    for radius, width in ((280, 14), (250, 5)):
        pen.ellipse((300 - radius, 300 - radius, 300 + radius, 300 + radius), outline=BLUE, width=width)
    for y in (200, 400):
        half = int(math.sqrt(250**2 - (300 - y) ** 2))
        pen.line((300 - half, y, 300 + half, y), fill=BLUE, width=5)
    write(image, text, (80, 264, 520, 336), BLUE)
    write(image, NOTICE, (140, 432, 460, 468), BLUE)
    angle = random.uniform(-14, 14)
    image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=WHITE)
    return encoded(image.resize((300, 300), Image.Resampling.LANCZOS))


@lru_cache(maxsize=64)
def draw_signature(seed: int) -> bytes:
    """A scribble on white."""
    random = Random(seed)  # noqa: S311
    image = Image.new("RGB", (1000, 500), WHITE)
    waves = [(random.uniform(20, 90), random.uniform(2, 9), random.uniform(0, 6.3)) for _ in range(4)]
    points = []
    for step in range(400):
        t = step / 399
        fade = math.sin(math.pi * min(1, t * 1.1 + 0.05)) + 0.15
        x = 130 + 740 * t + sum(a * 0.7 * math.cos(f * 5 * t + p) for a, f, p in waves[:2])
        y = 250 + fade * sum(a * math.sin(f * 6 * t + p) for a, f, p in waves)
        points.append((min(980, max(20, x)), min(480, max(20, y))))
    pen = ImageDraw.Draw(image)
    pen.line(points, fill=BLUE, width=9, joint="curve")
    pen.line((points[-1], (points[-1][0] - 420, 430 + random.randint(-30, 30))), fill=BLUE, width=7)
    return encoded(image.resize((500, 250), Image.Resampling.LANCZOS))


@lru_cache(maxsize=32)
def background(size: tuple[int, int], colour: Colour) -> Image.Image:
    light = Image.new("RGB", size, lighter(colour))
    return Image.composite(Image.new("RGB", size, colour), light, Image.linear_gradient("L").resize(size))


def draw_bars(pen: ImageDraw.ImageDraw, size: tuple[int, int], random: Random, has_figure: bool) -> None:
    """Grey bars where lines of text would be, from the right."""
    width, height = size
    right, left = width * 13 // 14, width * (35 if has_figure else 8) // 100
    step = max(12, height // (9 if has_figure else 16))
    for top in range(height // 4, height * 4 // 5, step):
        length = int((right - left) * random.uniform(0.45, 1))
        pen.rounded_rectangle((right - length, top, right, top + step // 3), step // 6, fill=(150, 156, 164))


def draw_figure(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    """A head and shoulders, nobody's."""
    left, top, right, bottom = box
    middle, height = (left + right) // 2, bottom - top
    radius, half = min(height, right - left) // 5, (right - left) * 2 // 5
    ink = darker(colour)
    head = top + height // 10 + radius
    pen.ellipse((middle - radius, head - radius, middle + radius, head + radius), fill=ink)
    shoulders = (middle - half, head + radius * 5 // 4, middle + half, 2 * bottom - head - radius * 5 // 4)
    pen.pieslice(shoulders, 180, 360, fill=ink)


def write(image: Image.Image, text: str, box: Box, colour: Colour = INK) -> None:
    """Persian text in the middle of a box, as large as its height and width allow."""
    left, top, right, bottom = box
    pen, size = ImageDraw.Draw(image), bottom - top
    while size > 8 and (font := persian_font(size)):
        if pen.textlength(text, font, direction="rtl") <= right - left:
            at = ((left + right) // 2, (top + bottom) // 2)
            pen.text(at, text, colour, font, anchor="mm", direction="rtl", language="fa")
            return
        size = size * 9 // 10


def write_across(image: Image.Image, text: str) -> None:
    mask = Image.new("RGB", image.size)
    width, height = image.size
    box = (width // 20, height // 2 - width // 20, width * 19 // 20, height // 2 + width // 20)
    write(mask, text, box, (110, 110, 110))
    turned = mask.convert("L").rotate(20, Image.Resampling.BICUBIC)
    image.paste((170, 30, 40), mask=turned)


@lru_cache(maxsize=64)
def persian_font(size: int) -> ImageFont.FreeTypeFont | None:
    """A font that can join Persian letters; unjoined they would be worse than none."""
    if not features.check("raqm"):
        return None
    for name in FONT_FILES:
        try:
            return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.RAQM)
        except OSError:
            continue
    return None


def lighter(colour: Colour) -> Colour:
    return (255 + colour[0]) // 2, (255 + colour[1]) // 2, (255 + colour[2]) // 2


def darker(colour: Colour) -> Colour:
    return colour[0] * 5 // 8, colour[1] * 5 // 8, colour[2] * 5 // 8


def encoded(image: Image.Image, quality: int = 85) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
