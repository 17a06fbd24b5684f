"""Uploads become pictures here: whatever was sent, what is kept is a plain JPEG that we have encoded."""

import codecs
import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, JpegImagePlugin

from pishkhan.documents.frames import Frame, read_frame
from pishkhan.documents.legibility import judge
from pishkhan.persian.digits import to_persian

LIMIT = 204_800  # bytes (R8: 200 kB)
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2400  # pixels: more detail than 200 kB hold, and a bound on the work of one upload
HALVED_PIXELS = 8_000_000  # above this, 200 kB hold no detail: decoded at half size, to spare memory
MIN_SIDE = 100  # pixels
MAX_SCANS = 64  # passes of a progressive JPEG: usually ten; thousands are an attack on the processor
MAX_PARTS = 1000  # segments of a header: usually ten, with a colour profile in pieces some more
MAX_KEPT = 40_000_000  # values that wait for the last pass, two bytes each
MAX_WORK = 400_000_000  # values read in all passes: those of 13 million pixels in colour and ten passes
ORDINARY_PIXELS = 6_000_000
TURNS, LARGE_TURNS = BoundedSemaphore(2), BoundedSemaphore(1)  # at a time in one process of the server
PATIENCE = 10  # seconds
MISSING_GREY = (128, 128)  # from, to
QUALITIES = (90, 80, 70, 60, 45, 30)
Coding = dict[str, Any]  # how a JPEG is encoded, in the words of Pillow's `save`

ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# (offset, signature, what a clerk calls it); the first that fits is named.
KNOWN_FILES = (
    (0, b"\x89PNG", "عکس PNG"),
    (0, b"GIF8", "عکس GIF"),
    (8, b"WEBP", "عکس WEBP"),
    (8, b"AVI ", "فیلم"),
    (0, b"BM", "عکس BMP"),
    (0, b"II*\0", "عکس TIFF"),
    (0, b"MM\0*", "عکس TIFF"),
    (0, b"\0\0\1\0", "نشانک ICO"),
    (4, b"jP  ", "عکس JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "عکس JPEG 2000"),
    (4, b"JXL ", "عکس JPEG XL"),
    (0, b"\xff\x0a", "عکس JPEG XL"),
    (0, b"8BPS", "عکس Photoshop"),
    (4, b"ftypavi", "عکس AVIF"),
    (4, b"ftyphe", "عکس HEIC"),
    (4, b"ftypmif1", "عکس HEIC یا AVIF"),
    (4, b"ftypmsf1", "عکس HEIC یا AVIF"),
    (4, b"ftyp", "فیلم"),
    (4, b"moov", "فیلم"),
    (0, b"\x1a\x45\xdf\xa3", "فیلم"),
    (0, b"OggS", "صدا"),
    (0, b"ID3", "صدا"),
    (0, b"%PDF", "سند PDF"),
    (0, b"%!PS", "طرح EPS"),
    (0, b"\xc5\xd0\xd3\xc6", "طرح EPS"),
    (30, b"[Content_Types].xml", "سند Word یا Excel"),
    (0, b"PK\3\4", "فایل فشرده"),
    (0, b"PK\5\6", "فایل فشرده"),
    (0, b"\xd0\xcf\x11\xe0", "سند Word یا Excel"),
    (0, b"{\\rtf", "سند Word"),
    (0, b"Rar!", "فایل فشرده"),
    (0, b"7z\xbc\xaf", "فایل فشرده"),
    (0, b"\x1f\x8b", "فایل فشرده"),
    (0, b"MZ", "برنامه"),
    (0, b"\x7fELF", "برنامه"),
    (0, b"#!", "برنامه"),
)

# The same for what begins with "<": found near its beginning, behind whatever comment.
MARKUP = (
    (b"<?php", "برنامه"),
    (b"<!doctype html", "صفحه وب"),
    (b"<html", "صفحه وب"),
    (b"<svg", "عکس SVG"),
    (b"<!doctype svg", "عکس SVG"),
    (b"<?xml", "سند XML"),
    (b"<", "صفحه وب"),
)
LOOKED_AT = 1000  # bytes


class RefusedPicture(ValidationError):  # noqa: N818 - it is an answer, named as one
    """Why an upload is not accepted, in words for the person who sent it; `code` for programs."""


@dataclass(frozen=True)
class Picture:
    """A JPEG encoded by us: upright, RGB or grey, without metadata; what is told of it is in `legibility`."""

    content: bytes
    width: int
    height: int
    sha256: str
    likeness: str
    doubts: list[str]


def read_picture(upload: UploadedFile | BinaryIO, limit: int = LIMIT) -> Picture:
    """What is shown by the file, newly encoded in at most `limit` bytes; `RefusedPicture` otherwise.

    Neither name, declared type nor declared size is looked at. Bytes after the picture, and all pictures
    but the first, are left out. No side stays longer than 2400 pixels.
    """
    content = read_content(upload, limit)
    frame = checked_frame(content)
    with a_turn(frame):
        return make_picture(*decode(content, frame), limit)


def read_content(upload: UploadedFile | BinaryIO, limit: int) -> bytes:
    if upload.seekable():
        upload.seek(0)  # the form may have read it already
    content = b""
    while len(content) <= limit and (part := upload.read(limit + 1 - len(content))):
        content += part
    if not content:
        raise refusal("empty")
    if len(content) > limit:
        raise refusal("too_large", limit=limit // 1024)
    if not content.startswith(b"\xff\xd8\xff"):
        raise refusal("not_jpeg", kind=kind_of(content))
    return content


def kind_of(content: bytes) -> str:
    """What a file that does not begin like a JPEG is, as the middle of a sentence."""
    text = leading_text(content)
    if text.startswith(b"<"):
        return next(f"{name} است" for start, name in MARKUP if start in text.lower())
    for offset, signature, name in KNOWN_FILES:
        if content.startswith(signature, offset) or (offset == 0 and text.startswith(signature)):
            return f"{name} است"
    if b"\xff\xd8\xff" in content:
        return "پیش از عکس چیز دیگری دارد"
    return "متن است" if is_text(text) else "عکس JPG نیست"


def leading_text(content: bytes) -> bytes:
    """The beginning without byte order mark and white space, in UTF-8 whichever way text was written."""
    start = content[: 2 * LOOKED_AT]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode("utf-8", "replace")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:LOOKED_AT]


def is_text(start: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)  # its last letter may be cut
    except UnicodeDecodeError:
        return False
    return bool(text) and all(letter.isprintable() or letter in "\t\n\r\u200c\u200f" for letter in text)


def decode(content: bytes, frame: Frame) -> tuple[Image.Image, Coding | None]:
    """The first picture of a JPEG, upright and no larger than it is kept; its coding if it was not larger."""
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "MPO"]) as image:
            if image.size != (frame.width, frame.height):
                raise refusal("broken")  # a header that two programs read in two ways
            if frame.pixels > HALVED_PIXELS:
                image.draft(image.mode, (image.width // 2, image.height // 2))
            image.load()
            if ends_in_grey(image):
                raise refusal("broken")
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # before anything that copies the pixels
            whole = image.size == (frame.width, frame.height)
            return turn_upright(image), coding_of(image) if whole else None
    except RefusedPicture:
        raise
    except Exception as error:  # a hostile file makes the decoder raise anything
        raise refusal("broken") from error


def checked_frame(content: bytes) -> Frame:
    """By the header alone: nothing has been decoded yet."""
    frame = read_frame(content)
    if frame is None:
        raise refusal("broken")
    if frame.rarity:
        raise refusal("unusual", how=to_persian(frame.rarity))
    if frame.pixels > MAX_PIXELS:
        raise refusal("too_many_pixels", limit=MAX_PIXELS // 1_000_000)
    if min(frame.width, frame.height) < MIN_SIDE:
        raise refusal("too_small", width=frame.width, height=frame.height, least=MIN_SIDE)
    if max(frame.width, frame.height) * MIN_SIDE > min(frame.width, frame.height) * LONGEST_SIDE:
        raise refusal("too_narrow", width=frame.width, height=frame.height)
    if frame.kept > MAX_KEPT:
        raise refusal("too_many_pixels", limit=frame.pixels * MAX_KEPT // frame.samples // 1_000_000)
    if frame.scans > MAX_SCANS or frame.work > MAX_WORK:
        raise refusal("unusual", how=f"{to_persian(frame.scans)} گذر")
    if frame.parts > MAX_PARTS:
        raise refusal("unusual", how=f"{to_persian(frame.parts)} بخش")
    if len(content) < frame.least:
        raise refusal("broken")  # most of it is missing, and a decoder would fill it with grey
    return frame


@contextmanager
def a_turn(frame: Frame) -> Iterator[None]:
    """Waits until few enough pictures are worked on; ordinary ones do not queue behind the largest."""
    # To read a value once more in another pass costs about a tenth of showing it.
    turns = LARGE_TURNS if max(frame.pixels, frame.work // 10) > ORDINARY_PIXELS else TURNS
    if not turns.acquire(timeout=PATIENCE):
        raise refusal("busy")
    try:
        yield
    finally:
        turns.release()


def ends_in_grey(image: Image.Image) -> bool:
    """Whether the last row is what a decoder puts where nothing came: a cut file with an end put on.

    A picture with a grey edge of its own has it above too.
    """
    first, last = (image.crop((0, at, image.width, at + 1)).getextrema() for at in (0, image.height - 1))
    return first != last and last in (MISSING_GREY, (MISSING_GREY,) * 3)


def coding_of(image: Image.Image) -> Coding | None:
    """Its own tables: encoded by them again, a picture loses next to nothing and stays as large as it was."""
    by_number: dict[int, list[int]] = getattr(image, "quantization", {})
    tables = [by_number[number] for number in sorted(by_number)]  # brightness first, whichever came first
    usual = 1 <= len(tables) <= 4 and max(map(max, tables)) < 256
    if not usual or image.mode not in ("L", "RGB"):
        return None
    return {"qtables": tables, "subsampling": JpegImagePlugin.get_sampling(image)}


def turn_upright(image: Image.Image) -> Image.Image:
    """By the camera's orientation tag; one that cannot be read is as good as none."""
    try:
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF is common in sound pictures
        turn = None
    return image if turn is None else image.transpose(turn)


def make_picture(image: Image.Image, coding: Coding | None = None, limit: int = LIMIT) -> Picture:
    """The image as a JPEG of at most `limit` bytes: as it was encoded, else by quality, then by size."""
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image.info = {}  # Pillow would carry a comment over
    content = best_encoding(image, limit, coding)
    while len(content) > limit:
        if min(image.size) == 1:
            raise refusal("too_large", limit=limit // 1024)
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4))
        content = best_encoding(image, limit)
    sha256 = hashlib.sha256(content).hexdigest()
    told = judge(image)
    return Picture(content, *image.size, sha256, told.likeness, told.doubts)


def best_encoding(image: Image.Image, limit: int, coding: Coding | None = None) -> bytes:
    """As it was, else at the best quality that fits, found in few tries; at the lowest when none does."""
    for how in (coding, coding | {"optimize": True}) if coding else ():
        if len(content := encoded(image, how)) <= limit:
            return content
    made: dict[int, bytes] = {}

    def fits(quality: int) -> bool:
        made[quality] = encoded(image, {"quality": quality, "optimize": True})
        return len(made[quality]) <= limit

    best, *others = QUALITIES
    if not fits(best):
        lowest = len(others) - 1
        best = others[bisect_left(others, True, hi=lowest, key=fits) if fits(others[-1]) else lowest]
    return made[best]


def encoded(image: Image.Image, how: Coding) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", **how)
    return out.getvalue()


REFUSALS = {
    "busy": "سامانه اکنون سرگرم تصویرهای دیگر است. چند لحظهٔ دیگر دوباره بفرستید.",
    "empty": "این فایل خالی است. فایل دیگری انتخاب کنید.",
    "too_large": (
        "حجم این فایل بیش از {limit} کیلوبایت است. تصویر را کوچک‌تر کنید"
        " (برای نمونه با وضوح کمتر اسکن کنید) و دوباره بفرستید."
    ),
    "not_jpeg": (
        "این فایل {kind}؛ فقط عکس JPG پذیرفته می‌شود. تصویر را با قالب JPG ذخیره کنید؛"
        " تغییر نام فایل کافی نیست."
    ),
    "broken": "این تصویر ناقص یا خراب است و باز نمی‌شود. دوباره عکس بگیرید یا اسکن کنید و بفرستید.",
    "too_small": (
        "این تصویر بیش از اندازه کوچک است ({width} در {height} پیکسل)؛"
        " هر ضلع آن باید دست‌کم {least} پیکسل باشد تا خوانا بماند."
    ),
    "too_narrow": (
        "این تصویر بیش از اندازه باریک است ({width} در {height} پیکسل) و خوانا نمی‌ماند."
        " از همهٔ مدرک عکس بگیرید و بفرستید."
    ),
    "unusual": (
        "این عکس JPG به شیوه‌ای نامعمول ذخیره شده است ({how})."
        " آن را در برنامهٔ عکس باز کنید، دوباره با قالب JPG ذخیره کنید و بفرستید."
    ),
    "too_many_pixels": (
        "ابعاد این تصویر بیش از {limit} میلیون پیکسل است. تصویر را با وضوح کمتر اسکن کنید و دوباره بفرستید."
    ),
}


def thumbnail(content: bytes, side: int) -> bytes:
    """A stored JPEG at most `side` pixels wide and high; decoded no larger than needed."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as image:
        image.draft("RGB", (side * 2, side * 2))
        image.thumbnail((side, side))
        out = BytesIO()
        image.convert("RGB").save(out, "JPEG", optimize=True)  # a quarter of so small a file are tables
    return out.getvalue()


def refusal(code: str, **figures: int | str) -> RefusedPicture:
    words = {name: to_persian(value) if isinstance(value, int) else value for name, value in figures.items()}
    return RefusedPicture(REFUSALS[code].format(**words), code=code)
