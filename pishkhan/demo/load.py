"""Making demo data: from what was asked for to rows in the database."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from random import Random

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pishkhan.accounts.factors import POLICY as SECOND_FACTOR
from pishkhan.accounts.models import User
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.cases.models import Case
from pishkhan.cases.states import ENDED, State
from pishkhan.catalogue.parties import Unit
from pishkhan.catalogue.service import every_service
from pishkhan.inspections.models import SeenWorker
from pishkhan.people.models import Person
from pishkhan.policy.operations import decide_policy, holding_policies
from pishkhan.workshops.models import Branch, StaffPost, Workshop
from pishkhan.workshops.operations import prepare_branch

from . import workshops as places_of_work
from .accounts import HOLDERS, write_accounts
from .beside import made_beside
from .days import DAY, Office
from .filed import Filed
from .kinds.asked import Asked, Kind, known
from .kinds.booklets import Booklets
from .kinds.collections import Collections
from .kinds.dependents import Dependents
from .kinds.histories import Histories
from .kinds.registrations import Registrations
from .kinds.signups import SignUps
from .lives import Life, lived, sent_by_a_stranger
from .persons import MOST, number_of
from .pictures import Pool
from .plan import (
    COLLECTION,
    DEPENDENT,
    DUPLICATE,
    FIRST,
    HISTORY,
    MAIN,
    NOWHERE,
    RENEWAL,
    SIGN_UP,
    Plan,
    Request,
    Wanted,
)
from .roster import FOREVER, Family, Roster
from .shelf import Shelf
from .tables import Load, Row, Table, hurry
from .visits import SEEN_COLUMNS, make_visits
from .waiting import ask_for_demo
from .words import ANSWER_FAULTS
from .writing import Ledger, Written, faulty

LARGE = 20_000
"""More cases are made by another process and indexed afterwards, and have scans only while in progress."""

BATCH = 5000
"""Cases written at a time."""

TOLD = 20
"""So many workshops have notices on their dashboard."""

Progress = Callable[[int], object]


class TooManyPeopleError(Exception):
    """There are only so many codes that nobody has been given."""


@dataclass(frozen=True)
class Batch:
    """Rows for each table, `cases` of them cases; and the last numbers of tracking codes so far."""

    cases: int
    rows: list[list[Row]]
    numbers: dict[str, int]


@dataclass(frozen=True)
class Setting:
    """The branch as the cases find it: workshops, their representatives, the unit's staff."""

    branch: Branch
    workshops: list[Workshop]
    representatives: dict[int, int]
    officers: list[int]
    with_accounts: bool


def set_up(wanted: Wanted) -> Setting:
    """Workshops and users; the demo accounts, unless they are there already.

    With demo accounts a second factor is offered to all and required of none: everybody is to walk in.
    """
    branch = prepare_branch()
    free = places_of_work.free_places(wanted.workshops)
    holders = {}
    if not User.objects.filter(username__in=[holder.account.username for holder in HOLDERS]).exists():
        holders = places_of_work.make_holders(branch)
        decide_policy(SECOND_FACTOR, [], valid_from=timezone.localdate(), by=SYSTEM)
    made = places_of_work.make_workshops(branch, free, wanted.seed)
    representatives = places_of_work.make_representatives(made, free, holders, wanted.seed)
    unit = StaffPost.objects.filter(branch=branch, unit=Unit.REGISTRATION).order_by("id")
    record("demo data made", by=SYSTEM, workshops=wanted.workshops, cases=wanted.cases, seed=wanted.seed)
    officers = list(unit.values_list("user_id", flat=True))
    return Setting(branch, made, representatives, officers, with_accounts=bool(holders))


def first_free_number() -> int:
    """The first number whose national code nobody on the register or in a case has."""
    highest = [
        model.objects.filter(national_code__startswith="999").aggregate(highest=Max("national_code"))[
            "highest"
        ]
        for model in (Person, Case)
    ]
    return 1 + max((number_of(code) for code in highest if code), default=0)


FAMILY = 6
"""At most so many numbers are taken by an insured person and the family."""

WITH_KNOWN_SCANS = 3000
"""So many of the first on the register have all of their scans on file, the others their photo."""
PHOTO = "photo"


