"""What a migration does to those who are being served, told by what the database does.

It is applied to a database without rows. What costs a moment there and minutes at a million rows is seen all
the same: PostgreSQL counts the scans of a table and gives it a new file when it is rewritten; SQLite's
migrations say it in their SQL. `python -m trust.upgrade` measures what this only foretells.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from pishkhan.upgrades import InBatches

DOCUMENTED = "docs/operating.md, «Upgrading»"

# Locks that let nobody write; the last lets nobody read either.
STRONG = "'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'"
LOCKED = f"""SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND l.mode IN ({STRONG})"""
READ = "SELECT relname, seq_scan FROM pg_stat_xact_user_tables"
FILES = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relkind = 'r'"

COPIES = re.compile(r'CREATE TABLE "new__(\w+)"|ALTER TABLE "(\w+)" DROP COLUMN')
INDEXES = re.compile(r'CREATE (?:UNIQUE )?INDEX .* ON "(\w+)"')
WRITES_ROWS = re.compile(r"\b(update|delete|insert)\b", re.IGNORECASE)


@dataclass
class Watch:
    """Between a migration and its database: what each statement costs the others."""

    connection: BaseDatabaseWrapper
    found: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.connection.cursor() as cursor:
            self.existing = set(self.connection.introspection.table_names(cursor))

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        look = self.look_at_postgresql if self.connection.vendor == "postgresql" else self.look_at_sqlite
        return look(lambda: execute(sql, params, many, context), str(sql))

    def look_at_sqlite(self, execute: Callable[[], Any], sql: str) -> Any:
        """One writer at a time, and none while a table is copied or an index built."""
        for pattern, rule in ((COPIES, "copied"), (INDEXES, "indexed")):
            if (match := pattern.search(sql)) and (
                table := match[1] or match[match.lastindex]
            ) in self.existing:
                self.found[f"{rule} {table}"] = "SQLite lets nobody write until it has gone through all rows"
        return execute()

    def look_at_postgresql(self, execute: Callable[[], Any], sql: str) -> Any:
        if "CONCURRENTLY" in sql:  # may not be in a transaction, and locks nobody out
            return execute()
        alone = not self.connection.in_atomic_block
        with transaction.atomic(using=self.connection.alias) if alone else nullcontext():
            read, files = self.ask(READ), self.ask(FILES)
            done = execute()
            gone_through = self.changed(read, self.ask(READ)) | self.changed(files, self.ask(FILES))
            if gone_through and (locked := {name for (name,) in self.raw(LOCKED)} & self.existing):
                for table in gone_through:
                    self.found[f"locked {table}"] = (
                        f"nobody writes to {', '.join(sorted(locked))} while all rows are read: {sql[:150]}"
                    )
        return done

    def raw(self, sql: str) -> list[tuple]:
        """Past the watch and past Django."""
        return self.connection.connection.execute(sql).fetchall()

    def ask(self, sql: str) -> dict[str, int]:
        return dict(self.raw(sql))

    def changed(self, before: dict[str, int], after: dict[str, int]) -> set[str]:
        return {name for name in self.existing if name in after and before.get(name, 0) != after[name]}


def flat(operations: list[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from flat(operation.database_operations)
        else:
            yield operation


def told_by_operations(migration: Migration) -> dict[str, str]:
    """What a database without rows cannot tell."""
    found, operations = {}, list(flat(migration.operations))
    for operation in operations:
        one_go = isinstance(operation, RunPython) and not isinstance(operation, InBatches)
        if one_go or (isinstance(operation, RunSQL) and WRITES_ROWS.search(str(operation.sql))):
            found["rows"] = "changes rows in one transaction, however many they are: use InBatches"
    if not migration.atomic and len(operations) > 1:
        found["steps"] = (
            "with atomic = False each step is a migration of its own: a try that is cut off begins anew"
        )
    return found


Columns = dict[str, dict[str, Any]]


def columns_of(connection: BaseDatabaseWrapper) -> Columns:
    """Table → column → what the database says of it."""
    look = connection.introspection
    with connection.cursor() as cursor:
        return {
            table: {column.name: column for column in look.get_table_description(cursor, table)}
            for table in look.table_names(cursor)
        }


def unfit_for(state: ProjectState, was: Columns, now: Columns) -> dict[str, str]:
    """What a release with these models cannot do with the tables as they are now."""
    found = {}
    for model in state.apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        known = {each.column for each in model._meta.local_concrete_fields}
        if table not in now:
            found[f"gone {table}"] = "a release that reads this table goes on serving"
            continue
        for name in known - set(now[table]):
            found[f"gone {table}.{name}"] = "a release that reads this column goes on serving"
        for name in known & set(now[table]) & set(was.get(table, {})):
            found |= changed(f"{table}.{name}", was[table][name], now[table][name])
        for name in set(now[table]) - known:
            if not now[table][name].null_ok and now[table][name].default is None:
                found[f"unwritten {table}.{name}"] = (
                    "not null and no db_default: some release writes rows without it"
                )
    return found


def changed(name: str, was: Any, now: Any) -> dict[str, str]:
    found = {}
    if (was.type_code, was.display_size, was.precision) != (now.type_code, now.display_size, now.precision):
        found[f"type {name}"] = "queries that PostgreSQL keeps for the old release fail when a type changes"
    if was.null_ok and not now.null_ok:
        found[f"not null {name}"] = "the old release may still write nothing there"
    return found


def judge(
    migration: Migration, before: ProjectState, connection: BaseDatabaseWrapper
) -> tuple[ProjectState, dict[str, str]]:
    """Applies it. The models after it, and what is wrong with it: rule (as `allowed` names it) → reason.

    A migration may say `allowed = {"locked cases_case": "the reason"}`.
    """
    was, watch = columns_of(connection), Watch(connection)
    after = before.clone()
    with connection.execute_wrapper(watch), connection.schema_editor(atomic=migration.atomic) as editor:
        after = migration.apply(after, editor)
    now = columns_of(connection)
    copied = {
        rule.replace("copied", "indexed") for rule in watch.found if rule.startswith("copied")
    }  # a copy gets its indexes anew
    found = told_by_operations(migration)
    found |= {rule: why for rule, why in watch.found.items() if rule not in copied}
    found |= unfit_for(before, was, now) | unfit_for(after, {}, now)
    allowed = getattr(migration, "allowed", {})
    return after, {rule: why for rule, why in found.items() if not allowed.get(rule, "").strip()}
