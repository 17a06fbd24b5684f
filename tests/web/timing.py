"""Whether two kinds of requests can be told apart by the processor time that they take."""

import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LONG = os.environ.get("PISHKHAN_TIMING") == "long"
RESAMPLED = 2000
WARM_UP = 3


@dataclass(frozen=True)
class Comparison:
    """How much longer the second kind takes, as a share of the first's median, and what resampling gives."""

    difference: float
    low: float
    high: float
    milliseconds: float

    def told_apart(self, share: float) -> bool:
        """Whether there surely is a difference (999 of 1000 resamplings), and one above that share."""
        return (self.low > 0 or self.high < 0) and abs(self.difference) > share

    def __str__(self) -> str:
        between = f"99.9 % between {self.low:+.1%} and {self.high:+.1%}"
        return f"{self.difference:+.1%} of {self.milliseconds:.2f} ms, {between}"


def compare(first: Callable[[int], object], second: Callable[[int], object], rounds: int) -> Comparison:
    """Both in turn, in random order, so many rounds after a warm-up; each is given its round's number.

    The two of a round are compared with each other, so that a table which grows meanwhile does not matter.
    """
    chance, took = random.Random(1405), list[tuple[float, float]]()
    with _collecting_nothing():
        for number in range(rounds + WARM_UP):
            times = {}
            for request in chance.sample([first, second], 2):
                gc.collect(0)
                began = time.process_time()
                request(number)
                times[request] = time.process_time() - began
            took.append((times[first], times[second]))
    return _compared(took[WARM_UP:], chance)


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """A whole collection in a process that ran a thousand tests takes as long as a password's hash."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _compared(took: list[tuple[float, float]], chance: random.Random) -> Comparison:
    usual = statistics.median(first for first, _ in took)
    differences = [(second - first) / usual for first, second in took]
    again = sorted(
        statistics.median(chance.choices(differences, k=len(differences))) for _ in range(RESAMPLED)
    )
    low, high = again[RESAMPLED // 2000], again[-1 - RESAMPLED // 2000]
    return Comparison(statistics.median(differences), low, high, usual * 1000)
