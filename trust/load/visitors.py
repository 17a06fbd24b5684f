"""Those who use the portal: representatives, officers of the branch, visitors without an account."""

import asyncio
import re
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from .place import HOST

Fields = dict[str, str]
ANSWERS = {
    "first_name": "علی‌رضا",
    "last_name": "کوچک‌پور",
    "father_name": "قربان",
    "gender": "male",
    "birth_date": "1378/04/12",
    "birth_certificate_no": "0",
    "issue_place": "رشت",
    "mobile": "09700000018",
    "postal_code": "4199612345",
    "address": "رشت، خیابان نمونه، کوچه بهار، پلاک ۱۲",
    "job": "اپراتور دستگاه تزریق",
    "start_date": "1405/08/25",
}
EXPLAINED = re.compile(r'name="(explain:[^"]+)"')


@dataclass
class Book:
    """What everybody met: seconds by what was asked, and what was not as it should be."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    sent: int = 0  # requests that arrived whole

    @property
    def all(self) -> list[float]:
        return [each for some in self.seconds.values() for each in some]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Way:
    """How the portal is reached: through nginx at `port` over TLS, or straight."""

    port: int
    tls: bool
    patience: float = 60.0  # seconds until somebody gives up

    @property
    def base(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"


@cache
def trusting() -> ssl.SSLContext:
    """For the harness's self-signed certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Visitor:
    """A browser with its connections, cookies and address."""

    def __init__(self, way: Way, book: Book, address: str, session: str = "") -> None:
        self.way, self.book, self.address = way, book, address
        self.cookies = {"__Host-csrf": secrets.token_hex(16)}
        if session:
            self.cookies["__Host-session"] = session
        ours = (address, 0) if address.startswith("127.") else None
        connector = aiohttp.TCPConnector(local_addr=ours, limit=6, keepalive_timeout=25, ssl=trusting())
        self.http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        await self.http.close()

    def _headers(self) -> dict[str, str]:
        sent = {
            "Host": HOST,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"https://{HOST}",
            "Referer": f"https://{HOST}/",
            "X-CSRFToken": self.cookies["__Host-csrf"],
            "Accept-Encoding": "gzip",
        }
        if not self.way.tls:  # what nginx would say
            sent |= {"X-Forwarded-For": self.address, "X-Forwarded-Proto": "https"}
        return sent

    async def ask(
        self, what: str, path: str, body: Any = None, *, wants: tuple[int, ...] = (200,), script: bool = False
    ) -> Answer:
        """One request, its time in the book; an answer other than wanted too."""
        headers = self._headers() | ({"Accept": "application/json"} if script else {})
        started = time.perf_counter()
        try:
            answer = await self._answer("GET" if body is None else "POST", path, body, headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.book.failed.append(f"{what} {path}: {type(error).__name__} {error}")
            return Answer(0, {}, "")
        self.book.seconds.setdefault(what, []).append(time.perf_counter() - started)
        if answer.status not in wants:
            to = answer.headers.get("Location", "")
            self.book.failed.append(f"{what} {path}: {answer.status} {to}")
        return answer

    async def _answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        timeout = aiohttp.ClientTimeout(self.way.patience)
        async with self.http.request(
            method,
            self.way.base + path,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=timeout,
            server_hostname=HOST if self.way.tls else None,
        ) as response:
            content = await response.read()
            for each in response.headers.getall("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(each).items()}
            text = content.decode() if response.content_type.startswith("text/") else ""
            return Answer(response.status, dict(response.headers), text)


@dataclass
class Work:
    """What is shared by all who work: codes of newcomers, and their pictures."""

    codes: list[str]
    pictures: dict[str, list[bytes]]

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Work":
        pictures = {
            kind: [Path(file).read_bytes() for file in files] for kind, files in told["pictures"].items()
        }
        return cls(told["codes"], pictures)  # the same list for all: nobody is registered twice


class Person:
    """Somebody at work: does something, thinks, does something else."""

    doings: tuple[tuple[int, str], ...] = ()

    def __init__(self, visitor: Visitor, work: Work, seed: int, known: dict[str, Any]) -> None:
        self.visitor, self.work, self.random, self.known = visitor, work, Random(seed), known
        self.ask = visitor.ask

    async def act(self) -> None:
        """One thing of its work, by how often each is done."""
        names = [name for _, name in self.doings]
        chosen = self.random.choices(names, [weight for weight, _ in self.doings])[0]
        doing: Callable[[], Awaitable[Any]] = getattr(self, chosen)
        await doing()

    async def arrive(self) -> None:
        """The first page of its day."""
        await getattr(self, self.doings[0][1])()

    def a_case(self) -> tuple[int, list[str]]:
        pk, kinds = self.random.choice(self.known["cases"])
        return pk, kinds

    def picture(self, kind: str) -> aiohttp.FormData:
        form = aiohttp.FormData()
        self.add_picture(form, kind)
        return form

    def add_picture(self, form: aiohttp.FormData, kind: str) -> None:
        content = self.random.choice(self.work.pictures[kind])
        form.add_field(f"scan:{kind}", content, filename="a.jpg", content_type="image/jpeg")


class Representative(Person):
    doings = (
        (25, "open_cartable"),
        (15, "open_dashboard"),
        (25, "open_request"),
        (10, "open_insured"),
        (10, "open_scan"),
        (10, "search"),
        (5, "register"),
    )

    async def open_dashboard(self) -> None:
        await self.ask("dashboard", "/dashboard/")

    async def open_cartable(self) -> None:
        await self.ask("cartable", self.random.choice(("/cartable/", "/cartable/?tab=all")))

    async def open_insured(self) -> None:
        await self.ask("insured", "/insured/")

    async def open_request(self) -> None:
        if not self.known["cases"]:
            return await self.open_cartable()
        # What still waits for its employer opens as a form instead.
        await self.ask("request", f"/cartable/{self.a_case()[0]}/")
        return None

    async def open_scan(self) -> None:
        if not self.known["cases"]:
            return await self.open_cartable()
        pk, kinds = self.a_case()
        await self.ask("scan", f"/cartable/{pk}/scans/{self.random.choice(kinds)}/")
        return None

    async def search(self) -> None:
        found = await self.ask("search", "/cartable/", {"text": "محمدی"}, wants=(302,))
        if location := found.headers.get("Location"):
            await self.ask("search", location)

    async def register(self) -> None:
        """A newcomer: looked up, six pictures, sent to the branch."""
        code = self.work.codes.pop()
        service = "/cartable/new/main-registration/"
        begun = await self.ask("look up", service, {"national_code": code}, wants=(302,))
        address = begun.headers.get("Location", "")
        if not address.endswith("/edit/"):
            return
        await self.ask("form", address)
        for kind in self.work.pictures:
            upload = address.replace("edit/", f"scans/{kind}/")
            await self.ask("upload", upload, self.picture(kind), script=True)
        await self.send(address, ANSWERS | {"national_code": code, "send": "1"})

    async def send(self, address: str, fields: Fields, first: Any = None) -> None:
        """`first`: the form as it goes the first time, when it has more than fields."""
        answer = await self.ask("send", address, first or fields, wants=(302, 422))
        if answer.status == 422:  # a word about each caution
            words = dict.fromkeys(EXPLAINED.findall(answer.text), "با اصل سند سنجیده شد و درست است.")
            answer = await self.ask("send", address, fields | words, wants=(302,))
        if answer.status == 302:
            self.visitor.book.sent += 1


class Officer(Person):
    doings = (
        (20, "open_queue"),
        (10, "open_dashboard"),
        (40, "review"),
        (10, "search"),
        (10, "open_people"),
        (10, "decide"),
    )

    async def open_queue(self) -> None:
        await self.ask("queue", "/desk/queue/")

    async def open_dashboard(self) -> None:
        await self.ask("desk", "/desk/")

    async def open_people(self) -> None:
        await self.ask("people", "/desk/people/")

    async def review(self) -> None:
        """A request with its pictures, fetched as a browser does: together."""
        pk, kinds = self.a_case()
        await self.ask("review", f"/desk/cases/{pk}/")
        await asyncio.gather(*(self.ask("scan", f"/desk/cases/{pk}/scans/{kind}/") for kind in kinds))

    async def search(self) -> None:
        found = await self.ask("search", "/desk/queue/", {"text": "محمدی"}, wants=(302,))
        if location := found.headers.get("Location"):
            await self.ask("search", location)

    async def decide(self) -> None:
        """Takes one that waits, looks, confirms; a colleague may have been quicker."""
        queue = await self.ask("queue", "/desk/queue/?state=submitted")
        waiting = re.findall(r"/desk/cases/(\d+)/take/", queue.text)
        if not waiting:
            return
        pk = self.random.choice(waiting)
        await self.ask("take", f"/desk/cases/{pk}/take/", {"x": ""}, wants=(302,))
        page = await self.ask("review", f"/desk/cases/{pk}/")
        version = re.search(r'name="version" value="(\d+)"', page.text)
        if version:
            fields = {"version": version[1], "verb": "confirm"}
            await self.ask("decide", f"/desk/cases/{pk}/decide/", fields, wants=(302, 422))


class Stranger(Person):
    """Looks at the public pages, and begins a registration at a workshop."""

    doings = ((30, "open_home"), (20, "open_guide"), (20, "open_form"), (20, "open_sign_in"), (10, "begin"))

    async def open_home(self) -> None:
        await self.ask("home", "/")

    async def open_guide(self) -> None:
        await self.ask("guide", "/guide/")

    async def open_form(self) -> None:
        await self.ask("public form", "/apply/main-registration/")

    async def open_sign_in(self) -> None:
        await self.ask("sign-in page", "/login/")

    async def begin(self) -> None:
        """Without scripts a few drafts an hour are taken from an address: this browser begins one, once."""
        start = "/apply/main-registration/"
        if not hasattr(self, "begun"):
            fields = {"workshop_code": self.known["workshop"], "confirmed": "1"}
            answer = await self.ask("begin", f"{start}workshop/", fields, wants=(302,))
            self.begun = answer.status == 302
        kind = self.random.choice(list(self.work.pictures))
        await self.ask("upload", f"{start}scans/{kind}/", self.picture(kind), script=True)
