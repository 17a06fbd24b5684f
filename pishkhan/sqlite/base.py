"""Django's SQLite, but whoever waits for another's writing asks again at an even pace.

SQLite's own waiting asks ever more rarely, so that among many writers those who waited longest are passed by
whoever comes (docs/speed.md). It is a statement by itself that waits, the first of a transaction among them;
many rows at once (`executemany`) stand in a transaction, and a commit has nobody to wait for with this log.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from sqlite3 import SQLITE_BUSY, SQLITE_BUSY_RECOVERY, OperationalError
from typing import Any

from django.db import connection
from django.db.backends.sqlite3 import base

PAUSE = 0.003  # seconds: less than most transactions take
WAITS = (SQLITE_BUSY, SQLITE_BUSY_RECOVERY)


class DatabaseWrapper(base.DatabaseWrapper):
    """`timeout` among its options is how long a statement waits for another's writing."""

    patience: float

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        self.patience = params["timeout"]
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        opened = super().get_new_connection(conn_params)  # whose first statements wait as SQLite does
        opened.execute("PRAGMA busy_timeout = 0")
        return opened

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.patience = self.patience
        return cursor


@contextmanager
def waiting_itself() -> Iterator[None]:
    """SQLite waits by itself, for what tells in its answer, and by no error, that others were in the way."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {1000 * connection.settings_dict['OPTIONS']['timeout']}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA busy_timeout = 0")


class Cursor(base.SQLiteCursorWrapper):
    patience = 0.0

    def execute(self, query: str, params: Any = None) -> Any:
        until = time.monotonic() + self.patience
        while True:
            try:
                return super().execute(query, params)
            except OperationalError as error:
                if error.sqlite_errorcode not in WAITS or time.monotonic() > until:
                    raise
                time.sleep(PAUSE)

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        return super().convert_query(query, param_names=param_names) if param_names else _converted(query)


@lru_cache(maxsize=500)
def _converted(query: str) -> str:
    """With SQLite's marks for parameters: to look for them costs as much as SQLite needs for most queries."""
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))
