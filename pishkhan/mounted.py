"""Nothing is written to a folder whose disk is away: it would be hidden once the disk is mounted again."""

import errno
import os
from pathlib import Path

from django.conf import settings

MOUNT = "PISHKHAN_MOUNT"
"""Where the disk of the data folder is mounted, as `pishkhan serve` found it, which hands it on."""


def check_mounted() -> None:
    """Raises `OSError` when the disk of the data folder was unmounted under a server that runs."""
    meant = os.environ.get(MOUNT)
    if meant and str(mount_point(settings.DATA_DIR)) != meant:
        raise OSError(errno.ENODEV, f"nothing is mounted at {meant}")


def mount_point(folder: Path) -> Path:
    """Of the disk that holds the folder."""
    folder = folder.resolve()
    return next(each for each in (folder, *folder.parents) if os.path.ismount(each))
