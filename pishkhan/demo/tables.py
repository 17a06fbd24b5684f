"""Rows by the million: plain tuples through the driver's own fast path, COPY or executemany."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import OperationalError, connection, models
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]


class Table:
    """Rows that wait to be written to a model's table.

    Values are text, numbers or None as either database takes them. Columns not named hold their defaults.
    """

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.model, self.name = model, model._meta.db_table
        rest = [f for f in model._meta.concrete_fields if f.attname not in ("id", *columns)]
        self.columns = ("id", *columns, *(field.column for field in rest))
        self.rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
        self.rows: list[Row] = []
        self.last: int = model._default_manager.aggregate(last=models.Max("id"))["last"] or 0

    def add(self, *values: Any) -> int:
        """Queues a row and returns the id it will have."""
        self.last += 1
        self.rows.append((self.last, *values, *self.rest))
        return self.last

    def taken(self) -> list[Row]:
        """The rows that waited."""
        rows, self.rows = self.rows, []
        return rows


def _write(cursor: CursorWrapper, table: Table, rows: list[Row]) -> None:
    if not rows:
        return
    columns = ", ".join(f'"{column}"' for column in table.columns)
    if cursor.db.vendor == "postgresql":
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    else:
        places = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', rows)  # noqa: S608


class Load:
    """Tables written together, parents first, inside the caller's transaction."""

    def __init__(self, *tables: Table) -> None:
        self.tables = tables

    def taken(self) -> list[list[Row]]:
        """The rows that waited, of each table."""
        return [table.taken() for table in self.tables]

    def write(self, taken: list[list[Row]]) -> None:
        with connection.cursor() as cursor:
            for table, rows in zip(self.tables, taken, strict=True):
                _write(cursor, table, rows)

    def finish(self) -> None:
        """Tells PostgreSQL that these ids are taken, and how the rows are: it learns that after minutes."""
        execute(*connection.ops.sequence_reset_sql(no_style(), [table.model for table in self.tables]))
        if connection.vendor == "postgresql":
            execute(*(f'ANALYZE "{table.name}"' for table in self.tables))

    @contextmanager
    def indexed_afterwards(self) -> Iterator[None]:
        """Builds indexes, and checks what refers to what, once at the end instead of a million times.

        Only where the tables are empty; in the transaction, so that whatever happens they are there again.
        """
        if connection.vendor == "postgresql":
            execute(*POSTGRES_HURRIED)
        taken = [pair for table in self.tables if not table.last for pair in loose(table.name)]
        execute(*(drop for drop, _ in taken))
        yield
        execute(*(make for _, make in reversed(taken)))


def loose(table: str) -> list[tuple[str, str]]:
    """How to drop and to make again a table's indexes, PostgreSQL's references, SQLite's triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_LOOSE, {"table": f'"{table}"'})
        else:
            cursor.execute(SQLITE_LOOSE, {"table": table})
        return list(cursor.fetchall())


# A table with checks pending cannot be altered; the older compression takes longer than all the rest.
POSTGRES_HURRIED = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "SELECT set_config(name, 'lz4', true) FROM pg_settings"
    " WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)",
)
SQLITE_LOOSE = """
    SELECT 'DROP ' || type || ' "' || name || '"', sql FROM sqlite_master
    WHERE type IN ('index', 'trigger') AND tbl_name = %(table)s AND sql IS NOT NULL
    UNION ALL
    SELECT 'SELECT 1', format('INSERT INTO %%s (%%s) VALUES (''rebuild'')', name, name) FROM sqlite_master
    WHERE sql LIKE format('CREATE VIRTUAL TABLE %%%% USING fts5 %%%% content=''%%s''%%%%', %(table)s)
"""
POSTGRES_LOOSE = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), format(
        'ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'f'
    UNION ALL
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = %(table)s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def hurry() -> Iterator[None]:
    """No looking for garbage, of which rows make none; and SQLite need not wait for the disk meanwhile."""
    gc.disable()
    try:
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            with _sqlite_in_a_hurry():
                yield
        else:
            yield
    finally:
        gc.enable()


@contextmanager
def _sqlite_in_a_hurry() -> Iterator[None]:
    before = {name: _pragma(name) for name in HURRIED}
    for name, value in HURRIED.items():
        _pragma(f"{name}={value}")
    try:
        yield
    finally:
        for name, value in before.items():
            _pragma(f"{name}={value}")


# The write-ahead log would take a second copy of everything; the older journal keeps what was there before,
# which is next to nothing, and a load that is broken off is undone from it all the same. Its commit waits for
# whoever reads.
HURRIED = {
    "synchronous": "OFF",
    "cache_size": "-1000000",
    "busy_timeout": "5000",
    "journal_mode": "DELETE",
}


def _pragma(statement: str) -> Any:
    """Its answer; None when another process has the database open, which only the journal's change minds."""
    with connection.cursor() as cursor:
        try:
            answer = cursor.execute(f"PRAGMA {statement}").fetchone()
        except OperationalError:
            return None
    return answer[0] if answer else None
