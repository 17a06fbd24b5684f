"""Writing to the trail, and the one thing that is read back from it while working: repeated attempts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from .chain import mac_of
from .models import Entry


@dataclass(frozen=True)
class Author:
    """Who an entry is about: a user's id (None for the public), a readable label, a source."""

    user_id: int | None
    label: str
    source: str = ""


SYSTEM = Author(None, "system")


def source_of(address: str) -> str:
    """A visitor's address as 32 hex digits that reveal nothing without this installation's key."""
    return salted_hmac("pishkhan.audit.source", address, algorithm="sha256").hexdigest()[:32]


def record(action: str, *, by: Author, about: str = "", **details: Any) -> Entry:
    """Appends one entry. Call it in the transaction of the change: without the entry, no change.

    `details` are references and names of fields, never what identifies a person.
    """
    entry = Entry(
        user_id=by.user_id, author=by.label, source=by.source, action=action, about=about, details=details
    )
    entry.mac = mac_of(vars(entry))
    entry.save(force_insert=True)
    return entry


def attempts(action: str, source: str, *, within: timedelta, at_most: int) -> int:
    """How often `action` was recorded from `source` lately, counted up to `at_most`."""
    since = timezone.now() - within
    recent = Entry.objects.filter(action=action, source=source, at__gte=since)
    return recent.values("id")[:at_most].count()


def tried_too_often(action: str, source: str, an_hour: int) -> bool:
    """Whether `action` was recorded from `source` that many times within the last hour."""
    return attempts(action, source, within=timedelta(hours=1), at_most=an_hour) >= an_hour
