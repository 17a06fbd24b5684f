"""What makes the trail tell on whoever changes it: a code on each entry, and a chain through all of them.

An entry carries the code that `record` gave it (`mac_of`). Soon after, the worker gives it its place in the
chain: a `Seal` whose digest covers the place, the entry's id and code, and the digest before. Both are
HMAC-SHA256 over canonical JSON with a key that lies outside of the database: whoever can write there, and no
more, can make neither.

Sealing is apart from writing: if `record` lengthened the chain, each write would wait for the one before
to commit.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from pishkhan.keys import made_once

from .models import Entry

canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
FIELDS = ("at", "user_id", "author", "action", "about", "source", "details")
NONCE = 16  # characters: no two entries have the same code, so that a copied one shows
START = ""
"""The digest before the first place."""


class KeyMissingError(Exception):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} is missing, with which the trail was written: bring it back from the backup"
        )


def mac_of(entry: Mapping[str, Any], nonce: str = "") -> str:
    """The code of an entry: a random beginning, and 48 hex digits over that and all its `FIELDS`."""
    nonce = nonce or secrets.token_hex(NONCE // 2)
    said = {name: entry[name] for name in FIELDS}
    said["at"] = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return nonce + _hmac({"nonce": nonce, **said})[: 64 - NONCE]


def is_genuine(entry: Mapping[str, Any]) -> bool:
    """Whether `record` wrote the entry as it is now."""
    mac: str = entry["mac"]
    return hmac.compare_digest(mac.encode(), mac_of(entry, mac[:NONCE] or "-").encode())


def digest_of(place: int, before: str, entry_id: int, mac: str) -> str:
    """The digest of the seal at `place`, after the digest `before`."""
    return _hmac({"place": place, "before": before, "entry": entry_id, "mac": mac})


def _hmac(said: dict[str, Any]) -> str:
    return hmac.digest(key(settings.AUDIT_KEY_FILE), canonical(said).encode(), "sha256").hex()


@cache
def key(file: Path) -> bytes:
    """Made at the first use; one that was lost is not replaced unseen, since nothing would fit it."""
    if not file.exists() and Entry.objects.exists():
        raise KeyMissingError(file)
    return made_once(file, lambda: secrets.token_hex(32).encode())
