"""The keys that wrap the keys of files: a small file outside the database, read again whenever it changes.

{"current": id, "rotating": bool, "keys": {id: {"secret": base64, "made_at": time, "replaced_at": time}}}
"""

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from .files import locked, sync_folders, write_file
from .models import SealedFile


class LostKeyError(Exception):
    """A key that files are sealed with is not there; the message tells the operator what to do."""


class UnknownKeyError(LostKeyError):
    """The keys are there, and that one is not among them."""


@dataclass(frozen=True)
class Key:
    """`replaced_at`: since when another key is the current one; None for the current one. Times as ISO."""

    secret: bytes
    made_at: str
    replaced_at: str | None = None

    def rests_since(self) -> datetime | None:
        return datetime.fromisoformat(self.replaced_at) if self.replaced_at else None


@dataclass(frozen=True)
class Keyring:
    """`rotating`: files may still be wrapped by older keys, as a rotation has begun and not ended."""

    current: str
    keys: dict[str, Key]
    rotating: bool = False


_read: dict[Path, tuple[tuple[int, ...], Keyring]] = {}


def keys_file() -> Path:
    return Path(settings.KEYS_FILE)


def load() -> Keyring | None:
    """What the file holds now; None when there is none. Raises `LostKeyError` when it makes no sense."""
    file = keys_file()
    try:
        found = file.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if file not in _read or _read[file][0] != stamp:
            _read[file] = stamp, parse(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LostKeyError(f"{file} cannot be read: restore it from the backup ({error})") from error
    return _read[file][1]


def parse(content: bytes) -> Keyring:
    """Raises `ValueError`, `KeyError` or `TypeError` for anything else than what `dump` gives."""
    data = json.loads(content)
    keys = {
        name: Key(**{**key, "secret": base64.b64decode(key["secret"], validate=True)})
        for name, key in data["keys"].items()
    }
    if data["current"] not in keys or any(len(key.secret) != 32 for key in keys.values()):
        raise ValueError("it holds no whole key")
    return Keyring(data["current"], keys, data["rotating"])


def dump(ring: Keyring) -> bytes:
    keys: dict[str, Any] = {
        name: asdict(key) | {"secret": base64.b64encode(key.secret).decode()}
        for name, key in ring.keys.items()
    }
    return json.dumps({"current": ring.current, "rotating": ring.rotating, "keys": keys}, indent=1).encode()


def find_key(name: str) -> Key:
    """The key of that id. Raises `UnknownKeyError`, and `LostKeyError` when no key at all is there."""
    ring = load()
    if ring is None or name not in ring.keys:
        _read.pop(keys_file(), None)  # another process may have added it within the clock's resolution
        ring = load()
    if ring is None:
        raise LostKeyError(f"{keys_file()} is missing: restore it from the backup")
    if name not in ring.keys:
        raise UnknownKeyError(f"key {name} is not in {keys_file()}: restore that file from the backup")
    return ring.keys[name]


def current_key() -> tuple[str, Key]:
    """The id and the key to seal with; the first one is made when it is first asked for.

    Raises `LostKeyError` rather than making a new one where files are sealed with others.
    """
    ring = load() or _first_ring()
    return ring.current, ring.keys[ring.current]


def _first_ring() -> Keyring:
    with changing():
        ring = load()
        if ring is None:
            lost = used_keys()
            if lost:
                raise LostKeyError(
                    f"{keys_file()} is missing, and stored files need its keys {', '.join(sorted(lost))}:"
                    " restore it from the backup"
                )
            name, key = _new_key()
            ring = save(Keyring(name, {name: key}))
    return ring


def add_key() -> Keyring:
    """A new current key, on the disk before it is used; the one until now is kept beside it."""
    current_key()
    with changing():
        ring = load()
        assert ring
        name, key = _new_key()
        resting = replace(ring.keys[ring.current], replaced_at=key.made_at)
        return save(Keyring(name, ring.keys | {ring.current: resting, name: key}, rotating=True))


def _new_key() -> tuple[str, Key]:
    return secrets.token_hex(4), Key(AESGCM.generate_key(256), timezone.now().isoformat(timespec="seconds"))


@contextmanager
def changing() -> Iterator[None]:
    """One process at a time changes the file."""
    folder = keys_file().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder):
        yield


def save(ring: Keyring) -> Keyring:
    """Durably, whole or not at all; only while `changing`."""
    file = keys_file()
    write_file(file, dump(ring), durable=True)
    sync_folders({file.parent}, file.parent)
    return ring


def sealed_models() -> list[type[SealedFile]]:
    """Every table whose rows have a sealed file."""
    return [model for model in apps.get_models() if issubclass(model, SealedFile)]


def used_keys() -> set[str]:
    """The ids of the keys that rows are wrapped by; asks an index once for each of them."""
    return {name for model in sealed_models() for name in _used_in(model)}


def _used_in(model: type[SealedFile]) -> Iterator[str]:
    keys = model._default_manager.order_by("key_id").values_list("key_id", flat=True)
    last = keys.filter(key_id__gt="").first()
    while last:
        yield last
        last = keys.filter(key_id__gt=last).first()
