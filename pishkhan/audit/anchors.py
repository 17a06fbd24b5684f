"""Heads of the chain, kept outside of the database: what was there once cannot be cut off unseen.

One JSON object a line, appended and synced: {"at": ISO time, "place": number, "digest": 64 hex digits}.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from pishkhan.mounted import check_mounted

from .models import Seal

LONGEST_LINE = 200  # bytes; ours have some 130
OFTEN, RARELY = timedelta(minutes=1), timedelta(days=1)


class AnchorsUnreadableError(Exception):
    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} has a line that no worker wrote: bring the file back from a copy")


@dataclass(frozen=True)
class Anchor:
    """A head: the last seal at that time."""

    at: datetime
    place: int
    digest: str

    def still_holds(self) -> bool:
        """Whether the chain in the database goes through this head."""
        return Seal.objects.filter(place=self.place, digest=self.digest).exists()


def anchors() -> Iterator[Anchor]:
    """All anchors, the oldest first."""
    if _file().exists():
        with _file().open("rb") as lines:
            yield from map(_read, _whole(lines))


def last_anchor() -> Anchor | None:
    last = list(_whole(_end().splitlines(keepends=True)))[-1:]
    return _read(last[0]) if last else None


def anchor_head(*, at_once: bool = False) -> None:
    """Appends the head when it is new, once a minute at most or `at_once`; once a day in any case."""
    head, last, now = Seal.objects.order_by("place").last(), last_anchor(), timezone.now()
    if head is None:
        return
    age = now - last.at if last else RARELY
    news = last is None or last.place < head.place
    if age >= RARELY or (news and (at_once or age >= OFTEN)):
        _append(Anchor(now, head.place, head.digest))


def _append(anchor: Anchor) -> None:
    """After a worker that was quicker, nothing: places in the file only rise."""
    check_mounted()
    line = asdict(anchor) | {"at": anchor.at.isoformat(timespec="seconds")}
    with _file().open("ab", buffering=0) as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        last = last_anchor()
        if last and last.place > anchor.place:
            return
        out.truncate(out.tell() - len(_half_line()))
        out.write(json.dumps(line).encode() + b"\n")
        os.fsync(out.fileno())
    if _half_line():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(_file()))


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Without the last line when a full disk or a power cut left but its beginning."""
    return (line for line in lines if line.endswith(b"\n"))


def _half_line() -> bytes:
    return _end().rpartition(b"\n")[2]


def _end() -> bytes:
    """The end of the file, with its last whole line."""
    if not _file().exists():
        return b""
    with _file().open("rb") as file:
        file.seek(max(0, _file().stat().st_size - 2 * LONGEST_LINE))
        return file.read()


def _file() -> Path:
    return Path(settings.AUDIT_ANCHORS)


def _read(line: bytes) -> Anchor:
    try:
        told = json.loads(line)
        return Anchor(datetime.fromisoformat(told["at"]), int(told["place"]), str(told["digest"]))
    except (ValueError, TypeError, KeyError):
        raise AnchorsUnreadableError(_file()) from None
