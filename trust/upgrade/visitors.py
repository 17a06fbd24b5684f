"""Representatives who read and register people without a pause, and remember how each request went."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from threading import Event, Lock, Thread

from pishkhan.persian.identifiers import national_code_with_check
from trust.crash.load import SCANS, SERVICE, TYPED
from trust.crash.pictures import drawn
from trust.crash.visitor import Answer, Broken, Visitor

USER, PASSWORD = "1462319012", "shalizar-sabz-27"
VISITORS = 3
PAUSE = 0.02  # seconds between two requests of one visitor: a steady load, not the most there can be
FIRST = 999_700_000  # above the codes of the demo data's people
EDIT, SHOWN = r"/cartable/\d+/edit/", r"/cartable/\d+/"
MESSAGE = r'class="[^"]*(?:error|alert)[^"]*"[^>]*>\s*([^<]{3,200})'


class LostError(Exception):
    """Not answered as it should be; the visitor begins anew."""


@dataclass(frozen=True)
class Request:
    what: str
    began: float
    took: float
    trouble: str  # "": answered as it should be


@dataclass
class Figures:
    """What the visitors met in a stretch of time."""

    requests: list[Request]

    @property
    def failed(self) -> list[Request]:
        return [request for request in self.requests if request.trouble]

    @property
    def longest(self) -> Request:
        return max(self.requests, key=lambda request: request.took)

    def __str__(self) -> str:
        if not self.requests:
            return "no request"
        times = sorted(request.took for request in self.requests)
        return (
            f"{len(times):,} requests, {len(self.failed)} failed,"
            f" median {times[len(times) // 2] * 1000:.0f} ms,"
            f" longest {self.longest.took:.2f} s ({self.longest.what})"
        )


class Crowd:
    def __init__(self, port: int) -> None:
        self.port, self.stop, self.lock = port, Event(), Lock()
        self.numbers, self.pictures = count(FIRST), [drawn(number) for number in range(64)]
        self.met: list[Request] = []
        self.signed_in: list[int] = []
        self.threads = [Thread(target=self.work, args=[number], daemon=True) for number in range(VISITORS)]

    def begin(self) -> None:
        """Returns when all have signed in and are at work."""
        for thread in self.threads:
            thread.start()
        while len(self.signed_in) < VISITORS:
            if not all(thread.is_alive() for thread in self.threads):
                raise SystemExit("a visitor could not sign in")
            time.sleep(0.1)

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)

    def since(self, moment: float) -> Figures:
        with self.lock:
            return Figures([request for request in self.met if request.began + request.took >= moment])

    def work(self, number: int) -> None:
        visitor = OneShot(self.port, USER, PASSWORD)
        visitor.sign_in()
        self.signed_in.append(number)
        pictures = cycle(self.pictures[number::VISITORS])
        while not self.stop.is_set():
            with suppress(LostError):
                self.errand(visitor, pictures)

    def errand(self, visitor: Visitor, pictures: Iterator[bytes]) -> None:
        """Looks at the cartable and at a request, registers somebody and sends it to the branch."""
        get = partial(visitor.request, "GET")
        cartable = self.ask("cartable", lambda: get("/cartable/?tab=all"), is_page)
        if found := re.search(r'href="(/cartable/\d+/)"', cartable.text):
            self.ask("request", lambda: get(found[1]), is_page)
        code = national_code_with_check(f"{next(self.numbers):09d}")
        new = f"/cartable/new/{SERVICE}/"
        edit = self.ask("begin", lambda: visitor.post(new, {"national_code": code}), leads(EDIT)).location
        page = edit.removesuffix("edit/")
        for kind in SCANS:
            picture = next(pictures)
            self.ask("scan", lambda: visitor.send_picture(f"{page}scans/{kind}/", kind, picture), is_kept)  # noqa: B023
        typed = TYPED | {"national_code": code, "remarks": code}
        self.ask("save", lambda: visitor.post(edit, typed), leads(EDIT))
        self.ask("send", lambda: visitor.post(edit, {"send": "1"}), leads(SHOWN))

    def ask(self, what: str, press: Callable[[], Answer], right: Callable[[Answer], bool]) -> Answer:
        """Raises `LostError` when the answer is not the right one."""
        if self.stop.wait(PAUSE):
            raise LostError
        began, trouble, answer = time.monotonic(), "", None
        try:
            answer = press()
            if not right(answer):
                trouble = f"{answer} {re.findall(MESSAGE, answer.text)[:2]}"
        except Broken as broken:
            trouble = str(broken)
        with self.lock:
            self.met.append(Request(what, began, time.monotonic() - began, trouble))
        if trouble or answer is None:
            raise LostError
        return answer


class OneShot(Visitor):
    """A connection for each request, as most visitors of a day have."""

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        self.hang_up()
        return super().request(method, path, body, kind)


def is_page(answer: Answer) -> bool:
    return answer.status == 200 and "</html>" in answer.text


def is_kept(answer: Answer) -> bool:
    return answer.status == 200 and '"picture"' in answer.text


def leads(where: str) -> Callable[[Answer], bool]:
    return lambda answer: re.fullmatch(where, answer.location) is not None
