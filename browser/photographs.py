"""Photographs of papers, drawn by code: askew on a table, dark, blurred, shining, of every size and kind."""

from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from pishkhan.documents.drawn import Kind, draw_scan

Point = tuple[float, float]

TABLE = (70, 62, 54)
MARK = (210, 0, 160)
MARK_AT = (0.1, 0.8)
"""Where the middle of the mark lies on a paper, as shares of its width and height."""


def paper(size: tuple[int, int] = (1284, 810), kind: Kind = "card") -> Image.Image:
    """A card or a page with a mark that can be found again."""
    image = Image.open(BytesIO(draw_scan("نمونه", 3, size, (176, 210, 184), kind))).convert("RGB")
    draw_mark(image)
    return image


def printed() -> Image.Image:
    """A white page full of lines of print, with a table on it and the mark."""
    image = Image.new("RGB", (900, 1270), (238, 238, 236))
    pen = ImageDraw.Draw(image)
    for top in range(120, 1150, 40):
        pen.rectangle((100, top, 800 - top * 7 % 200, top + 12), fill=(60, 60, 60))
    pen.rectangle((100, 600, 800, 900), outline=(0, 0, 0), width=4)
    draw_mark(image)
    return image


def draw_mark(image: Image.Image) -> None:
    x, y, half = MARK_AT[0] * image.width, MARK_AT[1] * image.height, min(image.size) * 0.04
    ImageDraw.Draw(image).rectangle((x - half, y - half, x + half, y + half), fill=MARK)


def askew(image: Image.Image, size: tuple[int, int], corners: list[Point]) -> Image.Image:
    """The paper on a table with a little grain; `corners` from the top left, as shares of the photograph."""
    places = [(x * size[0], y * size[1]) for x, y in corners]
    back = inverse(projection(places))
    scaled = [value * (image.width, image.height)[index // 3] for index, value in enumerate(back[:6])]
    turned = image.transform(
        size, Image.Transform.PERSPECTIVE, [*scaled, *back[6:]], Image.Resampling.BICUBIC
    )
    where = Image.new("L", size)
    ImageDraw.Draw(where).polygon(places, fill=255)
    return Image.composite(turned, table(size), where.filter(ImageFilter.GaussianBlur(1)))


def table(size: tuple[int, int]) -> Image.Image:
    random = Random(7)
    grain = Image.frombytes(
        "L", (size[0] // 8, size[1] // 8), random.randbytes(size[0] // 8 * (size[1] // 8))
    )
    colours = [Image.new("L", grain.size, value) for value in TABLE]
    return Image.merge("RGB", [Image.blend(colour, grain, 0.06) for colour in colours]).resize(size)


def projection(corners: list[Point]) -> list[float]:
    """Eight numbers of the projection of the unit square on four points."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    g, h = (dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area
    return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h]


def inverse(numbers: list[float]) -> list[float]:
    a, b, c, d, e, f, g, h = numbers
    rows = [
        e - f * h,
        c * h - b,
        b * f - c * e,
        f * g - d,
        a - c * g,
        c * d - a * f,
        d * h - e * g,
        b * g - a * h,
    ]
    last = a * e - b * d
    return [value / last for value in rows]


def mark_of(content: bytes) -> Point:
    """Where the middle of the mark lies, as shares of the picture."""
    image = Image.open(BytesIO(content)).convert("RGB").resize((400, 400))
    red, green, blue = (band.tobytes() for band in image.split())
    found = [
        (at % 400 + 0.5, at // 400 + 0.5)
        for at, (r, g, b) in enumerate(zip(red, green, blue, strict=True))
        if r > 40 and r > 2 * g and b > 1.5 * g
    ]
    assert found, "the mark is gone"
    return sum(x for x, _ in found) / len(found) / 400, sum(y for _, y in found) / len(found) / 400


def saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path
