"""`pishkhan check --deploy` tells early: no backup, no room, no worker, a wrong clock."""

import json
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.audit.sealing import seal_new_entries
from pishkhan.keeping import checks
from pishkhan.keeping.backing_up import LAST
from tests.world import on_sqlite

pytestmark = pytest.mark.django_db
OURS = {"pishkhan.W003", "pishkhan.W004", "pishkhan.W005", "pishkhan.W006"}


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path


def told() -> list[str]:
    found = run_checks(include_deployment_checks=True)
    return sorted({problem.id for problem in found if problem.id in OURS})


def backed_up(at) -> None:
    (settings.DATA_DIR / LAST).write_text(json.dumps({"at": at.isoformat(), "folder": "/somewhere"}))


def written(at) -> None:
    record("branch prepared", by=SYSTEM)
    seal_new_entries()
    Entry.objects.bulk_create([Entry(action="branch prepared", author="system", at=at)])


def test_a_new_installation_has_nothing_to_lose():
    assert told() == []


def test_without_a_backup_of_the_last_day_it_says_so():
    written(timezone.now())
    assert told() == ["pishkhan.W003"]
    backed_up(timezone.now() - timedelta(hours=27))
    assert told() == ["pishkhan.W003"]
    backed_up(timezone.now() - timedelta(hours=25))
    assert told() == []


def test_a_damaged_note_of_the_backup_is_none():
    written(timezone.now())
    (settings.DATA_DIR / LAST).write_text("{")
    assert told() == ["pishkhan.W003"]


def test_entries_that_nobody_seals_tell_that_no_worker_runs():
    backed_up(timezone.now())
    written(timezone.now() - timedelta(minutes=6))
    assert told() == ["pishkhan.W005"]


def test_an_entry_of_tomorrow_tells_of_a_wrong_clock():
    backed_up(timezone.now())
    written(timezone.now() + timedelta(hours=3))
    assert told() == ["pishkhan.W006"]


def test_a_full_disk_is_told_before_it_is_full(monkeypatch):
    monkeypatch.setattr(checks, "LEAST_FREE", 2**62)
    assert told() == ["pishkhan.W004"]


def test_an_ordinary_check_says_none_of_it():
    written(timezone.now() + timedelta(hours=3))
    assert not {problem.id for problem in run_checks()} & OURS


def test_a_database_that_does_not_wait_for_its_disk_is_named():
    """The tests' PostgreSQL does not; SQLite always does, as the portal opens it."""
    found = run_checks(include_deployment_checks=True)
    told = [problem.msg for problem in found if problem.id == "pishkhan.W009"]
    off = "fsync, full_page_writes, synchronous_commit"
    assert told == (
        [] if on_sqlite() else [f"A power cut takes away what was saved: in PostgreSQL {off} is off."]
    )


@pytest.mark.skipif(on_sqlite(), reason="of PostgreSQL")
@pytest.mark.parametrize(("locale", "told"), [("C", ["pishkhan.W010"]), ("C.UTF-8", [])])
def test_a_database_that_knows_no_persian_letters_is_told(locale, told, monkeypatch):
    given, name = connection.get_connection_params(), f"letters_{len(locale)}"
    place = {name: given[name] for name in ("user", "host", "port")}
    with psycopg.connect(**place, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} LOCALE '{locale}' TEMPLATE template0")
        try:
            with psycopg.connect(**place, dbname=name) as other:
                other.execute("CREATE EXTENSION pg_trgm")
                monkeypatch.setattr(
                    checks, "connection", SimpleNamespace(vendor="postgresql", cursor=other.cursor)
                )
                assert [warning.id for warning in checks.check_letters(None)] == told
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
