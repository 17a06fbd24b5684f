"""Signatures and stamps without their paper, so that what they are printed over shows through."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageMath

CELLS = (32, 32)  # in which the paper's colour is measured
WIDEST = 9  # cells: what is darker than all around it and wider than that is a shade on the paper
PAPER, INK = 0.94, 0.86  # of the paper's brightness: lighter is paper, darker is ink
FAINT = 16  # of 255: thinner ink is grain of the paper
COLOURS = 32  # an ink has few; more are noise, which takes room
LARGEST = (480, 480)  # pixels, as printed in 3 cm
LIMIT = 32_000  # bytes of the PNG: a letter with two of them stays far below 200 kB


def without_paper(content: bytes) -> bytes:
    """A stored JPEG of ink on paper as a small PNG of the ink alone.

    On white it looks as the picture does on clean paper. The device has cleaned most pictures already;
    one that came as it was photographed loses its grey ground here.
    """
    with Image.open(BytesIO(content), formats=["JPEG"]) as image:
        image.draft("RGB", (LARGEST[0] * 2, LARGEST[1] * 2))
        image.thumbnail(LARGEST)
        ink = _unmixed(_on_white(image.convert("RGB")))
    while len(png := _encoded(ink)) > LIMIT:
        ink = ink.resize((ink.width * 3 // 4, ink.height * 3 // 4))
    return png


def _on_white(picture: Image.Image) -> Image.Image:
    """As if the paper were white and equally lit, whatever the light was."""
    cells = picture.resize(CELLS, Image.Resampling.BOX)
    cells = cells.filter(ImageFilter.MaxFilter(WIDEST)).filter(ImageFilter.MinFilter(WIDEST))
    paper = cells.resize(picture.size, Image.Resampling.BILINEAR)
    bands = zip(picture.split(), paper.split(), strict=True)
    return Image.merge("RGB", [_share(band, of) for band, of in bands])


def _unmixed(picture: Image.Image) -> Image.Image:
    """The thinnest ink that has these colours on white: c = 255 - (255 - p) / cover."""
    bands = picture.split()
    darkest = ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])
    cover = ImageChops.invert(darkest)
    colours = [ImageChops.invert(_share(ImageChops.invert(band), cover)) for band in bands]
    fade = picture.convert("L").point(
        [_clipped((PAPER - value / 255) / (PAPER - INK)) for value in range(256)]
    )
    alpha = ImageChops.multiply(cover, fade).point([value if value > FAINT else 0 for value in range(256)])
    ink = Image.new("RGBA", picture.size, (255, 255, 255, 0))
    ink.paste(Image.merge("RGBA", [*colours, alpha]), mask=alpha.point([0, *[255] * 255]))
    return ink


def _share(part: Image.Image, whole: Image.Image) -> Image.Image:
    """Of 255, how much of the whole the part is, pixel by pixel; never more than all of it."""

    def share(of: Any) -> Any:
        return of["convert"](of["min"](of["part"] * 255 / of["max"](of["whole"], 1), 255), "L")

    shares: Image.Image = ImageMath.lambda_eval(share, part=part, whole=whole)
    return shares


def _clipped(share: float) -> int:
    return round(255 * min(1, max(0, share)))


def _encoded(ink: Image.Image) -> bytes:
    out = BytesIO()
    ink.quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()
