"""What a JPEG says of itself before anything is decoded: its frame (ITU-T T.81, B.2) and its scans."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
START_OF_SCAN = 0xDA
END_OF_IMAGE = 0xD9
BARE = {0x01, *range(0xD0, 0xD9)}  # markers without a length: TEM, RST, SOI
# What hardly any program writes, and ours does not read; in the words of the refusal.
RARE = {
    0xC3: "بدون اتلاف",
    **dict.fromkeys((0xC5, 0xC6, 0xC7), "چندمرحله‌ای"),
    **dict.fromkeys((0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF), "کدگذاری حسابی"),
    0xF7: "JPEG-LS",
}
FRAMES = {BASELINE, EXTENDED, PROGRESSIVE, *RARE}


@dataclass(frozen=True)
class Frame:
    """The header of a picture and the number of its scans (passes), each of which costs time."""

    marker: int
    bits: int
    width: int
    height: int
    sampling: tuple[tuple[int, int], ...]
    """Of each layer, how many values across and down stand beside those of the others."""
    buffered: bool
    """Whether a decoder must keep the whole picture's coefficients until the last scan."""
    scans: int
    parts: int
    """Segments before the first scan."""

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def samples(self) -> int:
        """The values of all layers, which is how many a decoder works out."""
        most = max(across for across, _ in self.sampling) * max(down for _, down in self.sampling)
        return self.pixels * sum(across * down for across, down in self.sampling) // most

    @property
    def kept(self) -> int:
        """How many of them wait in memory, two bytes each."""
        return self.samples if self.buffered else 0

    @property
    def work(self) -> int:
        """How many values are read in all scans together; of an unbuffered picture only the first is read."""
        return self.samples * (self.scans if self.buffered else 1)

    @property
    def least(self) -> int:
        """Bytes of such a picture at the very least: two bits for 64 values, one if progressive."""
        return self.samples // (512 if self.marker == PROGRESSIVE else 256)

    @property
    def rarity(self) -> str:
        """Why no ordinary program could show it, "" for an ordinary picture."""
        if self.marker in RARE:
            return RARE[self.marker]
        if self.bits != 8:
            return f"{self.bits} بیت برای هر رنگ"
        return "" if len(self.sampling) in (1, 3, 4) else f"{len(self.sampling)} لایهٔ رنگ"


def read_frame(content: bytes) -> Frame | None:
    """The frame of the first picture; None when nothing could be decoded from such a header."""
    header: tuple[int, bytes] | None = None
    for parts, (marker, body) in enumerate(segments(content), 1):
        if marker in FRAMES:
            if header:
                return None
            header = marker, body
        if marker == START_OF_SCAN:
            return _frame(*header, body, scans_in(content), parts) if header else None
    return None


def scans_in(content: bytes) -> int:
    """At most so many: those of a preview or of a second picture are counted too."""
    return content.count(bytes((0xFF, START_OF_SCAN)))


def segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment up to the first scan; filling between them is passed over."""
    at = 2
    while (at := content.find(b"\xff", at)) >= 0:
        while content[at : at + 1] == b"\xff":
            at += 1
        marker = content[at] if at < len(content) else END_OF_IMAGE
        at += 1
        if marker == END_OF_IMAGE:
            return
        if marker == 0 or marker in BARE:
            continue
        length = int.from_bytes(content[at : at + 2])
        body = content[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            return
        yield marker, body
        if marker == START_OF_SCAN:
            return
        at += length


def _frame(marker: int, body: bytes, scan: bytes, scans: int, parts: int) -> Frame | None:
    if len(body) < 6 or len(body) != 6 + 3 * body[5] or not scan:
        return None
    bits, height, width, layers = struct.unpack_from(">BHHB", body)
    sampling = tuple((body[at] >> 4, body[at] & 15) for at in range(7, len(body), 3))
    if not (width and height and sampling):
        return None
    if not all(1 <= across <= 4 and 1 <= down <= 4 for across, down in sampling):
        return None
    buffered = marker == PROGRESSIVE or scan[0] < layers
    return Frame(marker, bits, width, height, sampling, buffered, scans, parts)
