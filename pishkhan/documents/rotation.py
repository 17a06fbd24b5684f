"""Changing the keys that wrap files' keys, while the portal is in use: rows are written, files never."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from pishkhan.audit.operations import SYSTEM, record

from .keyring import (
    Keyring,
    LostKeyError,
    add_key,
    changing,
    current_key,
    load,
    save,
    sealed_models,
    used_keys,
)
from .models import SealedFile
from .vault import BrokenSealError, rewrap

BATCH = 100
GRACE = timedelta(hours=1)
"""A replaced key is kept so long: whoever read it just before may not have stored the row yet."""


@dataclass
class Rewrapped:
    """How many rows have the current key now, and the words on those that could not be opened."""

    files: int = 0
    broken: list[str] = field(default_factory=list)


def rotate(progress: Callable[[int], object] = lambda done: None) -> Rewrapped:
    """Makes a new key the current one and wraps every file's key by it; goes on with what was broken off."""
    current_key()
    ring = load()
    if ring and not ring.rotating:
        add_key()
    done = rewrap_all(progress)
    with changing(), transaction.atomic():
        ring = _ring()
        record("keys rotated", by=SYSTEM, about=f"key:{ring.current}", files=done.files)
        save(replace(ring, rotating=False))  # last: a file is not rolled back
    return done


def retire(now: datetime | None = None) -> list[str]:
    """Removes the keys that nothing needs any more, and returns their ids."""
    rewrap_all()  # what was stored while a rotation went past it
    now = now or timezone.now()
    with changing():
        ring = _ring()
        used = used_keys()
        gone = [
            name
            for name, key in ring.keys.items()
            if name not in used and (since := key.rests_since()) and now - since > GRACE
        ]
        with transaction.atomic():
            for name in gone:
                record("key retired", by=SYSTEM, about=f"key:{name}")
            if gone:
                save(replace(ring, keys={name: ring.keys[name] for name in ring.keys if name not in gone}))
    return gone


def rewrap_all(progress: Callable[[int], object] = lambda done: None) -> Rewrapped:
    """Wraps by the current key what is wrapped by any other, in small transactions."""
    current, _ = current_key()
    done = Rewrapped()
    for model in sealed_models():
        for old in sorted(used_keys() - {current}):
            for rows in _batches(model, old):
                started = time.monotonic()
                done.files += _rewrap(model, rows, old, done.broken)
                progress(len(rows))
                time.sleep(time.monotonic() - started)  # SQLite has one writer: let others have their turn
    return done


def _batches(model: type[SealedFile], key_id: str) -> Iterator[list[SealedFile]]:
    rest = model._default_manager.filter(key_id=key_id).order_by("pk")
    rows = list(rest[:BATCH])
    while rows:
        yield rows
        rows = list(rest.filter(pk__gt=rows[-1].pk)[:BATCH])


def _rewrap(model: type[SealedFile], rows: list[SealedFile], old: str, broken: list[str]) -> int:
    """Only where the row still has that key: it may have been destroyed meanwhile."""
    done = 0
    with transaction.atomic():
        for row in rows:
            try:
                rewrap(row)
            except (BrokenSealError, LostKeyError) as error:
                broken.append(f"{row.identity}: {error}")
                continue
            same = model._default_manager.filter(pk=row.pk, key_id=old)
            done += same.update(key_id=row.key_id, wrapped_key=row.wrapped_key)
    return done


def _ring() -> Keyring:
    ring = load()
    assert ring
    return ring
