"""A trail with its seals and anchors in a folder of the test's own, and hands that reach past the models."""

import datetime
import json
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from pishkhan.audit.anchors import anchor_head
from pishkhan.audit.operations import Author, record
from pishkhan.audit.sealing import seal_new_entries

START = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
CLERK = Author(7, "clerk", "a" * 32)


def written(*actions: str, at: datetime.datetime = START) -> list[int]:
    """Entries as `record` writes them; returns their ids."""
    with time_machine.travel(at, tick=False):
        return [record(action, by=CLERK, about="case:1", number=n).pk for n, action in enumerate(actions)]


def sealed_and_anchored(*actions: str, at: datetime.datetime = START) -> list[int]:
    ids = written(*actions, at=at)
    with time_machine.travel(at + datetime.timedelta(seconds=2), tick=False):
        assert seal_new_entries() == len(ids)
        anchor_head(at_once=True)
    return ids


def sql(statement: str, *values: Any) -> None:
    """Whatever somebody with the database's password can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount, "it changed nothing"


def rows(statement: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def verdict(capsys: Any) -> str:
    """What `pishkhan audit verify` says, right or wrong."""
    try:
        call_command("audit", "verify")
    except CommandError as wrong:
        assert wrong.returncode == 1
        return str(wrong)
    return str(capsys.readouterr().out).strip()


def anchor_lines() -> list[dict[str, Any]]:
    file = Path(settings.AUDIT_ANCHORS)
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
