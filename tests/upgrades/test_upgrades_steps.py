"""The steps that migrations are made of, and the command that applies them while others are served."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection as default
from django.db import connections, models
from django.db.migrations import AlterField
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import get_connection
from django.db.utils import NotSupportedError

from pishkhan import upgrades
from pishkhan.cases import migrations as real
from pishkhan.keeping.management.commands import migrate
from pishkhan.upgrades import AddColumn, AddIndexOnline, InBatches

from .scratch import TRY
from .test_upgrades_migrations import SPEED, migration

ONLY_POSTGRESQL = pytest.mark.skipif(default.vendor != "postgresql", reason="SQLite has one lock")
ONLY_SQLITE = pytest.mark.skipif(default.vendor != "sqlite", reason="PostgreSQL checks its keys itself")
ROWS = 1203


def apply(step: Any, database: tuple) -> None:
    connection, state = database
    with connection.schema_editor(atomic=step.atomic) as editor:
        step.apply(state, editor)


@pytest.fixture
def entries(database) -> Any:
    _, state = database
    model = state.apps.get_model("audit", "Entry")
    model.objects.using(TRY).bulk_create(model(author="-", action="x", mac=str(n)) for n in range(ROWS))
    return model.objects.using(TRY)


def test_rows_are_changed_in_batches_each_in_a_transaction_of_its_own(database, entries):
    seen: list[int] = []

    def change(rows: models.QuerySet) -> None:
        assert get_connection(TRY).in_atomic_block
        seen.append(rows.update(action="y"))

    apply(migration(InBatches("audit.Entry", change, size=500), atomic=False), database)
    assert seen == [500, 500, 203]
    assert entries.filter(action="y").count() == ROWS


def test_batches_that_were_cut_off_keep_what_is_done_and_begin_anew(database, entries):
    seen: list[int] = []

    def change(rows: models.QuerySet) -> None:
        seen.append(rows.filter(action="x").update(action="y"))
        if len(seen) == 2:
            raise ZeroDivisionError

    step = migration(InBatches("audit.Entry", change, size=500), atomic=False)
    with pytest.raises(ZeroDivisionError):
        apply(step, database)
    assert entries.filter(action="y").count() == 500
    apply(step, database)
    assert seen == [500, 500, 0, 500, 203]


def test_batches_in_one_transaction_are_refused(database):
    with pytest.raises(NotSupportedError, match="atomic = False"):
        apply(migration(InBatches("audit.Entry", len)), database)


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("step", "looked"),
    [
        (AddColumn("case", "x", models.IntegerField(db_default=0)), False),
        (AlterField("case", "note", models.TextField(blank=True)), True),
    ],
)
def test_all_foreign_keys_are_looked_at_only_when_a_table_is_made_anew(database, step, looked: bool):
    said: list[str] = []

    def listen(execute: Callable, sql: str, *rest: Any) -> Any:
        said.append(sql)
        return execute(sql, *rest)

    with database[0].execute_wrapper(listen):
        apply(migration(step), database)
    assert any("foreign_key_check" in sql for sql in said) == looked


@ONLY_POSTGRESQL
def test_a_batch_that_is_held_up_is_tried_again_and_the_others_are_not(database, entries, monkeypatch):
    monkeypatch.setattr(upgrades, "QUEUE_PAUSE", 0.05)
    place, seen = place_of(database[0]), []

    def change(rows: models.QuerySet) -> None:
        seen.append(rows.first().mac)
        with ExitStack() as stack:
            if seen.count("500") == 1 and seen[-1] == "500":  # the second batch, the first time
                other = stack.enter_context(psycopg.connect(**place))
                other.execute("SELECT 1 FROM audit_entry WHERE mac = '501' FOR UPDATE")
            with database[0].cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = 50")
            rows.update(action="y")

    apply(migration(InBatches("audit.Entry", change, size=500), atomic=False), database)
    assert seen == ["0", "500", "500", "1000"]
    assert entries.filter(action="y").count() == ROWS


@ONLY_POSTGRESQL
def test_an_index_that_was_cut_off_is_made_anew(database):
    connection, _ = database
    with connection.cursor() as cursor:
        cursor.execute('CREATE INDEX "speed" ON "cases_case" ("id")')
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'speed'::regclass")
    apply(migration(AddIndexOnline("case", SPEED), atomic=False), database)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indexrelid = 'speed'::regclass"
        )
        valid, made = cursor.fetchone()
    assert valid and "(state, id)" in made


# A long transaction holds the table


@ONLY_SQLITE
def test_rows_from_before_an_index_of_words_get_into_it_whatever_is_written_meanwhile(database, monkeypatch):
    connection, state = database
    monkeypatch.setattr(upgrades, "LEARNT", 2)
    branch = state.apps.get_model("workshops", "Branch").objects.using(TRY).create(code="1", name="x")
    model = state.apps.get_model("cases", "Case")
    for word in ("stays", "changes", "goes", "stays too", "stays three"):
        model.objects.using(TRY).create(branch=branch, service_code="x", search_key=word)
    MigrationExecutor(connection).migrate([("cases", "0003_words")])
    model.objects.using(TRY).filter(search_key="changes").update(search_key="changed")
    model.objects.using(TRY).filter(search_key="goes").delete()
    model.objects.using(TRY).create(branch=branch, service_code="x", search_key="comes")
    for _ in range(2):  # a step that was cut off begins anew
        apply(import_module("pishkhan.cases.migrations.0004_words_of_rows").Migration("x", "cases"), database)
    with connection.cursor() as cursor:
        found = {
            word: cursor.execute(
                "SELECT count(*) FROM case_words WHERE search_key GLOB %s", [f"*{word}*"]
            ).fetchone()[0]
            for word in ("stays", "change", "changed", "goes", "comes")
        }
        cursor.execute("INSERT INTO case_words (case_words, rank) VALUES ('integrity-check', 1)")
    assert found == {"stays": 3, "change": 1, "changed": 1, "goes": 0, "comes": 1}


STEP = """
from django.db import migrations, models
from pishkhan.upgrades import AddColumn

