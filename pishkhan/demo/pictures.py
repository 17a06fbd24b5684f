"""Drawn scans: a few of each kind, shared by all cases of a run: a million cases need no million files."""

from collections.abc import Iterable
from io import BytesIO

from PIL import Image

from pishkhan.catalogue.scans import Scan
from pishkhan.documents.drawn import draw_scan, draw_signature, draw_stamp
from pishkhan.documents.operations import store_pictures
from pishkhan.documents.pictures import Picture, make_picture

SHAPES: dict[str, tuple[tuple[int, int], int]] = {"photo": ((300, 400), 12), "card": ((800, 500), 4)}
PAGE: tuple[tuple[int, int], int] = ((700, 990), 2)
"""By the shape of a scan: size in pixels, and how many different ones are drawn."""

SIGNATURES, STAMPS = 6, 5


def draw_kind(scan: Scan, seed: int) -> list[bytes]:
    size, count = SHAPES.get(scan.shape, PAGE)
    kind = scan.shape if scan.shape in SHAPES else "page"
    return [draw_scan(scan.title, seed + n, size, kind=kind) for n in range(count)]


def store(drawn: list[bytes]) -> list[str]:
    """The ids of new documents, as the databases read them; they need not survive a power cut."""
    pictures = [_picture(content) for content in drawn]
    return [document.pk.hex for document in store_pictures(pictures, "demo", durable=False)]


def _picture(content: bytes) -> Picture:
    with Image.open(BytesIO(content)) as image:
        return make_picture(image)


class Pool:
    """The pictures of one run, by kind of scan."""

    def __init__(self, scans: Iterable[Scan], seed: int) -> None:
        by_code = {scan.code: scan for scan in scans}
        # Far apart, because the same seed would draw the same paper under another title.
        self.kinds = {
            code: store(draw_kind(scan, seed + 100 * place))
            for place, (code, scan) in enumerate(by_code.items())
        }

    def of(self, kind: str, number: int) -> str:
        """The picture of that kind of the person of that number: always the same one."""
        ids = self.kinds[kind]
        return ids[number % len(ids)]


def signatures_and_stamps(names: list[str], seed: int) -> tuple[list[str], list[str]]:
    """Ids of a few signatures, and of stamps: the first workshops' own, then one for all others."""
    signatures = [draw_signature(seed + n) for n in range(SIGNATURES)]
    stamps = [draw_stamp(name, seed + n) for n, name in enumerate([*names[:STAMPS], "کارگاه نمونه"])]
    return store(signatures), store(stamps)
