"""Disk full, read-only, keys gone, database gone, locked, hung or restarted, worker dead, under load.

    python -m trust.faults [--long] [--database sqlite|postgres] [--fault NAME]        as root

Employers and officers work at a real `pishkhan serve`, whose data lie on a small disk. For each fault: nobody
is told "saved" of what is not there afterwards, every answer comes within 10 s and is a page or a message in
Persian that says what to do, and within 30 s after the fault everything works again by itself. Then flaws are
planted, and must be found.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import count

from .crash.counting import judge
from .crash.history import CONFIRM, SAVED, SCAN, Operation
from .crash.load import GaveUpError, Load, Pair
from .crash.visitor import Answer
from .disturbed import site as faults
from .disturbed.site import House
from .disturbed.watching import LONGEST, Watch, WatchedVisitor, fault_of

WITHIN = 30.0  # seconds after a fault until everything works again
GIVEN_UP = 90.0
FIRST, OF_EACH = 999_100_000, 10_000
Fault = Callable[[House], AbstractContextManager[None]]
BRIEF, LASTING = 4.0, 13.0  # seconds; the lasting ones show what the time limits do
LONG = 5  # times as long, in the long form

FAULTS: dict[str, tuple[Fault, float, str]] = {
    "disk full": (faults.full_disk, BRIEF, "both"),
    "disk read-only": (faults.frozen_disk, BRIEF, "both"),
    "disk unmounted": (faults.disk_unmounted, BRIEF, "postgres"),
    "keys gone": (faults.keys_away, BRIEF, "both"),
    "database locked": (faults.database_locked, LASTING, "both"),
    "database gone": (faults.database_gone, LASTING, "postgres"),
    "database hangs": (faults.database_hangs, LASTING, "postgres"),
    "database read-only": (faults.database_read_only, BRIEF, "postgres"),
    "database restarted": (faults.database_gone, 0.1, "postgres"),
    "worker killed": (faults.worker_killed, 0.1, "both"),
    "worker stuck": (faults.worker_stuck, 0.1, "both"),
}
"""How it is made, how long it lasts, on which database."""

QUICK = {
    "sqlite": ("disk full", "database locked"),
    "postgres": ("disk read-only", "database gone", "worker stuck"),
}
"""What the short form tries."""


class WatchedLoad(Load):
    """The load, each of whose answers is judged as it comes; one of its pairs is the prober."""

    def __init__(self, house: House) -> None:
        self.watch = Watch()
        super().__init__(house.site.portal.port, FIRST)
        for pair in self.pairs:
            self._watched(pair)
        self.prober = self.pairs.pop()
        self.threads.pop()
        self.prober.sign_in()

    def _watched(self, pair: Pair) -> None:
        for who in ("employer", "officer"):
            visitor = getattr(pair, who)
            watched = WatchedVisitor(visitor.port, visitor.user)
            watched.watch = self.watch
            setattr(pair, who, watched)


@dataclass
class Row:
    """One line of the table."""

    fault: str
    answers: Counter[str]
    slowest: float
    wrong: list[str]
    recovered: float | None
    health: str
    false_saved: int = 0

    @property
    def holds(self) -> bool:
        return not self.wrong and not self.false_saved and (self.recovered or GIVEN_UP) <= WITHIN

    def __str__(self) -> str:
        answers = " ".join(f"{status}×{times}" for status, times in sorted(self.answers.items()))
        recovered = "never" if self.recovered is None else f"{self.recovered:.1f} s"
        return (
            f"| {self.fault} | {answers} | {self.false_saved} | {len(self.wrong)} | {self.slowest:.1f} s |"
            f" {recovered} | {self.health} |"
        )


COLUMNS = (
    *("fault", "answers", "false saved", "other than promised"),
    *("slowest", "works again after", "/healthz meanwhile"),
)


def disturb(house: House, load: WatchedLoad, name: str, times: float) -> Row:
    fault, seconds, _ = FAULTS[name]
    time.sleep(1)
    load.watch.begin()
    with fault(house):
        began = time.monotonic()
        health = house.health()
        time.sleep(max(0.0, seconds * times - (time.monotonic() - began)))
    recovered = recovery(house, load)
    with load.watch.lock:
        return Row(name, load.watch.statuses, load.watch.slowest, load.watch.wrong, recovered, health)


def recovery(house: House, load: WatchedLoad) -> float | None:
    """Seconds until /healthz is content, a whole request goes through and the worker seals."""
    began, newest = time.monotonic(), house.newest()
    works: list[Callable[[], bool]] = [
        lambda: house.health() == "ready",
        lambda: whole_request(load),
        lambda: house.sealed() >= (newest or house.newest()),
    ]
    while works:
        if time.monotonic() - began > GIVEN_UP:
            return None
        if works[0]():
            works.pop(0)
        else:
            time.sleep(0.2)
    return time.monotonic() - began


def whole_request(load: WatchedLoad) -> bool:
    """From the draft to the register, at the first try of each step."""
    with suppress(GaveUpError):
        load.prober._register_somebody()
        return all(each.outcome == SAVED and each.tries == 1 for each in load.prober.asked.operations)
    return False


def run(database: str, names: list[str], times: float) -> bool:
    """Whether the promise holds on that database; prints its table."""
    house = House(database)
    try:
        load = WatchedLoad(house)
        load.begin()
        rows = []
        for place, name in enumerate(names):
            load.numbers = count(FIRST + OF_EACH * (place + 1))
            rows.append(disturb(house, load, name, times))
        held = load.working()
        load.end()
        held = told(house, load, rows) and held
        return planted(house, load) and held
    finally:
        house.remove()


def told(house: House, load: WatchedLoad, rows: list[Row]) -> bool:
    verdict = judge(load.history.asked, house.site.portal.facts())
    for line in [*verdict.lost, *verdict.broken]:
        place = (int(line[:9]) - FIRST) // OF_EACH if line[:9].isdecimal() else 1
        rows[max(place - 1, 0)].false_saved += 1
    print(f"{house.name}, {load.history.begun:,} operations: {verdict}")
    print(f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *rows, sep="\n")
    for line in [*verdict.lines(), *load.history.refusals[:5]]:
        print(f"  {line}")
    for row in rows:
        for wrong in row.wrong[:5]:
            print(f"  ✗ {row.fault}: {wrong}")
    log = house.site.log.read_text()
    print(f"  {len(log.splitlines())} lines in the portal's log", flush=True)
    if "Traceback" in log:
        print("  ✗ the log has a traceback:", log[log.index("Traceback") :][:3000])
    return bool(verdict) and all(row.holds for row in rows) and not load.history.refusals


def planted(house: House, load: WatchedLoad) -> bool:
    """Whether what must not be is noticed: a "saved" of what nobody stored, and three answers."""
    facts = house.site.portal.facts()
    before = judge(load.history.asked, facts)
    asked = next(each for each in load.history.asked.values() if each.of(CONFIRM))
    asked.operations.append(Operation(SCAN, "never stored", "photo", tries=1, outcome=SAVED))
    lost = [line for line in judge(load.history.asked, facts).lost if line not in before.lost]
    answers = [
        (Answer(500, "", "<h1>Server Error (500)</h1>"), 0.1),
        (Answer(503, "", "<h1>ثبت نشد</h1><pre>Traceback (most recent call last)</pre>"), 0.1),
        (Answer(200, "", "<h1>کارتابل</h1>"), LONGEST + 1),
    ]
    noticed = sum(bool(fault_of(answer, seconds)) for answer, seconds in answers)
    print(f"  planted: a false saved, found as {lost[:1]}; {noticed} of {len(answers)} wrong answers found")
    return bool(lost) and noticed == len(answers)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--long", action="store_true", help="every fault, and each for longer")
    parser.add_argument("--database", choices=["sqlite", "postgres"], help="one of them alone")
    parser.add_argument("--fault", action="append", choices=FAULTS, help="these alone")
    asked = parser.parse_args()
    held = []
    for database in [asked.database] if asked.database else ["sqlite", "postgres"]:
        possible = [name for name, (_, _, where) in FAULTS.items() if where in ("both", database)]
        wanted = asked.fault or (possible if asked.long else QUICK[database])
        names = [name for name in possible if name in wanted]
        held.append(run(database, names, LONG if asked.long and not asked.fault else 1))
    print("it holds" if all(held) else "it does not hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
