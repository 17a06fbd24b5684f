"""Keyset pages: a page costs the same wherever it is, and nobody counts the table."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, DateTimeField, Q, QuerySet

PAGE = 25
TEXT = "s"


@dataclass(frozen=True)
class Rows:
    """One page of plain rows, and the cursor of the page after it ("" at the end)."""

    rows: list[dict[str, Any]]
    after: str


def page_of(
    queryset: "QuerySet[Any]", column: str, *columns: str, after: str = "", descending: bool = True
) -> Rows:
    """The 25 rows after the cursor, ordered by (`column`, id), as dictionaries of `columns`.

    `column` is a column of times, dates or texts without nulls; a broken cursor gives the first page.
    Texts are people's names, which stand in no address: their cursor names the row, if it is still there.
    """
    sign, compare = ("-", "lt") if descending else ("", "gt")
    queryset = queryset.order_by(f"{sign}{column}", f"{sign}id")
    cursor = _read(after) if after.startswith(_kind(queryset.model._meta.get_field(column))) else None
    value, pk = cursor or (None, 0)
    if after.startswith(TEXT) and cursor:
        value = queryset.filter(pk=pk).values_list(column, flat=True).first()
    if value is not None:
        beyond = Q(**{f"{column}__{compare}": value}) | Q(**{column: value, f"id__{compare}": pk})
        queryset = queryset.filter(beyond, **{f"{column}__{compare}e": value})
    rows = list(queryset.values("id", column, *columns)[: PAGE + 1])
    more = len(rows) > PAGE
    return Rows(rows[:PAGE], _write(rows[PAGE - 1][column], rows[PAGE - 1]["id"]) if more else "")


def _kind(column: Any) -> str:
    """The first letter of a cursor: t for times, d for dates, s for texts."""
    if isinstance(column, DateTimeField):
        return "t"
    return "d" if isinstance(column, DateField) else TEXT


def _write(value: Any, pk: int) -> str:
    if isinstance(value, datetime.datetime):
        return f"t{value.astimezone(datetime.UTC).timestamp():.6f}~{pk}"
    if isinstance(value, datetime.date):
        return f"d{value.isoformat()}~{pk}"
    return f"{TEXT}~{pk}"


def _read(cursor: str) -> tuple[Any, int] | None:
    value, _, pk = cursor[1:].rpartition("~")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    if cursor[0] == TEXT:
        return None, int(pk)
    try:
        if cursor[0] == "d":
            return datetime.date.fromisoformat(value), int(pk)
        return datetime.datetime.fromtimestamp(float(value), datetime.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
