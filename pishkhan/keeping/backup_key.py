"""The key of the backups, as text that can be printed and typed again: fourteen groups of four."""

import base64
import hashlib
import os
from pathlib import Path

from django.core.management.base import CommandError

VARIABLE = "PISHKHAN_BACKUP_KEY"
KEY, CHECK = 32, 2  # bytes


def new_key() -> str:
    return written(os.urandom(KEY))


def written(key: bytes) -> str:
    text = base64.b32encode(key + _check(key)).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def parsed(text: str) -> bytes:
    """Raises `ValueError` for what is not a whole key, a mistyped letter included."""
    bare = "".join(text.split()).replace("-", "").upper()
    whole = base64.b32decode(bare + "=" * (-len(bare) % 8))
    key, check = whole[:KEY], whole[KEY:]
    # The last letter has room for more than the key: of those that mean the same only one is right.
    if len(whole) != KEY + CHECK or check != _check(key) or written(key).replace("-", "") != bare:
        raise ValueError("not a backup key")
    return key


def given_key() -> bytes:
    """The key in the file that the environment names; the operator is told what is missing."""
    name = os.environ.get(VARIABLE)
    if not name:
        raise CommandError(
            f"set {VARIABLE} to the file with the backup key; make one with"
            " `pishkhan backup --new-key > FILE`, and keep a copy of it elsewhere"
        )
    try:
        return parsed(Path(name).read_text())
    except (OSError, ValueError) as error:
        raise CommandError(
            f"{name} holds no backup key ({error}): see `pishkhan backup --new-key`"
        ) from error


def fingerprint(key: bytes) -> str:
    """Tells two keys apart, and nothing of either."""
    return hashlib.sha256(b"pishkhan backup key" + key).hexdigest()[:16]


def _check(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:CHECK]
