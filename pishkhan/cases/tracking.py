"""Tracking codes: branch, Jalali year and month, number in that month, check digit."""

from django.utils import timezone

from pishkhan.persian.calendar import jalali_year_month
from pishkhan.persian.identifiers import check_digit
from pishkhan.prepared import Prepared, update
from pishkhan.workshops.models import Branch

from .models import TrackingSequence


def tracking_code(branch_code: str, year_month: str, number: int) -> str:
    """`1460`, `0407`, 123 → `1460-0407-00123-X`, X the check digit of all before it."""
    body = f"{branch_code}-{year_month}-{number:05d}"
    return f"{body}-{check_digit(body.replace('-', ''))}"


_locked = Prepared(
    lambda branch, month: TrackingSequence.objects.select_for_update().filter(
        branch=branch, year_month=month
    ),
    *(int, str),
)


def _begin(branch: Branch, year_month: str) -> TrackingSequence:
    """The first of a month; another may begin it at the same moment."""
    rows = TrackingSequence.objects.select_for_update()
    return rows.get_or_create(branch=branch, year_month=year_month)[0]


def next_tracking_code(branch: Branch) -> str:
    """The next unused code of this month. Call it inside a transaction: the sequence's row is locked."""
    year_month = jalali_year_month(timezone.localdate())
    begun = _locked(branch.pk, year_month)
    sequence = begun[0] if begun else _begin(branch, year_month)
    sequence.last += 1
    update(sequence, ["last"])
    return tracking_code(branch.code, year_month, sequence.last)
