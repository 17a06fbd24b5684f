"""The register of a run: who is insured, with whom, where they have worked, when they may ask for more."""

import datetime as dt
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import NamedTuple

from pishkhan.people.models import ContributionRecord, Dependent, Employment, Person, RecordSource
from pishkhan.persian.letters import search_key, sort_key

from .days import DAY, date_of, midnight, stamp
from .families import Member, family_of
from .persons import Someone, insurance_number, someone
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
RECORD_COLUMNS = (
    *("person_id", "workshop_code", "workshop_name", "started_on", "ended_on", "days", "source", "remarks"),
    "entered_at",
)
NEWCOMERS = 0.4
"""At most such a part of the insured is first registered by a case; the others were there before."""

WORKING_AGE = 16 * 366
TRIES = 8
"""So many families are looked at before a request is made for somebody else."""

FOREVER = 1 << 60


class Post(NamedTuple):
    """Where somebody works now: the place of the workshop in the list, its id, the job, the first day."""

    place: int
    workshop_id: int
    job: str
    since: str


class Issued(NamedTuple):
    """A booklet: its kind, when it was issued, and for which case if for one of these."""

    kind: str
    at: int
    case_id: int | None = None


@dataclass(slots=True, eq=False)
class Holder:
    """Somebody on the register, covered from the moment `since`; through whom, if not by own insurance.

    `began` is the day of birth or marriage from which the relation counts.
    """

    person: Someone
    id: int
    since: int
    main: "Holder | None" = None
    relation: str = ""
    conditions: tuple[str, ...] = ()
    began: str = ""
    booklet: Issued | None = None


@dataclass(slots=True, eq=False)
class Family:
    """A main insured person, the first of `covered`, and the dependents.

    One thing is asked for a family at a time: `free` is when the last came to its end.
    """

    post: Post
    free: int
    covered: list[Holder] = field(default_factory=list)

    @property
    def main(self) -> Holder:
        return self.covered[0]


