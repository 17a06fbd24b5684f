"""`pishkhan migrate`: Django's, so that nobody waits for it: the portal may be serving meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import DeadlockDetected, LockNotAvailable

from pishkhan.upgrades import BriefSchemaEditor

LOCK_TIMEOUT = 500
"""Milliseconds: whoever wants the table queues behind a migration that waits for it, so it gives up soon."""
PAUSE = 2  # seconds, in which the queue behind it is served
TRIES = 150  # five minutes and more

WAITS = "• a transaction holds what this migration needs; it tries again in {} s ({})"
GIVEN_UP = (
    "a transaction has held for minutes what this migration needs; the portal goes on serving, and what is "
    "applied so far stays. Look who it is (SELECT pid, xact_start, query FROM pg_stat_activity ORDER BY xact_start), "
    "end it, and run pishkhan migrate again."
)


@contextmanager
def short_waits(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def held_up(error: DatabaseError) -> bool:
    return isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor == "sqlite":
            connection.SchemaEditorClass = BriefSchemaEditor
            super().handle(*args, **options)
            return
        with short_waits(connection):
            self.try_until_done(*args, **options)

    def try_until_done(self, *args: Any, **options: Any) -> None:
        """A migration that was held up left nothing behind; those before it are done and stay."""
        for number in range(1, TRIES + 1):
            try:
                super().handle(*args, **options)
            except DatabaseError as error:
                if not held_up(error):
                    raise
            else:
                return
            self.stdout.write(WAITS.format(PAUSE, number))
            time.sleep(PAUSE)
        raise CommandError(GIVEN_UP)
