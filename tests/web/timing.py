"""Whether two kinds of requests can be told apart by the processor time that they take."""

import gc
import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

LONG = os.environ.get("PISHKHAN_TIMING") == "long"
RESAMPLED = 2000


@dataclass(frozen=True)
class Comparison:
    """The difference of the medians as a share of the first one, and where 99.9 of 100 resamplings put it."""

    difference: float
    low: float
    high: float
    milliseconds: float

    def told_apart(self, share: float) -> bool:
        """Whether the difference is surely larger than that share of the time a request takes."""
        return self.low > share or self.high < -share

    def __str__(self) -> str:
        return (
            f"{self.difference:+.1%} of {self.milliseconds:.2f} ms, "
            f"99.9 % between {self.low:+.1%} and {self.high:+.1%}"
        )


def compare(first: Callable[[int], object], second: Callable[[int], object], rounds: int) -> Comparison:
    """Both in turn, in random order, so many rounds after a warm-up; each is given its round's number."""
    chance, took = random.Random(1405), ([], [])  # type: tuple[list[float], list[float]]
    for number in range(-3, rounds):
        pair = [(first, took[0]), (second, took[1])]
        chance.shuffle(pair)
        for request, times in pair:
            gc.collect(0)
            began = time.process_time()
            request(number + 3)
            if number >= 0:
                times.append(time.process_time() - began)
    return _compared(*took, chance)


def _compared(first: list[float], second: list[float], chance: random.Random) -> Comparison:
    median = statistics.median(first)

    def difference(a: list[float], b: list[float]) -> float:
        return (statistics.median(b) - statistics.median(a)) / median

    def again(times: list[float]) -> list[float]:
        return chance.choices(times, k=len(times))

    found = sorted(difference(again(first), again(second)) for _ in range(RESAMPLED))
    low, high = found[RESAMPLED // 2000], found[-1 - RESAMPLED // 2000]
    return Comparison(difference(first, second), low, high, median * 1000)