class DemoLoad:
    """One run: a plan, and the tables that it fills."""

    def __init__(self, wanted: Wanted, setting: Setting) -> None:
        self.wanted, self.setting = wanted, setting
        self.office = Office(wanted.today)
        self.steps = places_of_work.steps_of(wanted.workshops, wanted.seed)
        self.plan = Plan(wanted, self.office, self.steps)
        self.random = Random(f"{wanted.seed} cases")
        first = first_free_number()
        if first + FAMILY * wanted.insured + self.plan.strangers >= MOST:
            raise TooManyPeopleError
        workshops = [(workshop.pk, workshop.name) for workshop in setting.workshops]
        begins = self.office.midnights[0]
        self.roster = Roster(workshops, first, wanted.seed, wanted.today, begins)
        self.shelf = Shelf()
        pool = Pool((scan for service in every_service() for scan in service.scans), wanted.seed)
        self.filed = Filed(pool, tuple(scan.code for scan in known(MAIN).scans if scan.known))
        self.ledger = Ledger(setting.branch, self.filed, self.random, self.office.closes)
        self.seen = Table(SeenWorker, *SEEN_COLUMNS)
        self.registrations = Registrations(self.roster, self.random, self.plan)
        self.kinds = self._kinds()
        self.load = Load(
            *(self.roster.people, self.ledger.cases, self.ledger.events, self.ledger.scans),
            *(self.roster.employments, self.filed.scans, self.ledger.notices),
            *(self.roster.dependents, self.shelf.booklets, self.roster.records, self.seen),
        )

    def _kinds(self) -> dict[str, Kind]:
        roster, random = self.roster, self.random
        booklets = Booklets(roster, self.shelf, self.ledger.cases, random)
        return {
            MAIN: self.registrations,
            **dict.fromkeys((FIRST, RENEWAL, DUPLICATE), booklets),
            DEPENDENT: Dependents(roster, random),
            HISTORY: Histories(roster, random),
            COLLECTION: Collections(roster, random),
            SIGN_UP: SignUps(roster, random),
        }

    def run(self, progress: Progress) -> None:
        """Of many cases the rows are made beside their writing (a fifth of the time)."""
        workshops, representatives = self.setting.workshops, self.setting.representatives
        make_visits(workshops, representatives, self.office, self.ledger, self.seen, self.wanted.seed)
        numbers: dict[str, int] = {}
        with holding_policies():
            making = self._batches()
            for batch in made_beside(making) if self.is_large else making:
                self.load.write(batch.rows)
                numbers = batch.numbers
                progress(batch.cases)
        self.ledger.number_on_from(numbers)

    @property
    def is_large(self) -> bool:
        return self.wanted.cases > LARGE

    def _batches(self) -> Iterator[Batch]:
        newcomers = self.registrations.newcomers
        self._register_before(self.wanted.insured - newcomers)
        for request in self.plan.requests():
            self._make(request)
            if len(self.ledger.cases.rows) >= BATCH:
                yield self._batch()
        self._register_before(newcomers - self.registrations.seen)
        self.roster.finish()
        for family in self.roster.families:
            for holder in family.covered:
                self.shelf.put_away(holder)
        self.ledger.finish()
        yield self._batch()

    def _batch(self) -> Batch:
        return Batch(len(self.ledger.cases.rows), self.load.taken(), dict(self.ledger.numbers))

    def _register_before(self, count: int) -> None:
        for family in self.roster.register_before(count, self.plan.share, self.steps):
            self._keep_scans(family)
            for holder in family.covered:
                if holder.since < self.roster.begins and self.random.random() < self.plan.with_booklet:
                    at = self.roster.begins - DAY * self.random.randrange(5, 500)
                    self.shelf.issue(holder, "general", max(holder.since, at))

    def _keep_scans(self, family: Family) -> None:
        main, early = family.main, len(self.roster.families) <= WITH_KNOWN_SCANS
        for kind in self.filed.of_everybody if early else (PHOTO,):
            self.filed.keep(main.id, main.person.number, kind, main.since)

    def _make(self, request: Request) -> None:
        """A case as planned; a registration where nobody at the workshop can ask for anything else."""
        kind = self.kinds[request.service]
        asked = kind.ask(request)
        if asked is None:
            kind, asked = self.registrations, self.registrations.ask(request)
        on_file, life = asked.holder is not None, self._life(request, asked)
        fault = self._spoil(asked)
        if life.state == State.COMPLETED:
            kind.complete(asked, life, request.workshop)
        if asked.family:
            asked.family.free = life.since if life.state in ENDED else FOREVER
        self.ledger.write(self._written(request, asked, life, fault, on_file))

    def _life(self, request: Request, asked: Asked) -> Life:
        if request.workshop == NOWHERE:
            return sent_by_a_stranger(request.began)
        return lived(asked.state, asked.begun_by, request.began, asked.rejections, self.office, self.random)

    def _spoil(self, asked: Asked) -> str:
        """Leaves a draft unfinished or an answer wrong, by the case's state; returns what may be wrong."""
        fault = self.random.choice(asked.faults)
        if asked.state == State.DRAFT and self.random.random() < 0.5:
            asked.answers |= asked.unfinished
        if asked.state == State.RETURNED and fault in ANSWER_FAULTS:
            asked.answers[fault] = faulty(fault, asked.answers[fault])
        return fault

    def _written(self, request: Request, asked: Asked, life: Life, fault: str, on_file: bool) -> Written:
        setting, nowhere = self.setting, request.workshop == NOWHERE
        workshop_id = None if nowhere else self.roster.workshops[request.workshop][0]
        return Written(
            *(life, asked, fault, workshop_id),
            representative_id=None if workshop_id is None else setting.representatives[workshop_id],
            officer_id=self.random.choice(setting.officers) if setting.officers else None,
            on_file=on_file and life.state != State.COMPLETED,
            with_scans=not self.is_large or life.state not in ENDED,
            tells=request.workshop < TOLD,
        )


def load_demo(wanted: Wanted, progress: Progress = lambda done: None) -> None:
    """Makes what is wanted, all or nothing. Raises `TooManyPeopleError`."""
    with hurry(), transaction.atomic():
        run = DemoLoad(wanted, set_up(wanted))
        with run.load.indexed_afterwards() if run.is_large else nullcontext():
            run.run(progress)
        run.load.finish()
        if run.setting.with_accounts:
            ask_for_demo(run.setting.workshops, wanted.seed)
            write_accounts()
