"""Making demo data: from what was asked for to rows in the database."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from random import Random

from django.db import transaction
from django.db.models import Max

from pishkhan.accounts.models import User
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.cases.models import Case
from pishkhan.cases.states import ENDED, State
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import find
from pishkhan.people.models import Person
from pishkhan.workshops.models import Branch, StaffPost, Workshop
from pishkhan.workshops.operations import prepare_branch

from . import workshops as places_of_work
from .accounts import HOLDERS, write_accounts
from .asking import SERVICE, answers_of, faulty, unfinished
from .days import Office
from .lives import Life, lived
from .persons import MOST, number_of
from .pictures import Pool
from .plan import Plan, Request, Wanted
from .roster import NEWCOMERS, Post, Roster
from .tables import Load, hurry
from .visits import make_visits
from .words import ANSWER_FAULTS
from .writing import Ledger, Written

BATCH = 20_000
"""Cases written at a time; up to so many have their scans attached, beyond it only those in progress."""

TOLD = 20
"""So many workshops have notices on their dashboard."""

Progress = Callable[[int], object]


class TooManyPeopleError(Exception):
    """There are only so many codes that nobody has been given."""


@dataclass(frozen=True)
class Setting:
    """The branch as the cases find it: workshops, their representatives, the unit's staff."""

    branch: Branch
    workshops: list[Workshop]
    representatives: dict[int, int]
    officers: list[int]
    with_accounts: bool

    @property
    def ids(self) -> list[int]:
        return [workshop.pk for workshop in self.workshops]


def set_up(wanted: Wanted) -> Setting:
    """Workshops and users; the demo accounts, unless they are there already."""
    branch = prepare_branch()
    free = places_of_work.free_places(wanted.workshops)
    holders = {}
    if not User.objects.filter(username__in=[holder.account.username for holder in HOLDERS]).exists():
        holders = places_of_work.make_holders(branch)
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


FAMILY = 5
"""At most so many numbers are taken by an insured person and the family."""


class DemoLoad:
    """One run: a plan, and the tables that it fills."""

    def __init__(self, wanted: Wanted, setting: Setting) -> None:
        service = find(SERVICE)
        assert service
        self.wanted, self.setting, self.service = wanted, setting, service
        self.office = Office(wanted.today)
        self.steps = places_of_work.steps_of(wanted.workshops, wanted.seed)
        self.plan = Plan(wanted, self.office, self.steps)
        self.random = Random(f"{wanted.seed} cases")
        pool = Pool(service.scans, wanted.seed)
        first = first_free_number()
        if first + FAMILY * wanted.insured + self.plan.not_completed >= MOST:
            raise TooManyPeopleError
        known = tuple(scan.code for scan in service.scans if scan.known)
        names = [workshop.name for workshop in setting.workshops]
        self.roster = Roster(pool, known, names, first, wanted.seed, wanted.today)
        self.ledger = Ledger(service, setting.branch, pool, self.random, self.office.closes)
        self.newcomers = 0
        self.newcomers_seen = 0
        self.completed = 0
        self.load = Load(
            *(self.roster.people, self.ledger.cases, self.ledger.events, self.ledger.scans),
            *(self.roster.employments, self.roster.scans, self.ledger.notices),
            *(self.roster.dependents, self.roster.booklets, self.roster.records),
        )

    def run(self, progress: Progress) -> None:
        wanted = self.wanted
        self.newcomers = min(int(NEWCOMERS * wanted.insured), self.plan.ended * 3 // 4)
        self._register_before(wanted.insured - self.newcomers)
        for request in self.plan.requests():
            self._make(request)
            if len(self.ledger.cases.rows) >= BATCH:
                self._write(progress)
        self._finish()
        self._write(progress)

    def _register_before(self, count: int) -> None:
        self.roster.register_before(count, self.steps, self.setting.ids, self.office.midnights[0])

    def _write(self, progress: Progress) -> None:
        done = len(self.ledger.cases.rows)
        self.load.write()
        progress(done)

    def _finish(self) -> None:
        self._register_before(self.newcomers - self.newcomers_seen)
        self.roster.finish()
        make_visits(
            self.setting.workshops, self.setting.representatives, self.office, self.ledger, self.wanted.seed
        )
        self.ledger.finish()

    def _make(self, request: Request) -> None:
        workshop = self.setting.workshops[request.workshop]
        life = lived(request.state, request.began, self.office, self.random, at_counter=workshop.can_send)
        chosen = self._from_the_register(life, request.workshop)
        person = self.roster.newcomer() if chosen is None else self.roster.insured[chosen].person
        answers = answers_of(person, life.began, self.random)
        if life.state == State.DRAFT and self.random.random() < 0.5:
            answers = unfinished(answers)
        if life.state == State.RETURNED and life.fault in ANSWER_FAULTS:
            answers[life.fault] = faulty(life.fault, answers[life.fault])
        if life.state == State.COMPLETED:
            chosen = self.roster.register(person, life.since) if chosen is None else chosen
            post = Post(request.workshop, workshop.pk, answers["job"], answers["start_date"])
            self.roster.employ(chosen, post)
        self.ledger.write(
            Written(
                life=life,
                person=person,
                answers=answers,
                workshop_id=workshop.pk,
                representative_id=self.setting.representatives[workshop.pk],
                officer_id=self.random.choice(self.setting.officers) if self.setting.officers else None,
                subject_id=None if chosen is None else self.roster.insured[chosen].id,
                with_scans=self.wanted.cases <= BATCH or life.state not in ENDED,
                on_file=chosen is not None and life.state != State.COMPLETED,
                tells=request.workshop < TOLD,
            )
        )

    def _from_the_register(self, life: Life, workshop: int) -> int | None:
        """The place on the roster of whom the case is about; None for somebody new."""
        if life.state == State.COMPLETED:
            return None if self._newcomer_is_due() else self.roster.next_in_turn()
        if life.state in ENDED or life.begun_by == Audience.PUBLIC or self.random.random() < 0.6:
            return None
        return self.roster.anybody_from_elsewhere(workshop)

    def _newcomer_is_due(self) -> bool:
        """Spreads first registrations evenly over all that are completed."""
        self.completed += 1
        due = self.newcomers * min(1.0, self.completed / (0.9 * self.plan.ended))
        if self.newcomers_seen < round(due):
            self.newcomers_seen += 1
            return True
        return False


def load_demo(wanted: Wanted, progress: Progress = lambda done: None) -> None:
    """Makes what is wanted, all or nothing. Raises `TooManyPeopleError`."""
    with hurry(), transaction.atomic():
        run = DemoLoad(wanted, set_up(wanted))
        with run.load.indexed_afterwards() if wanted.cases > BATCH else nullcontext():
            run.run(progress)
        run.load.finish()
        if run.setting.with_accounts:
            write_accounts()
