"""What people are told of the trail: its entries, and whether it is sealed and anchored."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from .anchors import Anchor, AnchorsUnreadableError, last_anchor
from .chain import KeyMissingError
from .models import Entry, EntryQuerySet, Seal
from .sealing import trouble

LATE = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class State:
    """How far the trail is sealed and anchored; nothing `late_since`; `broken`: nor will be."""

    sealed: int
    anchored: Anchor | None
    late_since: datetime.datetime | None
    broken: bool


def state() -> State:
    # Two questions: SQLite reads the whole table for two maxima in one.
    place = Seal.objects.aggregate(highest=Max("place"))["highest"] or 0
    sealed = Seal.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
    waiting = Entry.objects.filter(pk__gt=sealed).order_by("pk").values_list("at", flat=True).first()
    late = waiting if waiting and waiting < timezone.now() - LATE else None
    try:
        anchored, broken = last_anchor(), bool(trouble())
    except (AnchorsUnreadableError, KeyMissingError):
        anchored, broken = None, True
    return State(place, anchored, late, broken)


def entries(
    *,
    by: int | None = None,
    action: str = "",
    about: Collection[str] | None = None,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> EntryQuerySet:
    """Those that a reader asks for: by a user, of an action, about any of these references, within a time."""
    asked = {
        "user_id": by,
        "action": action or None,
        "about__in": about,
        "at__gte": since,
        "at__lt": until,
    }
    return Entry.objects.filter(**{name: value for name, value in asked.items() if value is not None})
