"""Files made by code for the tests of documents: sound ones, and ones that only pretend."""

import struct
import zipfile
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw

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


def noisy(size: tuple[int, int], quality: int) -> bytes:
    noise = [Image.effect_noise(size, 90) for _ in "rgb"]
    return saved(Image.merge("RGB", noise), quality=quality)


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


def many_scans(times: int) -> bytes:
    """A progressive JPEG whose last pass comes again and again: tiny to send, long to decode."""
    content = jpeg(progressive=True)
    last = content.rfind(b"\xff\xda")
    return content[:-2] + content[last:-2] * times + content[-2:]


def zipped(text: str = "hello") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", text)
    return out.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 400
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\xef\xbb\xbf\n<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
