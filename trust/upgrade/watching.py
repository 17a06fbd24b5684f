"""How long anybody waits for the migration's locks, seen from beside."""

import sqlite3
import time
from abc import ABC, abstractmethod
from threading import Event, Thread

import psycopg

from .releases import MIGRATING, Place

LOOK = 0.02  # seconds between two looks
WAITING = f"""
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waiting.waitstart)), 0)
    FROM pg_locks waiting JOIN pg_stat_activity who ON who.pid = waiting.pid
    WHERE NOT waiting.granted AND who.application_name <> '{MIGRATING}'
    AND EXISTS (SELECT FROM unnest(pg_blocking_pids(waiting.pid)) ahead
        JOIN pg_stat_activity m ON m.pid = ahead
        WHERE m.application_name = '{MIGRATING}')"""
"""The longest wait, seconds, of a request that stands behind the migration in the queue for a lock."""


class Watch(ABC):
    longest = 0.0

    def __enter__(self) -> "Watch":
        self.stop, self.thread = Event(), Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    @abstractmethod
    def watch(self) -> None:
        """Looks until `stop`; keeps the longest wait in `longest`, seconds."""


class WatchPostgresql(Watch):
    def __init__(self, place: Place) -> None:
        self.url = place.database

    def watch(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as link:
            while not self.stop.wait(LOOK):
                row = link.execute(WAITING).fetchone()
                assert row
                self.longest = max(self.longest, float(row[0]))


class WatchSqlite(Watch):
    """There is one lock, for writing: how long it could not be had, whoever had it."""

    def __init__(self, place: Place) -> None:
        self.file = place.data / "pishkhan.sqlite3"

    def watch(self) -> None:
        refused: float | None = None  # since when
        with sqlite3.connect(self.file, timeout=0, isolation_level=None) as link:
            while not self.stop.wait(LOOK / 4):
                try:
                    link.execute("BEGIN IMMEDIATE")
                    link.execute("ROLLBACK")
                    refused = None
                except sqlite3.OperationalError:
                    refused = refused or time.monotonic()
                    self.longest = max(self.longest, time.monotonic() - refused)


def watch(place: Place) -> Watch:
    return WatchPostgresql(place) if place.vendor == "postgresql" else WatchSqlite(place)
