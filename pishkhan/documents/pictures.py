"""Uploads become pictures here: whatever was sent, what is kept is a plain JPEG that we have encoded."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageFile

from pishkhan.persian.digits import to_persian

LIMIT = 204_800  # bytes (R8: 200 kB)
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2400  # pixels: more detail than 200 kB hold, and a bound on the work of one upload
HALVED_PIXELS = 12_000_000  # above this, 200 kB hold no detail: decoded at half size, to spare memory
MIN_SIDE = 100  # pixels
MAX_SCANS = 64  # passes of a progressive JPEG: usually ten; thousands are an attack on the processor
QUALITIES = (90, 80, 70, 60, 45, 30)

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
    (0, b"BM", "عکس BMP"),
    (0, b"II*\0", "عکس TIFF"),
    (0, b"MM\0*", "عکس TIFF"),
    (0, b"\0\0\1\0", "نشانک ICO"),
    (4, b"jP  ", "عکس JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "عکس JPEG 2000"),
    (4, b"ftypavif", "عکس AVIF"),
    (4, b"ftyphei", "عکس HEIC"),
    (4, b"ftypmif1", "عکس HEIC"),
    (4, b"ftyp", "فیلم"),
    (0, b"%PDF", "سند PDF"),
    (0, b"PK\3\4", "فایل فشرده یا Word"),
    (0, b"\xd0\xcf\x11\xe0", "سند Word"),
    (0, b"Rar!", "فایل فشرده"),
    (0, b"MZ", "برنامه"),
    (0, b"<svg", "عکس SVG"),
    (0, b"<?xml", "سند XML یا SVG"),
    (0, b"<", "صفحه وب"),
)


class RefusedPicture(ValidationError):  # noqa: N818 - it is an answer, named as one
    """Why an upload is not accepted, in words for the person who sent it; `code` for programs."""


@dataclass(frozen=True)
class Picture:
    """A JPEG encoded by us: upright, RGB or grey, without metadata."""

    content: bytes
    width: int
    height: int
    sha256: str


def read_picture(upload: UploadedFile | BinaryIO, limit: int = LIMIT) -> Picture:
    """What is shown by the file, newly encoded in at most `limit` bytes; `RefusedPicture` otherwise.

    Neither name, declared type nor declared size is looked at. Bytes after the picture, and all pictures
    but the first, are left out. No side stays longer than 2400 pixels.
    """
    image = decode(read_content(upload, limit))
    return make_picture(image, limit)


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
        raise refusal("not_jpeg", kind=kind_of(content) or "عکس JPG نیست")
    return content


def kind_of(content: bytes) -> str:
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    for offset, signature, name in KNOWN_FILES:
        if (text if signature[:1] == b"<" else content).startswith(signature, offset):
            return f"{name} است"
    return ""


def decode(content: bytes) -> Image.Image:
    if content.count(b"\xff\xda") > MAX_SCANS:
        raise refusal("broken")
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "MPO"]) as image:
            check_dimensions(image)
            if image.width * image.height > HALVED_PIXELS:
                image.draft(image.mode, (image.width // 2, image.height // 2))
            image.load()
            return turn_upright(image)
    except RefusedPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusal("too_many_pixels", limit=MAX_PIXELS // 1_000_000) from error
    except Exception as error:  # a hostile file makes the decoder raise anything
        raise refusal("broken") from error


def check_dimensions(image: ImageFile.ImageFile) -> None:
    """By the header alone: nothing has been decoded yet."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise refusal("too_many_pixels", limit=MAX_PIXELS // 1_000_000)
    if min(width, height) < MIN_SIDE:
        raise refusal("too_small", width=width, height=height, least=MIN_SIDE)


def turn_upright(image: Image.Image) -> Image.Image:
    """By the camera's orientation tag; one that cannot be read is as good as none."""
    try:
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF is common in sound pictures
        turn = None
    return image.copy() if turn is None else image.transpose(turn)


def make_picture(image: Image.Image, limit: int = LIMIT) -> Picture:
    """The image as a JPEG of at most `limit` bytes: by quality first, then by size."""
    image = image.copy() if image.mode == "L" else image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image.info = {}  # Pillow would carry a comment over
    while min(image.size) > 1:
        for quality in QUALITIES:
            out = BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= limit:
                content = out.getvalue()
                return Picture(content, image.width, image.height, hashlib.sha256(content).hexdigest())
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4))
    raise refusal("too_large", limit=limit // 1024)


REFUSALS = {
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
    "too_many_pixels": (
        "ابعاد این تصویر بیش از {limit} میلیون پیکسل است. تصویر را با وضوح کمتر اسکن کنید و دوباره بفرستید."
    ),
}


def thumbnail(content: bytes, side: int = 160) -> bytes:
    """A stored JPEG at most `side` pixels wide and high; decoded no larger than needed."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as image:
        image.draft("RGB", (side * 2, side * 2))
        image.thumbnail((side, side))
        out = BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def refusal(code: str, **figures: int | str) -> RefusedPicture:
    words = {name: to_persian(value) if isinstance(value, int) else value for name, value in figures.items()}
    return RefusedPicture(REFUSALS[code].format(**words), code=code)
