"""`pishkhan backup`: secrets, then the database, then the files that its rows name; the manifest last.

Files are durable before their rows are, and never change: those copied after the database are all it names.
"""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from pishkhan.audit.operations import SYSTEM, record
from pishkhan.documents import keyring
from pishkhan.documents.files import locked, write_file

from .backup_key import fingerprint
from .chest import DamagedBackupError, put
from .dumps import database_files, dump
from .manifests import STAMP, Manifest, Shelf, file_folders

LAST = "backed-up.json"
"""In the data folder: when the last backup ended, and where it is."""


@dataclass(frozen=True)
class Done:
    stamp: str
    files: int
    new_files: int
    new_bytes: int


def back_up(folder: Path, key: bytes, keep: int) -> Done:
    """One run; `keep`: how many runs stay, this one included. Raises `CommandError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder):
        shelf = Shelf(folder, key)
        shelf.begin()
        before = shelf.last()
        manifest = Manifest(timezone.now().strftime(STAMP), connection.vendor, kept=kept_files())
        record("backed up", by=SYSTEM, stamp=manifest.stamp, key=fingerprint(key))  # the dump has it too
        purpose = f"database {manifest.stamp}"
        manifest.database = put(shelf.database(manifest.stamp), dump(), key, purpose)
        added = copy_files(shelf, before, manifest)
        keep_keys(manifest)
        os.sync()  # the copies, all at once
        shelf.write(manifest)
        drop_old(shelf, manifest, keep)
    told = json.dumps({"at": timezone.now().isoformat(timespec="seconds"), "folder": str(folder.resolve())})
    write_file(Path(settings.DATA_DIR) / LAST, told.encode(), durable=True)
    return Done(manifest.stamp, len(manifest.files), len(added), sum(added))


def kept_files() -> dict[str, bytes]:
    """Every small file of the data folder (keys, seals, anchors), and those that settings put elsewhere.

    Before the database: what is anchored outside of it must not be ahead of it.
    """
    data = Path(settings.DATA_DIR)
    named = {f"setting:{name}": Path(getattr(settings, name)) for name in settings.KEPT_FILES}
    inside = {f"data:{path.name}": path for path in data.iterdir() if path not in named.values()}
    return {
        name: path.read_bytes()
        for name, path in (named | inside).items()
        if path.is_file() and path.suffix != ".part" and path.name != LAST and path not in database_files()
    }


def keep_keys(manifest: Manifest) -> None:
    """Keys made meanwhile, and those that were removed: rows of the dump may be wrapped by either."""
    name = "setting:KEYS_FILE"
    ring, earlier = keyring.load(), manifest.kept.get(name)
    if ring:
        keys = {**keyring.parse(earlier).keys, **ring.keys} if earlier else ring.keys
        manifest.kept[name] = keyring.dump(replace(ring, keys=keys))


def copy_files(shelf: Shelf, before: Manifest | None, manifest: Manifest) -> list[int]:
    """Copies what no earlier run has copied; returns the sizes of those."""
    known = before.files if before else {}
    added = []
    for name, top in file_folders().items():
        for source in _files_below(top):
            path = f"{name}/{source.relative_to(top)}"
            if path in known and _is_there(shelf.file(path), known[path][1]):
                manifest.files[path] = known[path]
                continue
            try:
                content = source.read_bytes()
            except FileNotFoundError:
                continue  # its row was taken back meanwhile
            write_file(shelf.file(path), content, durable=False)
            manifest.files[path] = hashlib.sha256(content).hexdigest(), len(content)
            added.append(len(content))
    return added


def _files_below(top: Path) -> list[Path]:
    return [
        Path(folder, name) for folder, _, names in os.walk(top) for name in names if name.endswith(".sealed")
    ]


def _is_there(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def drop_old(shelf: Shelf, newest: Manifest, keep: int) -> None:
    """Removes the oldest runs, databases of runs that never ended, and files that no run left names."""
    stamps = shelf.stamps()
    old, left = stamps[:-keep], stamps[-keep:]
    for path in _not_named(shelf, newest, old, left):
        shelf.file(path).unlink(missing_ok=True)
    for stamp in old:
        shelf.manifest(stamp).unlink()
    for database in (shelf.folder / "database").iterdir():
        if database.stem not in left:
            database.unlink()


def _not_named(shelf: Shelf, newest: Manifest, old: list[str], left: list[str]) -> set[str]:
    """The files of old runs that none of those left has; none while a manifest is damaged."""
    try:
        gone = {path for stamp in old for path in shelf.read(stamp).files if path not in newest.files}
        if gone:
            gone -= {path for stamp in left for path in shelf.read(stamp).files}
    except DamagedBackupError:
        return set()
    return gone
