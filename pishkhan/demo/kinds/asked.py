"""One case's request before anything comes of it, and what every kind of request can do."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from pishkhan.cases.states import State
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import Service, find
from pishkhan.demo.lives import Life
from pishkhan.demo.persons import Someone
from pishkhan.demo.plan import Request
from pishkhan.demo.roster import Family, Holder


@dataclass(slots=True)
class Asked:
    """What is asked, by whom, and about whom.

    `holder` is that person on the register, None for somebody new; `family` has nothing else going on until
    the case has ended. `faults` are the scans and answers of which one may be found wrong, `unfinished` the
    answers of a draft whose writer stopped before the end.
    """

    service: str
    person: Someone
    answers: Answers
    state: State
    begun_by: Audience
    faults: tuple[str, ...]
    rejections: tuple[str, ...]
    unfinished: Answers = field(default_factory=dict)
    holder: Holder | None = None
    family: Family | None = None
    decision: Answers = field(default_factory=dict)


class Kind(Protocol):
    """Requests of a kind. `ask` finds somebody at the workshop, None when nobody there can ask for it."""

    def ask(self, request: Request) -> Asked | None: ...

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """What the service's own `complete` would do to the register; `place` is that of the workshop."""
        ...


def known(code: str) -> Service:
    service = find(code)
    assert service, f"no service {code}"
    return service


def choices(service: Service, name: str) -> dict[str, str]:
    """The answers that a question offers, each with its label."""
    question: Any = dict(service.fields())[name]
    return {str(code): str(label) for code, label in question.choices}
