"""What a backup folder holds: the files of all runs together, and for each run its database and its manifest.

files/documents/… files/letters/…   as they are on the portal's disk: sealed already
database/STAMP.chest                the database of that run
manifest/STAMP.chest                written last: a run without it never happened
key                                 which backup key opens these
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from pishkhan.documents.files import write_file

from .backup_key import fingerprint
from .chest import DamagedBackupError, put, take

STAMP = "%Y%m%dT%H%M%S%fZ"
"""UTC, to the microsecond, so that the order of names is that of time."""


def file_folders() -> dict[str, Path]:
    """Where sealed files are, by what their folder is called in a backup."""
    return {"documents": Path(settings.DOCUMENTS_DIR), "letters": Path(settings.LETTERS_DIR)}


@dataclass
class Manifest:
    """`kept`: secrets by name, whole. `files`: SHA-256 and size of sealed files, by path in `files/`."""

    stamp: str
    vendor: str
    database: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, tuple[str, int]] = field(default_factory=dict)

    def lines(self) -> Iterator[bytes]:
        yield _line({"stamp": self.stamp, "vendor": self.vendor, "database": self.database})
        for name, content in self.kept.items():
            yield _line({"kept": name, "content": base64.b64encode(content).decode()})
        for path, (digest, size) in self.files.items():
            yield _line([path, digest, size])


class Shelf:
    """A backup folder and the key that opens it. Raises `CommandError` for another key."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder, self.key = folder, key
        mark = folder / "key"
        if mark.exists() and mark.read_text().strip() != fingerprint(key):
            raise CommandError(f"the backups in {folder} were made with another key")

    def begin(self) -> None:
        if not (self.folder / "key").exists():
            write_file(self.folder / "key", fingerprint(self.key).encode() + b"\n", durable=True)

    def stamps(self) -> list[str]:
        """Of all runs that ended, the oldest first."""
        return sorted(path.stem for path in (self.folder / "manifest").glob("*.chest"))

    def database(self, stamp: str) -> Path:
        return self.folder / "database" / f"{stamp}.chest"

    def manifest(self, stamp: str) -> Path:
        return self.folder / "manifest" / f"{stamp}.chest"

    def file(self, path: str) -> Path:
        return self.folder / "files" / path

    def read(self, stamp: str) -> Manifest:
        """Raises `DamagedBackupError`."""
        lines = _lines(take(self.manifest(stamp), self.key, f"manifest {stamp}"))
        found = Manifest(**json.loads(next(lines)))
        for line in map(json.loads, lines):
            if isinstance(line, list):
                found.files[line[0]] = line[1], line[2]
            else:
                found.kept[line["kept"]] = base64.b64decode(line["content"])
        return found

    def write(self, manifest: Manifest) -> None:
        put(self.manifest(manifest.stamp), manifest.lines(), self.key, f"manifest {manifest.stamp}")

    def last(self) -> Manifest | None:
        """Of the last run whose manifest can be read: a damaged one must not stop the next backup."""
        for stamp in reversed(self.stamps()):
            try:
                return self.read(stamp)
            except DamagedBackupError:
                continue
        return None

    def chosen(self, stamp: str | None) -> Manifest:
        """The run of that stamp, or the last one."""
        stamps = self.stamps()
        if not stamps or (stamp and stamp not in stamps):
            raise CommandError(
                f"there is no such backup in {self.folder}; there are: {', '.join(stamps) or 'none'}"
            )
        return self.read(stamp or stamps[-1])


def _line(data: object) -> bytes:
    return json.dumps(data).encode() + b"\n"


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
