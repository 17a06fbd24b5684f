"""The portal as it must not be: nothing waits for the disk. What a power cut then takes must be found.

As if documents were not synced, SQLite's WAL were left to `synchronous=NORMAL`, and PostgreSQL answered
before its log was written.
"""

import os

from pishkhan.settings import *  # noqa: F403
from pishkhan.settings import DATABASES


def _at_once(handle: int) -> None:
    """In the place of `os.fsync`."""


os.fsync = _at_once
_options = DATABASES["default"]["OPTIONS"]
if "init_command" in _options:
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")
else:
    _options["options"] = "-c synchronous_commit=off"