class Roster:
    """Everybody on the register, in the order of their registration.

    An employment is written when the next one begins, or at the end: only then is it known whether it lasts.
    """

    def __init__(
        self, workshops: list[tuple[int, str]], first_number: int, seed: int, today: dt.date, begins: int
    ) -> None:
        """`workshops`: ids and names; `begins`: the moment from which there are cases."""
        self.people = Table(Person, *PERSON_COLUMNS)
        self.employments = Table(Employment, *EMPLOYMENT_COLUMNS)
        self.dependents = Table(
            *(Dependent, "main_id", "person_id", "relation", "conditions", "started_on", "ended_on")
        )
        self.records = Table(ContributionRecord, *RECORD_COLUMNS)
        self.workshops, self.today, self.begins = workshops, today, begins
        self.now = midnight(today)
        self.random = Random(f"{seed} people {first_number}")
        self.next_number = first_number
        self.families: list[Family] = []
        self.at_work: defaultdict[int, list[Family]] = defaultdict(list)
        self.turn = -1

    def newcomer(self, day: dt.date | None = None) -> Someone:
        """Somebody who is not on the register, of working age on that day."""
        return someone(self.take_number(), self.random, day or self.today)

    def take_number(self) -> int:
        self.next_number += 1
        return self.next_number - 1

    def register(self, person: Someone, moment: int, post: Post) -> Family:
        """Enters somebody, with the family."""
        family = Family(post, moment)
        self._enter(family, Holder(person, 0, moment))
        self.families.append(family)
        self.at_work[post.place].append(family)
        for member in family_of(person, self.next_number, self.random, self.today):
            self.next_number = member.person.number + 1
            self.add_member(family, member, moment)
        return family

    def add_member(self, family: Family, member: Member, moment: int) -> Holder:
        """Enters a dependent, covered from that moment on, or from a later beginning of the relation."""
        since = max(moment, midnight(dt.date.fromisoformat(member.since)) + DAY)
        relation = str(member.relation)
        holder = Holder(member.person, 0, since, family.main, relation, member.conditions, member.since)
        return self._enter(family, holder)

    def _enter(self, family: Family, holder: Holder) -> Holder:
        holder.id = self.people.add(*_columns(holder.person), stamp(min(holder.since, self.now)))
        family.covered.append(holder)
        return holder

    def register_before(self, count: int, share: float, steps: list[float]) -> Iterator[Family]:
        """People registered in the years before the first case, that share of them at the first workshop."""
        day = dt.date.fromisoformat(date_of(self.begins))
        for _ in range(count):
            known = self.newcomer(day)
            known.insurance_number = insurance_number(known.number)
            grown = (day - dt.date.fromisoformat(known.birth_date)).days - WORKING_AGE
            began = self.begins - DAY * self.random.randrange(30, max(31, min(4000, grown)))
            first = self.random.random() < share
            place = 0 if first else bisect(steps, self.random.random() * steps[-1])
            post = self.post(place, JOBS.pick(self.random), date_of(began))
            yield self.register(known, began + 3 * DAY, post)

    def post(self, place: int, job: str, since: str) -> Post:
        return Post(place, self.workshops[place][0], job, since)

    def next_in_turn(self, moment: int) -> Family | None:
        """The one whose last change of workshop is longest ago, and about whom nothing is going on."""
        for _ in self.families:
            self.turn = (self.turn + 1) % len(self.families)
            if self.families[self.turn].free < moment - DAY:
                return self.families[self.turn]
        return None

    def from_elsewhere(self, place: int, moment: int) -> Family | None:
        """Somebody on the register who does not work at that workshop."""
        for _ in range(min(TRIES, len(self.families))):
            family = self.families[self.random.randrange(len(self.families))]
            if family.free < moment and family.post.place != place:
                return family
        return None

    def free_at(self, place: int, moment: int) -> Iterator[Family]:
        """Some of those who work there then and about whom nothing is going on, in no order."""
        there = self.at_work[place]
        for _ in range(TRIES if there else 0):
            family = there[int(self.random.random() * len(there))]
            if family.free < moment:
                yield family

    def covered_at(
        self, place: int, moment: int, fits: Callable[[Holder], bool]
    ) -> tuple[Family, Holder] | None:
        """Somebody who works there then, or depends on such a person, and fits."""
        for family in self.free_at(place, moment):
            fitting = [holder for holder in family.covered if holder.since < moment and fits(holder)]
            if fitting:
                return family, fitting[int(self.random.random() * len(fitting))]
        return None

    def employ(self, family: Family, post: Post) -> None:
        """The main insured person begins there; what came before has ended by then."""
        before = family.post
        self._write_employment(family, _day_before(post.since))
        self.at_work[before.place].remove(family)
        self.at_work[post.place].append(family)
        family.post = post

    def _write_employment(self, family: Family, until: str | None) -> None:
        main, post = family.main, family.post
        self.employments.add(
            *(main.id, post.workshop_id, post.job, post.since, until, int(until is not None)),
            *keys_of(main.person),
        )
        name = self.workshops[post.place][1]
        last = until or self.today.isoformat()
        days = (dt.date.fromisoformat(last) - dt.date.fromisoformat(post.since)).days + 1
        self.add_record(main.id, ("", name, post.since, last, days, str(RecordSource.LIST), ""), self.now)

    def add_record(self, person_id: int, record: tuple[str, str, str, str, int, str, str], at: int) -> None:
        """`record`: the columns from the workshop's code to the remarks."""
        self.records.add(person_id, *record, stamp(at))

    def finish(self) -> None:
        """Writes everybody's present post and dependents; nothing read them meanwhile."""
        for family in self.families:
            self._write_employment(family, None)
            for holder in family.covered[1:]:
                self._write_dependent(family.main, holder)

    def _write_dependent(self, main: Holder, holder: Holder) -> None:
        conditions = "[" + ", ".join(f'"{code}"' for code in holder.conditions) + "]"
        self.dependents.add(main.id, holder.id, holder.relation, conditions, holder.began, None)


def _columns(person: Someone) -> tuple[str, ...]:
    return (*(getattr(person, name) for name in PERSON_COLUMNS[:-3]), *keys_of(person))


def keys_of(person: Someone) -> tuple[str, str]:
    """As `people.models.Person.make_keys` makes them."""
    return _searched(person.name), _sorted(person.last_name) + _sorted(person.first_name)


# There are few names, and as many keys.
_searched, _sorted = lru_cache(maxsize=1 << 14)(search_key), lru_cache(maxsize=1 << 12)(sort_key)


def _day_before(day: str) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
