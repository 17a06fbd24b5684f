"""A person's contribution records (سابقه) as a whole: totals, overlaps, gaps, and their line in time."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian

from .models import ContributionRecord, Person

DAY = datetime.timedelta(days=1)
MOST_TOLD = 5


@dataclass(frozen=True)
class Span:
    """A time from one day to another, both included: a gap, or two records at once."""

    started_on: datetime.date
    ended_on: datetime.date

    @property
    def words(self) -> str:
        return f"از {show_date(self.started_on)} تا {show_date(self.ended_on)}"


def overlaps(records: Sequence[ContributionRecord]) -> list[Span]:
    """Times that more than one record covers. Records come in the order of their beginning."""
    found: list[Span] = []
    latest: datetime.date | None = None
    for record in records:
        if latest and record.started_on <= latest:
            found.append(Span(record.started_on, min(latest, record.ended_on)))
        latest = max(latest, record.ended_on) if latest else record.ended_on
    return found


def gaps(records: Sequence[ContributionRecord]) -> list[Span]:
    """Times between the first and the last record that none covers."""
    found: list[Span] = []
    latest: datetime.date | None = None
    for record in records:
        if latest and record.started_on > latest + DAY:
            found.append(Span(latest + DAY, record.started_on - DAY))
        latest = max(latest, record.ended_on) if latest else record.ended_on
    return found


def records_of(person: Person) -> list[ContributionRecord]:
    """All records of the person in the order of time; nobody has more than some hundreds."""
    return list(person.records.order_by("started_on", "id"))


def summary(person: Person) -> list[tuple[str, str]]:
    """The records in two lines: (label, value)."""
    records = records_of(person)
    if not records:
        return [("سوابق ثبت‌شده", "هنوز سابقه‌ای ثبت نشده است")]
    days = sum(record.days for record in records)
    span = Span(records[0].started_on, max(record.ended_on for record in records))
    return [
        ("سوابق ثبت‌شده", f"{to_persian(len(records))} ردیف، {to_persian(days)} روز"),
        ("دوره", span.words),
    ]


def troubles(person: Person) -> list[str]:
    """What an officer should look at before the records are certified."""
    records = records_of(person)
    if not records:
        return ["برای این شخص سابقه‌ای ثبت نشده است؛ نخست سوابق را در صفحهٔ شخص وارد کنید."]
    return [
        *(f"هم‌پوشانی: {span.words}" for span in overlaps(records)[:MOST_TOLD]),
        *(f"وقفه: {span.words}" for span in gaps(records)[:MOST_TOLD]),
    ]


@dataclass(frozen=True)
class Bar:
    """One record on the line: where it begins and how long it is, in thousandths of the whole line."""

    record: ContributionRecord
    left: int
    width: int
    doubled: bool


def line(records: Sequence[ContributionRecord]) -> list[Bar]:
    """The records as bars along one line of time, oldest first; `doubled` where one begins inside another."""
    if not records:
        return []
    first = records[0].started_on
    whole = max((max(record.ended_on for record in records) - first).days + 1, 1)
    bars: list[Bar] = []
    latest = first - DAY
    for record in records:
        left = (record.started_on - first).days * 1000 // whole
        width = max(((record.ended_on - record.started_on).days + 1) * 1000 // whole, 4)
        bars.append(Bar(record, left, width, record.started_on <= latest))
        latest = max(latest, record.ended_on)
    return bars
