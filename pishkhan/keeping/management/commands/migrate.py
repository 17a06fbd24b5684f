"""`pishkhan migrate`: Django's, so that nobody waits for it: the portal may be serving meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from pishkhan.upgrades import BriefSchemaEditor, held_up, patiently

LOCK_TIMEOUT = 500
"""Milliseconds: whoever wants the table queues behind a migration that waits for it, so it gives up soon."""
TRIES = 150  # more than five minutes

WAITS = "• a transaction holds what this migration needs; it tries again ({})"
GIVEN_UP = (
    "a transaction has held for minutes what this migration needs; the portal goes on serving, and what is "
    "applied so far stays. Look who it is (SELECT pid, xact_start, query FROM pg_stat_activity"
    " ORDER BY xact_start), end it, and run pishkhan migrate again."
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


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor == "sqlite":
            connection.SchemaEditorClass = BriefSchemaEditor
            super().handle(*args, **options)
            return
        # A migration that was held up left nothing behind; those before it are done and stay.
        migrate_once = partial(super().handle, *args, **options)
        with short_waits(connection):
            try:
                patiently(migrate_once, tries=TRIES, say=self.say_who_waits)
            except DatabaseError as error:
                if held_up(error):
                    raise CommandError(GIVEN_UP) from error
                raise

    def say_who_waits(self, number: int) -> None:
        self.stdout.write(WAITS.format(number))
