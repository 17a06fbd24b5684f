"""What every answer must be like, whatever has failed; and the visitors that look at each."""

import http.client
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from ..crash.visitor import Answer, Visitor

LONGEST = 10.0  # seconds until an answer, whatever has failed
SAYS_WHAT_TO_DO = ("یک دقیقه صبر کنید", "ثبت نشد", "معلوم نیست")
OF_A_PROGRAM = re.compile(r"Traceback|Exception|Error\b|errno|sqlite|psycopg|\bSQL\b", re.IGNORECASE)


def fault_of(answer: Answer, seconds: float) -> str:
    """What is wrong with an answer; "" when it is one that the portal may give."""
    if seconds > LONGEST:
        return f"took {seconds:.1f} s"
    if answer.status < 500:
        return ""
    if answer.status != 503:
        return f"{answer.status}: {answer.text[:200]!r}"
    said = words_of(answer)
    if not any(words in said for words in SAYS_WHAT_TO_DO):
        return f"503 that does not say what to do: {said[:200]!r}"
    found = OF_A_PROGRAM.search(said)
    return f"503 that speaks of {found[0]!r}" if found else ""


def words_of(answer: Answer) -> str:
    """What its reader sees: a page without its tags, or the message to the upload script."""
    if answer.text.startswith("{"):
        return str(json.loads(answer.text)["error"])
    return re.sub(r"<[^>]*>", " ", answer.text)


@dataclass
class Watch:
    """The answers since the last look."""

    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def take_down(self, status: str, seconds: float, wrong: str) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, seconds)
            if wrong:
                self.wrong.append(wrong)

    def begin(self) -> None:
        with self.lock:
            self.statuses, self.slowest, self.wrong = Counter(), 0.0, []


class WatchedVisitor(Visitor):
    """A browser that judges each answer before it is read."""

    watch: Watch

    def _exchange(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        began = time.monotonic()
        try:
            try:
                answer = super()._exchange(method, path, body, kind)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # Closed while nothing was asked: a browser connects anew.
                self.hang_up()
                answer = super()._exchange(method, path, body, kind)
        except (OSError, http.client.HTTPException) as error:
            self.watch.take_down("none", time.monotonic() - began, f"{method} {path}: {type(error).__name__}")
            raise
        seconds = time.monotonic() - began
        wrong = fault_of(answer, seconds)
        self.watch.take_down(str(answer.status), seconds, wrong and f"{method} {path}: {wrong}")
        return answer
