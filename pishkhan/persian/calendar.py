"""Dates: Gregorian in the program, Jalali for people (domain guide, section 2: Dates)."""

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from persiantools.jdatetime import JalaliDate

from .digits import to_latin, to_persian
from .letters import clean

TEHRAN = ZoneInfo("Asia/Tehran")
FIRST_YEAR, LAST_YEAR = 1300, 1500
MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یکشنبه")  # as date.weekday()

_LONGEST_TYPED = 40
_TYPED = re.compile(r"([0-9]{4}) ?[/.-] ?([0-9]{1,2}) ?[/.-] ?([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})")
_MINUTE, _HOUR = 60, 3600


def parse_date(text: str) -> dt.date:
    """1403/01/05, 1403-1-5, 1403.1.5 or 14030105 with any digits.

    ValueError says in Persian what is wrong; years 1300 to 1500 are taken.
    """
    match = _TYPED.fullmatch(to_latin(clean(text))) if len(text) <= _LONGEST_TYPED else None
    if match is None:
        raise ValueError("تاریخ را با سال چهاررقمی و مانند ۱۴۰۳/۰۱/۰۵ بنویسید.")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    _refuse_impossible(year, month, day)
    return JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]


def tehran_day(value: dt.date) -> dt.date:
    """The date itself, or the one a datetime falls on in Tehran."""
    return _in_tehran(value).date() if isinstance(value, dt.datetime) else value


def show_date(value: dt.date) -> str:
    """'۱۴۰۵/۰۹/۰۲'; an aware datetime is first moved to Tehran."""
    return _numeric(tehran_day(value))


def show_datetime(value: dt.datetime) -> str:
    """'۱۴۰۵/۰۹/۰۲، ساعت ۱۴:۰۵' in Tehran."""
    local = _in_tehran(value)
    return f"{_numeric(local.date())}، ساعت {to_persian(local.strftime('%H:%M'))}"


def show_long_date(value: dt.date) -> str:
    """'دوشنبه ۲ آذر ۱۴۰۵'; an aware datetime is first moved to Tehran."""
    day = tehran_day(value)
    year, month, number = _parts(day)
    return f"{WEEKDAYS[day.weekday()]} {to_persian(number)} {MONTHS[month - 1]} {to_persian(year)}"


def show_distance(then: dt.datetime, now: dt.datetime | None = None) -> str:
    """How long ago: 'هم‌اکنون', '۵ دقیقه پیش', 'دیروز', '۳ روز پیش'; the future reads as now."""
    then, now = _in_tehran(then), _in_tehran(now or timezone.now())
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return "هم‌اکنون"
    days = (now.date() - then.date()).days
    if seconds < _HOUR or days == 0:
        return _ago(seconds // _HOUR, "ساعت") if seconds >= _HOUR else _ago(seconds // _MINUTE, "دقیقه")
    return _days_ago(days)


def jalali_year_month(value: dt.date) -> str:
    """'0509' for Azar 1405, in ASCII, as tracking codes carry it."""
    year, month, _ = _parts(tehran_day(value))
    return f"{year % 100:02}{month:02}"


def jalali_year(value: dt.date) -> int:
    return _parts(tehran_day(value))[0]


def start_of_day(day: dt.date, days_after: int = 0) -> dt.datetime:
    """The first moment of that day (or of one so many days after) in Tehran, aware."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days_after), dt.time.min), TEHRAN)


def months_later(day: dt.date, months: int) -> dt.date:
    """The day before the same day of a later Jalali month: a year from 5 Azar ends on 4 Azar.

    A month too short for that day counts to its last.
    """
    year, month, number = _parts(day)
    years, place = divmod(month - 1 + months, len(MONTHS))
    length = JalaliDate.days_in_month(place + 1, year + years)
    if number > length:
        return JalaliDate(year + years, place + 1, length).to_gregorian()  # type: ignore[no-untyped-call]
    same = JalaliDate(year + years, place + 1, number).to_gregorian()  # type: ignore[no-untyped-call]
    return same - dt.timedelta(days=1)


def age_on(birth: dt.date, day: dt.date) -> int:
    """Full Jalali years. One born on 30 Esfand ages on 1 Farvardin where Esfand has 29 days.

    Negative for a day before the birth.
    """
    born, then = _parts(birth), _parts(day)
    return then[0] - born[0] - (then[1:] < born[1:])


def _refuse_impossible(year: int, month: int, day: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"سال باید شمسی و از ۱۳۰۰ تا ۱۵۰۰ باشد؛ {to_persian(year)} نوشته‌اید.")
    if not 1 <= month <= len(MONTHS):
        raise ValueError(f"ماه باید از ۱ تا ۱۲ باشد؛ {to_persian(month)} نوشته‌اید.")
    length = JalaliDate.days_in_month(month, year)
    if not 1 <= day <= length:
        name = f"{MONTHS[month - 1]} {to_persian(year)}"
        raise ValueError(f"{name} فقط {to_persian(length)} روز دارد؛ روز {to_persian(day)} نوشته‌اید.")


def _in_tehran(value: dt.datetime) -> dt.datetime:
    """A naive time is taken to be Tehran's own."""
    return value.replace(tzinfo=TEHRAN) if timezone.is_naive(value) else timezone.localtime(value, TEHRAN)


@lru_cache(maxsize=4096)
def _parts(day: dt.date) -> tuple[int, int, int]:
    jalali = JalaliDate(day)  # type: ignore[no-untyped-call]
    return jalali.year, jalali.month, jalali.day


@lru_cache(maxsize=4096)
def _numeric(day: dt.date) -> str:
    year, month, number = _parts(day)
    return to_persian(f"{year}/{month:02}/{number:02}")


def _days_ago(days: int) -> str:
    if days == 1:
        return "دیروز"
    if days < 7:
        return _ago(days, "روز")
    if days < 30:
        return _ago(days // 7, "هفته")
    return _ago(min(days // 30, 11), "ماه") if days < 365 else _ago(days // 365, "سال")


def _ago(count: float, unit: str) -> str:
    return f"{to_persian(int(count))} {unit} پیش"
