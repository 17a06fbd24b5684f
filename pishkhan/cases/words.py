"""The index behind a search by words: every three letters that follow each other in a search key.

PostgreSQL has it as an index like any other (pg_trgm), SQLite as a full-text table beside the requests, which
triggers keep: `AddTrigramsOnline`, in `pishkhan.upgrades`. It is asked for rare words only; their planners
cannot tell which are.
"""

import re
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from pishkhan.prepared import Query

LOOKED_AT, RARE = 1000, 2
"""Of so many requests fewer than so many have a rare word: a page of them is filled late."""
FEW = 2000
"""So many requests are looked up by their numbers sooner than found by going through a list."""
KNOWN = re.compile(r"[^\W_]{3}")
"""What a word must hold to be looked up: pg_trgm passes over signs."""
MERGED = 500  # pages of SQLite's index a step, in which nobody else writes

SQLITE = ("SELECT rowid FROM case_words WHERE search_key GLOB %s", "*{}*", re.compile(r"([*?[])"), r"[\1]")
POSTGRES = ("SELECT id FROM cases_case WHERE search_key LIKE %s", "%{}%", re.compile(r"([%_\\])"), r"\\\1")


def newest(rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    """The search keys of as many as a search looks at first."""
    return rows.order_by("-submitted_at", "-id").values("search_key")[:LOOKED_AT]


def rare(first: Query, words: list[str]) -> list[int] | None:
    """`few_with` words that are rare among a list's `newest`; None where the list is better gone through."""
    return few_with(words) if _seldom_in(first, words) else None


def _seldom_in(first: Query, words: list[str]) -> bool:
    """Looks no further than to the second that holds them."""
    sql, params = first
    place = "INSTR" if connection.vendor == "sqlite" else "STRPOS"
    holds = " AND ".join([f"{place}(search_key, %s) > 0"] * len(words))
    holding = f"SELECT COUNT(*) FROM (SELECT 1 FROM ({sql}) first WHERE {holds} LIMIT {RARE}) having_them"  # noqa: S608
    every = f"SELECT COUNT(*) FROM ({sql}) first"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN ({holding}) < {RARE} THEN ({every}) ELSE 0 END", [*params, *words, *params]
        )
        return bool(cursor.fetchone() == (LOOKED_AT,))


def few_with(words: list[str]) -> list[int] | None:
    """The numbers of all requests, whosever they are, whose search key holds each of `words`.

    None where they are more than a few, or the index knows no word.
    """
    sql, around, special, literal = SQLITE if connection.vendor == "sqlite" else POSTGRES
    if not any(KNOWN.search(word) and not special.search(word) for word in words):
        return None
    more = sql.partition(" WHERE ")[2]
    words = [around.format(special.sub(literal, word)) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(" AND ".join([sql, *[more] * (len(words) - 1)]) + " LIMIT %s", [*words, FEW + 1])
        found = [pk for (pk,) in cursor.fetchall()]
    return found if len(found) <= FEW else None


def forget_words() -> None:
    """Rewrites SQLite's index without the words of requests that were erased, a few pages at a time."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        step, before = -MERGED, -2
        while (changed := _changes(cursor)) - before >= 2:
            before = changed
            cursor.execute("INSERT INTO case_words (case_words, rank) VALUES ('merge', %s)", [step])
            step = MERGED


def _changes(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])
