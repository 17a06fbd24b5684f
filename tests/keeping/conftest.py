"""A portal with some cases, scans and letters in folders of its own, and a key for its backups."""

import os
from pathlib import Path

import pytest
from django.db import connection

from pishkhan.keeping.backup_key import new_key
from tests import world as w
from tests.keeping.places import Place, some_work


@pytest.fixture(autouse=True)
def key(tmp_path, monkeypatch) -> Path:
    file = tmp_path / "backup.key"
    file.write_text(f"{new_key()}\n")
    monkeypatch.setenv("PISHKHAN_BACKUP_KEY", str(file))
    return file


@pytest.fixture
def data(tmp_path, settings) -> Path:
    folder = tmp_path / "portal"
    folder.mkdir()
    settings.DATA_DIR = folder
    settings.DOCUMENTS_DIR, settings.LETTERS_DIR = folder / "documents", folder / "letters"
    settings.KEYS_FILE, settings.SEAL_FILE = folder / "keys.json", folder / "seal.pem"
    (folder / "secret_key").write_text("of the portal")
    return folder


@pytest.fixture
def backups(tmp_path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def elsewhere(tmp_path):
    """An empty machine: a data folder, and on PostgreSQL an empty database."""
    name = f"restored_{os.getpid()}"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    yield Place(tmp_path / "elsewhere", name)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def world(data, db):
    world = w.build_world()
    some_work(world)
    return world
