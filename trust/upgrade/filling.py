"""Rows to upgrade: the demo data, and for the long form their ended requests copied to a million by SQL."""

import sqlite3
from typing import Any

import psycopg

from .releases import Place, Release

DEMO_CASES = 5_000
COPIES = """
    WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {copies})
    INSERT INTO cases_case ({columns}, tracking_code)
    SELECT {columns}, 'c' || n || '-' || id FROM copy, cases_case WHERE state = 'completed'"""


def fill(release: Release, cases: int) -> None:
    release.run("migrate")
    release.run("demo", "--workshops", "60", "--insured", "400", "--cases", str(min(cases, DEMO_CASES)))
    if cases > DEMO_CASES:
        copy(release.place, cases)
    if release.place.database:  # what autovacuum does within a minute
        with psycopg.connect(release.place.database, autocommit=True) as link:
            link.execute("VACUUM ANALYZE")


def copy(place: Place, cases: int) -> None:
    """Until there are so many; what is in progress stays as it was (one for a person and a service)."""
    link: Any = (
        psycopg.connect(place.database)
        if place.database
        else sqlite3.connect(place.data / "pishkhan.sqlite3")
    )
    if not place.database:  # else every page of an index is written many times
        link.execute("PRAGMA cache_size = -1000000")
    look = link.execute("SELECT * FROM cases_case LIMIT 1")
    columns = ", ".join(name for name, *_ in look.description if name not in ("id", "tracking_code"))
    completed = link.execute("SELECT count(*) FROM cases_case WHERE state = 'completed'").fetchone()[0]
    link.execute(COPIES.format(columns=columns, copies=(cases - DEMO_CASES) // completed + 1))
    link.commit()
    link.close()
