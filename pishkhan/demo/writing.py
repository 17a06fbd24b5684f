"""Cases as rows: each as the operations would have left it, with its timeline, scans and news."""

import datetime as dt
import heapq
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from django.utils import timezone

from pishkhan.cases.models import (
    Case,
    CaseScan,
    Event,
    TrackingSequence,
)
from pishkhan.cases.operations import NEWS
from pishkhan.cases.states import ENDED, State, Verb, WaitingOn
from pishkhan.cases.tracking import tracking_code
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import Service, every_service
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Dependent, Person
from pishkhan.persian.calendar import age_on
from pishkhan.persian.letters import search_key
from pishkhan.workshops.models import Branch
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient

from . import lives
from .days import DAY, month_of, stamp
from .filed import Filed
from .kinds.asked import Asked
from .roster import Holder
from .sheet import Sheet, dump
from .tables import Table
from .words import ANSWER_FAULTS, SCAN_FAULTS

CASE_COLUMNS = (
    *("branch_id", "workshop_id", "service_code", "begun_by", "subject_id", "subject_name", "national_code"),
    *("tracking_code", "tracking_digits", "state", "step_index", "waiting_on", "waiting_since", "unit"),
    *("assignee_id", "submitted_at", "sent_at", "ended_at", "archived_by_workshop", "archived_by_desk"),
    *("search_key", "answers", "rows", "note", "marks", "decision", "version"),
)
EVENT_COLUMNS = ("case_id", "at", "verb", "audience", "user_id", "to", "note", "marks", "changes")
WAITS_ON = {
    State.AWAITING_EMPLOYER: WaitingOn.EMPLOYER,
    State.RETURNED: WaitingOn.EMPLOYER,
    State.SUBMITTED: WaitingOn.BRANCH,
    State.UNDER_REVIEW: WaitingOn.BRANCH,
}
NEWS_DAYS, MOST_NEWS = 30, 2000


@dataclass(slots=True)
class Written:
    """What is put down about one case. A request of a stranger has no workshop.

    `on_file`: the person was on the register when it was asked; `fault`: the scan or answer to be corrected,
    if it was ever returned.
    """

    life: lives.Life
    asked: Asked
    fault: str
    workshop_id: int | None
    representative_id: int | None
    officer_id: int | None
    on_file: bool
    with_scans: bool
    tells: bool


