"""Slow clients (slowloris) from many addresses, while others do their ordinary work."""

import asyncio
import os
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from .figures import at, spread, tell_book
from .nginx import in_front
from .place import HOST, Size, installed
from .visitors import Book, Person, Way, trusting
from .working import gathered, work_on

PEOPLE = 12
SIZE = Size(workshops=20, insured=400, cases=800)
THINK = 0.3  # seconds: they are few, and shall ask often
PROMISED = 1.0  # seconds, for 99 of 100 answers
BUSY = 1.5  # times as long as without slow clients, on a machine too busy for the promise
GIVING_UP = 10.0  # seconds that people wait for the portal without nginx
STEP = (
    4.0  # seconds between the crumbs of a slow client: within every time-out that can be told from a bad line
)
WARM = 5.0  # seconds of work before it counts
Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


@dataclass(frozen=True)
class Extent:
    """Slow clients of each of the three kinds, and seconds of each measurement."""

    slow: int
    seconds: float


SHORT, LONG = Extent(200, 12), Extent(330, 120)


@dataclass
class Attack:
    """Slow clients of three kinds, from fifty addresses, each beginning anew when it is cut off."""

    way: Way
    slow: int
    opened: int = 0
    refused: int = 0
    held: set[int] = field(default_factory=set)

    async def go_on(self) -> None:
        """Until it is cancelled."""
        kinds = (self._slow_head, self._slow_body, self._slow_reader)
        await asyncio.gather(*(self._again(kinds[n % 3], n) for n in range(3 * self.slow)))

    async def _again(self, kind: "Kind", number: int) -> None:
        await asyncio.sleep(STEP * number / (3 * self.slow))
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._once(kind, number)
            self.held.discard(number)
            self.refused += 1
            await asyncio.sleep(0.5)

    async def _once(self, kind: "Kind", number: int) -> None:
        tls = {"ssl": trusting(), "server_hostname": HOST} if self.way.tls else {}
        ours = (f"127.3.0.{2 + number % 50}", 0)
        # A small buffer: what the reader does not want yet stays with the sender.
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.way.port, local_addr=ours, limit=2048, **tls
        )
        self.opened += 1
        self.held.add(number)
        try:
            await kind(reader, writer, f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode())
        finally:
            writer.close()

    async def _slow_head(self, reader: Reader, writer: Writer, head: bytes) -> None:
        """A header a few bytes at a time, without end."""
        writer.write(b"GET / HTTP/1.1\r\n" + head)
        await self._drip(reader, writer, b"X-Slow: 1\r\n")

    async def _slow_body(self, reader: Reader, writer: Writer, head: bytes) -> None:
        """A form as large as a scan, a few bytes at a time; the portal would read it to its end."""
        token = b"a" * 32
        writer.write(b"POST /login/ HTTP/1.1\r\n" + head + b"Cookie: __Host-csrf=" + token + b"\r\n")
        writer.write(f"Origin: https://{HOST}\r\nContent-Length: 200000\r\n".encode())
        writer.write(b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=")
        await self._drip(reader, writer, b"slow")

    async def _drip(self, reader: Reader, writer: Writer, crumb: bytes) -> None:
        while not reader.at_eof():
            writer.write(crumb)
            await writer.drain()
            # An answer, or the end, comes early; that nothing comes is the rule.
            with suppress(TimeoutError):
                if not await asyncio.wait_for(reader.read(1024), STEP):
                    return

    async def _slow_reader(self, reader: Reader, writer: Writer, head: bytes) -> None:
        """The largest thing that anybody may ask for, read a kilobyte at a time."""
        writer.write(b"GET /guide/guide.pdf HTTP/1.1\r\n" + head + b"\r\n")
        while await reader.read(1024):
            await asyncio.sleep(STEP)


Kind = type(Attack._slow_head)


def slow(*, long: bool, database: str) -> list[str]:
    """What did not hold."""
    extent = LONG if long else SHORT
    with installed(SIZE, database) as place:
        told = place.people(PEOPLE)
        with place.served(), in_front(place.folder / "nginx", place.port) as front:
            through = Way(front.https, tls=True)
            quiet, attacked = asyncio.run(_measured(through, told, extent))
        with place.served():
            straight = Way(place.port, tls=False, patience=GIVING_UP)
            _, bare = asyncio.run(_measured(straight, told, extent))
        place.tell_log()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    told_of("nobody slow, through nginx", quiet)
    told_of(f"{3 * extent.slow} slow, through nginx", attacked)
    told_of(f"{3 * extent.slow} slow, without nginx (the planted flaw)", bare)
    return judged(quiet, attacked, bare)


def told_of(name: str, book: Book) -> None:
    print(f"{name}: {len(book.all)} answers, {spread(book.all)}, {len(book.failed)} failed", flush=True)


def judged(quiet: Book, attacked: Book, bare: Book) -> list[str]:
    """By the promise; where even nobody slow is too much for the machine, by what the people met before."""
    usual = at(quiet.all, 0.99)
    limit = PROMISED if usual < PROMISED else BUSY * usual
    if limit > PROMISED:
        print(f"the machine has other work: judged by {limit:.2f} s instead of {PROMISED:.0f} s")
    if holds(bare, limit):
        return ["the attack does nothing to the portal without nginx: it shows nothing"]
    if holds(attacked, limit):
        return []
    tell_book(attacked)
    return [f"others wait {at(attacked.all, 0.99):.2f} s and more, {len(attacked.failed)} requests failed"]


def holds(book: Book, limit: float) -> bool:
    return not book.failed and at(book.all, 0.99) < limit


async def _measured(way: Way, told: dict[str, object], extent: Extent) -> tuple[Book, Book]:
    """What the same people met first without, then beside slow clients."""
    quiet, attacked = Book(), Book()
    async with AsyncExitStack() as stack:
        people = await gathered(stack, way, quiet, told, PEOPLE)
        await work_on(people, WARM, THINK)
        quiet.seconds.clear()
        await work_on(people, extent.seconds, THINK)
        attack = Attack(way, extent.slow)
        going_on = asyncio.create_task(attack.go_on())
        await asyncio.sleep(2 * STEP)  # all are there
        write_in(people, attacked)
        print(f"slow clients that are connected: {len(attack.held)}")
        await work_on(people, extent.seconds, THINK)
        print(f"slow clients: {len(attack.held)} connected, {attack.opened} in all, {attack.refused} cut off")
        going_on.cancel()
        with suppress(asyncio.CancelledError):
            await going_on
    return quiet, attacked


def write_in(people: list[Person], book: Book) -> None:
    for person in people:
        person.visitor.book = book
