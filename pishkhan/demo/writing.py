"""Cases as rows: each as the operations would have left it, with its timeline, scans and news."""

import heapq
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from pishkhan.cases.models import (
    Case,
    CaseScan,
    Event,
    TrackingSequence,
    unit_recipient,
    workshop_recipient,
)
from pishkhan.cases.operations import NEWS
from pishkhan.cases.states import ENDED, State, Verb, WaitingOn
from pishkhan.cases.tracking import tracking_code
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import Service
from pishkhan.notifications.models import Notification
from pishkhan.persian.letters import search_key
from pishkhan.workshops.models import Branch

from . import lives
from .asking import Sheet, faulty
from .days import DAY, month_of, stamp
from .persons import Someone
from .pictures import Pool
from .tables import Table
from .words import ANSWER_FAULTS, SCAN_FAULTS

CASE_COLUMNS = (
    *("branch_id", "workshop_id", "service_code", "begun_by", "subject_id", "subject_name", "national_code"),
    *("tracking_code", "tracking_digits", "state", "step_index", "waiting_on", "waiting_since", "unit"),
    *("assignee_id", "submitted_at", "sent_at", "ended_at", "archived_by_workshop", "archived_by_desk"),
    *("search_key", "answers", "rows", "note", "marks", "version"),
)
EVENT_COLUMNS = ("case_id", "at", "verb", "audience", "user_id", "to", "note", "marks", "changes")
WAITS_ON = {
    State.AWAITING_EMPLOYER: WaitingOn.EMPLOYER,
    State.RETURNED: WaitingOn.EMPLOYER,
    State.SUBMITTED: WaitingOn.BRANCH,
    State.UNDER_REVIEW: WaitingOn.BRANCH,
}
STEP_INDEX = {State.DRAFT: -1, State.AWAITING_EMPLOYER: 0}
NEWS_DAYS, MOST_NEWS = 30, 2000


@dataclass(slots=True)
class Written:
    """What is put down about one case."""

    life: lives.Life
    person: Someone
    answers: Answers
    workshop_id: int
    representative_id: int | None
    officer_id: int | None
    subject_id: int | None
    with_scans: bool
    on_file: bool
    tells: bool


