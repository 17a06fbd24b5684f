"""The register of a run: who is insured, where they have worked, and who applies without being on it yet."""

import datetime as dt
from bisect import bisect
from random import Random
from typing import NamedTuple

from pishkhan.people.models import (
    Booklet,
    ContributionRecord,
    Dependent,
    Employment,
    KnownScan,
    Person,
    RecordSource,
)
from pishkhan.persian.letters import search_key, sort_key

from .days import DAY, date_of, midnight, stamp
from .families import family_of
from .persons import Someone, insurance_number, someone
from .pictures import Pool
from .tables import Table
from .words import JOBS

PERSON_COLUMNS = (
    *("national_code", "insurance_number", "first_name", "last_name", "father_name", "gender", "birth_date"),
    *("birth_certificate_no", "birth_certificate_serial", "issue_place", "mobile", "landline"),
    *("postal_code", "address", "search_key", "sort_key", "registered_at"),
)
EMPLOYMENT_COLUMNS = (
    *("person_id", "workshop_id", "job", "started_on", "ended_on", "has_left", "search_key", "sort_key"),
)
BOOKLET_COLUMNS = ("person_id", "kind", "title", "serial", "issued_on", "valid_until", "ended_on")
RECORD_COLUMNS = (*("person_id", "workshop_name", "started_on", "ended_on", "days", "source", "entered_at"),)
BOOKLET = "دفترچهٔ درمان عمومی"
WITH_KNOWN_SCANS = 3000
"""So many of the first on the register have their scans on file; a million of them would show nothing new."""

NEWCOMERS = 0.4
"""The part of the insured whose first registration is among the cases; the others were there before."""


class Post(NamedTuple):
    """Where somebody works now: the place of the workshop in the list, its id, the job, the first day."""

    place: int
    workshop_id: int
    job: str
    since: str


class Insured(NamedTuple):
    """Somebody on the register."""

    person: Someone
    id: int


class Roster:
    """Everybody on the register in the order of their registration, each with the present post.

    An employment is written when the next one begins, or at the end: only then is it known whether it lasts.
    """

    def __init__(
        self,
        pool: Pool,
        known: tuple[str, ...],
        names: list[str],
        first_number: int,
        seed: int,
        today: dt.date,
    ) -> None:
        self.people = Table(Person, *PERSON_COLUMNS)
        self.employments = Table(Employment, *EMPLOYMENT_COLUMNS)
        self.dependents = Table(Dependent, "main_id", "person_id", "relation", "started_on", "ended_on")
        self.booklets = Table(Booklet, *BOOKLET_COLUMNS)
        self.records = Table(ContributionRecord, *RECORD_COLUMNS)
        self.scans = Table(KnownScan, "person_id", "kind", "document_id", "kept_at", "replaced_at")
        self.pool, self.known, self.names, self.today = pool, known, names, today
        self.now = stamp(midnight(today))
        self.random = Random(f"{seed} people {first_number}")
        self.next_number = first_number
        self.insured: list[Insured] = []
        self.posts: list[Post | None] = []
        self.busy: set[int] = set()  # places in the list of those whom an open case is about
        self.turn = -1

    def newcomer(self) -> Someone:
        """Somebody who is not on the register."""
        self.next_number += 1
        return someone(self.next_number - 1, self.random, self.today)

    def register(self, person: Someone, moment: int) -> int:
        """Enters somebody; returns the place in the list."""
        pk = self.people.add(*_columns(person), stamp(moment))
        if len(self.insured) < WITH_KNOWN_SCANS:
            for kind in self.known:
                self.scans.add(pk, kind, self.pool.of(kind, person.number), stamp(moment), None)
        self.insured.append(Insured(person, pk))
        self.posts.append(None)
        return len(self.insured) - 1

    def register_before(self, count: int, steps: list[float], workshop_ids: list[int], first: int) -> None:
        """People who were registered in the years before the moment `first`."""
        for _ in range(count):
            began = first - DAY * self.random.randrange(30, 4000)
            place = bisect(steps, self.random.random() * steps[-1])
            known = self.newcomer()
            known.insurance_number = insurance_number(known.number)
            at = self.register(known, began + 3 * DAY)
            self.posts[at] = Post(place, workshop_ids[place], JOBS.pick(self.random), date_of(began))

    def next_in_turn(self) -> int | None:
        """The one whose last change of workshop is longest ago, and about whom nothing is going on."""
        for _ in self.insured:
            self.turn = (self.turn + 1) % len(self.insured)
            if self.turn not in self.busy:
                return self.turn
        return None

    def anybody_from_elsewhere(self, place: int) -> int | None:
        """Somebody on the register who does not work at that workshop, now spoken for by an open case."""
        for _ in range(min(8, len(self.insured))):
            chosen = self.random.randrange(len(self.insured))
            post = self.posts[chosen]
            if chosen not in self.busy and (post is None or post.place != place):
                self.busy.add(chosen)
                return chosen
        return None

    def employ(self, place: int, post: Post) -> None:
        """The one at that place in the list begins there; what came before has ended by then."""
        before = self.posts[place]
        if before:
            self._write_employment(place, before, max(before.since, _day_before(post.since)))
        self.posts[place] = post

    def _write_employment(self, place: int, post: Post, until: str | None) -> None:
        insured = self.insured[place]
        self.employments.add(
            *(insured.id, post.workshop_id, post.job, post.since, until, int(until is not None)),
            *keys_of(insured.person),
        )
        if place < WITH_KNOWN_SCANS:
            self._write_record(insured.id, post, until or self.today.isoformat())

    def _write_record(self, person_id: int, post: Post, until: str) -> None:
        days = (dt.date.fromisoformat(until) - dt.date.fromisoformat(post.since)).days + 1
        if days > 0:
            source = str(RecordSource.LIST)
            self.records.add(person_id, self.names[post.place], post.since, until, days, source, self.now)

    def finish(self) -> None:
        """Writes everybody's present post, and their families."""
        for place, post in enumerate(self.posts):
            if post:
                self._write_employment(place, post, None)
                self._write_family(self.insured[place])
        self.posts = []

    def _write_family(self, main: Insured) -> None:
        """Dependents and the first booklets of those who work somewhere."""
        self._write_booklet(main)
        for member in family_of(main.person, self.next_number, self.random, self.today):
            self.next_number = member.person.number + 1
            pk = self.people.add(*_columns(member.person), self.now)
            self.dependents.add(main.id, pk, str(member.relation), member.since, None)
            self._write_booklet(Insured(member.person, pk))

    def _write_booklet(self, holder: Insured) -> None:
        if self.random.random() < 0.4:
            issued = self.today - dt.timedelta(days=self.random.randrange(10, 500))
            serial = f"1{holder.id:011}"
            until = (issued + dt.timedelta(days=364)).isoformat()
            self.booklets.add(holder.id, "general", BOOKLET, serial, issued.isoformat(), until, None)


def _columns(person: Someone) -> tuple[str, ...]:
    return (*(getattr(person, name) for name in PERSON_COLUMNS[:-3]), *keys_of(person))


def keys_of(person: Someone) -> tuple[str, str]:
    """As `people.models.Person.make_keys` makes them."""
    return search_key(person.name), sort_key(person.last_name) + sort_key(person.first_name)


def _day_before(day: str) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
