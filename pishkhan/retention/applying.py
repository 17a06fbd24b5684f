"""Retention: what is over its time is erased, in short transactions of one thing each.

Stopped anywhere, it goes on where it was when it is called again; called twice, the second finds nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from pishkhan.accounts.models import Session
from pishkhan.audit.operations import SYSTEM, Author, record
from pishkhan.cases.models import Case, EarlierScan
from pishkhan.cases.words import forget_words
from pishkhan.documents.operations import destroy_unused, forgotten, sweep_destroyed
from pishkhan.inspections.models import Inspection, SeenWorker
from pishkhan.inspections.states import State as VisitState
from pishkhan.letters.models import Letter
from pishkhan.letters.operations import destroy_letters, sweep_letters
from pishkhan.notifications.models import Notification
from pishkhan.people.models import KnownScan, Person
from pishkhan.sqlite.base import waiting_itself

from .due import due_cases
from .erasing import erase_case, erase_earlier_pictures, erase_visit
from .models import Hold, not_held, people_of
from .periods import Thing, thing_days

BATCH = 200
FAILED_UPLOADS = timedelta(days=1)


@dataclass
class Run:
    """One application: its moment, what it does, and how many of what it has erased, or would."""

    now: datetime = field(default_factory=timezone.now)
    by: Author = SYSTEM
    dry: bool = False
    gone: Counter[str] = field(default_factory=Counter)

    def each(self, rows: "QuerySet[Any]", erase: Callable[[Any], Counter[str]], what: str) -> None:
        """Locks each row that is still due, erases it, and commits; in a dry run counts the rows."""
        if self.dry:
            self.gone[what] += rows.count()
            return
        for pk in _ids(rows):
            with transaction.atomic():
                row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
                # Asked again: PostgreSQL looked before it waited for whoever had the row.
                if row is not None and rows.filter(pk=pk).exists():
                    self.gone.update(erase(row))

    def entered(self, about: str, **gone: int) -> Counter[str]:
        """What was erased in this transaction, with its entry in the trail."""
        counted = +Counter(gone)
        if counted:
            record("retention applied", by=self.by, about=about, gone=dict(counted))
        return counted

    def since(self, days: int) -> datetime:
        return self.now - timedelta(days=days)


def apply_retention(*, dry: bool = False, by: Author = SYSTEM, now: datetime | None = None) -> Counter[str]:
    """Erases what is over its time; returns how many of what. With `dry` it only counts."""
    run = Run(now or timezone.now(), by, dry)
    run.each(due_cases(run.now), lambda case: _erase(case, by), "cases")
    days = thing_days()
    for thing, apply in THINGS.items():
        if (kept := days[thing]) is not None:
            apply(run, run.since(kept))
    _sessions(run)
    _failed_uploads(run)
    if not dry:
        sweep_destroyed()
        sweep_letters()
        forget_words()
        _empty_log()
    return +run.gone


def _empty_log() -> None:
    """SQLite's log still holds the pages as they were; while somebody reads, the next run empties it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with waiting_itself(), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _erase(case: Case, by: Author) -> Counter[str]:
    return Counter() if _is_held(case) else erase_case(case, why="retention", by=by)


def _erase_earlier(run: Run, case: Case) -> Counter[str]:
    if _is_held(case):
        return Counter()
    return run.entered(f"case:{case.pk}", documents=erase_earlier_pictures(case))


def _is_held(case: Case) -> bool:
    """Asks for holds again, with the people locked whom somebody may be putting one on."""
    list(people_of(case).order_by("pk").select_for_update(no_key=True))
    return Hold.objects.on_case(case).exists()


def _ids(rows: "QuerySet[Any]") -> Iterator[int]:
    """The ids of the rows that are there now, read so many at a time, as they vanish meanwhile."""
    last: Any = None
    ordered = rows.order_by("pk").values_list("pk", flat=True)
    while batch := list(islice(ordered.filter(pk__gt=last) if last is not None else ordered, BATCH)):
        yield from batch
        last = batch[-1]


def _pictures(run: Run, before: datetime) -> None:
    """What gave way in requests that have ended, and what is no longer the current picture of a person."""
    old = Exists(EarlierScan.objects.filter(case=OuterRef("pk"), replaced_at__lt=before))
    ended = not_held(Case.objects.filter(old, ended_at__lt=before))
    run.each(ended, partial(_erase_earlier, run), "documents")
    held = Hold.objects.in_force().filter(person=OuterRef("person"))
    replaced = KnownScan.objects.filter(~Exists(held), replaced_at__lt=before)
    run.each(
        replaced,
        lambda known: run.entered(f"person:{known.person_id}", documents=_forget_known(known)),
        "documents",
    )


def _forget_known(known: KnownScan) -> int:
    picture = known.document_id
    known.delete()
    return destroy_unused([picture])


def _notices(run: Run, before: datetime) -> None:
    _delete(run, Notification.objects.filter(created_at__lt=before), "notices")


def _letters(run: Run, before: datetime) -> None:
    """Those of requests go with the request; here go the others."""
    held = Hold.objects.in_force().filter(person=OuterRef("person"))
    old = Letter.objects.filter(~Exists(held), case=None, issued_at__lt=before).exclude(facts=[])
    run.each(
        old,
        lambda letter: run.entered(
            f"letter:{letter.pk}", letters=destroy_letters(Letter.objects.filter(pk=letter.pk))
        ),
        "letters",
    )


def _visits(run: Run, before: datetime) -> None:
    held = Person.objects.filter(pk__in=Hold.objects.in_force().values("person")).values("national_code")
    named = Exists(SeenWorker.objects.filter(inspection=OuterRef("pk"), national_code__in=held))
    old = Inspection.objects.filter(~named, visited_at__lt=before, erased_at=None)
    settled = old.exclude(state__in=[VisitState.DRAFT, VisitState.OBJECTED])
    run.each(
        settled,
        lambda visit: run.entered(f"inspection:{visit.pk}", visits=1, documents=erase_visit(visit)),
        "visits",
    )


THINGS: dict[Thing, Callable[[Run, datetime], None]] = {
    Thing.PICTURES: _pictures,
    Thing.NOTICES: _notices,
    Thing.LETTERS: _letters,
    Thing.VISITS: _visits,
}


def _sessions(run: Run) -> None:
    """Sessions that are over: nobody can use them any more, and they hold what was searched for."""
    _delete(run, Session.objects.filter(expire_date__lt=run.now), "sessions")


def _failed_uploads(run: Run) -> None:
    pictures = forgotten(run.now - FAILED_UPLOADS)
    if run.dry:
        run.gone["documents"] += len(pictures)
        return
    for start in range(0, len(pictures), BATCH):
        with transaction.atomic():
            run.gone += run.entered("", documents=destroy_unused(pictures[start : start + BATCH]))


def _delete(run: Run, rows: "QuerySet[Any]", what: str) -> None:
    """Rows that stand for themselves, so many in a transaction."""
    if run.dry:
        run.gone[what] += rows.count()
        return
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows.model._default_manager.filter(pk__in=batch).delete()
            run.gone += run.entered("", **{what: len(batch)})
