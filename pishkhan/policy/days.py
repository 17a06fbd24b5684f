"""Working days of the branch: not Fridays, not its holidays."""

import datetime

from .operations import policy

KEY = "holidays"
FRIDAY = 4
DAY = datetime.timedelta(days=1)
MOST = 400
"""So many days are looked at: what waits longer has waited «more than» that."""


def holidays(on: datetime.date | None = None) -> dict[datetime.date, str]:
    """The days on which the branch is closed beside Fridays, each with its name, as decided for a day."""
    rows: list[dict[str, str]] = policy(KEY, [], on)
    return {datetime.date.fromisoformat(row["day"]): row["title"] for row in rows}


def working_days(since: datetime.date, until: datetime.date) -> int:
    """How many working days have passed after `since`, up to and with `until`."""
    closed = holidays()
    days = min((until - since).days, MOST)
    passed = (since + n * DAY for n in range(1, days + 1))
    return sum(day.weekday() != FRIDAY and day not in closed for day in passed)
