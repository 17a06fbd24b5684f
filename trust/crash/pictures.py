"""Pictures to send: small, readable, each unlike the others; and what the portal makes of them."""

from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from pishkhan.documents.pictures import read_picture

SIZE, COLUMN, ROW = (600, 110), 30, 10
HOW_MANY = 64


@dataclass(frozen=True)
class Sent:
    """A file as it is sent, and the SHA-256 of what is stored of it."""

    content: bytes
    sha256: str


def drawn(number: int) -> bytes:
    random, image = Random(number), Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(image)
    for left in range(0, SIZE[0], COLUMN):
        for top in range(0, SIZE[1], ROW):
            grey = random.randrange(40, 240)
            pen.rectangle((left, top, left + COLUMN - 1, top + ROW - 1), (grey, grey, grey))
    out = BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


def pictures() -> list[Sent]:
    contents = [drawn(number) for number in range(HOW_MANY)]
    return [Sent(content, read_picture(BytesIO(content)).sha256) for content in contents]
