"""The SQL of a page, taken down and run again through the driver alone."""

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

Query = tuple[str, Any]


class Listener:
    """Takes down what is asked of the database."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries.append((sql, params))
        return execute(sql, params, many, context)


def queries_of(call: Callable[[], Any]) -> list[Query]:
    listener = Listener()
    with connection.execute_wrapper(listener):
        call()
    return listener.queries


def replay(queries: list[Query]) -> tuple[Callable[[], None], list[int]]:
    """A call that runs the queries on a connection of its own, and the server's processes behind it."""
    if connection.vendor == "postgresql":
        return _on_postgres(queries)
    return _on_sqlite(queries), []


def _on_sqlite(queries: list[Query]) -> Callable[[], None]:
    raw = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    raw.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    ready = [(sql % (("?",) * len(params)), params) for sql, params in queries]

    def run() -> None:
        for sql, params in ready:
            raw.execute(sql, params).fetchall()

    return run


def _on_postgres(queries: list[Query]) -> tuple[Callable[[], None], list[int]]:
    wanted = ("dbname", "user", "password", "host", "port")
    given = {name: value for name, value in connection.get_connection_params().items() if name in wanted}
    raw = psycopg.connect(**given, autocommit=True)

    def run() -> None:
        with raw.cursor() as cursor:
            for sql, params in queries:
                cursor.execute(sql, params)
                if cursor.description:  # a page that leaves an entry in the trail writes
                    cursor.fetchall()

    return run, [raw.info.backend_pid]


def backends() -> list[int]:
    """The server's processes that work for connections to this database; others come and go."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall()]
