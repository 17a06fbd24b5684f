"""Hours of ordinary work: nothing that the portal holds may grow."""

import asyncio
import os
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Any

from .figures import tell_book, tell_growth
from .judge import MEMORY, MEMORY_AT_FIRST, Limit
from .nginx import in_front
from .place import ROOT, Place, Size, installed
from .samples import Watch, database_values
from .visitors import Book, Way
from .working import gathered, work_on

PEOPLE = 60
SIZE = Size(workshops=80, insured=1000, cases=2000)
THINK = 6.0  # seconds, the median: about ten requests a second


@dataclass(frozen=True)
class Length:
    """Seconds until times count, of work, and between two looks; seconds with the planted flaw; what memory
    may grow by."""

    before: float
    watched: float
    every: float
    planted: float
    memory: Limit


SHORT = Length(before=20, watched=60, every=1, planted=30, memory=MEMORY_AT_FIRST)
LONG = Length(before=60, watched=3600, every=10, planted=120, memory=MEMORY)


def soak(*, long: bool, database: str) -> list[str]:
    """What did not hold."""
    length = LONG if long else SHORT
    with installed(SIZE, database) as place:
        told = place.people(PEOPLE)
        print(f"planted: a server that leaks, {length.planted:.0f} s")
        leaking = Length(10, length.planted, 1, 0, length.memory)
        planted = watched(place, told, leaking, "trust.load.leaking", database)
        if not all(any(each.startswith(what) for each in planted) for what in ("memory of web", "files of")):
            return ["the planted leak of memory and files was not found"]
        print(f"the portal, {length.watched:.0f} s on {'PostgreSQL' if database else 'SQLite'}")
        return watched(place, told, length, "pishkhan.settings", database)


def watched(place: Place, told: dict[str, Any], length: Length, settings: str, database: str) -> list[str]:
    """Work through nginx on a server with these settings; what grew, failed or died."""
    book = Book()
    with ExitStack() as stack:
        server = stack.enter_context(place.served(settings))
        front = stack.enter_context(in_front(place.folder / settings, place.port))
        roots = {"the server": server.pid, "nginx": front.process.pid}
        watch = Watch(roots, length.every, database_values(place.folder / "data", database))
        asyncio.run(_work(Way(front.https, tls=True), book, told, length, watch))
        grown = tell_growth(watch, length.memory)
        watch.save(ROOT / "build" / "soak.json")
        alive = {pid for pid in watch.pids if os.path.exists(f"/proc/{pid}")}  # noqa: PTH110
    print(f"load of the machine: {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors")
    tell_book(book)
    place.tell_log()
    died = [f"{len(watch.pids - alive)} processes ended or were started anew"] if watch.pids - alive else []
    return grown + died + ([f"{len(book.failed)} requests failed"] if book.failed else [])


async def _work(way: Way, book: Book, told: dict[str, Any], length: Length, watch: Watch) -> None:
    async with AsyncExitStack() as stack:
        people = await gathered(stack, way, book, told, PEOPLE)
        with watch:
            await work_on(people, length.before, THINK)
            book.seconds.clear()  # the first requests load the program
            await work_on(people, length.watched, THINK)
