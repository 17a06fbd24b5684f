"""Tracking codes: branch, Jalali year and month, number in that month, check digit."""

from django.utils import timezone

from pishkhan.persian.calendar import jalali_year_month
from pishkhan.persian.identifiers import check_digit
from pishkhan.workshops.models import Branch

from .models import TrackingSequence


def tracking_code(branch_code: str, year_month: str, number: int) -> str:
    """`1460`, `0407`, 123 → `1460-0407-00123-X`, X the check digit of all before it."""
    body = f"{branch_code}-{year_month}-{number:05d}"
    return f"{body}-{check_digit(body.replace('-', ''))}"


def next_tracking_code(branch: Branch) -> str:
    """The next unused code of this month. Call it inside a transaction: the sequence's row is locked."""
    year_month = jalali_year_month(timezone.localdate())
    rows = TrackingSequence.objects.select_for_update()
    sequence, _ = rows.get_or_create(branch=branch, year_month=year_month)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return tracking_code(branch.code, year_month, sequence.last)