class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [AddColumn("case", "planted", models.IntegerField(null=True))]
"""


@pytest.fixture
def one_step_more(tmp_path, monkeypatch, settings) -> None:
    folder = tmp_path / "planted_steps"
    folder.mkdir()
    for file in ("__init__.py", "0001_initial.py"):
        shutil.copy(Path(real.__path__[0]) / file, folder)
    (folder / "0002_planted.py").write_text(STEP)
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"cases": "planted_steps"}


def others_wait(place: dict, until: float) -> float:
    """Reads the table as requests do until that moment; the longest one, seconds."""
    longest = 0.0
    with psycopg.connect(**place, autocommit=True, options="-c statement_timeout=2s") as reader:
        while time.monotonic() < until:
            began = time.monotonic()
            with suppress(psycopg.errors.QueryCanceled):
                reader.execute("SELECT 1 FROM cases_case LIMIT 1")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.02)
    return longest


def place_of(connection: Any) -> dict:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}


@contextmanager
def long_transaction(place: dict) -> Iterator[None]:
    with psycopg.connect(**place) as long:
        long.execute("SELECT 1 FROM cases_case LIMIT 1")  # and the transaction stays open
        yield


def migrate_in_a_thread(said: StringIO) -> None:
    try:
        call_command("migrate", database=TRY, stdout=said)
    finally:
        connections.close_all()


def migrated_behind_a_long_transaction(connection: Any) -> tuple[float, str]:
    """How long others waited meanwhile, seconds, and what the command said."""
    place, said = place_of(connection), StringIO()
    command = Thread(target=migrate_in_a_thread, args=[said])
    with long_transaction(place):
        command.start()
        longest = others_wait(place, time.monotonic() + 3)
        assert command.is_alive()
    command.join(timeout=60)
    assert not command.is_alive()
    return longest, said.getvalue()


@ONLY_POSTGRESQL
def test_a_migration_waits_for_a_long_transaction_and_nobody_waits_for_the_migration(
    database, one_step_more, monkeypatch
):
    connection, _ = database
    monkeypatch.setattr(upgrades, "QUEUE_PAUSE", 0.2)
    longest, said = migrated_behind_a_long_transaction(connection)
    assert longest < 1
    assert "it tries again" in said
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "cases_case")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",), "what comes after it waits as long as before"
    assert "planted" in {column.name for column in columns}


@ONLY_POSTGRESQL
def test_without_its_timeout_everybody_would_wait(database, one_step_more, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", 0)
    longest, _ = migrated_behind_a_long_transaction(database[0])
    assert longest > 1.5


@ONLY_POSTGRESQL
def test_who_holds_it_for_ever_is_named_and_the_portal_goes_on(database, one_step_more, monkeypatch):
    connection, _ = database
    monkeypatch.setattr(upgrades, "QUEUE_PAUSE", 0.01)
    monkeypatch.setattr(migrate, "TRIES", 2)
    with (
        long_transaction(place_of(connection)),
        pytest.raises(migrate.CommandError, match="pg_stat_activity"),
    ):
        call_command("migrate", database=TRY, verbosity=0)
