"""What the users were told, held against what is there: lost, never sent, twice."""

from collections import Counter
from dataclasses import dataclass, field

from .facts import Facts, Request
from .history import (
    BEGIN,
    CONFIRM,
    REFUSED,
    SAVE,
    SAVED,
    SCAN,
    SEND,
    TAKE,
    Asked,
    Operation,
)

ENTRIES = {BEGIN: "draft started", SAVE: "answers saved", SCAN: "scan attached"} | {
    verb: f"case {verb}" for verb in (SEND, TAKE, CONFIRM)
}
"""What the trail calls each operation."""


@dataclass
class Verdict:
    """A line for everything that is not as it was told; `broken` is what `pishkhan verify` finds."""

    lost: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not (self.lost or self.invented or self.twice or self.broken)

    def __str__(self) -> str:
        return (
            f"{len(self.lost)} lost, {len(self.invented)} that nobody sent, {len(self.twice)} twice,"
            f" {len(self.broken)} documents, references and entries broken"
        )

    def lines(self, at_most: int = 5) -> list[str]:
        named = {"lost": self.lost, "nobody sent": self.invented, "twice": self.twice, "broken": self.broken}
        return [f"✗ {name}: {line}" for name, lines in named.items() for line in lines[:at_most]]


def judge(history: dict[str, Asked], facts: Facts) -> Verdict:
    """`history` by national code; what nobody was told yet may be there or not, but never twice."""
    verdict = Verdict(broken=list(facts.troubles))
    rows: dict[str, list[Request]] = {code: [] for code in history}
    for request in facts.requests:
        if request.national_code in rows:
            rows[request.national_code].append(request)
        else:
            verdict.invented.append(f"case {request.pk} of {request.national_code or 'nobody'}")
    for code, asked in history.items():
        _judge_case(verdict, asked, rows[code], facts)
    for name, counts in (("person", facts.persons), ("employment", facts.employments)):
        verdict.invented += [f"{name} {code}" for code in counts if code not in history]
    _once_each(verdict, facts)
    return verdict


def _once_each(verdict: Verdict, facts: Facts) -> None:
    codes = Counter(request.tracking_code for request in facts.requests if request.tracking_code)
    verdict.twice += [f"tracking code {code}" for code, times in codes.items() if times > 1]


def _judge_case(verdict: Verdict, asked: Asked, rows: list[Request], facts: Facts) -> None:
    name = asked.national_code
    _judge_number(verdict, f"{name}: begin", len(rows), asked.of(BEGIN))
    if len(rows) != 1:
        return
    (row,) = rows
    _judge_value(verdict, f"{name}: answers", row.remarks, asked.of(SAVE))
    for place in asked.places() | set(row.scans):
        _judge_value(verdict, f"{name}: {place}", row.scans.get(place, ""), asked.of(SCAN, place))
    for verb in (SEND, TAKE, CONFIRM):
        _judge_number(verdict, f"{name}: {verb}", row.events.get(verb, 0), asked.of(verb))
    known = {SEND, TAKE, CONFIRM}
    verdict.invented += [f"{name}: event {verb}" for verb in row.events if verb not in known]
    _judge_consequences(verdict, name, row, facts)
    _judge_pictures(verdict, name, row, asked)
    _judge_trail(verdict, name, row, asked)


def _judge_number(verdict: Verdict, name: str, there: int, operations: list[Operation]) -> None:
    """Things that are done once: as many as were asked for, less those that nobody was told of."""
    if there < sum(each.outcome == SAVED for each in operations):
        verdict.lost.append(name)
    most = sum(each.outcome != REFUSED for each in operations)
    if there > most:
        (verdict.twice if most else verdict.invented).append(f"{name}, {there} times")


def _judge_value(verdict: Verdict, name: str, there: str, writes: list[Operation]) -> None:
    """A place that is written again and again: what was saved last, or something asked for after that."""
    saved = [place for place, each in enumerate(writes) if each.outcome == SAVED]
    since = writes[saved[-1] :] if saved else writes
    allowed = {each.value for each in since if each.outcome != REFUSED} | (set() if saved else {""})
    if there in allowed:
        return
    written = {each.value for each in writes if each.outcome != REFUSED} | {""}
    (verdict.lost if there in written else verdict.invented).append(name)


def _judge_consequences(verdict: Verdict, name: str, row: Request, facts: Facts) -> None:
    """What a confirmation does is done with it, once; and who waits for the request is told once."""
    confirmed, sent = row.events.get(CONFIRM, 0), row.events.get(SEND, 0)
    there = {
        "person": (facts.persons.get(name, 0), confirmed),
        "employment": (facts.employments.get(name, 0), confirmed),
        "news": (row.news, sent + confirmed),
    }
    for what, (found, wanted) in there.items():
        if found < wanted:
            verdict.lost.append(f"{name}: {what}")
        if found > wanted:
            (verdict.twice if wanted else verdict.invented).append(f"{name}: {what}, {found} times")


def _judge_pictures(verdict: Verdict, name: str, row: Request, asked: Asked) -> None:
    """A picture may be stored once for each time it was sent: one that nothing refers to is nowhere seen."""
    tries = Counter({each.value: each.tries for each in asked.operations if each.what == SCAN})
    for sha256, times in row.stored.items():
        if times > tries[sha256]:
            (verdict.twice if sha256 in tries else verdict.invented).append(f"{name}: document {sha256[:12]}")
    for each in asked.operations:
        if each.what == SCAN and each.outcome == SAVED and not row.stored.get(each.value):
            verdict.lost.append(f"{name}: document {each.value[:12]}")


def _judge_trail(verdict: Verdict, name: str, row: Request, asked: Asked) -> None:
    """What was done has its entry, and what was not has none."""
    for what, action in ENTRIES.items():
        operations = [each for each in asked.operations if each.what == what]
        _judge_number(verdict, f"{name}: entry «{action}»", row.entries.get(action, 0), _written(operations))
    for each in asked.operations:
        if each.what == SCAN and each.outcome == SAVED and not row.entered.get(each.value):
            verdict.lost.append(f"{name}: entry of the picture {each.value[:12]}")


def _written(operations: list[Operation]) -> list[Operation]:
    """A picture that was sent again after no answer came is written again, in its own place."""
    again = [
        Operation(each.what, outcome="unknown")
        for each in operations
        if each.what == SCAN
        for _ in range(each.tries - 1)
    ]
    return [*operations, *again]
