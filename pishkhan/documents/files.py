"""Files that survive a power cut: whole or not at all, and readable by their owner alone."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pishkhan.mounted import check_mounted


def write_file(path: Path, content: bytes, durable: bool) -> None:
    """Whole or not at all; readable by its owner alone."""
    with writing(path, durable) as out:
        out.write(content)


@contextmanager
def writing(path: Path, durable: bool) -> Iterator[BinaryIO]:
    """A file that has its name when all of it is written, and never existed when that fails."""
    check_mounted()
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            if durable:
                os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def sync_folders(folders: set[Path], top: Path) -> None:
    """Make the names durable: the folders themselves and all above up to the one that holds `top`.

    Not only the new ones: another process may have made a folder a moment ago and not synced it yet.
    """
    above = {parent for folder in folders for parent in folder.parents if parent.is_relative_to(top)}
    for folder in sorted(folders | above | {top.parent}, reverse=True):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time works on a folder that exists."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
