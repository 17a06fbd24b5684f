"""Visits of inspectors to the workshops of a run: each as the operations would have left it."""

import datetime as dt
from random import Random

from django.urls import reverse

from pishkhan.catalogue.parties import Unit
from pishkhan.inspections.models import (
    Found,
    Inspection,
    Kind,
    Objection,
    last_day_to_object,
)
from pishkhan.inspections.operations import OBJECTION_DAYS
from pishkhan.inspections.states import State
from pishkhan.persian.calendar import jalali_year_month, show_date
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.models import StaffPost, Workshop
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient

from .days import Office
from .persons import insurance_number, national_code
from .tables import Row, Table
from .words import ANSWERS, FAMILIES, FATHERS, JOBS, MEN, OBJECTIONS, PAPERS
from .writing import Ledger

FIRST_HAS = (State.OBJECTION_REJECTED, State.OBJECTED, State.PUBLISHED)
OTHERS_HAVE = (State.ACKNOWLEDGED, State.PUBLISHED, State.DRAFT, State.ACKNOWLEDGED, State.OBJECTED)
RECENT, LONG_AGO = (1, 14), (40, 200)
"""So many working days ago, at least and at most."""

SEEN_BEFORE = 950_000
"""The numbers of workers seen follow those of all others, whom nobody should take them for."""

OBJECTING = (State.OBJECTED, State.OBJECTION_REJECTED)
BATCH = 2000
SEEN_COLUMNS = (
    *("inspection_id", "position", "name", "father_name", "national_code", "insurance_number", "job"),
    *("start_date", "stated_wage", "hours", "on_last_list", "signed"),
)


class Visits:
    """The rows of a run's visits, numbered in the order of the workshops."""

    def __init__(
        self, representatives: dict[int, int], office: Office, ledger: Ledger, seen: Table, seed: int
    ) -> None:
        self.representatives, self.office, self.ledger = representatives, office, ledger
        self.random = Random(f"{seed} visits")
        self.last = Inspection.objects.filter(branch=ledger.branch).count()
        self.inspectors = [self._name() for _ in range(3)]
        staff = StaffPost.objects.filter(branch=ledger.branch, unit=Unit.INSPECTION).order_by("id")
        self.officer_id = staff.values_list("user_id", flat=True).first()
        self.seen = seen
        self.visits: list[Inspection] = []
        self.workers: list[tuple[Inspection, Row]] = []
        self.objections: list[Objection] = []

    def add(self, workshop: Workshop, state: State) -> None:
        """One visit with what came of it."""
        random, office = self.random, self.office
        lately = state in (State.DRAFT, State.PUBLISHED, State.OBJECTED)
        ago = random.randrange(*(RECENT if lately else LONG_AGO))
        seconds = office.within(max(0, office.last - ago), random)
        visited, told = moment(seconds // 60 * 60), office.after(seconds, 5, random)
        listed = random.randrange(3, 40)
        self.last += 1
        visit = Inspection(
            branch=self.ledger.branch,
            workshop=workshop,
            number=f"14{jalali_year_month(visited)[:2]}/{self.last}",
            visited_at=visited,
            kind=random.choice(Kind.values),
            inspector_name=random.choice(self.inspectors),
            employer_present=random.random() < 0.6,
            present_name=self._name(),
            present_role=random.choice(("سرپرست تولید", "حسابدار", "مسئول کارگزینی")),
            workshop_state=Found.OPEN,
            observed_count=listed + random.randrange(-2, 6),
            on_list_count=listed,
            documents_seen=PAPERS.pick(random),
            state=state,
            recorded_at=moment(seconds),
        )
        self.visits.append(visit)
        self._name_workers(visit)
        if state != State.DRAFT:
            self._publish(visit, told)

    def _publish(self, visit: Inspection, told: int) -> None:
        visit.notified_at = moment(told)
        visit.objection_deadline = last_day_to_object(visit.notified_at.date(), OBJECTION_DAYS)
        visit.version = 1
        answered = self.office.after(told, 3, self.random)
        if visit.state == State.ACKNOWLEDGED:
            visit.acknowledged_at, visit.version = moment(answered), 2
        if visit.state in OBJECTING:
            self._object(visit, answered)

    def _object(self, visit: Inspection, at: int) -> None:
        objection = Objection(inspection=visit, text=OBJECTIONS.pick(self.random), made_at=moment(at))
        objection.made_by_id = self.representatives[visit.workshop_id]
        visit.version = 2
        if visit.state == State.OBJECTION_REJECTED:
            visit.version = 3
            objection.answer = ANSWERS.pick(self.random)
            objection.answered_at = moment(self.office.after(at, 5, self.random))
            objection.answered_by_id = self.officer_id
        self.objections.append(objection)

    def _name_workers(self, visit: Inspection) -> None:
        random = self.random
        for position in range(1, min(visit.observed_count, random.randrange(2, 7)) + 1):
            number = SEEN_BEFORE + random.randrange(40_000)
            identified, began = random.random() < 0.6, random.randrange(20, 900)
            worker = (
                *(position, self._name(), FATHERS.pick(random)),
                national_code(number) if identified else "",
                insurance_number(number) if random.random() < 0.3 else "",
                JOBS.pick(random),
                (visit.visited_at.date() - dt.timedelta(days=began)).isoformat(),
                *(random.randrange(110, 260) * 1_000_000, random.choice((7, 8, 8, 8, 10, 12))),
                *(int(random.random() < 0.4), int(random.random() < 0.8)),
            )
            self.workers.append((visit, worker))

    def _name(self) -> str:
        return f"{MEN.pick(self.random)} {FAMILIES.pick(self.random)}"

    def write(self) -> None:
        Inspection.objects.bulk_create(self.visits, batch_size=BATCH)
        Objection.objects.bulk_create(self.objections, batch_size=BATCH)
        for visit, worker in self.workers:
            self.seen.add(visit.pk, *worker)

    def tell(self) -> None:
        """The news of the visits that were published lately."""
        for visit in self.visits:
            if visit.notified_at and visit.notified_at.timestamp() >= self.ledger.news_since:
                text = f"نتیجهٔ بازرسی {show_date(visit.visited_at)} به کارگاه شما ابلاغ شد."
                path = reverse("inspection", args=[visit.pk])
                at = int(visit.notified_at.timestamp())
                self.ledger.tell(at, workshop_recipient(visit.workshop_id), text, path=path)
        for objection in self.objections:
            visit = objection.inspection
            text = f"{visit.workshop.name} به بازرسی شمارهٔ {to_persian(visit.number)} اعتراض کرد."
            at, path = int(objection.made_at.timestamp()), reverse("desk_inspection", args=[visit.pk])
            if at >= self.ledger.news_since:
                recipient = unit_recipient(visit.branch_id, Unit.INSPECTION)
                self.ledger.tell(at, recipient, text, path=path)


def moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def make_visits(
    workshops: list[Workshop],
    representatives: dict[int, int],
    office: Office,
    ledger: Ledger,
    seen: Table,
    seed: int,
) -> None:
    """None to three visits to every workshop; the first has three, one with an objection to be answered.

    Whom they saw is put into `seen`, what is to be told of them into the ledger's news.
    """
    made = Visits(representatives, office, ledger, seen, seed)
    for place, workshop in enumerate(workshops):
        count = made.random.choice((0, 1, 1, 2, 2, 3))
        states = FIRST_HAS if place == 0 else made.random.choices(OTHERS_HAVE, k=count)
        for state in sorted(states, key=list(FIRST_HAS + OTHERS_HAVE).index):
            made.add(workshop, state)
    made.write()
    made.tell()
