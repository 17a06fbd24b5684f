"""Codes typed from paper: a slip is noticed, another way of writing is not a slip."""

import pytest

from pishkhan.letters.codes import ALPHABET, LENGTH, is_code, new_code, readable, typed_code, typed_number


def test_new_codes_are_readable_right_and_different():
    codes = [new_code() for _ in range(300)]
    assert len(set(codes)) == 300
    assert all(is_code(code) and len(code) == LENGTH and not set(code) & set("01OIS5B") for code in codes)


def test_one_wrong_character_is_always_noticed():
    code = new_code()
    for place in range(LENGTH):
        for other in set(ALPHABET) - {code[place]}:
            assert not is_code(code[:place] + other + code[place + 1 :])


def test_two_characters_that_changed_places_are_always_noticed():
    for _ in range(20):
        code = new_code()
        for first in range(LENGTH):
            for second in range(first + 1, LENGTH):
                swapped = list(code)
                swapped[first], swapped[second] = code[second], code[first]
                assert code[first] == code[second] or not is_code("".join(swapped))


def test_a_code_may_be_typed_small_in_groups_and_with_persian_digits():
    code = new_code()
    persian = str.maketrans("2346789", "۲۳۴۶۷۸۹")
    for typed in (code, code.lower(), readable(code), f"  {readable(code)} ", code.translate(persian)):
        assert typed_code(typed) == code


@pytest.mark.parametrize("typed", ["", "A", "A" * 11, "A" * 13, "۱۲", "علی", "\0" * 12, "A" * 5000])
def test_what_cannot_be_a_code_is_none(typed: str):
    assert typed_code(typed) == ""


@pytest.mark.parametrize(
    "typed", ["1460/1405/000123", "۱۴۶۰/۱۴۰۵/۰۰۰۱۲۳", " 1460 / 1405 / 000123", "1460-1405-000123"]
)
def test_a_number_may_be_typed_with_any_digits_and_strokes(typed: str):
    assert typed_number(typed) == "1460/1405/000123"
