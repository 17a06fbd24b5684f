"""Connections of pages: how long one waits for PostgreSQL, and what becomes of one that broke or was left.

A PostgreSQL that hangs keeps its connections open and says nothing.

Nothing but a page is hurried: commands and the worker may take as long as they need.
"""

import select
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.errors import _WaitTimeout

LONGEST = 5.0  # seconds: what all the queries of a page may take together

_page = threading.local()


class TooSlowError(psycopg.OperationalError):
    """The database took too long; the connection is gone."""


class UnsureError(psycopg.OperationalError):
    """The connection broke while the database was committing: it may have committed, or not."""


@contextmanager
def hurried(seconds: float = LONGEST) -> Iterator[None]:
    """So long may what follows in this thread wait for the database altogether."""
    _page.left = seconds
    try:
        yield
    finally:
        _page.left = None


_opened: dict[int, Any] = {}
"""The driver's connections of SQLite, by the kernel's number of the thread that opened each."""


@contextmanager
def closing_what_was_left() -> Iterator[None]:
    """Around what a thread of the server does: one that connects anew closes what ended threads left open.

    Django's object of such a connection is left in a cycle, with three files and a cache, and Python comes to
    it after hours. PostgreSQL's pool keeps its connections itself.
    """
    new = connection.vendor == "sqlite" and connection.connection is None
    yield
    if not new or connection.connection is None:
        return
    here = threading.get_native_id()
    for thread in [*_opened]:
        if thread == here or not Path(f"/proc/self/task/{thread}").exists():
            _close(_opened.pop(thread, None))
    _opened[here] = connection.connection


def _close(driver: Any) -> None:
    if driver is not None:  # another thread was quicker
        with suppress(sqlite3.Error):  # nothing of it may turn what this page has saved into an error
            driver.close()


SOUND = ("disk i/o error", "full", "locked")
"""What SQLite says of its disk or of others, and not of the connection."""


def renew_connection(error: Exception) -> None:
    """After an error of the database: the next query has a new connection.

    The driver's own is closed, since a pool would hand it on. One of SQLite stays open when only its disk
    failed: opened again while the disk is read-only, it would be so for ever, with all others of its process.
    """
    stays = connection.vendor == "sqlite" and any(word in str(error).lower() for word in SOUND)
    if connection.in_atomic_block or connection.connection is None or stays:
        return
    with suppress(Exception):  # a broken one says so in its driver's own words
        connection.connection.close()
    with suppress(DatabaseError, InterfaceError):
        connection.close()
    pool = getattr(connection, "pool", None)
    if pool and "read-only" in str(error):
        pool.drain()  # what was connected to a standby stays so, also when it is one no more


class TimesLoader(BaseTzLoader):  # type: ignore[misc]
    """A time as Python itself reads it: a list has two a row, and the driver looks for each by a pattern."""

    timezone = UTC  # as Django has its connections speak; it looks here

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)
        except ValueError:  # one that Python has no word for
            return super().load(data)  # type: ignore[no-any-return]


class PatientConnection(psycopg.Connection[Any]):
    """Raises `TooSlowError` when a page's time is used up, `UnsureError` for a commit without an answer."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        """What the pool asks before each page ("", whether the server is there) is answered by the socket.

        A server that went away has closed it; to ask the server itself would be a round trip a page.
        """
        if query != "":
            return super().execute(query, *arguments, **options)
        arrived = select.poll()
        arrived.register(self.fileno(), select.POLLIN)
        while arrived.poll(0):
            self.pgconn.consume_input()  # raises at the end of the connection; a notice is read and left
        return self.cursor()

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        left = getattr(_page, "left", None)
        if left is None:
            return super().wait(gen, interval, timeout)
        started = time.monotonic()
        try:
            return super().wait(gen, interval, max(left, 0.001))
        except _WaitTimeout:
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=1)  # else it would go on waiting for a lock, and take it
            self.close()
            raise TooSlowError("the database is too slow") from None
        finally:
            _page.left = left - (time.monotonic() - started)

    @classmethod
    def connect(cls, *arguments: Any, **options: Any) -> Any:
        connected = super().connect(*arguments, **options)
        connected.adapters.register_loader("timestamptz", TimesLoader)
        return connected

    def commit(self) -> None:
        try:
            super().commit()
        except psycopg.OperationalError as error:
            raise UnsureError(*error.args) if self.closed else error from error
