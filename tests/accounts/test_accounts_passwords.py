"""Which passwords people may choose: long enough, and not soon guessed by who knows Persian and them."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from pishkhan.accounts import passwords
from pishkhan.accounts.models import User
from pishkhan.accounts.operations import one_time_password
from pishkhan.accounts.passwords import (
    COMMON,
    DIGITS,
    GUESSED,
    LONG,
    LONGEST,
    OWN,
    SHORT,
    SHORTEST,
    trouble_with,
)
from pishkhan.demo.accounts import HOLDERS

MARYAM = User(
    username="1462319012",
    first_name="مریم",
    last_name="پوررضا",
    national_code="9990000018",
    mobile="09700000018",
    email="maryam.pourreza@example.com",
)


@pytest.mark.parametrize(
    ("password", "trouble"),
    [
        ("xk7-Lw9_p", SHORT),
        ("گل-نرگس۱", SHORT),
        ("ab" * 65, LONG),
        ("8472619530", DIGITS),
        ("۰۹۱۲۱۲۳۴۵۶۷", DIGITS),  # a mobile number
        ("6274129005473742", DIGITS),  # the number of a card
        ("1qaz2wsx3edc", COMMON),
        ("QwertyUiop", COMMON),
        ("aaaaaaaaaaaaaaaa", GUESSED),
        ("P@ssw0rd2024", GUESSED),
        ("salam12345", GUESSED),
        ("سلام۱۲۳۴۵۶", GUESSED),
        ("sghl123456", GUESSED),  # سلام on the keys of a Latin keyboard
        ("ضصثقفغعهخح", GUESSED),  # the first row of the keyboard
        ("mohammad1365", GUESSED),
        ("13650412reza", GUESSED),  # a birthday and a name
        ("09121234567a", GUESSED),
        ("iran1405iran1405", GUESSED),
        ("ali.reza.1370", GUESSED),
        ("perspolis_1348", GUESSED),
        ("Pishkhan@1405", GUESSED),
        ("پوررضا۱۳۶۵۰", OWN),
        ("1462319012ab", GUESSED),
        ("!!!!!!!!!!!!", GUESSED),
        ("(_*_)(_*_)(_*_)", GUESSED),  # nothing is left of it without its signs
        ("maryam.pourreza", OWN),
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_with_the_reason(password: str, trouble: str):
    assert trouble_with(password, MARYAM) == trouble


@pytest.mark.parametrize(
    "password",
    [
        "xk7-Lw9_pQ2",
        "خورشید بنفش پنیر",
        "گل-نرگس-1405-rasht",
        "daftar-e-kohne-ye-man",
        "correct horse battery staple",
        "ک" * 3 + "-چتر-بادبادک",
        "دوچرخهٔ زنگ‌زده",
        *(holder.account.password for holder in HOLDERS),
    ],
)
def test_a_few_unrelated_words_are_a_good_password_and_no_kind_of_character_is_asked_for(password: str):
    assert trouble_with(password, MARYAM) == ""


def test_a_one_time_password_is_as_good_as_a_chosen_one():
    for _ in range(20):
        assert trouble_with(one_time_password(), MARYAM) == ""


def test_the_words_are_told_apart_for_everybody_and_for_their_owner():
    assert trouble_with("lahijani-sefidrood", User(username="lahijani-sefidrood")) == OWN
    assert trouble_with("lahijani-sefidrood", MARYAM) == ""


def test_every_word_of_the_list_has_its_persian_and_its_latin_spelling():
    words = passwords._words()
    third = len(words) // 3
    assert third > 200
    assert all(word.isascii() and word.isalpha() for word in words[:third])
    assert not any(word.isascii() for word in words[third : 2 * third])
    assert all(word.isascii() for word in words[2 * third :]), "each Persian letter has its key"
    assert len(set(words[third : 2 * third])) == third, "none is listed twice"


def test_a_long_password_is_judged_in_no_time():
    import time  # noqa: PLC0415

    for text in ("a1" * 64, "p@ssw0rd" * 16, "@4a0o1l!3e5s7t" * 9, "سلام" * 32):
        begun = time.process_time()
        trouble_with(text, MARYAM)
        assert time.process_time() - begun < 1


def test_the_rules_are_those_that_django_asks():
    with pytest.raises(ValidationError, match="کوتاه"):
        validate_password("short", MARYAM)
    validate_password("خورشید بنفش پنیر", MARYAM)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=SHORTEST, max_size=LONGEST))
def test_every_text_is_judged(password: str):
    assert isinstance(trouble_with(password, MARYAM), str)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="!\"'()*-_/\\<>;.,؛،«» \u200c", min_size=SHORTEST, max_size=LONGEST))
def test_every_text_of_signs_is_judged(password: str):
    assert isinstance(trouble_with(password, MARYAM), str)
