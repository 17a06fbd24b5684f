"""Secrets of an installation: made once, and on the disk before anything is made with them."""

import os
import stat
from pathlib import Path

import pytest

from pishkhan.keys import made_once


@pytest.fixture
def synced(monkeypatch) -> list[str]:
    """The names of what was synced, in order."""
    names: list[str] = []
    sync = os.fsync

    def note(handle: int) -> None:
        names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    return names


def test_a_secret_and_its_name_are_durable_before_it_is_used(tmp_path, synced):
    assert made_once(tmp_path / "key", lambda: b"secret") == b"secret"
    assert synced[0].endswith(".part") and synced[1:] == [tmp_path.name]
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_secret_that_is_there_is_only_read(tmp_path, synced):
    (tmp_path / "key").write_bytes(b"first")
    assert made_once(tmp_path / "key", lambda: b"second") == b"first"
    assert synced == []


def test_of_two_that_make_a_secret_at_once_both_get_the_first(tmp_path):
    file = tmp_path / "key"

    def later() -> bytes:
        file.write_bytes(b"first")
        return b"second"

    assert made_once(file, later) == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
