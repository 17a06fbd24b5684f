"""`pishkhan restore`: a backup becomes a portal again, on a machine that has none."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from pishkhan.audit import chain
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.documents.files import write_file

from .chest import DamagedBackupError, take
from .dumps import database_files, is_empty, load
from .manifests import Manifest, Shelf, file_folders

MADE_AT_THE_START = {"secret_key", "audit_key"}
"""Files that the portal's settings make as soon as any command runs."""


def restore(folder: Path, key: bytes, stamp: str | None = None) -> Manifest:
    """Everything of one run, the last unless told otherwise; the database last.

    Raises `CommandError` where something is already, and `DamagedBackupError`.
    """
    shelf = Shelf(folder, key)
    manifest = shelf.chosen(stamp)
    refuse_unless_empty(manifest)
    check_digest(shelf.database(manifest.stamp), manifest.database)
    for path, (digest, _) in manifest.files.items():
        name, _, below = path.partition("/")
        content = checked(shelf.file(path), digest)
        write_file(file_folders()[name] / below, content, durable=False)
    for name, content in manifest.kept.items():
        write_file(_place(name), content, durable=True)
    os.sync()  # the files, all at once
    load(take(shelf.database(manifest.stamp), key, f"database {manifest.stamp}"))
    chain.key.cache_clear()  # of the empty folder
    record("restored", by=SYSTEM, stamp=manifest.stamp)
    return manifest


def refuse_unless_empty(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise CommandError(
            f"this is a backup of {manifest.vendor}, and PISHKHAN_DATABASE_URL names {connection.vendor}"
        )
    if not is_empty():
        raise CommandError("the database has tables already: restore into an empty one")
    found = [path for path in Path(settings.DATA_DIR).iterdir() if path not in database_files()]
    found += [_place(name) for name in manifest.kept if name.startswith("setting:")]
    there = sorted({str(path) for path in found if path.exists() and path.name not in MADE_AT_THE_START})
    if there:
        raise CommandError(
            f"something is there already ({', '.join(there[:5])}): restore into an empty folder"
        )


def check_backup(folder: Path, key: bytes, stamp: str | None = None) -> Iterator[str]:
    """What is wrong with one run, file by file, without restoring it."""
    shelf = Shelf(folder, key)
    try:
        manifest = shelf.chosen(stamp)
    except DamagedBackupError as damaged:
        yield str(damaged)
        return
    wanted = {shelf.database(manifest.stamp): manifest.database}
    wanted |= {shelf.file(path): digest for path, (digest, _) in manifest.files.items()}
    for file, digest in wanted.items():
        try:
            check_digest(file, digest)
        except DamagedBackupError as damaged:
            yield str(damaged)


def check_digest(file: Path, digest: str) -> None:
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise DamagedBackupError(f"{file} cannot be read ({error.strerror})") from error
    if found != digest:
        raise DamagedBackupError(f"{file} has changed since it was written")


def checked(file: Path, digest: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DamagedBackupError(f"{file} cannot be read ({error.strerror})") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedBackupError(f"{file} has changed since it was written")
    return content


def _place(name: str) -> Path:
    kind, _, rest = name.partition(":")
    return Path(getattr(settings, rest)) if kind == "setting" else Path(settings.DATA_DIR) / rest
