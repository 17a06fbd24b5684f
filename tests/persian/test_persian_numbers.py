"""Whole numbers and times of day as people type them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from pishkhan.persian.fields import ClockField, WholeNumberField


@pytest.mark.parametrize("typed", ["1500", "۱۵۰۰", "١٥٠٠", "۱٬۵۰۰", "1,500", " ۱ ۵۰۰ "])
def test_a_number_is_read_with_any_digits_and_commas(typed):
    assert WholeNumberField().clean(typed) == 1500


@pytest.mark.parametrize("typed", ["x", "-1", "1.5", "१२", "²", "=1"])
def test_what_is_not_a_whole_number_is_refused_in_words(typed):
    with pytest.raises(ValidationError) as wrong:
        WholeNumberField().clean(typed)
    assert "رقم" in wrong.value.messages[0]


@pytest.mark.parametrize("typed", ["2", "25", "9" * 5000])
def test_a_number_beyond_its_limits_is_told_them(typed):
    with pytest.raises(ValidationError) as wrong:
        WholeNumberField(least=3, most=24).clean(typed)
    assert "از ۳ تا ۲۴" in wrong.value.messages[0]


def test_both_limits_are_allowed_and_zero_is_an_answer():
    field = WholeNumberField(most=24)
    assert (field.clean("0"), field.clean("24")) == (0, 24)
    assert field.prepare_value(0) == "۰"


def test_an_empty_number_is_none_where_it_may_be():
    assert WholeNumberField(required=False).clean(" ") is None
    with pytest.raises(ValidationError):
        WholeNumberField().clean("")


@pytest.mark.parametrize("typed", ["9:30", "09:30", "۰۹:۳۰", "0930", "9.30"])
def test_a_time_is_read_however_it_is_typed(typed):
    assert ClockField().clean(typed) == dt.time(9, 30)


@pytest.mark.parametrize("typed", ["24:00", "9:60", "9", "x", "9:30:00", "9" * 5000])
def test_what_is_no_time_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError) as wrong:
        ClockField().clean(typed)
    assert "۰۹:۳۰" in wrong.value.messages[0]


def test_a_time_is_shown_in_persian_digits():
    assert ClockField().prepare_value(dt.time(9, 5)) == "۰۹:۰۵"