class Ledger:
    """The tables of cases, and the numbers that they are given."""

    def __init__(self, service: Service, branch: Branch, pool: Pool, random: Random, closes: int) -> None:
        self.service, self.branch, self.pool, self.random = service, branch, pool, random
        self.sheet = Sheet(service)
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
        life, person = case.life, case.person
        code, sent = self._number(life), life.first(State.SUBMITTED)
        returned = life.state == State.RETURNED
        last = life.events[-1] if life.events else None
        return self.cases.add(
            *(self.branch.pk, case.workshop_id, self.service.code, str(life.begun_by), case.subject_id),
            *(person.name, person.national_code, code, code.replace("-", "") if code else ""),
            *(str(life.state), self._step(life, sent), _waits_on(life), stamp(life.since)),
            *(
                str(Unit.REGISTRATION) if sent else "",
                case.officer_id if life.first(State.UNDER_REVIEW) else None,
            ),
            *(stamp(life.began), stamp(sent) if sent else None, stamp(life.since) if ended(life) else None),
            *self._shelves(life, sent),
            self._search_key(case, code),
            self.sheet.answers(case.answers),
            self.sheet.rows(case.answers) if life.events else "[]",
            *(last.note if last else "", self._marks(life.fault) if returned else "[]", len(life.events)),
        )

    def _step(self, life: lives.Life, sent: int | None) -> int:
        return STEP_INDEX.get(life.state, 1 if sent else 0)

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

    def _search_key(self, case: Written, code: str | None) -> str:
        """The same as of the whole text, in parts that many cases share."""
        person, remarks = case.person, case.answers["remarks"]
        parts = [self.key(person.first_name), self.key(person.last_name), person.national_code]
        return " ".join([*parts, *([code] if code else []), *([self.key(remarks)] if remarks else [])])

    def _write_events(self, pk: int, case: Written) -> None:
        users = {Audience.WORKSHOP: case.representative_id, Audience.DESK: case.officer_id}
        corrected = False
        for event in case.life.events:
            returning = event.verb == Verb.RETURN
            self.events.add(
                *(pk, stamp(event.at), str(event.verb), str(event.by), users.get(event.by), str(event.to)),
                *(event.note, self._marks(case.life.fault) if returning else "[]"),
                self._changes(case) if corrected else "[]",
            )
            corrected = returning

    def _marks(self, fault: str) -> str:
        if fault in SCAN_FAULTS:
            return self._mark(f"scan:{fault}", self._scan_title(fault), SCAN_FAULTS[fault])
        return self._mark(fault, str(self.sheet.fields[fault].label), ANSWER_FAULTS[fault])

    def _mark(self, target: str, label: str, reason: str) -> str:
        return json.dumps([{"target": target, "label": label, "reason": reason}])

    def _scan_title(self, kind: str) -> str:
        scan = self.service.scan(kind)
        assert scan, f"{self.service.code} asks for no {kind}"
        return scan.title

    def _changes(self, case: Written) -> str:
        """What the sender corrected, when it was an answer."""
        fault = case.life.fault
        if fault not in ANSWER_FAULTS:
            return "[]"
        now = case.answers[fault]
        before = faulty(fault, now)
        return json.dumps([{"label": str(self.sheet.fields[fault].label), "before": before, "after": now}])

    def _write_scans(self, pk: int, case: Written) -> None:
        """What a draft lacks is its last page."""
        required = self.service.required_scans(case.answers)
        for scan in required if case.life.events else required[:-1]:
            picture = self.pool.of(scan.code, case.person.number)
            on_file = int(case.on_file and scan.known)
            self.scans.add(pk, scan.code, picture, on_file, stamp(case.life.began - 600))

    def _tell(self, pk: int, case: Written) -> None:
        """The news of this case, for whoever did not make them; only the latest of all are kept."""
        sent = False
        for event in case.life.events:
            sent = sent or event.to == State.SUBMITTED
            for recipient in self._told(event, case.workshop_id, sent):
                text = NEWS[event.to].format(service=self.service.title, name=case.person.name)
                self.tell(event.at, recipient, text, case_id=pk)

    def tell(self, at: int, recipient: str, text: str, *, case_id: int = 0, path: str = "") -> None:
        """Puts a line among the news, if it is one of the latest."""
        heapq.heappush(self.news, (at, case_id, recipient, text, path))
        if len(self.news) > MOST_NEWS:
            heapq.heappop(self.news)

    def _told(self, event: lives.Event, workshop_id: int, sent: bool) -> list[str]:
        if event.to not in NEWS:
            return []
        told = [] if event.by == Audience.WORKSHOP else [workshop_recipient(workshop_id)]
        if sent and event.by != Audience.DESK:
            told.append(unit_recipient(self.branch.pk, Unit.REGISTRATION))
        return told

    def finish(self) -> None:
        """Puts the news in the order of time, and lets new tracking codes go on where these end."""
        for at, pk, recipient, text, path in sorted(self.news):
            self.notices.add(recipient, text[:300], pk or None, path, stamp(at))
        self.news = []
        for month, last in self.numbers.items():
            TrackingSequence.objects.update_or_create(
                branch=self.branch, year_month=month, defaults={"last": last}
            )


def ended(life: lives.Life) -> bool:
    return life.state in ENDED


def _waits_on(life: lives.Life) -> str:
    if life.state == State.DRAFT:
        return WaitingOn.DRAFTER if life.begun_by == Audience.WORKSHOP else WaitingOn.APPLICANT
    return WAITS_ON.get(life.state, WaitingOn.NOBODY)
