"""Reading the whole chain again: what was changed, taken away, put in or moved, and where first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Min

from .anchors import Anchor, anchors, last_anchor
from .chain import FIELDS, START, digest_of, is_genuine
from .models import Entry, Seal

AT_ONCE = 2000
SECOND = timedelta(seconds=1)  # the times of anchors are whole seconds

Said = dict[str, Any]


class WrongTrailError(Exception):
    """The first thing that is wrong; `place` in the chain, `entry` its id (None: not known)."""

    def __init__(self, what: str, place: int | None = None, entry: int | None = None) -> None:
        super().__init__(what)
        self.what, self.place, self.entry = what, place, entry

    def __str__(self) -> str:
        named = {"place": self.place, "entry": self.entry}
        where = ", ".join(f"{name} {number}" for name, number in named.items() if number is not None)
        return f"{where}: {self.what}"


@dataclass(frozen=True)
class Found:
    """A sound trail: how many entries the chain has, its head, how many are not sealed yet."""

    sealed: int
    digest: str
    unsealed: int
    anchored: Anchor | None


def verify() -> Found:
    """Raises `WrongTrailError`. Memory does not grow with the trail, and the portal may go on working."""
    anchored = last_anchor()
    beside = Anchored(anchored)
    place, digest = _walk(beside)
    if anchored and anchored.place > place:
        what = f"missing, with all that followed: the chain reached place {anchored.place} on {anchored.at}"
        raise WrongTrailError(what, *(beside.newer or (place + 1, None)))
    return Found(place, digest, _check_unsealed(), anchored)


class Anchored:
    """The anchors beside the chain, as it is walked along."""

    def __init__(self, last: Anchor | None) -> None:
        self.last = last
        self.coming = anchors()
        self.next = next(self.coming, None)
        self.newer: tuple[int, int] | None = None
        """The first place since the anchor before whose entry is younger than the next anchor."""

    def pass_by(self, place: int, entry: Said, digest: str) -> None:
        """Raises `WrongTrailError` when another seal was anchored at this place."""
        if self.next and self.newer is None and entry["at"] > self.next.at + SECOND:
            self.newer = place, entry["pk"]
        while self.next and self.next.place <= place:
            if (self.next.place, self.next.digest) != (place, digest):
                what = f"not what was anchored on {self.next.at}: the chain was cut off and went on anew"
                raise WrongTrailError(what, *(self.newer or (place, entry["pk"])))
            self.newer = None
            self.next = next(self.coming, None) if self.next != self.last else None


def _walk(beside: Anchored) -> tuple[int, str]:
    """Along the chain to its end: (last place, digest)."""
    place, digest = 0, START
    for seals in _pieces():
        ids = [entry_id for _, entry_id, _ in seals]
        found = Entry.objects.filter(pk__in=ids).values("pk", "mac", *FIELDS)
        entries = {entry["pk"]: entry for entry in found}
        for seal in seals:
            place += 1
            digest = _check(place, digest, seal, entries.get(seal[1]))
            beside.pass_by(place, entries[seal[1]], digest)
    return place, digest


def _pieces() -> Iterator[list[tuple[int, int, str]]]:
    last = -1
    while seals := list(
        Seal.objects.filter(place__gt=last)
        .order_by("place")
        .values_list("place", "entry_id", "digest")[:AT_ONCE]
    ):
        yield seals
        last = seals[-1][0]


def _check(place: int, before: str, seal: tuple[int, int, str], entry: Said | None) -> str:
    """The digest at `place`, when this seal and its entry belong there."""
    found, entry_id, digest = seal
    if found != place:
        raise WrongTrailError(f"missing: the next seal is at place {found}", place)
    if entry is None:
        raise WrongTrailError("the entry is missing: it was deleted", place, entry_id)
    if not is_genuine(entry):
        raise WrongTrailError("the entry was edited", place, entry_id)
    if digest != digest_of(place, before, entry_id, entry["mac"]):
        raise WrongTrailError(
            "not what was sealed here: moved, exchanged, or sealed without the key", place, entry_id
        )
    return digest


def _check_unsealed() -> int:
    """How many entries wait to be sealed; each must be one that `record` wrote, and no copy."""
    waiting, last = 0, -1
    while entries := list(
        Entry.objects.unsealed().filter(pk__gt=last).order_by("pk").values("pk", "mac", *FIELDS)[:AT_ONCE]
    ):
        for entry in entries:
            if not is_genuine(entry):
                raise WrongTrailError(
                    "not sealed, and not written by this portal: inserted or edited", entry=entry["pk"]
                )
        waiting, last = waiting + len(entries), entries[-1]["pk"]
    # In PostgreSQL and SQLite alike the database sorts on its disk, not here.
    twice = Entry.objects.values("mac").annotate(times=Count("pk"), first=Min("pk"), again=Max("pk"))
    copied = twice.filter(times__gt=1).order_by("again").first()
    if copied:
        raise WrongTrailError(f"a copy of entry {copied['first']}: inserted", entry=copied["again"])
    return waiting
