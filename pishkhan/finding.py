"""A few rows of a long list: those whose numbers are known, and those that hold words."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.db.models.sql.datastructures import BaseTable

M = TypeVar("M", bound="QuerySet[Any]")


def those_of(numbers: "Sequence[int] | QuerySet[Any, Any]", rows: M) -> M:
    """The rows with these numbers.

    SQLite has no statistics, takes every list for a short one, and would go through all of it.
    """
    found = rows.filter(pk__in=numbers)
    if connection.vendor == "sqlite":
        alias = str(found.query.get_initial_alias())
        found.query.alias_map[alias] = _ByNumber(found.query.alias_map[alias].table_name, alias)
    return found


def holding(rows: M, *words: str) -> M:
    """Those whose `search_key` holds every word, found by going through the list.

    Not as LIKE, which PostgreSQL would take to an index of words also where the list is shorter.
    """
    return rows.filter(*(GreaterThan(StrIndex("search_key", Value(word)), 0) for word in words))


class _ByNumber(BaseTable):
    """A table of SQLite whose rows are looked up by their numbers, whatever indexes it has."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        sql, values = super().as_sql(compiler, connection)
        return f"{sql} NOT INDEXED", values
