"""Writing to the trail, and the one thing that is read back from it while working: repeated attempts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import Entry, EntryQuerySet


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
    """Appends one entry. Call it in the transaction of the change: without the entry, no change."""
    return Entry.objects.create(
        user_id=by.user_id, author=by.label, source=by.source, action=action, about=about, details=details
    )


def attempts(action: str, source: str, *, within: timedelta, at_most: int) -> int:
    """How often `action` was recorded from `source` lately, counted up to `at_most`."""
    since = timezone.now() - within
    recent = Entry.objects.filter(action=action, source=source, at__gte=since)
    return recent.values("id")[:at_most].count()


def tried_too_often(action: str, source: str, an_hour: int) -> bool:
    """Whether `action` was recorded from `source` that many times within the last hour."""
    return attempts(action, source, within=timedelta(hours=1), at_most=an_hour) >= an_hour


def hour_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def happened(action: str, about: str, since: datetime) -> EntryQuerySet:
    """The entries of `action` about one thing, from a moment on."""
    return Entry.objects.filter(action=action, about=about, at__gte=since)


def spend(
    action: str, about: str, an_hour: int, *, by: Author, since: datetime | None = None, refunded: int = 0
) -> bool:
    """Takes one of the `an_hour` tries at `about`; False when they are used up.

    Tries before `since` (an hour ago) do not count, and `refunded` of them were none. A try is written before
    it is counted: of many at the same moment at most `an_hour` see themselves among the first, on any
    database, without a lock. One that finds nothing left writes nothing, and so does not prolong its wait.
    """
    spent, most = happened(action, about, since or hour_ago()), an_hour + refunded
    if spent.values("id")[:most].count() >= most:
        return False
    record(action, by=by, about=about)
    return spent.values("id")[: most + 1].count() <= most
