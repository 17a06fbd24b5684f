"""Damaged JPEGs: file number n of a seed is always the same."""

from collections.abc import Callable
from functools import lru_cache
from random import Random

from tests.documents import generated as g

BASES: tuple[Callable[[], bytes], ...] = (
    g.jpeg,
    lambda: g.jpeg((120, 120), progressive=True),
    lambda: g.jpeg((200, 130), "L"),
    lambda: g.jpeg((160, 160), "L", progressive=True),
    lambda: g.jpeg((130, 180), "CMYK"),
    g.ycck,
    lambda: g.noisy((160, 120), 60),
    lambda: g.saved(g.picture(), subsampling=0, quality=90),
    lambda: g.jpeg((180, 120), restart_marker_blocks=2),
    lambda: g.turned(6),
    g.with_metadata,
    g.several_frames,
    lambda: g.many_scans(3, (150, 110)),
    lambda: g.many_scans(40, (640, 480)),
    lambda: g.flat((1600, 1200), progressive=True),
    lambda: g.flat((1000, 1400), "CMYK"),
    lambda: g.loud((300, 240)),
)
LENGTHS = (0, 1, 2, 3, 255, 65_535)


@lru_cache(maxsize=1)
def bases() -> list[bytes]:
    return [make() for make in BASES]


def damaged(seed: int, number: int) -> bytes:
    random = Random(f"{seed}:{number}")
    content = bytearray(random.choice(bases()))
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        random.choice(DAMAGES)(content, random)
    return bytes(content)


def flip(content: bytearray, random: Random) -> None:
    """A bit, or a whole byte."""
    if content:
        content[place(content, random)] ^= random.choice((1 << random.randrange(8), random.randrange(1, 256)))


def shorten(content: bytearray, random: Random) -> None:
    del content[place(content, random) :]


def leave_out(content: bytearray, random: Random) -> None:
    at = place(content, random)
    del content[at : at + random.randrange(1, 60)]


def push_in(content: bytearray, random: Random) -> None:
    at = place(content, random)
    content[at:at] = random.choice((random.randbytes(random.randrange(1, 60)), b"\xff" * 9, b"\0" * 300))


def say_again(content: bytearray, random: Random) -> None:
    at = place(content, random)
    content[at:at] = content[at : at + random.randrange(1, 900)] * random.choice((1, 1, 2, 30))


def splice(content: bytearray, random: Random) -> None:
    """From somewhere on it is another file."""
    rest = random.choice(bases())
    content[place(content, random) :] = rest[random.randrange(len(rest)) :]


def mark_otherwise(content: bytearray, random: Random) -> None:
    """One marker becomes another."""
    if marks := markers(content):
        content[random.choice(marks) + 1] = random.randrange(0xC0, 0x100)


def measure_wrongly(content: bytearray, random: Random) -> None:
    """The length of a segment, or the first bytes of what it says."""
    if marks := markers(content):
        at = random.choice(marks) + random.choice((2, 2, 4, 5, 7, 9, 11))
        content[at : at + 2] = random.choice((*LENGTHS, random.randrange(65_536))).to_bytes(2)


def place(content: bytearray, random: Random) -> int:
    """Anywhere; rather near the beginning, where the header is."""
    most = random.choice((len(content), min(len(content), 700)))
    return random.randrange(most) if most else 0


def markers(content: bytearray) -> list[int]:
    return [at for at in range(len(content) - 1) if content[at] == 0xFF and content[at + 1] >= 0xC0]


DAMAGES = (flip, flip, shorten, leave_out, push_in, say_again, splice, mark_otherwise, measure_wrongly)
