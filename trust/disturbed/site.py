"""A portal on a small disk of its own and, on PostgreSQL, a cluster on another; and what of it works now."""

import http.client
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from ..crash.processes import below
from ..crash.servers import Site
from .disk import SmallDisk

NEWEST = "SELECT coalesce(max(id), 0) FROM audit_entry"
SEALED = "SELECT coalesce(max(entry_id), 0) FROM audit_seal"


class House:
    """Everything below one temporary folder."""

    def __init__(self, database: str) -> None:
        self.name = database
        self.folder = Path(tempfile.mkdtemp(prefix="pishkhan-faults-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.disk = SmallDisk(self.folder / "disk.img", self.folder / "portal")
        self.disk.make()
        self.site = Site.at(self.folder, database, self.folder / "log")
        self.site.make()

    @property
    def sqlite_file(self) -> Path:
        return self.disk.place / "pishkhan.sqlite3"

    def connect(self) -> Any:
        """Past the portal, as an administrator does."""
        if self.site.cluster:
            return closing(psycopg.connect(self.site.cluster.url, autocommit=True, connect_timeout=3))
        return closing(sqlite3.connect(self.sqlite_file, timeout=1, isolation_level=None))

    def health(self) -> str:
        """What /healthz says; "" when nothing answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.site.portal.port, timeout=15)
        with suppress(OSError, http.client.HTTPException), closing(link):
            link.request("GET", "/healthz")
            return link.getresponse().read().decode().strip()
        return ""

    def newest(self, asked: str = NEWEST) -> int:
        with suppress(sqlite3.Error, psycopg.Error), self.connect() as held:
            return int(held.execute(asked).fetchone()[0])
        return 0

    def sealed(self) -> int:
        """Up to which entry the worker has come."""
        return self.newest(SEALED)

    def worker(self) -> int:
        return self.site.portal.processes()["worker"][0]

    def postgres(self) -> list[int]:
        cluster = self.site.cluster
        assert cluster and cluster.server
        return [cluster.server.pid, *below(cluster.server.pid)]

    def remove(self) -> None:
        self.disk.empty()
        self.disk.thaw()
        self.site.remove()
        self.disk.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    house.disk.fill()
    yield
    house.disk.empty()


@contextmanager
def frozen_disk(house: House) -> Iterator[None]:
    house.disk.freeze(by_files=house.site.cluster is None)
    yield
    house.disk.thaw()


@contextmanager
def disk_unmounted(house: House) -> Iterator[None]:
    """What is left is an empty folder, which can be written to; nothing may be."""
    house.disk.unmount()
    yield
    written = sorted(str(path) for path in house.disk.place.rglob("*"))
    house.disk.mount()
    if written:
        raise SystemExit(f"written beside the disk: {written}")


@contextmanager
def keys_away(house: House) -> Iterator[None]:
    keys, away = house.disk.place / "keys.json", house.disk.place / "away.json"
    keys.rename(away)
    yield
    away.rename(keys)


@contextmanager
def database_locked(house: House) -> Iterator[None]:
    """Somebody holds what every page needs: of PostgreSQL the tables, of SQLite all writing."""
    with house.connect() as held:
        if house.site.cluster:
            held.autocommit = False
            held.execute("LOCK TABLE cases_case, audit_entry, accounts_session IN ACCESS EXCLUSIVE MODE")
        else:
            held.execute("PRAGMA busy_timeout = 20000")
            held.execute("BEGIN IMMEDIATE")
        yield
        held.rollback()


@contextmanager
def database_gone(house: House) -> Iterator[None]:
    """Stopped, refusing every connection, and started again."""
    cluster = house.site.cluster
    assert cluster and cluster.server
    cluster.server.send_signal(signal.SIGINT)
    cluster.server.wait(30)
    yield
    cluster.start()


@contextmanager
def database_hangs(house: House) -> Iterator[None]:
    """Connections stay open, and new ones are accepted by the kernel alone."""
    stopped = house.postgres()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in reversed(stopped):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def database_read_only(house: House) -> Iterator[None]:
    """As after a failover: whoever connects now may read, and who is connected is thrown out."""
    _set(house, "SET default_transaction_read_only = on")
    yield
    _set(house, "RESET default_transaction_read_only")


def _set(house: House, what: str) -> None:
    with house.connect() as held:
        held.execute("SET transaction_read_only = off")
        held.execute("SET default_transaction_read_only = off")
        held.execute(f"ALTER DATABASE pishkhan {what}")
        if what.startswith("SET"):
            held.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )


@contextmanager
def worker_killed(house: House) -> Iterator[None]:
    os.kill(house.worker(), signal.SIGKILL)
    yield


@contextmanager
def worker_stuck(house: House) -> Iterator[None]:
    os.kill(house.worker(), signal.SIGSTOP)
    yield
