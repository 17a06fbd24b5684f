"""Two releases at one database: the old one stays well beside newer migrations, the new one waits."""

from io import StringIO

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pishkhan.web import health
from pishkhan.web.management.commands.serve import Command


@pytest.fixture
def recorded(db, monkeypatch, settings) -> MigrationRecorder:
    """What the database says is applied, asked by a process that has just started."""
    settings.DOCUMENTS_DIR.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(health, "_seen", set())
    return MigrationRecorder(connection)


def test_the_old_release_stays_well_when_newer_migrations_are_applied(recorded, client):
    recorded.record_applied("cases", "0002_of_the_new_release")
    recorded.record_applied("an_app_of_the_new_release", "0001_initial")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_the_old_release_starts_again_beside_newer_migrations(recorded):
    recorded.record_applied("cases", "0002_of_the_new_release")
    command = Command(stdout=StringIO())
    command.migrate()
    assert command.stdout.getvalue() == ""


def test_the_new_release_is_not_well_until_its_migrations_are_applied(recorded, client):
    recorded.record_unapplied("letters", "0001_initial")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.content.decode() == "1 migrations are not applied: run pishkhan migrate\n"
    recorded.record_applied("letters", "0001_initial")
    assert client.get("/healthz").status_code == 200
