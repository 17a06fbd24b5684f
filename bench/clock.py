"""Time of this process and of the database server's processes that work for it."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

Call = Callable[[], Any]
ADDITIONS = 2_000_000


def pace() -> float:
    """Seconds that this machine takes now to add so many numbers: one day's figures beside another's."""
    began, total = time.perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return time.perf_counter() - began


def paced(paces: list[float]) -> str:
    """How fast the machine was while something was measured."""
    least, middle, most = (1000 * value for value in (min(paces), median(paces), max(paces)))
    return f"{ADDITIONS:,} additions took {middle:.0f} ms ({least:.0f}–{most:.0f}) before, between and after."


@dataclass(frozen=True)
class Spread:
    """Milliseconds."""

    median: float
    p10: float
    p90: float
    mean: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Spread":
        tenths = quantiles(seconds, n=10)
        return cls(
            *(round(1000 * value, 3) for value in (median(seconds), tenths[0], tenths[-1], mean(seconds)))
        )


class Clock:
    """Takes the time of calls.

    `servers` are the process ids of a PostgreSQL's backends: what they compute is part of a page's cost, as
    it is on SQLite, which computes in the caller's process.
    """

    def __init__(self, servers: list[int]) -> None:
        self.servers = [path for pid in servers if (path := Path(f"/proc/{pid}/schedstat")).exists()]
        self.cpu: list[float] = []
        self.server_cpu: list[float] = []
        self.wall: list[float] = []

    def served(self) -> float:
        """Seconds of processor time that the servers have used."""
        return sum(int(path.read_text().split()[0]) for path in self.servers) / 1e9

    def take(self, call: Call) -> None:
        served = self.served()
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.server_cpu.append(self.served() - served)
        self.cpu.append(cpu + self.server_cpu[-1])
        self.wall.append(wall)

    def result(self) -> dict[str, Any]:
        spreads = {"cpu": self.cpu, "wall": self.wall, "server_cpu": self.server_cpu}
        return {name: asdict(Spread.of(seconds)) for name, seconds in spreads.items()}


class Comparison:
    """Several calls, each with its clock. Those that are `dear` are asked now and then, after the others: one
    that reads a whole table would leave the next one nothing in the processor's caches."""

    PART = 4

    def __init__(self, calls: dict[str, Call], servers: list[int], dear: tuple[str, ...] = ()) -> None:
        self.calls, self.dear = calls, [name for name in calls if name in dear]
        self.clocks = {name: Clock(servers) for name in calls}

    def go_on(self, times: int) -> None:
        """Every call so many times, each turn beginning with another: they share the machine's mood."""
        cheap = [name for name in self.calls if name not in self.dear]
        for turn in range(-3, times):  # warms up first
            start = turn % len(cheap)
            for name in cheap[start:] + cheap[:start]:
                if turn < 0:
                    self.calls[name]()
                else:
                    self.clocks[name].take(self.calls[name])
        for name in self.dear:
            for _ in range(0, times, self.PART):
                self.clocks[name].take(self.calls[name])

    def result(self) -> dict[str, dict[str, Any]]:
        return {name: clock.result() for name, clock in self.clocks.items()}
