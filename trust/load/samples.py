"""What processes hold, now and then: memory, open files, sockets, threads, connections to the database."""

import json
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psycopg

from .judge import COUNT, LOG, SOCKETS, Limit, Point
from .place import processes

COUNTED = ("files", "sockets", "threads", "connections")
LIMITS = {**dict.fromkeys(COUNTED, COUNT), "sockets": SOCKETS, "log": LOG}
Values = dict[str, float]


# Processes by a word of their command lines; the first that is in it.
ROLES = {
    "web.keeper": "keeper",
    "granian": "web",
    "pishkhan worker": "worker",
    "nginx: worker": "nginx worker",
    "nginx: master": "nginx master",
}


def limit_of(name: str, memory: Limit) -> Limit:
    """Of a value named «memory of …», «files of …», …."""
    return LIMITS.get(name.partition(" ")[0], memory)


def role_of(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next(
        (role for word, role in ROLES.items() if word in command), command.split()[0] if command else "?"
    )


def memory_of(pid: int) -> float:
    """MB, pages shared with others shared out."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1024


def processor_time(pid: int) -> float:
    """Seconds that all its threads have computed, and those of its children that have ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def held_by(group: str, pids: list[int]) -> Values:
    """The memory of each process; all their open files that are none of the network, sockets and threads."""
    found: Values = {}
    for pid in pids:
        with suppress(OSError):  # ended meanwhile
            opened = [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]
            sockets = sum(name.startswith("socket:") for name in opened)
            threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
            role = "granian" if pid == pids[0] and role_of(pid) == "web" else role_of(pid)
            found[f"memory of {role} {pid}"] = memory_of(pid)
            counts = {"files": len(opened) - sockets, "sockets": sockets, "threads": threads}
            for what, number in counts.items():
                found[f"{what} of {group}"] = found.get(f"{what} of {group}", 0) + number
    return found


class Watch:
    """Looks at processes every so many seconds, in a thread of its own, from `with` to its end."""

    def __init__(self, roots: dict[str, int], every: float, also: Callable[[], Values] = dict) -> None:
        self.roots, self.every, self.also = roots, every, also
        self.points: dict[str, list[Point]] = {}
        self.pids: set[int] = set()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look_on)

    def __enter__(self) -> "Watch":
        self.started = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.over.set()
        self.thread.join()

    def _look_on(self) -> None:
        while not self.over.wait(self.every):
            now = time.monotonic() - self.started
            for name, value in self._seen().items():
                self.points.setdefault(name, []).append((now, value))

    def _seen(self) -> Values:
        found: Values = {}
        for who, root in self.roots.items():
            pids = processes(root)
            self.pids |= set(pids)
            found |= held_by(who, pids)
        return found | self.also()

    def save(self, file: Path) -> None:
        """Everything that was seen, for whoever wants to draw it."""
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(self.points))


def database_values(folder: Path, url: str) -> Callable[[], Values]:
    """The write-ahead log of an SQLite in the folder in MB, or the connections to the PostgreSQL."""
    if not url:
        return lambda: {"log of SQLite": size(folder / "pishkhan.sqlite3-wal") / 2**20}
    link = psycopg.connect(url, autocommit=True)
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def values() -> Values:
        row = link.execute(asked).fetchone()
        return {"connections of PostgreSQL": float(row[0]) if row else 0.0}

    return values


def size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
