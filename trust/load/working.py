"""Many people at work, each at its own pace."""

import asyncio
import time
from contextlib import AsyncExitStack
from random import Random
from typing import Any

from .visitors import Book, Officer, Person, Representative, Stranger, Visitor, Way, Work

STRANGERS = 6  # one of so many has no account


def address(number: int) -> str:
    """Of somebody: 50 sit behind one, as in an office; all are this machine."""
    office = 2 + number // 50
    return f"127.1.{office // 250}.{office % 250}"


def own_address(number: int) -> str:
    """Of a visitor from home, who shares it with nobody."""
    return f"127.2.{number // 250}.{2 + number % 250}"


async def gathered(
    stack: AsyncExitStack, way: Way, book: Book, told: dict[str, Any], number: int
) -> list[Person]:
    """So many people, each with its browser; the first are those with accounts."""
    work = Work.of(told)
    strangers = number // STRANGERS
    officers, representatives = told["officers"], told["representatives"][: number - strangers]
    representatives = representatives[: number - strangers - len(officers)]
    if len(representatives) + len(officers) + strangers < number:
        raise SystemExit(f"only {len(representatives)} representatives for {number} people: more workshops")
    people: list[Person] = []
    for kind, known in ((Officer, officers), (Representative, representatives)):
        for each in known:
            visitor = Visitor(way, book, address(len(people)), each["session"])
            people.append(kind(visitor, work, len(people), each))
    for each in range(strangers):
        known = {"workshop": representatives[each % len(representatives)]["workshop"]}
        people.append(Stranger(Visitor(way, book, own_address(each)), work, 10_000 + each, known))
    for person in people:
        stack.push_async_callback(person.visitor.close)
    return people


async def work_on(people: list[Person], seconds: float, think: float) -> None:
    """Everybody does something, thinks (the median is `think`), does something, until time is up."""
    until = time.monotonic() + seconds
    await asyncio.gather(*(_work(person, until, think) for person in people))


async def _work(person: Person, until: float, think: float) -> None:
    pause = Random(id(person))
    # Nobody begins at the same moment.
    await asyncio.sleep(pause.uniform(0, 2 * think))
    while time.monotonic() < until:
        await person.act()
        # Half think shorter, a few much longer: a quarter of people's pauses are twice as long.
        await asyncio.sleep(min(pause.lognormvariate(0, 0.8) * think, max(0.0, until - time.monotonic())))
