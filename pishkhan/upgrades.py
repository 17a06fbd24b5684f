"""What migrations are made of while the old release goes on serving: short locks on both databases.

`tests/upgrades` judges every migration by what the database does with it; docs/operating.md, «Upgrading».
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    NotInTransactionMixin,
    ValidateConstraint,
)
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor
from django.db.migrations.operations import AddField, AddIndex, RunPython, RunSQL
from django.db.migrations.state import ProjectState, StateApps
from django.db.models import QuerySet
from psycopg.errors import DeadlockDetected, LockNotAvailable

BATCH = 500  # rows
LEARNT = 1000  # rows put into an index of words at a time
PAUSE = 0.02  # seconds between two batches, in which others write
QUEUE_PAUSE = 2.0  # seconds in which a queue is served that stood behind a migration
BATCH_TRIES = 5


def held_up(error: DatabaseError) -> bool:
    """Whether somebody had a lock for longer than a migration waits (`pishkhan migrate`)."""
    return isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)


def patiently(act: Callable[[], object], *, tries: int, say: Callable[[int], object] = id) -> None:
    """Again until it gets its locks: it leaves nothing behind when it was held up."""
    for number in range(1, tries + 1):
        try:
            act()
        except DatabaseError as error:
            if number == tries or not held_up(error):
                raise
        else:
            return
        say(number)
        time.sleep(QUEUE_PAUSE)


class AddColumn(AddField):
    """A column that may be null, or has a constant `db_default` (the old release does not write it).

    SQLite adds such a column in a moment; Django would copy the whole table for every one that is not null.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        BaseDatabaseSchemaEditor.add_field(schema_editor, model, model._meta.get_field(self.name))


class AddIndexOnline(AddIndexConcurrently):
    """An index that nobody waits for; alone in its migration, with `atomic = False`.

    PostgreSQL waits for older transactions and holds nobody up meanwhile, so it may wait for long. A try that
    was cut off leaves an index that is never used; it makes room first. On SQLite writers do wait.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        self._ensure_not_in_transaction(schema_editor)
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            patience = cursor.fetchone()[0]
            cursor.execute("SET lock_timeout = 0")
            try:
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            finally:
                cursor.execute(f"SET lock_timeout = '{patience}'")


class OnPostgres(RunSQL):
    """SQL that means nothing to SQLite."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class PlannedForMany(OnPostgres):
    """Has PostgreSQL plan for the value of a column that has the most rows, not for one with the usual few.

    A plan is made once for all values (docs/speed.md): for the usual 25 people of a workshop PostgreSQL would
    read all and sort, which for 20,000 takes long; for ten thousand, as told here, it goes along the index of
    the list, which serves both.
    """

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column
        super().__init__(
            [
                f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET (n_distinct = -0.0001)',
                f'ANALYZE "{table}" ("{column}")',
            ],
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}" RESET (n_distinct)',
        )

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.table, self.column], {}


class AddTrigramsOnline(AddIndexOnline):
    """An index of every three letters that follow each other in a text, for whoever searches within words.

    PostgreSQL's is a GIN index, for which the extension pg_trgm must be there. SQLite's is a full-text table
    of the index's name, which reads the texts where they are and which triggers keep (whatever makes the
    table anew has to make the triggers anew); the rows that are there already come with `FillTrigrams`, in
    the next migration. The models know of neither.
    """

    def __init__(self, model_name: str, column: str, *, name: str) -> None:
        self.column, self.name = column, name
        index = GinIndex(fields=[column], opclasses=["gin_trgm_ops"], name=name, fastupdate=False)
        super().__init__(model_name, index)

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.model_name, self.column], {"name": self.name}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Changes no model."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        names = {"table": table, "column": self.column, "name": self.name}
        with transaction.atomic(using=schema_editor.connection.alias):
            for statement in SQLITE_TRIGRAMS:
                schema_editor.execute(statement.format(**names), params=None)


