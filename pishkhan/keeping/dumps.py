"""The whole database as a stream of bytes, one moment of it: SQLite's file, or an archive of pg_dump."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from pishkhan.documents.files import sync_folders, writing

PIECE = 1024 * 1024  # bytes
DAY = 86_400  # seconds
LEFTOVERS = "backup-*.part"


def dump() -> Iterator[bytes]:
    return _dump_postgres() if connection.vendor == "postgresql" else _dump_sqlite()


def load(pieces: Iterable[bytes]) -> None:
    """Fills the database, which is empty, or leaves it empty."""
    (_load_postgres if connection.vendor == "postgresql" else _load_sqlite)(pieces)


def is_empty() -> bool:
    files = database_files()
    if files and not any(file.exists() for file in files):
        return True
    return not connection.introspection.table_names()


def database_files() -> set[Path]:
    """SQLite's file and those beside it; none of PostgreSQL."""
    if connection.vendor != "sqlite":
        return set()
    file = Path(connection.settings_dict["NAME"]).resolve()
    return {file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")}


def _dump_sqlite() -> Iterator[bytes]:
    """Copied beside the database first: what is read from the copy is one moment of it."""
    for old in Path(settings.DATA_DIR).glob(LEFTOVERS):  # of a run that was killed
        if time.time() - old.stat().st_mtime > DAY:
            old.unlink()
    prefix, suffix = LEFTOVERS.split("*")
    with tempfile.NamedTemporaryFile(dir=settings.DATA_DIR, prefix=prefix, suffix=suffix) as file:
        connection.ensure_connection()
        copy = sqlite3.connect(file.name)
        copy.execute("PRAGMA synchronous=OFF")
        connection.connection.backup(copy)
        copy.close()
        while piece := file.read(PIECE):
            yield piece


def _load_sqlite(pieces: Iterable[bytes]) -> None:
    file = Path(connection.settings_dict["NAME"])
    connection.close()
    with writing(file, durable=True) as out:
        for piece in pieces:
            out.write(piece)
        for old in database_files():
            old.unlink(missing_ok=True)
    sync_folders({file.parent}, file.parent)


def _dump_postgres() -> Iterator[bytes]:
    command = [_program("pg_dump"), "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
    with tempfile.TemporaryFile() as errors:
        with _running(command, stdout=subprocess.PIPE, stderr=errors) as process:
            assert process.stdout
            while piece := process.stdout.read(PIECE):
                yield piece
        _check_ended(process, errors)


def _load_postgres(pieces: Iterable[bytes]) -> None:
    connection.close()
    command = [_program("pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner"]
    command += ["--no-privileges", f"--dbname={connection.settings_dict['NAME']}"]
    with tempfile.TemporaryFile() as errors:
        with _running(command, stdin=subprocess.PIPE, stderr=errors) as process:
            assert process.stdin
            try:
                for piece in pieces:
                    process.stdin.write(piece)
            except BrokenPipeError:
                pass  # it says why itself
            except BaseException:
                process.kill()  # nothing is committed before the end
                raise
        _check_ended(process, errors)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else queries are planned without knowing the rows, for minutes


def _running(command: list[str], **streams: Any) -> subprocess.Popen[bytes]:
    """The password goes through the environment, where no other user sees it."""
    there = connection.settings_dict
    given = {
        "PGHOST": there["HOST"],
        "PGPORT": str(there["PORT"]),
        "PGUSER": there["USER"],
        "PGPASSWORD": there["PASSWORD"],
        "PGDATABASE": there["NAME"],
    }
    environment = os.environ | {name: value for name, value in given.items() if value}
    return subprocess.Popen(command, env=environment, **streams)  # noqa: S603 our own command


def _check_ended(process: subprocess.Popen[bytes], errors: Any) -> None:
    if process.returncode:
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        raise CommandError(f"{Path(str(process.args[0])).name} failed: {said}")  # type: ignore[index]


def _program(name: str) -> str:
    """PostgreSQL's own programs, of the newest version on the machine."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: float(file.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if not program:
        raise CommandError(f"{name} is not here: install the Debian package postgresql-client")
    return program
