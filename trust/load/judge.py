"""Whether something stayed as it was: by the second half of what was seen.

The first half may grow: caches fill, every thread does everything once. Afterwards something grows when the
line through the second half rises by more than allowed and more than chance explains, and more is held than
ever in the first: threads, connections, and what hangs on them, come and go with the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import linear_regression, mean

Point = tuple[float, float]
"""Seconds since the beginning, and a value."""

CERTAINTY = 3  # standard errors of the line's rise


@dataclass(frozen=True)
class Limit:
    """What something may grow by in the second half: a share of what it is, within bounds."""

    least: float
    most: float
    share: float = 0.05


MEMORY = Limit(1.0, 20.0)  # MB
MEMORY_AT_FIRST = Limit(
    1.0, 20.0, share=0.1
)  # within a minute or two not everything was done once by everybody
COUNT = Limit(2.0, 2.0)  # of what comes and goes: its line is never quite flat
SOCKETS = Limit(2.0, 10.0, share=0.1)  # with those that the visitors hold open, and forget
LOG = Limit(8.0, 8.0)  # MB of write-ahead log


@dataclass(frozen=True)
class Verdict:
    level: float
    most_before: float
    most_after: float
    growth: float
    allowed: float

    @property
    def flat(self) -> bool:
        return self.growth <= self.allowed or self.most_after <= self.most_before


def judge(points: Sequence[Point], limit: Limit) -> Verdict:
    """At least four points, in the order of their time."""
    first, half = points[: len(points) // 2], points[len(points) // 2 :]
    times, values = zip(*half, strict=True)
    line, seconds, level = linear_regression(times, values), times[-1] - times[0], mean(values)
    strays = sum((value - line.intercept - line.slope * at) ** 2 for at, value in half)
    spread = sum((at - mean(times)) ** 2 for at in times)
    chance = CERTAINTY * sqrt(strays / (len(half) - 1) / spread) * seconds
    allowed = max(chance, min(limit.most, max(limit.least, limit.share * level)))
    most = (max(value for _, value in some) for some in (first, half))
    return Verdict(level, *most, line.slope * seconds, allowed)
