"""What was erased is not left in the database's file either."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from pishkhan.cases.states import State
from pishkhan.retention.operations import put_hold
from pishkhan.settings import DATABASES
from tests import world as w

from .aging import later

pytestmark = [pytest.mark.django_db(transaction=True)]
CODE, NAME = w.code_of_person(7), "کوچک‌پور"


def in_the_file(word: str) -> bool:
    name = Path(connection.settings_dict["NAME"])
    there = [path for path in (name, name.with_name(name.name + "-wal")) if path.exists()]
    return any(word.encode() in path.read_bytes() for path in there)


def test_erased_values_are_overwritten_in_the_file(committed_world, monkeypatch):
    if not w.on_sqlite():
        pytest.skip("PostgreSQL: docs/operating.md, «Retention»")
    case = w.filled_case(committed_world, State.REJECTED, answers=w.answers_for(7))
    hold = w.filled_case(committed_world, State.REJECTED, answers=w.answers_for(8, last_name="شفتی"))
    put_hold(committed_world.senior, hold, "شکایت")
    assert in_the_file(CODE) and in_the_file(NAME)
    moment = later(2000)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    call_command("retention", "apply")
    assert w.fresh(case).erased_at and not w.fresh(hold).erased_at
    assert not in_the_file(CODE) and not in_the_file(NAME)
    assert in_the_file(w.code_of_person(8)) and in_the_file("شفتی")


def test_the_portal_asks_sqlite_to_overwrite():
    if not w.on_sqlite():
        pytest.skip("only SQLite")
    assert "secure_delete=ON" in DATABASES["default"]["OPTIONS"]["init_command"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
