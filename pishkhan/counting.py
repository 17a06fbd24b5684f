"""Bounded counts: nothing that a page counts grows with the table, and one query counts all of it."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from .prepared import Query, sql_of

MOST = 100


def few(*queries: "QuerySet[Any] | Query") -> list[int]:
    """How many rows each has, counted no further than a hundred, in one query.

    A prepared query (`Prepared.asked`) must be `limited` itself.
    """
    return _counted([query if isinstance(query, tuple) else sql_of(limited(query)) for query in queries])


def limited(queryset: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    """As much of it as is counted."""
    return queryset.order_by().values("id")[:MOST]


def _counted(queries: list[Query]) -> list[int]:
    selects = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) counted)" for sql, _ in queries)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {selects}", [param for _, params in queries for param in params])
        return list(cursor.fetchone())
