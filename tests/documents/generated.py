"""Files made by code for the tests of documents: sound ones, and ones that only pretend.

First what makes them, then `FILES`, the table of what each of them must do.
"""

import base64
import struct
import zipfile
from collections.abc import Callable
from functools import cache, lru_cache, partial
from io import BytesIO
from random import Random
from typing import Any, NamedTuple

from PIL import Image, ImageChops, ImageCms, ImageDraw

from pishkhan.persian.digits import to_persian

LIMIT = 204_800
RED, BLUE = (220, 20, 20), (20, 20, 220)


def picture(size: tuple[int, int] = (240, 160), mode: str = "RGB") -> Image.Image:
    """Blue with a red upper left quarter, so that a turn is seen."""
    image = Image.new("RGB", size, BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=RED)
    return image.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (240, 160), mode: str = "RGB", **options: Any) -> bytes:
    return saved(picture(size, mode), **options)


def noisy(size: tuple[int, int], quality: int, mode: str = "RGB") -> bytes:
    """Always the same noise: that of Pillow depends on how much of it the process made before."""
    noise = Image.frombytes("RGB", size, Random(quality).randbytes(3 * size[0] * size[1]))
    return saved(noise.convert(mode), quality=quality)


def turned(orientation: int) -> bytes:
    """A picture that is upright only after its orientation tag is obeyed."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = picture()
    return saved(image.transpose(back[orientation]) if orientation in back else image, exif=exif)


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 16.0, 50.0), 3: "E", 4: (49.0, 35.0, 0.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta>SecretPlace</x:xmpmeta>"
    return jpeg(exif=exif, icc_profile=profile, comment=b"SecretComment", xmp=xmp, dpi=(300, 300))


def several_frames() -> bytes:
    second = Image.new("RGB", (320, 320), (0, 255, 0))
    return saved(picture(), "MPO", save_all=True, append_images=[second])


def with_comment(content: bytes, comment: bytes) -> bytes:
    """A COM segment right after the start; at most 65,533 bytes."""
    return content[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + content[2:]


def padded_by_comments(content: bytes, length: int) -> bytes:
    while (missing := length - len(content)) > 0:
        content = with_comment(content, b"\0" * min(missing - 4, 60_000))
    return content


def with_dimensions(content: bytes, width: int, height: int) -> bytes:
    """The same bytes under a header that claims other dimensions."""
    at = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2")) + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def many_scans(times: int, size: tuple[int, int] = (240, 160)) -> bytes:
    """A progressive JPEG whose last pass comes again and again: tiny to send, long to decode."""
    content = jpeg(size, progressive=True)
    last = content.rfind(b"\xff\xda")
    return content[:-2] + content[last:-2] * times + content[-2:]


def zipped(text: str = "hello") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", text)
    return out.getvalue()


def edged(colour: tuple[int, int, int]) -> Image.Image:
    """The picture on a larger ground, as programs make it fit a shape."""
    image = Image.new("RGB", (240, 320), colour)
    image.paste(picture(), (0, 80))
    return image


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def inserted(content: bytes, *segments: bytes) -> bytes:
    """Segments right after the start of the picture."""
    return content[:2] + b"".join(segments) + content[2:]


def header(content: bytes) -> list[tuple[int, int, int]]:
    """Marker, beginning and end of every segment up to the first scan."""
    at, found = 2, []
    while not found or found[-1][0] != SOS:
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        found.append((content[at + 1], at, end))
        at = end
    return found


def without(content: bytes, marker: int) -> bytes:
    for found, start, end in reversed(header(content)):
        if found == marker:
            content = content[:start] + content[end:]
    return content


def changed(content: bytes, marker: int, offset: int, value: bytes) -> bytes:
    """Other bytes in the first such segment; the offset counts from the FF of its marker."""
    at = next(start for found, start, _ in header(content) if found == marker) + offset
    return content[:at] + value + content[at + len(value) :]


def overstated(width: int, height: int, **options: Any) -> bytes:
    """A small picture whose header claims to be a large one that may be sent."""
    return with_dimensions(jpeg(**options), width, height)


def cut(content: bytes, percent: int) -> bytes:
    return content[: len(content) * percent // 100]


def cut_before(marker: int) -> bytes:
    content = jpeg()
    return content[: next(start for found, start, _ in header(content) if found == marker)]


def exif(tiff: bytes, tag: bytes = b"Exif\0\0") -> bytes:
    return inserted(jpeg(), segment(0xE1, tag + tiff))


def entry(kind: int, count: int, value: bytes, following: int = 0) -> bytes:
    """A directory of EXIF with an orientation alone, whatever type, number and value it claims."""
    row = struct.pack(">HHI4s", 0x0112, kind, count, value)
    return b"MM\0*\0\0\0\x08\0\x01" + row + struct.pack(">I", following)


def ycck() -> bytes:
    """The picture in the colours of print, pressed as brightness and two differences (transform 2)."""
    *inks, black = picture(mode="CMYK").split()
    planes = Image.merge("RGB", inks).convert("YCbCr").split()
    content = saved(Image.merge("CMYK", [*map(ImageChops.invert, planes), black]), quality=95)
    return changed(content, 0xEE, 15, b"\2")


def several(number: int) -> bytes:
    return saved(picture(), "MPO", save_all=True, append_images=[picture((320, 320))] * (number - 1))


def loud(size: tuple[int, int]) -> bytes:
    """Noise in few bits by the coarsest steps: much to decode, and more to encode again."""
    grey = Image.frombytes("L", size, Random(255).randbytes(size[0] * size[1]))
    far = grey.point([min(255, max(0, 2 * value - 128)) for value in range(256)])  # half of it black or white
    return saved(far.convert("RGB"), qtables=[[255] * 64] * 2, optimize=True)


def flat(size: tuple[int, int], mode: str = "RGB", **options: Any) -> bytes:
    """One colour: as few bytes as so many pixels can have."""
    return saved(Image.new(mode, size, 255 if mode == "L" else "white"), optimize=True, **options)


def packed(first: str) -> bytes:
    """A document that is a ZIP archive, as office programs write it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(first, "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def boxed(brand: bytes, also: bytes = b"mif1") -> bytes:
    """The beginning of a file in the boxes that HEIC, AVIF and MP4 share."""
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + also + brand + b"\0" * 400


SOS = 0xDA
HEIC = boxed(b"heic")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\xef\xbb\xbf\n<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SCRIPT = b"<script>alert(1)</script><?php system($_GET[0]); ?>"
MP4 = boxed(b"isom", b"mp41")
RAR = b"Rar!\x1a\x07\x01\0" + b"\0" * 200
JAR = zipped("Main-Class: Evil")


class Sample(NamedTuple):
    """A file, and the code of its refusal with words that it must hold; no code: it is accepted."""

    make: Callable[[], bytes]
    code: str = ""
    words: str = ""


SOUND = {
    "plain": jpeg,
    "grey": partial(jpeg, mode="L"),
    "CMYK": partial(jpeg, mode="CMYK"),
    "CMYK, progressive": partial(jpeg, mode="CMYK", progressive=True),
    "CMYK without Adobe's segment": lambda: without(jpeg(mode="CMYK"), 0xEE),
    "YCCK, inverted by Adobe": ycck,
    "RGB without transform": partial(jpeg, keep_rgb=True),
    "grey edges above and below": lambda: saved(edged((128, 128, 128))),
    "nothing but grey": lambda: saved(Image.new("RGB", (200, 200), (128, 128, 128))),
    "progressive": partial(jpeg, progressive=True),
    "progressive, grey": partial(jpeg, mode="L", progressive=True),
    "progressive, with detail": partial(noisy, (300, 200), 60),
    "two more passes": partial(many_scans, 2),
    **{
        f"sampled {name}": partial(jpeg, (250, 170), subsampling=name) for name in ("4:4:4", "4:2:2", "4:2:0")
    },
    "sampled 4:4:0": lambda: changed(jpeg((240, 240), subsampling="4:2:2"), 0xC0, 11, b"\x12"),
    "sampled 4:1:1": lambda: changed(jpeg((256, 256), subsampling="4:2:0"), 0xC0, 11, b"\x41"),
    **{f"quality {quality}": partial(jpeg, quality=quality) for quality in (1, 25, 50, 95, 100)},
    "noise at quality 20": partial(noisy, (500, 400), 20),
    "noise in the coarsest steps": partial(loud, (900, 700)),
    "best Huffman tables": partial(jpeg, optimize=True),
    "Huffman tables left out, as by video cameras": lambda: without(jpeg(), 0xC4),
    "quantised in 16 bits": lambda: changed(jpeg(), 0xC0, 1, b"\xc1"),
    "restart markers after blocks": partial(jpeg, restart_marker_blocks=1),
    "restart markers after rows": partial(jpeg, restart_marker_rows=1),
    "restart markers, progressive": partial(jpeg, restart_marker_blocks=3, progressive=True),
    **{f"{w}×{h}": partial(jpeg, (w, h)) for w, h in ((100, 100), (101, 103), (127, 255), (1000, 1001))},
    **{f"{w}×{h}, the narrowest": partial(jpeg, (w, h)) for w, h in ((2400, 100), (100, 2400), (4800, 200))},
    "2401×2401": partial(flat, (2401, 2401)),
    "12 million pixels": partial(flat, (4000, 3000), subsampling="4:2:0", progressive=True),
    "40 million grey pixels": partial(flat, (8000, 5000), "L", quality=5, progressive=True),
    **{f"orientation {number}": partial(turned, number) for number in range(1, 9)},
    **{f"orientation {number}, which does not exist": partial(turned, number) for number in (0, 9, 65_535)},
    "orientation as text": lambda: exif(entry(2, 4, b"6\0\0\0")),
    "orientation as a billion numbers": lambda: exif(entry(3, 2**30, b"\0\0\0\x08")),
    "orientation of an unknown type": lambda: exif(entry(99, 1, b"\0\6\0\0")),
    "EXIF that leads to itself": lambda: exif(entry(3, 1, b"\0\1\0\0", following=8)),
    "EXIF that leads nowhere": lambda: exif(b"MM\0*\xff\xff\xff\xff" + b"\xff" * 50),
    "EXIF of 65,535 entries that are not there": lambda: exif(b"II*\0\x08\0\0\0\xff\xff"),
    "EXIF in no byte order": lambda: exif(b"XX*\0\0\0\0\x08"),
    "EXIF cut after its name": lambda: exif(b""),
    "EXIF twice": lambda: inserted(turned(6), segment(0xE1, b"Exif\0\0" + entry(3, 1, b"\0\1\0\0"))),
    "EXIF with a preview": lambda: exif(entry(3, 1, b"\0\1\0\0") + jpeg((160, 120))),
    "place, camera, profile, comment": with_metadata,
    "MPO of two pictures": partial(several, 2),
    "MPO of three pictures": partial(several, 3),
    "MPO whose index counts four billion": lambda: several(2).replace(
        struct.pack("<HHLL", 0xB001, 4, 1, 2), struct.pack("<HHLL", 0xB001, 4, 1, 2**32 - 1)
    ),
    "no JFIF segment": lambda: without(jpeg(), 0xE0),
    "Photoshop's block, broken": lambda: inserted(
        jpeg(), segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\xff")
    ),
    "Adobe's segment cut short": lambda: inserted(jpeg(), segment(0xEE, b"Adobe\0\x64")),
    "every application segment": lambda: inserted(jpeg(), *(segment(0xE0 + n, b"x" * 99) for n in range(16))),
    "profile in pieces that lack one": lambda: inserted(
        jpeg(), segment(0xE2, b"ICC_PROFILE\0\2\3" + b"x" * 99)
    ),
    "filling before a marker": lambda: jpeg().replace(b"\xff\xdb", b"\xff\xff\xff\xff\xdb"),
    "rubbish between segments": lambda: jpeg().replace(b"\xff\xdb", b"\0\1rubbish\xff\0\xff\xdb", 1),
    "script in a comment": lambda: with_comment(jpeg(), SCRIPT),
    "script in EXIF": lambda: exif(entry(3, 1, b"\0\1\0\0") + SCRIPT),
    "script in XMP": lambda: exif(SCRIPT, b"http://ns.adobe.com/xap/1.0/\0"),
    "script in a colour profile": lambda: inserted(jpeg(), segment(0xE2, b"ICC_PROFILE\0\1\1" + SCRIPT)),
    "script in an unknown segment": lambda: inserted(jpeg(), segment(0xEB, SCRIPT)),
    "HTML in a comment": lambda: with_comment(jpeg(), HTML),
    "entities in XMP": lambda: exif(
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"http://ns.adobe.com/xap/1.0/\0"
    ),
    "ZIP behind the picture": lambda: jpeg() + zipped(),
    "JAR behind the picture": lambda: jpeg() + JAR,
    "RAR behind the picture": lambda: jpeg() + RAR,
    "HTML behind the picture": lambda: jpeg() + HTML,
    "PHP behind the picture": lambda: jpeg() + SCRIPT,
    "PDF behind the picture": lambda: jpeg() + PDF,
    "PDF in a comment and behind": lambda: with_comment(jpeg(), b"\n%PDF-1.7\n") + PDF,
    "film behind the picture, as of some phones": lambda: jpeg() + MP4,
    "second picture behind the first": lambda: jpeg() + jpeg((500, 500)),
    "unfinished picture behind the first": lambda: jpeg() + jpeg((500, 500))[:300],
    "zeros behind the picture": lambda: jpeg() + b"\0" * 5000,
    "exactly 204,800 bytes by comments": lambda: padded_by_comments(jpeg(), LIMIT),
    "exactly 204,800 bytes by what is behind": lambda: jpeg().ljust(LIMIT, b"\0"),
    "exactly 204,800 bytes of colour profile": lambda: inserted(
        jpeg(), segment(0xE2, b"x" * 60_000) * 3
    ).ljust(LIMIT, b"\0"),
}


HEAVY = {
    "13 million pixels in every colour, progressive": partial(
        flat, (3650, 3650), subsampling="4:4:4", progressive=True
    ),
    "8 million pixels of print colours": partial(flat, (2828, 2828), "CMYK"),
    "8 million pixels in every colour": partial(flat, (2828, 2828), subsampling="4:4:4"),
    "12 million pixels in every colour": partial(flat, (3300, 3600), subsampling="4:4:4"),
    "40 million grey pixels at once": partial(flat, (8000, 5000), "L"),
    "sixty passes": partial(many_scans, 50, (2400, 1700)),
    "much noise in the coarsest steps": partial(loud, (1250, 1000)),
    "900 comments": lambda: inserted(jpeg(), segment(0xFE, b"x" * 200) * 900),
    "comments of 65,533 bytes": lambda: inserted(jpeg(), segment(0xFE, b"x" * 65_533) * 3),
    "Huffman tables 900 times": lambda: repeated(jpeg(), 0xC4, 225),
    "quantisation tables 900 times": lambda: repeated(jpeg(), 0xDB, 450),
    "900 pieces of EXIF": lambda: inserted(
        jpeg(), segment(0xE1, b"Exif\0\0" + entry(3, 1, b"\0\6\0\0")) * 900
    ),
}
"""Accepted too, and what costs the most time or memory of all that is."""


def repeated(content: bytes, marker: int, times: int) -> bytes:
    """The tables of that marker defined again and again."""
    tables = b"".join(content[start:end] for found, start, end in header(content) if found == marker)
    return inserted(content, tables * times)


def other(kind: str, name: str, **options: Any) -> Sample:
    """What Pillow writes in another format than JPEG."""
    return Sample(lambda: saved(picture(), kind, **options), "not_jpeg", f"این فایل {name} است")


def pretender(content: bytes, name: str) -> Sample:
    return Sample(lambda: content, "not_jpeg", f"این فایل {name}")


def utf16(content: bytes) -> bytes:
    return content.decode("utf-8-sig").encode("utf-16")


NOT_JPEG = {
    "one byte": pretender(b"\xff", "عکس JPG نیست"),
    "two bytes of a JPEG": pretender(b"\xff\xd8", "عکس JPG نیست"),
    "zeros": pretender(b"\0" * 5_000, "عکس JPG نیست"),
    "PNG": other("PNG", "عکس PNG"),
    "GIF": other("GIF", "عکس GIF"),
    "WEBP": other("WEBP", "عکس WEBP"),
    "WEBP without loss": other("WEBP", "عکس WEBP", lossless=True),
    "BMP": other("BMP", "عکس BMP"),
    "TIFF": other("TIFF", "عکس TIFF"),
    "TIFF, big-endian": pretender(b"MM\0*\0\0\0\x08" + b"\0" * 200, "عکس TIFF است"),
    "TIFF with a JPEG inside": other("TIFF", "عکس TIFF", compression="jpeg"),
    "ICO": other("ICO", "نشانک ICO", sizes=[(128, 128)]),
    "JPEG 2000": other("JPEG2000", "عکس JPEG 2000"),
    "JPEG 2000 codestream": other("JPEG2000", "عکس JPEG 2000", no_jp2=True),
    "JPEG XL": pretender(b"\xff\x0a" + b"\0" * 200, "عکس JPEG XL است"),
    "JPEG XL in boxes": pretender(b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 200, "عکس JPEG XL است"),
    "Photoshop": pretender(b"8BPS\0\1" + b"\0" * 200, "عکس Photoshop است"),
    "EPS": Sample(lambda: saved(picture((60, 60)), "EPS"), "not_jpeg", "این فایل طرح EPS است"),
    "EPS with a preview": pretender(b"\xc5\xd0\xd3\xc6" + b"\0" * 200, "طرح EPS است"),
    **{
        f"HEIC ({brand})": pretender(boxed(brand.encode()), "عکس HEIC است")
        for brand in ("heic", "heix", "hevc")
    },
    "HEIC or AVIF": pretender(boxed(b"mif1"), "عکس HEIC یا AVIF است"),
    "AVIF": pretender(boxed(b"avif"), "عکس AVIF است"),
    "AVIF that moves": pretender(boxed(b"avis"), "عکس AVIF است"),
    "MP4": pretender(MP4, "فیلم است"),
    "film of an iPhone": pretender(boxed(b"qt  ", b"qt  "), "فیلم است"),
    "film of an old phone": pretender(boxed(b"3gp5", b"3gp5"), "فیلم است"),
    "WEBM": pretender(b"\x1a\x45\xdf\xa3" + b"\0" * 200, "فیلم است"),
    "AVI": pretender(b"RIFF\0\0\0\0AVI LIST" + b"\0" * 200, "فیلم است"),
    "voice": pretender(b"OggS\0\2" + b"\0" * 200, "صدا است"),
    "music": pretender(b"ID3\3" + b"\0" * 200, "صدا است"),
    "SVG": pretender(SVG, "عکس SVG است"),
    "SVG behind a byte order mark": pretender(b"\xef\xbb\xbf" + SVG, "عکس SVG است"),
    "SVG behind white space": pretender(b" \r\n\t" * 50 + SVG, "عکس SVG است"),
    "SVG behind its declaration": pretender(b'<?xml version="1.0"?>\n' + SVG, "عکس SVG است"),
    "SVG behind a comment": pretender(b"<!-- made by hand -->" + SVG, "عکس SVG است"),
    "SVG in capitals": pretender(SVG.upper(), "عکس SVG است"),
    "SVG in UTF-16": pretender(utf16(SVG), "عکس SVG است"),
    "XML": pretender(b'<?xml version="1.0"?><a/>', "سند XML است"),
    "HTML": pretender(HTML, "صفحه وب است"),
    "HTML without a mark": pretender(HTML[3:], "صفحه وب است"),
    "HTML behind white space": pretender(b"\n \t" * 60 + b"<HTML><body>", "صفحه وب است"),
    "HTML in UTF-16": pretender(utf16(HTML), "صفحه وب است"),
    "HTML with an SVG in it": pretender(HTML + SVG, "صفحه وب است"),
    "a script alone": pretender(b"<script>alert(1)</script>", "صفحه وب است"),
    "PHP": pretender(b"<?php system($_GET[0]); ?>", "برنامه است"),
    "PDF": pretender(PDF, "سند PDF است"),
    "PDF behind a line break": pretender(b"\r\n" + PDF, "سند PDF است"),
    "PDF with a JPEG inside": other("PDF", "سند PDF"),
    "ZIP": Sample(zipped, "not_jpeg", "فایل فشرده است"),
    "ZIP without files": pretender(b"PK\5\6" + b"\0" * 18, "فایل فشرده است"),
    "ZIP with a JPEG behind": Sample(lambda: zipped() + jpeg(), "not_jpeg", "فایل فشرده است"),
    "DOCX": Sample(partial(packed, "[Content_Types].xml"), "not_jpeg", "سند Word یا Excel است"),
    "DOC": pretender(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "سند Word یا Excel است"),
    "RTF": pretender(b"{\\rtf1 hello}", "سند Word است"),
    "RAR": pretender(RAR, "فایل فشرده است"),
    "7z": pretender(b"7z\xbc\xaf\x27\x1c" + b"\0" * 200, "فایل فشرده است"),
    "gzip": pretender(b"\x1f\x8b\x08" + b"\0" * 200, "فایل فشرده است"),
    "program of Windows": pretender(b"MZ" + b"\0" * 500, "برنامه است"),
    "program of Linux": pretender(b"\x7fELF\2\1\1" + b"\0" * 500, "برنامه است"),
    "shell script": pretender(b"#!/bin/sh\nrm -rf /\n", "برنامه است"),
    "text": pretender("سلام، این عکس نیست.\n".encode(), "متن است"),
    "text in UTF-16": pretender("سلام".encode("utf-16"), "متن است"),
    "text whose last letter is cut": pretender("سلام ".encode() * 120, "متن است"),
    "a picture as text": Sample(
        lambda: b"data:image/jpeg;base64," + base64.b64encode(jpeg()), "not_jpeg", "متن است"
    ),
    "GIF with a JPEG behind": Sample(lambda: saved(picture(), "GIF") + jpeg(), "not_jpeg", "عکس GIF است"),
    "HTML with a JPEG behind": Sample(lambda: HTML + jpeg(), "not_jpeg", "صفحه وب است"),
    "JPEG after a line break": Sample(lambda: b"\n" + jpeg(), "not_jpeg", "پیش از عکس چیز دیگری دارد"),
    "JPEG after a byte order mark": Sample(
        lambda: b"\xef\xbb\xbf" + jpeg(), "not_jpeg", "پیش از عکس چیز دیگری"
    ),
    "JPEG after zeros": Sample(lambda: b"\0" * 4 + jpeg(), "not_jpeg", "پیش از عکس چیز دیگری دارد"),
}


def broken(make: Callable[[], bytes]) -> Sample:
    return Sample(make, "broken", "ناقص یا خراب است")


@lru_cache
def detailed() -> bytes:
    """Real detail, so that a cut is inside the image data."""
    return noisy((400, 300), 90)


BROKEN = {
    "only the magic bytes": broken(lambda: b"\xff\xd8\xff"),
    "start and end": broken(lambda: b"\xff\xd8\xff\xd9"),
    "magic bytes and rubbish": broken(lambda: b"\xff\xd8\xff\xe0" + b"rubbish" * 200),
    "magic bytes and HTML": broken(lambda: b"\xff\xd8\xff" + HTML),
    "magic bytes and PHP in a segment": broken(lambda: b"\xff\xd8" + segment(0xE0, SCRIPT)),
    "magic bytes and 200 kB of FF": broken(lambda: b"\xff\xd8" + b"\xff" * 200_000),
    **{f"cut after {n} per cent": broken(lambda n=n: cut(detailed(), n)) for n in (*range(5, 100, 10), 99)},
    **{
        f"progressive, cut after {n} per cent": broken(lambda n=n: cut(jpeg(progressive=True), n))
        for n in (25, 50, 75)
    },
    **{
        f"cut after {n} per cent, with an end put on": broken(lambda n=n: cut(detailed(), n) + b"\xff\xd9")
        for n in (20, 50, 80)
    },
    "much noise under a larger header": broken(lambda: with_dimensions(loud((1250, 1000)), 2400, 2400)),
    "grey, cut, with an end put on": broken(lambda: cut(noisy((300, 300), 50, "L"), 70) + b"\xff\xd9"),
    **{
        f"the bytes of a small picture under {w}×{h}": broken(partial(overstated, w, h, **options))
        for w, h, options in (
            (8_000, 5_000, {}),
            (8_000, 5_000, {"mode": "L"}),
            (2_800, 2_800, {"subsampling": "4:4:4"}),
            (5_200, 5_000, {"progressive": True}),
            (2_828, 2_829, {"mode": "CMYK"}),
            (2_400, 1_600, {"restart_marker_blocks": 1}),
        )
    },
    **{f"grey, cut after {n} per cent": broken(lambda n=n: cut(jpeg(mode="L"), n)) for n in (60, 90)},
    **{
        f"cut before its {name}": broken(partial(cut_before, marker))
        for name, marker in (("tables", 0xDB), ("frame", 0xC0), ("Huffman tables", 0xC4), ("picture", SOS))
    },
    "JFIF cut short": broken(lambda: inserted(without(jpeg(), 0xE0), segment(0xE0, b"JFIF"))),
    "without a frame": broken(lambda: without(jpeg(), 0xC0)),
    "two frames": broken(
        lambda: jpeg().replace(b"\xff\xc0", segment(0xC0, b"\x08\0\xff\0\xff\1\1\x11\0") + b"\xff\xc0")
    ),
    "without quantisation tables": broken(lambda: without(jpeg(), 0xDB)),
    "without height": broken(lambda: with_dimensions(jpeg(), 240, 0)),
    "without width": broken(lambda: with_dimensions(jpeg(), 0, 160)),
    "without layers": broken(lambda: changed(jpeg(), 0xC0, 9, b"\0")),
    "more layers than it describes": broken(lambda: changed(jpeg(), 0xC0, 9, b"\4")),
    "sampled 0 times": broken(lambda: changed(jpeg(), 0xC0, 11, b"\0")),
    "sampled 15 times": broken(lambda: changed(jpeg(), 0xC0, 11, b"\xff")),
    "frame of no length": broken(lambda: changed(jpeg(), 0xC0, 2, b"\0\0")),
    "tables of no length": broken(lambda: changed(jpeg(), 0xDB, 2, b"\0\0")),
    "tables longer than the file": broken(lambda: changed(jpeg(), 0xDB, 2, b"\xff\xff")),
    "tables shorter than they are": broken(lambda: changed(jpeg(), 0xDB, 2, b"\0\x13")),
    "Huffman table of too many codes": broken(lambda: changed(jpeg(), 0xC4, 5, b"\xff" * 16)),
    "Huffman table that no code fits": broken(lambda: changed(jpeg(), 0xC4, 5, b"\3")),
    "scan of a layer that is not there": broken(lambda: changed(jpeg(), SOS, 5, b"\x63")),
    "scan of no layers": broken(lambda: changed(jpeg(), SOS, 4, b"\0")),
    "progressive frame over a plain scan": broken(lambda: changed(jpeg(), 0xC0, 1, b"\xc2")),
}


def small(width: int, height: int) -> Sample:
    words = f"{to_persian(width)} در {to_persian(height)} پیکسل"
    return Sample(partial(jpeg, (width, height)), "too_small", words)


def claimed(width: int, height: int) -> Sample:
    """A small file whose header claims so many pixels."""
    make = lambda: with_dimensions(jpeg(), width, height)  # noqa: E731
    return Sample(make, "too_many_pixels", "بیش از ۴۰ میلیون پیکسل")


def unusual(marker: int, how: str) -> Sample:
    return Sample(lambda: changed(jpeg(), 0xC0, 1, bytes((marker,))), "unusual", how)


OF_NO_USE = {
    "empty": Sample(bytes, "empty", "خالی"),
    **{f"{w}×{h}": small(w, h) for w, h in ((1, 1), (1, 400), (50, 50), (99, 99), (99, 400), (400, 99))},
    "a strip of 65,500×100": Sample(partial(flat, (65_500, 100), "L"), "too_narrow", "باریک"),
    "a strip of 100×2,401": Sample(partial(jpeg, (100, 2401)), "too_narrow", "باریک"),
    "claims 65,535×65,535": claimed(65_535, 65_535),
    "claims 65,500×65,500": claimed(65_500, 65_500),
    "claims 10,000×10,000": claimed(10_000, 10_000),
    "claims 8,001×5,000": claimed(8_001, 5_000),
    "claims 65,500×65,500, progressive": Sample(
        lambda: with_dimensions(jpeg(progressive=True), 65_500, 65_500), "too_many_pixels", "بیش از ۴۰ میلیون"
    ),
    "16 million pixels in every colour, progressive": Sample(
        partial(flat, (4000, 4000), subsampling="4:4:4", progressive=True),
        "too_many_pixels",
        "بیش از ۱۳ میلیون",
    ),
    "204,801 bytes by a comment": Sample(
        lambda: padded_by_comments(jpeg(), LIMIT + 1), "too_large", "بیش از ۲۰۰ کیلوبایت"
    ),
    "204,801 bytes by what is behind": Sample(
        lambda: jpeg().ljust(LIMIT + 1, b"\0"), "too_large", "۲۰۰ کیلوبایت"
    ),
    "204,801 bytes that are no picture": Sample(lambda: b"\0" * (LIMIT + 1), "too_large", "۲۰۰ کیلوبایت"),
    "a real picture of a megabyte": Sample(partial(noisy, (1200, 1000), 95), "too_large", "۲۰۰ کیلوبایت"),
    "2,000 passes": Sample(partial(many_scans, 2_000), "unusual", "گذر"),
    "65 passes": Sample(partial(many_scans, 55), "unusual", "گذر"),
    "many passes over many pixels": Sample(partial(many_scans, 30, (5000, 3400)), "unusual", "گذر"),
    "50,000 comments": Sample(lambda: inserted(jpeg(), segment(0xFE, b"") * 50_000), "unusual", "بخش"),
    "50,000 application segments": Sample(
        lambda: inserted(jpeg(), segment(0xE5, b"") * 50_000), "unusual", "بخش"
    ),
    "Huffman tables 1,900 times": Sample(lambda: repeated(jpeg(), 0xC4, 470), "unusual", "بخش"),
    "12 bits": Sample(lambda: changed(jpeg(), 0xC0, 4, b"\x0c"), "unusual", "۱۲ بیت"),
    "16 bits": Sample(lambda: changed(jpeg(), 0xC0, 4, b"\x10"), "unusual", "۱۶ بیت"),
    "two layers": Sample(
        lambda: inserted(without(jpeg(), 0xC0), segment(0xC0, b"\x08\0\xa0\0\xf0\2\1\x11\0\2\x11\0")),
        "unusual",
        "۲ لایه",
    ),
    "lossless": unusual(0xC3, "بدون اتلاف"),
    **{f"in stages ({marker:x})": unusual(marker, "چندمرحله‌ای") for marker in (0xC5, 0xC6, 0xC7)},
    **{f"arithmetic ({m:x})": unusual(m, "کدگذاری حسابی") for m in (0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)},
    "JPEG-LS": unusual(0xF7, "JPEG-LS"),
}

FILES: dict[str, Sample] = {
    **{name: Sample(make) for name, make in (SOUND | HEAVY).items()},
    **NOT_JPEG,
    **BROKEN,
    **OF_NO_USE,
}


@cache
def made(name: str) -> bytes:
    """The bytes of a file of the table."""
    return FILES[name].make()


ALLOWED_SEGMENTS = {0xE0, 0xDB, 0xC0, 0xC4, SOS}
"""JFIF, tables, frame, scan: what shows a picture and says nothing else."""


def superfluous(stored: bytes) -> list[str]:
    """What stored bytes hold beside the picture."""
    image = Image.open(BytesIO(stored))
    image.load()
    parts = header(stored)
    found = [f"segment {marker:x}" for marker, _, _ in parts if marker not in ALLOWED_SEGMENTS]
    found += ["a longer JFIF segment" for marker, start, end in parts if marker == 0xE0 and end - start != 18]
    if stored.find(b"\xff\xd9", parts[-1][2]) != len(stored) - 2:
        found.append("bytes behind the end")
    found += sorted({"exif", "icc_profile", "comment", "xmp", "mp", "photoshop"} & set(image.info))
    return found
