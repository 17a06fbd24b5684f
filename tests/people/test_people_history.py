"""A person's contribution records as a whole: overlaps, gaps, totals, the line of time."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.audit.operations import SYSTEM
from pishkhan.people.history import DAY, gaps, line, overlaps, records_of, summary, troubles
from pishkhan.people.models import ContributionRecord, RecordSource
from pishkhan.people.operations import add_records
from tests import world as w

FIRST = datetime.date(2020, 1, 1)


def record(start: int, end: int) -> ContributionRecord:
    """From the start-th to the end-th day, both included."""
    return ContributionRecord(
        workshop_name="نمونه",
        started_on=FIRST + start * DAY,
        ended_on=FIRST + end * DAY,
        days=end - start + 1,
        source=RecordSource.DESK,
    )


def days_of(spans) -> set[int]:
    return {
        (span.started_on - FIRST).days + n
        for span in spans
        for n in range((span.ended_on - span.started_on).days + 1)
    }


records = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda p: (p[0], p[0] + p[1])), max_size=8
).map(lambda pairs: [record(*pair) for pair in sorted(pairs)])


def covered(found) -> list[int]:
    return [n for r in found for n in range((r.started_on - FIRST).days, (r.ended_on - FIRST).days + 1)]


@given(records)
def test_overlaps_are_the_days_that_more_than_one_record_covers(found):
    days = covered(found)
    assert days_of(overlaps(found)) == {day for day in days if days.count(day) > 1}


@given(records)
def test_gaps_are_the_days_between_first_and_last_that_none_covers(found):
    days = covered(found)
    whole = set(range(min(days), max(days) + 1)) if days else set()
    assert days_of(gaps(found)) == whole - set(days)


@given(records)
def test_every_record_has_its_bar_within_the_line(found):
    bars = line(found)
    assert len(bars) == len(found)
    assert all(0 <= bar.left <= 1000 and bar.width >= 4 for bar in bars)


@pytest.mark.django_db
def test_records_are_summed_up_in_words(world):
    person = w.insured(world)
    assert "ثبت نشده" in troubles(person)[0]
    add_records(person, [record(0, 9), record(5, 14), record(20, 29)], by=SYSTEM)
    assert len(records_of(person)) == 3
    assert summary(person)[0] == ("سوابق ثبت‌شده", "۳ ردیف، ۳۰ روز")
    assert [told.partition(":")[0] for told in troubles(person)] == ["هم‌پوشانی", "وقفه"]
