"""What the users did and what they were told, as Jepsen takes it down."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

BEGIN, SAVE, SCAN, SEND, TAKE, CONFIRM = "begin", "save", "scan", "send", "take", "confirm"
UNKNOWN, SAVED, REFUSED = "unknown", "saved", "refused"


@dataclass
class Operation:
    """One thing that a user wanted, however often the button was pressed for it.

    `value` is what was written: the remarks of a `save`, the SHA-256 of a `scan`, whose kind is `place`.
    """

    what: str
    value: str = ""
    place: str = ""
    tries: int = 0
    outcome: str = UNKNOWN


@dataclass
class Asked:
    """What was done to the request about one person, one thing after the other."""

    national_code: str
    operations: list[Operation] = field(default_factory=list)

    def of(self, what: str, place: str = "") -> list[Operation]:
        return [each for each in self.operations if each.what == what and each.place == place]

    def places(self) -> set[str]:
        return {each.place for each in self.operations if each.what == SCAN}


class History:
    """Everything that was asked for, by national code: each is asked for once, by one user."""

    def __init__(self) -> None:
        self.asked: dict[str, Asked] = {}
        self.refusals: list[str] = []
        self.begun = 0
        self._lock = Lock()

    def new_person(self, national_code: str) -> Asked:
        with self._lock:
            assert national_code not in self.asked, "a national code is used once"
            return self.asked.setdefault(national_code, Asked(national_code))

    def begin(self, asked: Asked, operation: Operation) -> None:
        with self._lock:
            asked.operations.append(operation)
            self.begun += 1

    def so_far(self) -> dict[str, Asked]:
        """As it is now: its users may go on meanwhile."""
        with self._lock:
            return {code: Asked(code, list(asked.operations)) for code, asked in self.asked.items()}

    def operations(self) -> Iterator[Operation]:
        for asked in self.so_far().values():
            yield from asked.operations

    def outcomes(self) -> Counter[str]:
        return Counter(each.outcome for each in self.operations())

    def kinds(self) -> Counter[str]:
        return Counter(each.what for each in self.operations() if each.outcome == SAVED)

    def sent_again(self) -> int:
        return sum(each.tries > 1 for each in self.operations())
