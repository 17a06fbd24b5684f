"""No migration breaks or holds up the release that serves beside it; each kind that would is found."""

from typing import Any

import pytest
from django.db import connection as default
from django.db import migrations as m
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.db.models.functions import Random

from pishkhan.upgrades import AddCheckOnline, AddColumn, AddIndexOnline, InBatches, ValidateCheck

from .judge import DOCUMENTED, judge

POSTGRESQL = default.vendor == "postgresql"
ONLY_POSTGRESQL = pytest.mark.skipif(not POSTGRESQL, reason="SQLite has no such thing")
SPEED = models.Index(fields=["state", "id"], name="speed")
CHECK = models.CheckConstraint(condition=Q(version__gte=0), name="no_minus")
ONE = models.UniqueConstraint(fields=["tracking_digits"], name="one")
NUMBER, WORD = models.IntegerField(), models.CharField(max_length=2000, blank=True)


def migration(*operations: Any, atomic: bool = True, **allowed: str) -> Migration:
    made = Migration("0002_planted", "cases")
    made.operations, made.atomic = list(operations), atomic
    made.allowed = {name.replace("__", " "): reason for name, reason in allowed.items()}
    return made


def nothing(*_: Any) -> None:
    """As a change that finds nothing to do."""


def test_every_migration_lets_the_release_before_it_serve(database):
    connection, state = database
    executor = MigrationExecutor(connection)
    for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        state, found = judge(step, state, connection)
        assert not found, f"{step}: make it in steps ({DOCUMENTED}), or write in `allowed` why it may"


def column(name: str, field: models.Field) -> m.AddField:
    return m.AddField("case", name, field)


def table(**fields: models.Field) -> m.CreateModel:
    return m.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), *fields.items()])


FLAWS = {
    "index": (m.AddIndex("case", SPEED), "locked cases_case", "indexed cases_case"),
    "unique": (m.AddConstraint("case", ONE), "locked cases_case", "copied cases_case"),
    "check of all rows": (m.AddConstraint("case", CHECK), "locked cases_case", "copied cases_case"),
    "column with an index": (
        *(column("x", models.IntegerField(null=True, db_index=True)), "locked cases_case"),
        "indexed cases_case",
    ),
    "reference": (
        *(column("x", models.ForeignKey("people.Person", models.PROTECT, null=True)), "locked cases_case"),
        "indexed cases_case",
    ),
    "column without a default": (
        *(column("x", models.IntegerField(default=0)), "unwritten cases_case.x"),
        "unwritten cases_case.x",
    ),
    "other type": (m.AlterField("case", "step_index", NUMBER), "locked cases_case", "copied cases_case"),
    "wider type": (m.AlterField("case", "note", WORD), "type cases_case.note", "copied cases_case"),
    "null no more": (
        *(m.AlterField("case", "sent_at", models.DateTimeField()), "not null cases_case.sent_at"),
        "copied cases_case",
    ),
    "column gone": (m.RemoveField("case", "search_key"), "gone cases_case.search_key", "copied cases_case"),
    "column renamed": (m.RenameField("case", "note", "word"), *["gone cases_case.note"] * 2),
    "table gone": (m.DeleteModel("EarlierScan"), *["gone cases_earlierscan"] * 2),
    "table renamed": (m.RenameModel("EarlierScan", "OldScan"), *["gone cases_earlierscan"] * 2),
    "column left without a default": (
        m.SeparateDatabaseAndState(state_operations=[m.RemoveField("case", "search_key")]),
        *["unwritten cases_case.search_key"] * 2,
    ),
    "rows in Python": (m.RunPython(nothing), "rows", "rows"),
    "rows in SQL": (m.RunSQL("UPDATE cases_case SET version = version + 1 WHERE id < 0"), "rows", "rows"),
    "SQL of one's own": (
        m.RunSQL('CREATE INDEX "own" ON "cases_event" (at)'),
        "locked cases_event",
        "indexed cases_event",
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_planted_migration_that_would_not_is_found(database, flaw: str):
    connection, state = database
    operation, on_postgresql, on_sqlite = FLAWS[flaw]
    _, found = judge(migration(operation), state, connection)
    assert (on_postgresql if POSTGRESQL else on_sqlite) in found


@ONLY_POSTGRESQL
@pytest.mark.parametrize(
    "operations",
    [
        [column("x", models.FloatField(db_default=Random()))],
        [AddCheckOnline("case", CHECK), ValidateCheck("case", "no_minus")],
        [column("x", models.IntegerField(null=True)), m.AlterField("case", "step_index", NUMBER)],
    ],
    ids=["a default of each row's own", "a check read while it is added", "a lock kept for the next step"],
)
def test_what_postgresql_alone_does_is_found(database, operations: list):
    connection, state = database
    _, found = judge(migration(*operations), state, connection)
    assert "locked cases_case" in found


@ONLY_POSTGRESQL
def test_a_lock_is_found_without_a_transaction_too(database):
    connection, state = database
    _, found = judge(migration(m.AddIndex("case", SPEED), atomic=False), state, connection)
    assert "locked cases_case" in found


def test_two_steps_without_a_transaction_are_found(database):
    connection, state = database
    steps = [AddColumn("case", "x", models.IntegerField(null=True)), InBatches("cases.Case", nothing)]
    _, found = judge(migration(*steps, atomic=False), state, connection)
    assert list(found) == ["steps"]


def test_the_steps_of_the_manual_are_let_through(database):
    connection, state = database
    here, quiet = models.ForeignKey("cases.Case", models.CASCADE), "SQLite, in a quiet hour"
    for step in [
        migration(AddColumn("case", "a", models.IntegerField(null=True))),
        migration(AddColumn("case", "b", models.IntegerField(db_default=0))),
        migration(AddColumn("case", "c", models.CharField(max_length=9, db_default=""))),
        migration(AddCheckOnline("case", CHECK)),
        migration(ValidateCheck("case", "no_minus")),
        migration(table(case=here, at=models.DateTimeField(db_index=True))),
        migration(AddIndexOnline("case", SPEED), atomic=False, indexed__cases_case=quiet),
        migration(InBatches("cases.Case", lambda rows: rows.update(b=1)), atomic=False),
    ]:
        state, found = judge(step, state, connection)
        assert not found, step.operations


def test_a_column_goes_in_two_releases(database):
    """First from the models, with a default for what the new release does not write; then from the table."""
    connection, state = database
    given = models.TextField(blank=True, db_default="")
    forgotten = m.SeparateDatabaseAndState(state_operations=[m.RemoveField("case", "search_key")])
    keep = {"copied__cases_case": "SQLite, in a quiet hour"}
    state, found = judge(migration(m.AlterField("case", "search_key", given), **keep), state, connection)
    assert not found
    state, found = judge(migration(forgotten), state, connection)
    assert not found
    dropped = m.RunSQL('ALTER TABLE "cases_case" DROP COLUMN "search_key"')
    _, found = judge(migration(dropped, **keep), state, connection)
    assert not found


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_allowance_without_a_reason_allows_nothing(database, reason: str):
    connection, state = database
    _, found = judge(migration(m.RunPython(nothing), rows=reason), state, connection)
    assert list(found) == ["rows"]


def test_an_allowance_allows_what_it_names_and_nothing_else(database):
    connection, state = database
    steps = [m.RunPython(nothing), m.DeleteModel("EarlierScan")]
    _, found = judge(migration(*steps, rows="twelve rows in the largest branch"), state, connection)
    assert list(found) == ["gone cases_earlierscan"]
