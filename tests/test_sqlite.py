"""How long, and how, one waits for another's writing on SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from threading import Timer

import pytest
from django.db import OperationalError, connection, transaction

from pishkhan.demo.tables import hurry
from pishkhan.sqlite import base
from pishkhan.workshops.models import Branch

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's waiting is in order"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def writer() -> Iterator[sqlite3.Connection]:
    """Somebody who is writing."""
    connection.ensure_connection()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield writer


def test_whoever_waits_longest_asks_no_more_rarely_than_who_came_last(writer, monkeypatch):
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 100:
            writer.execute("COMMIT")

    monkeypatch.setattr(base.time, "sleep", wait)
    Branch.objects.filter(pk=0).update(name="")
    assert pauses == [base.PAUSE] * 100


def test_nobody_waits_longer_than_is_set(writer, monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(base.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(base.time, "sleep", lambda seconds: None)
    with pytest.raises(OperationalError, match="locked"):
        Branch.objects.filter(pk=0).update(name="")
    assert next(clock) == connection.settings_dict["OPTIONS"]["timeout"] + 2


def test_what_is_wrong_with_a_statement_is_said_at_once(writer, monkeypatch):
    monkeypatch.setattr(base.time, "sleep", lambda seconds: pytest.fail("it waits"))
    with connection.cursor() as cursor, pytest.raises(OperationalError, match="no such table"):
        cursor.execute("SELECT 1 FROM missing WHERE 1 = %s", [1])


def test_reading_waits_for_nobody(writer, monkeypatch):
    monkeypatch.setattr(base.time, "sleep", lambda seconds: pytest.fail("it waits"))
    assert not Branch.objects.filter(pk=0).exists()


def patience_of_sqlite() -> int:
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA busy_timeout").fetchone()[0]


def test_what_tells_by_no_error_that_others_were_in_the_way_is_waited_for_by_sqlite_itself():
    with pytest.raises(ZeroDivisionError), base.waiting_itself():
        assert patience_of_sqlite() == 1000 * connection.settings_dict["OPTIONS"]["timeout"]
        raise ZeroDivisionError
    assert patience_of_sqlite() == 0


def test_a_demo_waits_with_its_commit_for_who_reads():
    file = connection.settings_dict["NAME"]
    with hurry(), closing(sqlite3.connect(file, check_same_thread=False)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM workshops_branch").fetchone()
        gone = Timer(0.3, reader.rollback)
        with transaction.atomic():
            Branch.objects.create(code="9999", name="شعبهٔ دیگر")
            gone.start()
        gone.join()
    assert Branch.objects.filter(code="9999").exists() and patience_of_sqlite() == 0
