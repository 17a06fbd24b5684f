"""Writing to the trail, and the one thing that is read back from it while working: repeated attempts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from pishkhan.prepared import Prepared, insert

from .chain import mac_of
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
    """Appends one entry. Call it in the transaction of the change: without the entry, no change.

    `details` are references and names of fields, never what identifies a person.
    """
    entry = Entry(
        user_id=by.user_id, author=by.label, source=by.source, action=action, about=about, details=details
    )
    entry.mac = mac_of(vars(entry))
    return insert(entry)


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


def lately_by(user_id: int, action: str, *, since: datetime) -> EntryQuerySet:
    """The entries of `action` by one user, from a moment on."""
    return Entry.objects.filter(user_id=user_id, action=action, at__gte=since)


def spend(
    action: str,
    *,
    by: Author,
    about: str = "",
    of_source: int | None = None,
    of_about: int | None = None,
    since: datetime | None = None,
) -> bool:
    """Takes one of so many tries, since an hour ago, from one source or at one thing; False when used up.

    A try is written before it is counted: of many at the same moment no more than allowed see themselves
    among the first, on any database, without a lock; so it is called outside of any transaction. One that
    finds nothing left writes nothing, and does not prolong its own wait.
    """
    recent = Entry.objects.filter(action=action, at__gte=since or hour_ago())
    counted = [(recent.filter(source=by.source), of_source), (recent.filter(about=about), of_about)]
    limits = [(entries.values("id"), most) for entries, most in counted if most is not None]
    if any(entries[:most].count() >= most for entries, most in limits):
        return False
    record(action, by=by, about=about)
    return all(entries[: most + 1].count() <= most for entries, most in limits)


def used_up(action: str, about: str, most: int, *, within: timedelta = timedelta(hours=1)) -> bool:
    """Whether `action` happened to one thing that many times lately (within the last hour, unless told)."""
    return len(_up_to(most)(action, about, timezone.now() - within)) >= most


@cache
def _up_to(most: int) -> Prepared[int]:
    return Prepared(
        lambda action, about, since: happened(action, about, since).values_list("id", flat=True)[:most],
        *(str, str, datetime),
    )


def happened_here(about: str, source: str) -> bool:
    """Whether a thing was ever touched from this source."""
    return Entry.objects.filter(about=about, source=source).exists()
