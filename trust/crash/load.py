"""Employers who register people and officers who confirm them, at the public door, until they are stopped."""

import re
from collections.abc import Callable
from itertools import count
from random import Random
from threading import Event, Thread

from pishkhan.persian.identifiers import national_code_with_check

from .history import BEGIN, CONFIRM, REFUSED, SAVE, SAVED, SCAN, SEND, TAKE, Asked, History, Operation
from .pictures import pictures
from .visitor import PAIRS, Answer, Broken, Visitor

SERVICE = "main-registration"
SCANS = (
    *("photo", "national_card_front", "national_card_back"),
    *("birth_certificate_1", "birth_certificate_2", "questionnaire"),
)
TYPED = {
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
    "start_date": "1403/01/20",
}
TAKEN = 2
"""The version of a request that was sent and taken: what the officer's form holds."""

GIVES_UP = 0.2
"""So many of those who hear nothing go away instead of sending again."""

PAUSE = 0.3  # seconds before the same is sent again
Judge = Callable[[Answer], bool]


class GaveUpError(Exception):
    """The user goes on with another request."""


class Pair:
    """A representative and an officer: one request after the other, from the draft to the register."""

    def __init__(self, load: "Load", number: int) -> None:
        self.load, self.random = load, Random(number)
        self.employer = Visitor(load.port, f"employer-{number}")
        self.officer = Visitor(load.port, f"officer-{number}")

    def work(self) -> None:
        while not self.load.stop.is_set():
            try:
                self._register_somebody()
            except GaveUpError:
                continue

    def sign_in(self) -> None:
        for visitor in (self.employer, self.officer):
            visitor.sign_in()

    def _register_somebody(self) -> None:
        number = next(self.load.numbers)
        self.asked = self.load.history.new_person(national_code_with_check(f"{number:09d}"))
        self.spare = iter(self.random.sample(self.load.pictures, 16))
        pk = self._begin()
        self._write(f"/cartable/{pk}/")
        self._decide(f"/desk/cases/{pk}/")

    def _write(self, page: str) -> None:
        edit = f"{page}edit/"
        self._save(edit)
        for kind in self.random.sample(SCANS, len(SCANS)):
            self._scan(page, kind)
            if self.random.random() < 0.1:
                self._scan(page, kind)  # a better picture in the place of the first
            self._save(edit)
        self._press(
            Operation(SEND),
            lambda: self.employer.post(edit, {"send": "1"}),
            lambda answer: answer.location == page,
        )

    def _decide(self, desk: str) -> None:
        self._press(
            Operation(TAKE),
            lambda: self.officer.post(f"{desk}take/", {}),
            lambda answer: answer.location == desk,
        )
        confirmed, decision = Operation(CONFIRM), {"verb": "confirm", "version": str(TAKEN)}
        # Sent again, it leads to the request, which tells that it was confirmed already.
        self._press(
            confirmed,
            lambda: self.officer.post(f"{desk}decide/", decision),
            lambda answer: (
                answer.location == "/desk/queue/" or (confirmed.tries > 1 and answer.location == desk)
            ),
        )

    def _begin(self) -> int:
        typed = {"national_code": self.asked.national_code}
        where = re.compile(r"/cartable/(\d+)/edit/")
        answer = self._press(
            Operation(BEGIN),
            lambda: self.employer.post(f"/cartable/new/{SERVICE}/", typed),
            lambda answer: bool(where.fullmatch(answer.location)),
        )
        found = where.fullmatch(answer.location)
        assert found
        return int(found[1])

    def _save(self, edit: str) -> None:
        mark = f"نشان {self.random.getrandbits(64)}"
        typed = TYPED | {"national_code": self.asked.national_code, "remarks": mark}
        self._press(
            Operation(SAVE, value=mark),
            lambda: self.employer.post(edit, typed),
            lambda answer: answer.location == edit,
        )

    def _scan(self, page: str, kind: str) -> None:
        picture = next(self.spare)
        self._press(
            Operation(SCAN, value=picture.sha256, place=kind),
            lambda: self.employer.send_picture(f"{page}scans/{kind}/", kind, picture.content),
            lambda answer: answer.status == 200 and '"picture"' in answer.text,
        )

    def _press(self, operation: Operation, button: Callable[[], Answer], done: Judge) -> Answer:
        """Until an answer says that it was done; raises `GaveUpError`."""
        if self.load.stop.is_set():
            raise GaveUpError
        self.load.history.begin(self.asked, operation)
        while True:
            operation.tries += 1
            try:
                answer = button()
            except Broken:
                self._wait()
                continue
            operation.outcome = SAVED if done(answer) else REFUSED
            if operation.outcome == REFUSED:
                self.load.history.refusals.append(told(self.asked, operation, answer))
                raise GaveUpError
            return answer

    def _wait(self) -> None:
        if self.random.random() < GIVES_UP or self.load.stop.is_set():
            raise GaveUpError
        self.load.stop.wait(PAUSE)


def told(asked: Asked, operation: Operation, answer: Answer) -> str:
    words = re.findall(r'class="[^"]*(?:error|alert)[^"]*"[^>]*>\s*([^<]{3,200})', answer.text)
    return f"{asked.national_code}, {operation.what} {operation.place}: {answer} {words[:3]}"


class Load:
    """`PAIRS` at once, each in a thread. `first`: the first nine digits of the first person's code."""

    def __init__(self, port: int, first: int) -> None:
        self.port, self.pictures, self.numbers = port, pictures(), count(first)
        self.history, self.stop = History(), Event()
        self.pairs = [Pair(self, number) for number in range(PAIRS)]
        self.threads = [Thread(target=pair.work, daemon=True) for pair in self.pairs]

    def begin(self) -> None:
        for pair in self.pairs:
            pair.sign_in()
        for thread in self.threads:
            thread.start()

    def working(self) -> bool:
        """Whether anybody is still at work: who met something unforeseen is not."""
        return all(thread.is_alive() for thread in self.threads)

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
