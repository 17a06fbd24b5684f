"""How many cases of which state, at which workshop, and when: decided before any is written."""

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from pishkhan.cases.states import State

from .days import Office

# Of the cases that have not ended, and how many working days ago at most they began.
OPEN_SHARES = {
    State.AWAITING_EMPLOYER: (0.27, 8),
    State.SUBMITTED: (0.20, 6),
    State.UNDER_REVIEW: (0.18, 9),
    State.RETURNED: (0.20, 14),
    State.DRAFT: (0.15, 12),
}
MAIN, DEPENDENT, SIGN_UP = "main-registration", "dependent-registration", "representative-signup"
FIRST, RENEWAL, DUPLICATE = "booklet-first", "booklet-renewal", "booklet-duplicate"
HISTORY, COLLECTION = "history-request", "record-collection"
SHARES = {RENEWAL: 45, FIRST: 20, MAIN: 12, DUPLICATE: 8, DEPENDENT: 8, HISTORY: 4, COLLECTION: 3}
"""Of every hundred cases (domain guide, section 11); beside them a few representatives sign up."""

BY_APPLICANTS = (MAIN, DEPENDENT)
"""What an insured person may ask for without the employer, and the employer then has to confirm."""

SIGN_UPS, ONE_IN = 5, 200
COVERED = 2.4
"""So many people are covered through an insured person, that person among them."""

REJECTED, WITHDRAWN = 0.03, 0.02
SETTLED = 3
"""Working days before the last on which the youngest of the ended cases began."""

ENOUGH_FOR_PAGES, FEW_OF_EACH, AWAITED_BY_SECOND = 60, 4, 6


@dataclass(frozen=True)
class Wanted:
    """What the command was asked for."""

    workshops: int
    insured: int
    cases: int
    seed: int
    today: dt.date


class Request(NamedTuple):
    """A case: when it began, its present state, the place of its workshop in the list, its service.

    A sign-up has no workshop: its place is `NOWHERE`.
    """

    began: int
    state: State
    workshop: int
    service: str


NOWHERE = -1


class Plan:
    """The cases of a run, in the order in which they began.

    The first workshop has enough for several pages and some in every state; the second, whose signature and
    stamp are missing, has only self-registrations that wait for it.
    """

    def __init__(self, wanted: Wanted, office: Office, steps: list[float]) -> None:
        self.wanted, self.office = wanted, office
        self.random = Random(f"{wanted.seed} plan")
        self.steps = steps
        self.share = first_share(wanted)
        self.open = open_counts(wanted.cases)
        self.sign_ups = min(SIGN_UPS, wanted.cases // ONE_IN)
        self.ended = wanted.cases - sum(self.open.values()) - self.sign_ups

    @property
    def registrations(self) -> float:
        """About so many registrations of main insured persons are completed."""
        return self.ended * (1 - REJECTED - WITHDRAWN) * SHARES[MAIN] / sum(SHARES.values())

    @property
    def with_booklet(self) -> float:
        """The part of people whose booklet is older than all cases; the rest ask for a first one."""
        asking = self.ended * SHARES[FIRST] / sum(SHARES.values()) / (COVERED * max(1, self.wanted.insured))
        return min(0.4, max(0.1, 1 - asking))

    @property
    def strangers(self) -> int:
        """At most so many cases take the number of somebody who was not on the register before."""
        return self.wanted.cases - self.ended + self.ended // 5 + 10

    def requests(self) -> Iterator[Request]:
        lately = sorted([*self._open_requests(), *self._sign_ups()])
        return heapq.merge(self._ended_requests(), lately)

    def _sign_ups(self) -> Iterator[Request]:
        for _ in range(self.sign_ups):
            yield Request(self._lately(8), State.SUBMITTED, NOWHERE, SIGN_UP)

    def _ended_requests(self) -> Iterator[Request]:
        moments = self.office.submissions(self.ended, Random(f"{self.wanted.seed} moments"), SETTLED)
        others, services = self._workshops(), self._services(tuple(SHARES))
        firsts = 0
        for number, began in enumerate(moments, 1):
            if firsts < round(number * self.share):
                firsts += 1
                yield Request(began, _first_ending(firsts), 0, next(services))
            else:
                yield Request(began, self._ending(), next(others), next(services))

    def _ending(self) -> State:
        luck = self.random.random()
        if luck < REJECTED:
            return State.REJECTED
        return State.WITHDRAWN if luck < REJECTED + WITHDRAWN else State.COMPLETED

    def _open_requests(self) -> Iterator[Request]:
        others = self._workshops()
        for state, count in self.open.items():
            services = self._services(BY_APPLICANTS if state == State.AWAITING_EMPLOYER else tuple(SHARES))
            firsts = min(count, max(FEW_OF_EACH, round(count * self.share)))
            seconds = (
                AWAITED_BY_SECOND if state == State.AWAITING_EMPLOYER and self.wanted.workshops > 1 else 0
            )
            for number in range(count):
                place = (number >= firsts) + (number >= firsts + seconds)
                workshop = next(others) if place > 1 else place
                yield Request(self._lately(OPEN_SHARES[state][1]), state, workshop, next(services))

    def _lately(self, days: int) -> int:
        return self.office.within(self.office.last - self.random.randrange(days + 1), self.random)

    def _services(self, offered: tuple[str, ...]) -> Iterator[str]:
        weights = [SHARES[code] for code in offered]
        while True:
            yield from self.random.choices(offered, weights, k=1000)

    def _workshops(self) -> Iterator[int]:
        """Places of workshops by their size, without the first two where there are more."""
        before = self.steps[1] if len(self.steps) > 2 else 0.0
        places = range(len(self.steps))[2:] or range(1)
        steps = [step - before for step in self.steps[2:]] or [1.0]
        while True:
            yield from self.random.choices(places, cum_weights=steps, k=1000)


def first_share(wanted: Wanted) -> float:
    """The first workshop's part of all cases: several pages in a demonstration, one per cent of a million."""
    if wanted.workshops < 3 or wanted.cases == 0:
        return 1.0
    return min(0.9, max(0.01, 3 / wanted.workshops, ENOUGH_FOR_PAGES / wanted.cases))


def open_counts(cases: int) -> dict[State, int]:
    """How many cases have not ended: a ninth of a few, a hundredth of very many, some in every state."""
    total = 0.11 * min(cases, 10_000) + 0.01 * max(0, cases - 10_000)
    least = 1 if cases > 2 * len(OPEN_SHARES) else 0
    return {state: max(least, round(total * share)) for state, (share, _) in OPEN_SHARES.items()}


def _first_ending(number: int) -> State:
    """Every kind of end, even where there are few cases."""
    return {7: State.REJECTED, 15: State.WITHDRAWN}.get(number % 25, State.COMPLETED)
