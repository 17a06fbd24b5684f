"""Keyset pages: a page costs the same wherever it is, and nobody counts the table."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import DateField, DateTimeField, Q, QuerySet

PAGE, MOST = 25, 100
Query = tuple[str, tuple[Any, ...]]


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
    """
    sign, compare = ("-", "lt") if descending else ("", "gt")
    queryset = queryset.order_by(f"{sign}{column}", f"{sign}id")
    cursor = _read(after) if after.startswith(_kind(queryset.model._meta.get_field(column))) else None
    if cursor:
        value, pk = cursor
        beyond = Q(**{f"{column}__{compare}": value}) | Q(**{column: value, f"id__{compare}": pk})
        queryset = queryset.filter(beyond, **{f"{column}__{compare}e": value})
    rows = list(queryset.values("id", column, *columns)[: PAGE + 1])
    more = len(rows) > PAGE
    return Rows(rows[:PAGE], _write(rows[PAGE - 1][column], rows[PAGE - 1]["id"]) if more else "")


def _kind(column: Any) -> str:
    """The first letter of a cursor: t for times, d for dates, s for texts."""
    if isinstance(column, DateTimeField):
        return "t"
    return "d" if isinstance(column, DateField) else "s"


def _write(value: Any, pk: int) -> str:
    if isinstance(value, datetime.datetime):
        return f"t{value.astimezone(datetime.UTC).timestamp():.6f}~{pk}"
    if isinstance(value, datetime.date):
        return f"d{value.isoformat()}~{pk}"
    return f"s{value}~{pk}"


def _read(cursor: str) -> tuple[Any, int] | None:
    value, _, pk = cursor[1:].rpartition("~")
    if not pk.isdecimal() or len(pk) > 18 or "\0" in value:
        return None
    if cursor[0] == "s":
        return value, int(pk)
    try:
        if cursor[0] == "d":
            return datetime.date.fromisoformat(value), int(pk)
        return datetime.datetime.fromtimestamp(float(value), datetime.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None


def few(*querysets: "QuerySet[Any]") -> list[int]:
    """How many rows each has, counted no further than a hundred, in one query."""
    return _counted([_limited(queryset) for queryset in querysets])


def few_of_each(queryset: "QuerySet[Any]", column: str, values: Sequence[str]) -> dict[str, int]:
    """How many rows have each of these texts in a column, counted likewise; built once for all."""
    mark = "?"
    sql, params = _limited(queryset.filter(**{column: mark}))
    each = [(sql, tuple(str(value) if param == mark else param for param in params)) for value in values]
    return dict(zip(values, _counted(each), strict=True))


def _limited(queryset: "QuerySet[Any]") -> Query:
    sql, params = queryset.order_by().values("id")[:MOST].query.sql_with_params()
    return sql, params


def _counted(queries: Sequence[Query]) -> list[int]:
    selects = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) counted)" for sql, _ in queries)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {selects}", [param for _, params in queries for param in params])
        return list(cursor.fetchone())