_FORGET = (
    "INSERT INTO {name} ({name}, rowid, {column}) SELECT 'delete', old.id, old.{column}"
    " WHERE EXISTS (SELECT 1 FROM {name}_docsize WHERE id = old.id);"
)
_LEARN = "INSERT INTO {name} (rowid, {column}) VALUES (new.id, new.{column});"
SQLITE_TRIGRAMS = (
    "CREATE VIRTUAL TABLE {name} USING fts5"
    " ({column}, content='{table}', content_rowid='id', tokenize='trigram', detail=none)",
    f"CREATE TRIGGER {{name}}_added AFTER INSERT ON {{table}} BEGIN {_LEARN} END",
    f"CREATE TRIGGER {{name}}_gone AFTER DELETE ON {{table}} BEGIN {_FORGET} END",
    f"CREATE TRIGGER {{name}}_changed AFTER UPDATE OF {{column}} ON {{table}}"
    f" WHEN old.{{column}} IS NOT new.{{column}} BEGIN {_FORGET} {_LEARN} END",
)


class AddCheckOnline(AddConstraintNotValid):
    """A check of what is written from now on; `ValidateCheck` reads what is there, in a later migration.

    SQLite has none until its table is next made anew: it would have to be copied for it.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class ValidateCheck(ValidateConstraint):
    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class InBatches(NotInTransactionMixin, RunPython):
    """Changes the rows of a model a few at a time; alone in its migration, with `atomic = False`.

    `change` gets a query set of at most `size` rows, in the order of the key, in a transaction. When it is
    cut off it begins at the first row again: `change` must leave alone what it has changed already.
    """

    def __init__(self, model: str, change: Callable[[QuerySet], object], *, size: int = BATCH) -> None:
        self.model, self.change, self.size = model, change, size
        super().__init__(self._run, RunPython.noop, atomic=False)

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.model, self.change], {"size": self.size}

    def _run(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        self._ensure_not_in_transaction(schema_editor)
        alias = schema_editor.connection.alias
        schema_editor.connection.enable_constraint_checking()  # off on SQLite while migrating
        rows = apps.get_model(self.model)._base_manager.using(alias).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[: self.size])
        while keys:
            batch = rows.filter(pk__gte=keys[0], pk__lte=keys[-1])
            patiently(partial(self._change, batch), tries=BATCH_TRIES)
            time.sleep(PAUSE)
            keys = list(rows.filter(pk__gt=keys[-1]).values_list("pk", flat=True)[: self.size])

    def _change(self, batch: QuerySet) -> None:
        with transaction.atomic(using=batch.db):
            self.change(batch)


class FillTrigrams(InBatches):
    """Puts the rows from before `AddTrigramsOnline` into SQLite's index; alone, with `atomic = False`."""

    def __init__(self, model: str, column: str, *, name: str) -> None:
        self.column, self.name = column, name
        super().__init__(model, self._learn, size=LEARNT)

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.model, self.column], {"name": self.name}

    def _run(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super()._run(apps, schema_editor)

    def _learn(self, rows: QuerySet) -> None:
        keys = list(rows.values_list("pk", flat=True))
        table, column, name = rows.model._meta.db_table, self.column, self.name
        with connections[rows.db].cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {name} (rowid, {column}) SELECT id, {column} FROM {table}"  # noqa: S608
                f" WHERE id BETWEEN %s AND %s"
                f" AND NOT EXISTS (SELECT 1 FROM {name}_docsize known WHERE known.id = {table}.id)",
                [keys[0], keys[-1]],
            )


class BriefSchemaEditor(DatabaseSchemaEditor):
    """Django ends each migration on SQLite with a look at every foreign key of the database, under the write
    lock: ten seconds at a million cases. Only a table that is made anew can break one, so only then."""

    _made_anew = False

    def _remake_table(self, *args: Any, **options: Any) -> None:
        self._made_anew = True
        super()._remake_table(*args, **options)  # type: ignore[misc]  # the stubs leave it out

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        if self._made_anew:
            super().__exit__(exc_type, exc_value, traceback)
            return
        BaseDatabaseSchemaEditor.__exit__(self, exc_type, exc_value, traceback)
        self.connection.enable_constraint_checking()
