"""When things happen at a branch: on working days, in office hours, most of all at the end of the month."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from random import Random

from persiantools.jdatetime import JalaliDate

from pishkhan.persian.calendar import TEHRAN, jalali_year_month

DAY = 86_400
OPENS, HOURS = 7.5 * 3600, 7 * 3600  # from half past seven until half past two
MONTHS = 24
PEAK = 3.0
THURSDAY, FRIDAY = 3, 4
NEW_YEAR = {(1, day) for day in (1, 2, 3, 4, 12, 13)}  # Jalali months and days on which offices are closed


class Office:
    """The working days of the last 24 Jalali months up to the day before `today`.

    Moments are seconds since 1970, so that millions of them are cheap.
    """

    def __init__(self, today: dt.date) -> None:
        first = first_day(today)
        every = [first + dt.timedelta(days=n) for n in range((today - first).days)]
        self.days = [day for day in every if busyness(day)] or [today - dt.timedelta(days=1)]
        self.weights = [busyness(day) or 1.0 for day in self.days]
        self.midnights = [midnight(day) for day in self.days]
        self.base = self.midnights[0]
        self.places = self._places()

    def _places(self) -> list[int]:
        """For every calendar day since the first, the place of the last working day up to it."""
        places: list[int] = []
        for place, start in enumerate(self.midnights):
            until = (start - self.base) // DAY
            places.extend([place - 1] * (until - len(places)))
            places.append(place)
        return places

    @property
    def last(self) -> int:
        return len(self.days) - 1

    @property
    def closes(self) -> int:
        """The end of office hours on the last day."""
        return self.midnights[-1] + int(OPENS + HOURS)

    def place(self, moment: int) -> int:
        return self.places[min((moment - self.base) // DAY, len(self.places) - 1)]

    def within(self, place: int, random: Random) -> int:
        """A moment in the office hours of a working day."""
        return self.midnights[max(0, place)] + int(OPENS + HOURS * random.random())

    def after(self, moment: int, most: int, random: Random) -> int:
        """A later moment, at most so many working days on; never past the last day's closing."""
        place = self.place(moment)
        goal = place + int(random.random() * (most + 1))
        if goal > self.last:
            goal = place + int(random.random() * (self.last - place + 1))
        if goal > place:
            return self.within(goal, random)
        closing = self.midnights[place] + int(OPENS + HOURS)
        return moment + int(max(0, closing - moment) * random.random())

    def submissions(self, count: int, random: Random, until: int) -> Iterator[int]:
        """`count` moments in order, up to that many working days before the last."""
        weights = self.weights[: max(1, len(self.weights) - until)]
        total, done = sum(weights), 0
        for place, reached in enumerate(accumulate(weights)):
            due = round(count * reached / total)
            yield from sorted(self.within(place, random) for _ in range(due - done))
            done = due


def first_day(today: dt.date) -> dt.date:
    """The first day of the Jalali month 24 months ago."""
    now = JalaliDate(today)  # type: ignore[no-untyped-call]
    months = now.year * 12 + now.month - 1 - MONTHS
    return JalaliDate(months // 12, months % 12 + 1, 1).to_gregorian()  # type: ignore[no-untyped-call]


def midnight(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), TEHRAN).timestamp())


def busyness(day: dt.date) -> float:
    """How much work a day brings: none on Fridays and at New Year, three times as much at a month's end."""
    jalali = JalaliDate(day)  # type: ignore[no-untyped-call]
    if (jalali.month, jalali.day) in NEW_YEAR or day.weekday() == FRIDAY:
        return 0.0
    ending = jalali_year_month(day + dt.timedelta(days=3)) != jalali_year_month(day)
    return (0.5 if day.weekday() == THURSDAY else 1.0) * (PEAK if ending else 1.0)


@lru_cache(maxsize=4096)
def _month(days: int) -> str:
    return jalali_year_month(dt.date(1970, 1, 1) + dt.timedelta(days=days))


@lru_cache(maxsize=4096)
def _date(days: int) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=days)).isoformat()


OFFSET = int(3.5 * 3600)
"""Tehran's clock is 3½ hours ahead all year since 1401."""


def month_of(moment: int) -> str:
    """The Jalali year and month of a moment, as tracking codes carry it: '0509'."""
    return _month((moment + OFFSET) // DAY)


def date_of(moment: int) -> str:
    """The day of a moment in Tehran, as ISO text."""
    return _date((moment + OFFSET) // DAY)


@lru_cache(maxsize=256)
def stamp(moment: int) -> str:
    """A moment as both databases read it: UTC, '2026-11-24 05:30:00'."""
    days, seconds = divmod(moment, DAY)
    return _date(days) + _clock(seconds)


@lru_cache(maxsize=DAY)
def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    return f" {minutes // 60:02}:{minutes % 60:02}:{second:02}"
