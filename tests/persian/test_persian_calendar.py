import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.persian.calendar import (
    age_on,
    jalali_year_month,
    parse_date,
    show_date,
    show_datetime,
    show_distance,
    show_long_date,
    tehran_day,
)

TEHRAN = ZoneInfo("Asia/Tehran")
NOW = dt.datetime(2026, 11, 24, 15, 0, tzinfo=TEHRAN)
DAYS = st.dates(dt.date(1921, 3, 21), dt.date(2071, 3, 20))  # 1300/01/01 to the end of 1449


@pytest.mark.parametrize(
    "typed",
    [
        "1403/01/05",
        "1403-1-5",
        "1403.01.05",
        "14030105",
        "۱۴۰۳/۰۱/۰۵",
        "٠١٤٠٣"[1:] + "/١/٥",
        " ۱۴۰۳/۱/۵\u200f ",
    ],
)
def test_a_date_may_be_typed_in_several_ways(typed):
    assert parse_date(typed) == dt.date(2024, 3, 24)


@given(DAYS)
def test_what_is_shown_can_be_typed_back(day):
    assert parse_date(show_date(day)) == day
    assert parse_date(show_date(day).replace("/", "")) == day


def test_every_day_from_1300_to_1450_round_trips():
    first, last = parse_date("1300/01/01"), parse_date("1450/12/29")
    days = [first + dt.timedelta(days=count) for count in range((last - first).days + 1)]
    assert [parse_date(show_date(day)) for day in days] == days


def test_esfand_has_thirty_days_in_leap_years_only():
    assert parse_date("1403/12/30") == dt.date(2025, 3, 20)
    with pytest.raises(ValueError, match="اسفند ۱۴۰۴ فقط ۲۹ روز دارد؛ روز ۳۰"):
        parse_date("1404/12/30")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "مانند ۱۴۰۳/۰۱/۰۵"),
        ("دیروز", "مانند ۱۴۰۳/۰۱/۰۵"),
        ("03/01/05", "سال چهاررقمی"),
        ("1403/01", "مانند"),
        ("१४०३/०१/०५", "مانند"),
        ("1403/01/05" + " " * 40, "مانند"),
        ("1403/13/01", "ماه باید از ۱ تا ۱۲ باشد؛ ۱۳"),
        ("1403/00/01", "ماه باید از ۱ تا ۱۲"),
        ("1403/07/31", "مهر ۱۴۰۳ فقط ۳۰ روز دارد"),
        ("1403/01/00", "روز ۰"),
        ("1299/12/29", "از ۱۳۰۰ تا ۱۵۰۰"),
        ("1501/01/01", "از ۱۳۰۰ تا ۱۵۰۰"),
        ("2024/03/24", "سال باید شمسی"),
    ],
)
def test_a_wrong_date_is_refused_with_its_reason(typed, said):
    with pytest.raises(ValueError, match=said):
        parse_date(typed)


def test_the_ends_of_the_range_are_taken():
    assert show_date(parse_date("1300/01/01")) == "۱۳۰۰/۰۱/۰۱"
    assert show_date(parse_date("1500/01/01")) == "۱۵۰۰/۰۱/۰۱"


@given(st.text())
def test_any_text_is_a_date_or_a_value_error(text):
    try:
        assert isinstance(parse_date(text), dt.date)
    except ValueError as error:
        assert str(error).endswith(".")


def test_dates_are_shown_in_jalali():
    assert show_date(dt.date(2026, 11, 23)) == "۱۴۰۵/۰۹/۰۲"
    assert show_long_date(dt.date(2026, 11, 23)) == "دوشنبه ۲ آذر ۱۴۰۵"
    assert show_datetime(dt.datetime(2026, 11, 23, 14, 5, tzinfo=TEHRAN)) == "۱۴۰۵/۰۹/۰۲، ساعت ۱۴:۰۵"
    assert jalali_year_month(dt.date(2026, 11, 23)) == "0509"


def test_a_late_evening_in_greenwich_is_the_next_day_in_tehran():
    moment = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)
    assert tehran_day(moment) == dt.date(2026, 11, 23)
    assert show_date(moment) == "۱۴۰۵/۰۹/۰۲"
    assert show_datetime(moment) == "۱۴۰۵/۰۹/۰۲، ساعت ۰۰:۳۰"
    assert show_long_date(moment) == "دوشنبه ۲ آذر ۱۴۰۵"
    assert show_date(dt.datetime(2026, 11, 23, 23, 59)) == "۱۴۰۵/۰۹/۰۲"


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (dt.timedelta(hours=-2), "هم‌اکنون"),
        (dt.timedelta(seconds=59), "هم‌اکنون"),
        (dt.timedelta(minutes=5), "۵ دقیقه پیش"),
        (dt.timedelta(minutes=59, seconds=59), "۵۹ دقیقه پیش"),
        (dt.timedelta(hours=2), "۲ ساعت پیش"),
        (dt.timedelta(hours=15), "۱۵ ساعت پیش"),
        (dt.timedelta(hours=16), "دیروز"),
        (dt.timedelta(days=1), "دیروز"),
        (dt.timedelta(days=3), "۳ روز پیش"),
        (dt.timedelta(days=14), "۲ هفته پیش"),
        (dt.timedelta(days=125), "۴ ماه پیش"),
        (dt.timedelta(days=364), "۱۱ ماه پیش"),
        (dt.timedelta(days=740), "۲ سال پیش"),
    ],
)
def test_distance_is_told_in_one_unit(ago, shown):
    assert show_distance(NOW - ago, NOW) == shown


def test_minutes_are_told_even_across_midnight():
    midnight = dt.datetime(2026, 11, 24, 0, 10, tzinfo=TEHRAN)
    assert show_distance(midnight - dt.timedelta(minutes=20), midnight) == "۲۰ دقیقه پیش"


def test_distance_is_to_the_present_unless_told():
    assert show_distance(dt.datetime.now(dt.UTC)) == "هم‌اکنون"


@given(st.datetimes(dt.datetime(1930, 1, 1), dt.datetime(2060, 1, 1)))
def test_distance_is_never_negative(then):
    assert "-" not in show_distance(then, NOW)


def test_age_counts_full_jalali_years():
    birth = parse_date("1370/06/15")
    ages = [
        age_on(birth, parse_date(day)) for day in ("1370/06/15", "1390/06/14", "1390/06/15", "1391/01/01")
    ]
    assert ages == [0, 19, 20, 20]


def test_one_born_on_the_leap_day_ages_at_new_year():
    birth = parse_date("1403/12/30")
    assert age_on(birth, parse_date("1404/12/29")) == 0
    assert age_on(birth, parse_date("1405/01/01")) == 1
    assert age_on(birth, parse_date("1408/12/30")) == 5
