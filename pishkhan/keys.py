"""Files that hold a secret of this installation: made at the first use, readable by their owner alone."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def made_once(file: Path, new: Callable[[], bytes]) -> bytes:
    """What the file holds; of two processes that make it at once, both get the first one's."""
    if not file.exists():
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(new())
                out.flush()
                os.fsync(out.fileno())
            os.link(name, file)
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
        _sync_names(file.parent)
    return file.read_bytes()


def _sync_names(folder: Path) -> None:
    """A secret that a power cut takes away would take with it whatever was made with it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
