"""Five hundred people at once: at the same moment, and each at its own pace."""

import asyncio
import os
import time
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import Any

from .figures import at, spread, tell_book
from .nginx import in_front
from .place import Place, Size, installed, processes
from .samples import Watch, database_values, processor_time
from .visitors import Book, Way
from .working import gathered, work_on

PEOPLE = 500
SIZE = Size(workshops=450, insured=3000, cases=5000)
THINK = 10.0  # seconds, the median
PROMISED = 1.0  # seconds, for 95 of 100 answers
TRIED = 20  # people who load the program before it counts
SHORT, LONG, PLANTED = 40.0, 600.0, 20.0  # seconds of work


@dataclass
class Met:
    """What the crowd met, and how long it worked."""

    moment: Book = field(default_factory=Book)
    work: Book = field(default_factory=Book)
    seconds: float = 0.0
    computed: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time during the work, by who spent it."""


def crowd(*, long: bool, database: str) -> list[str]:
    """What did not hold."""
    with installed(SIZE, database) as place:
        told = place.people(PEOPLE)
        print("planted: a server whose requests wait in one line")
        if not broken(met_by(place, told, PLANTED, "trust.load.waiting", database)):
            return ["the planted line was not found"]
        print(f"the portal on {'PostgreSQL' if database else 'SQLite'}")
        met = met_by(place, told, LONG if long else SHORT, "pishkhan.settings", database)
        tell_book(met.work)
        return broken(met)


def met_by(place: Place, told: dict[str, Any], seconds: float, settings: str, database: str) -> Met:
    met = Met()
    with ExitStack() as stack:
        server = stack.enter_context(place.served(settings))
        front = stack.enter_context(in_front(place.folder / settings, place.port))
        roots = {"the server": server.pid, "nginx": front.process.pid}
        watch = Watch(roots, 1, database_values(place.folder / "data", database))
        with watch:
            asyncio.run(_met(Way(front.https, tls=True), told, seconds, met, roots))
    tell(met, watch)
    place.tell_log()
    return met


def tell(met: Met, watch: Watch) -> None:
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{PEOPLE} at the same moment: {len(met.moment.failed)} failed, {spread(met.moment.all)}")
    rate = len(met.work.all) / met.seconds
    print(f"{PEOPLE} at work: {rate:.1f} a second, {len(met.work.failed)} failed, {spread(met.work.all)}")
    for who, spent in met.computed.items():
        print(f"  processor time of {who:<12} {1000 * spent / len(met.work.all):6.1f} ms a request")
    for name, points in sorted(watch.points.items()):
        print(f"  {name:<26} at most {max(value for _, value in points):.1f}", flush=True)


def broken(met: Met) -> list[str]:
    found = []
    if met.moment.failed or met.work.failed:
        found.append(f"{len(met.moment.failed) + len(met.work.failed)} requests failed")
    if at(met.work.all, 0.95) > PROMISED:
        found.append(f"one of twenty waits {at(met.work.all, 0.95):.2f} s and more")
    return found


def spent(roots: dict[str, int]) -> dict[str, float]:
    """Seconds of processor time, of the harness too."""
    ours = time.process_time()
    return {who: sum(map(processor_time, processes(pid))) for who, pid in roots.items()} | {
        "the people": ours
    }


async def _met(way: Way, told: dict[str, Any], seconds: float, met: Met, roots: dict[str, int]) -> None:
    async with AsyncExitStack() as stack:
        people = await gathered(stack, way, met.work, told, PEOPLE)
        await work_on(people[:TRIED], 5, 0.5)
        met.work.seconds.clear()
        for person in people:
            person.visitor.book = met.moment
        # Most have no connection yet: TLS is part of it.
        await asyncio.gather(*(person.arrive() for person in people))
        for person in people:
            person.visitor.book = met.work
        started, before = time.monotonic(), spent(roots)
        await work_on(people, seconds, THINK)
        met.seconds = time.monotonic() - started
        met.computed = {who: after - before[who] for who, after in spent(roots).items()}