class Ledger:
    """The tables of cases, and the numbers that they are given."""

    def __init__(self, branch: Branch, filed: Filed, random: Random, closes: int) -> None:
        self.branch, self.filed, self.random = branch, filed, random
        self.branch_id: int = branch.pk
        self.sheets = {service.code: Sheet(service) for service in every_service()}
        self.required = Required()
        self.key = lru_cache(maxsize=1 << 14)(search_key)
        self.cases = Table(Case, *CASE_COLUMNS)
        self.events = Table(Event, *EVENT_COLUMNS)
        self.scans = Table(CaseScan, "case_id", "kind", "document_id", "on_file", "attached_at")
        self.notices = Table(Notification, "recipient", "text", "case_id", "path", "created_at")
        self.news: list[tuple[int, int, str, str, str]] = []
        self.news_since = closes - NEWS_DAYS * DAY
        self.long_ago = closes - 60 * DAY
        self.numbers: defaultdict[str, int] = defaultdict(int)
        self.numbers |= dict(TrackingSequence.objects.filter(branch=branch).values_list("year_month", "last"))

    def write(self, case: Written) -> None:
        pk = self._write_case(case)
        self._write_events(pk, case)
        if case.with_scans:
            self._write_scans(pk, case)
        if case.tells and case.life.since >= self.news_since:
            self._tell(pk, case)

    def _write_case(self, case: Written) -> int:
        life, asked, person = case.life, case.asked, case.asked.person
        sheet, holder = self.sheets[asked.service], asked.holder
        code, sent = self._number(life), life.first(State.SUBMITTED)
        last = life.events[-1] if life.events else None
        answers, rows = sheet.texts(asked.answers, holder)
        return self.cases.add(
            *(self.branch_id, case.workshop_id, asked.service, str(life.begun_by)),
            *(holder.id if holder else None, person.name, person.national_code),
            *(code, code.replace("-", "") if code else "", str(life.state), _step(sheet.service, life, sent)),
            *(_waits_on(life), stamp(life.since), str(sheet.service.steps[-1].by) if sent else ""),
            case.officer_id if life.first(State.UNDER_REVIEW) else None,
            *(stamp(life.began), stamp(sent) if sent else None, stamp(life.since) if ended(life) else None),
            *self._shelves(life, sent),
            self._search_key(asked, code),
            *(answers, rows if life.events else "[]"),
            *(last.note if last else "", self._marks(case) if life.state == State.RETURNED else "[]"),
            *(dump(asked.decision) if asked.decision else "{}", len(life.events)),
        )

    def _number(self, life: lives.Life) -> str | None:
        if not life.events:
            return None
        month = month_of(life.began)
        self.numbers[month] += 1
        return tracking_code(self.branch.code, month, self.numbers[month])

    def _shelves(self, life: lives.Life, sent: int | None) -> tuple[int, int]:
        """Archived by the workshop, by the desk: half of what ended long ago."""
        if not ended(life) or life.since > self.long_ago:
            return 0, 0
        luck = self.random.random()
        return int(luck < 0.5), int(luck > 0.3 and sent is not None)

    def _search_key(self, asked: Asked, code: str | None) -> str:
        """The same as of the whole text, in parts that many cases share."""
        person, remarks = asked.person, asked.answers["remarks"]
        parts = [self.key(person.first_name), self.key(person.last_name), person.national_code]
        return " ".join([*parts, *([code] if code else []), *([self.key(remarks)] if remarks else [])])

    def _write_events(self, pk: int, case: Written) -> None:
        users = {Audience.WORKSHOP: case.representative_id, Audience.DESK: case.officer_id}
        corrected = False
        for event in case.life.events:
            returning = event.verb == Verb.RETURN
            self.events.add(
                *(pk, stamp(event.at), str(event.verb), str(event.by), users.get(event.by), str(event.to)),
                *(event.note, self._marks(case) if returning else "[]"),
                self._changes(case) if corrected else "[]",
            )
            corrected = returning

    def _marks(self, case: Written) -> str:
        fault, sheet = case.fault, self.sheets[case.asked.service]
        scan = sheet.service.scan(fault)
        if scan:
            mark = {"target": f"scan:{fault}", "label": scan.title, "reason": SCAN_FAULTS[fault]}
        else:
            label = str(sheet.fields[fault].label)
            mark = {"target": fault, "label": label, "reason": ANSWER_FAULTS[fault]}
        return json.dumps([mark])

    def _changes(self, case: Written) -> str:
        """What the sender corrected, when it was an answer."""
        fault, sheet = case.fault, self.sheets[case.asked.service]
        if fault not in ANSWER_FAULTS:
            return "[]"
        now = case.asked.answers[fault]
        before, after = (sheet.shown(fault, answer) for answer in (faulty(fault, now), now))
        return json.dumps([{"label": str(sheet.fields[fault].label), "before": before, "after": after}])

    def _write_scans(self, pk: int, case: Written) -> None:
        """What a draft lacks is its last page; what a completed case sent is kept with the person."""
        asked, life = case.asked, case.life
        service, number = self.sheets[asked.service].service, asked.person.number
        required = self.required.scans(service, asked)
        for scan in required if life.events else required[:-1]:
            picture = self.filed.pool.of(scan.code, number)
            self.scans.add(pk, scan.code, picture, int(case.on_file and scan.known), stamp(life.began - 600))
            if life.state == State.COMPLETED and scan.known and asked.holder:
                self.filed.keep(asked.holder.id, number, scan.code, life.since)

    def _tell(self, pk: int, case: Written) -> None:
        """The news of this case, for whoever did not make them; only the latest of all are kept."""
        service, sent = self.sheets[case.asked.service].service, False
        for event in case.life.events:
            sent = sent or event.to == State.SUBMITTED
            for recipient in self._told(event, case.workshop_id, str(service.steps[-1].by), sent):
                text = NEWS[event.to].format(service=service.title, name=case.asked.person.name)
                self.tell(event.at, recipient, text, case_id=pk)

    def tell(self, at: int, recipient: str, text: str, *, case_id: int = 0, path: str = "") -> None:
        """Puts a line among the news, if it is one of the latest."""
        heapq.heappush(self.news, (at, case_id, recipient, text, path))
        if len(self.news) > MOST_NEWS:
            heapq.heappop(self.news)

    def _told(self, event: lives.Event, workshop_id: int | None, unit: str, sent: bool) -> list[str]:
        if event.to not in NEWS:
            return []
        told = []
        if workshop_id is not None and event.by != Audience.WORKSHOP:
            told.append(workshop_recipient(workshop_id))
        if sent and event.by != Audience.DESK:
            told.append(unit_recipient(self.branch.pk, unit))
        return told

    def finish(self) -> None:
        """Puts the news in the order of time."""
        for at, pk, recipient, text, path in sorted(self.news):
            self.notices.add(recipient, text[:300], pk or None, path, stamp(at))
        self.news = []

    def number_on_from(self, numbers: dict[str, int]) -> None:
        """Lets new tracking codes go on where these end."""
        for month, last in numbers.items():
            TrackingSequence.objects.update_or_create(
                branch=self.branch, year_month=month, defaults={"last": last}
            )


class Required:
    """Which scans a case needs, asked once of the service for everybody alike.

    Services ask by choices (reason, relation, conditions), by age, and of somebody on the register how the
    person is covered; a million times would take too long.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], list[Scan]] = {}
        self.today = timezone.localdate()

    def scans(self, service: Service, asked: Asked) -> list[Scan]:
        born = dt.date.fromisoformat(asked.person.birth_date)
        answers, holder = asked.answers, asked.holder if service.about.on_file else None
        chosen = (answers.get("reason"), answers.get("relation"), *answers.get("conditions", ()))
        covered = (holder.relation, holder.conditions) if holder else ()
        key = (service.code, age_on(born, self.today), *chosen, covered)
        if key not in self.known:
            self.known[key] = service.required_scans(answers, _on_file(holder, born) if holder else None)
        return self.known[key]


def _on_file(holder: Holder, born: dt.date) -> Person:
    """As much of somebody on the register as a service asks about."""
    person = Person(birth_date=born)
    through = Dependent(relation=holder.relation, conditions=list(holder.conditions))
    person.covered_through = through if holder.main else None
    return person


def faulty(name: str, answer: str) -> str:
    """The answer as it was before the branch asked to correct it."""
    match name:
        case "address":
            return answer.partition("، پلاک")[0]
        case "kind":
            return "general" if answer == "special" else "special"
        case "job":
            return "کارگر"
        case _:
            return ""


def ended(life: lives.Life) -> bool:
    return life.state in ENDED


def _step(service: Service, life: lives.Life, sent: int | None) -> int:
    """The branch's own step is the last one."""
    if life.state == State.DRAFT:
        return -1
    return len(service.steps) - 1 if sent else 0


def _waits_on(life: lives.Life) -> str:
    if life.state == State.DRAFT:
        return WaitingOn.DRAFTER if life.begun_by == Audience.WORKSHOP else WaitingOn.APPLICANT
    return WAITS_ON.get(life.state, WaitingOn.NOBODY)
