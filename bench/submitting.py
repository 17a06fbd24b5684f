"""Whole submissions with three pictures to a served portal, beside uploads that are kept and not looked at.

A submission is the registration of a dependent, a son of sixteen: three pictures, and the form sent to the
branch; everything is synced to the disk. A browser with scripts uploads each picture when it is chosen, one
without them sends form and pictures at once. Each goes on with a form that was begun before, or begins with
looking the father up and opening the form.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from trust.load.figures import at
from trust.load.place import Place
from trust.load.visitors import Book, Fields, Person, Representative, Visitor, Way, Work

Spent = Callable[[], tuple[float, float]]
WEIGHT = 140_000  # bytes of a picture, at least
DEPENDENT = "/cartable/new/dependent-registration/"
SON = {
    "first_name": "سپهر",
    "last_name": "کوچک‌پور",
    "father_name": "علی‌رضا",
    "birth_date": "1389/02/12",
    "birth_certificate_no": "0",
    "issue_place": "رشت",
    "relation": "son",
    "since": "1389/02/12",
}
HIS_SCANS = ("photo", "national_card_front", "birth_certificate_1")
WARMING = 5  # seconds until every thread has its connection, templates and queries
BEGUN = 60  # forms for each second in which they are sent: more than can be


class Registrar(Representative):
    """Registers one son after the other of an insured person of the workshop, as a browser with scripts."""

    async def act(self) -> None:
        if address := await self.look_up():
            await self.ask("form", address)
            await self.fill(address, self.son())

    async def look_up(self) -> str:
        """The address of an empty form."""
        begun = await self.ask("look up", DEPENDENT, {"national_code": self.known["parent"]}, wants=(302,))
        return begun.headers.get("Location", "")

    def son(self) -> Fields:
        return SON | {"national_code": self.work.codes.pop(), "main_national_code": self.known["parent"]}

    async def fill(self, address: str, answers: Fields) -> None:
        for kind in HIS_SCANS:
            upload = address.replace("edit/", f"scans/{kind}/")
            await self.ask("upload", upload, self.picture(kind), script=True)
        await self.send(address, answers | {"send": "1"})


class PlainRegistrar(Registrar):
    """The same without scripts."""

    async def fill(self, address: str, answers: Fields) -> None:
        answers = answers | {"send": "1"}
        form = aiohttp.FormData(answers)
        for kind in HIS_SCANS:
            self.add_picture(form, kind)
        await self.send(address, answers, form)


class Sender(Registrar):
    """Goes on with forms that were begun before."""

    async def begin(self, number: int) -> None:
        """So many forms with a name, kept without pictures."""
        self.begun: list[tuple[str, Fields]] = []
        for _ in range(number):
            address, answers = await self.look_up(), self.son()
            named = {name: answers[name] for name in ("national_code", "first_name", "last_name")}
            await self.ask("keep", address, named, wants=(302,))
            self.begun.append((address, answers))

    async def act(self) -> None:
        if not self.begun:
            raise RuntimeError(f"{BEGUN} forms a second were sent: let more be begun before (BEGUN)")
        await self.fill(*self.begun.pop())


class PlainSender(Sender, PlainRegistrar):
    """The same without scripts."""


WAYS = (
    (Sender, "one by one, begun before"),
    (PlainSender, "in one form, begun before"),
    (Registrar, "one by one, from the look-up on"),
    (PlainRegistrar, "in one form, from the look-up on"),
)


class Keeper(Person):
    """Sends one picture after the other to where nothing looks at it (`bench.urls.kept`)."""

    async def act(self) -> None:
        await self.ask("kept", "/kept", self.picture(HIS_SCANS[1]))


def heavy(told: dict[str, Any]) -> dict[str, Any]:
    """The same pictures as a scanner would send them: of some 150 kB each."""
    return told | {
        "pictures": {kind: [_heavy(Path(file)) for file in files] for kind, files in told["pictures"].items()}
    }


def _heavy(file: Path) -> str:
    with Image.open(file) as drawn:
        larger = drawn.convert("L").resize((drawn.width * 2, drawn.height * 2))
    grain = Image.effect_noise(larger.size, 60)
    for share in range(1, 20):
        blended, out = Image.blend(larger, grain, share / 40), file.with_suffix(".heavy.jpg")
        blended.save(out, quality=85)
        if out.stat().st_size > WEIGHT:
            break
    return str(out)


@dataclass
class Busy:
    """What some met who were busy for so many seconds, and the processor time of portal and database."""

    book: Book
    seconds: float
    portal: float
    database: float


async def busy(
    kind: type[Person], place: Place, told: dict[str, Any], at_once: int, seconds: float, spent: Spent
) -> Busy:
    """So many representatives, each of whom does one thing after the other."""
    book, work = Book(), Work.of(told)
    async with AsyncExitStack() as stack:
        people = []
        able = [known for known in told["representatives"] if known["parent"]]
        for number, known in enumerate(able[:at_once]):
            visitor = Visitor(Way(place.port, tls=False), book, f"127.1.0.{number + 2}", known["session"])
            stack.push_async_callback(visitor.close)
            people.append(kind(visitor, work, number, known))
        senders = [person for person in people if isinstance(person, Sender)]
        await asyncio.gather(*(sender.begin(round(BEGUN * seconds / at_once)) for sender in senders))
        before, began = spent(), time.monotonic()
        await asyncio.gather(*(_until(began + seconds, person) for person in people))
        portal, database = (now - was for now, was in zip(spent(), before, strict=True))
        return Busy(book, time.monotonic() - began, portal, database)


async def _until(until: float, person: Person) -> None:
    while time.monotonic() < until:
        await person.act()


def submissions(
    place: Place, told: dict[str, Any], connections: tuple[int, ...], seconds: float, spent: Spent
) -> Iterator[tuple[str, ...]]:
    """Rows of a table. `spent`: seconds of processor time, of the portal and of the database, until now."""
    yield (
        *("pictures", "connections", "cases/s", "upload p50, p95 ms", "send p50, p95 ms"),
        *("portal ms a case", "database ms a case", "uploads that are only kept, a second", "their p95 ms"),
        "failed",
    )
    for kind, name in WAYS:
        asyncio.run(busy(kind, place, told, max(connections), WARMING, spent))
        for at_once in connections:
            kept = asyncio.run(busy(Keeper, place, told, at_once, seconds / 2, spent))
            sent = asyncio.run(busy(kind, place, told, at_once, seconds, spent))
            cases, book = sent.book.sent, sent.book
            uploads = (len(kept.book.all) - len(kept.book.failed)) / kept.seconds
            times = (book.seconds.get(what, []) for what in ("upload", "send"))
            yield (
                *(name, str(at_once), f"{cases / sent.seconds:.1f}"),
                *(f"{1000 * at(t, 0.5):.0f}, {1000 * at(t, 0.95):.0f}" if t else "" for t in times),
                *(f"{1000 * part / max(cases, 1):.0f}" for part in (sent.portal, sent.database)),
                *(f"{uploads:.0f}", f"{at(kept.book.all, 0.95) * 1000:.0f}"),
                str(len(book.failed) + len(kept.book.failed)),
            )
