"""Iran System: our own table against the published vectors, and against itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.persian.letters import ALPHABET, ZWNJ, clean, search_key
from pishkhan.premiums.iran_system import decode, encode

VECTORS = {
    "علی": "fcf3e4",
    "حسن": "f6a89f",
    "رضا": "91aea4",
    "احمدی": "fca2f59f90",
    "فاطمه": "f9f5af91ea",
    "محمدحسین": "f6fea89fa2f59ff5",
}


@pytest.mark.parametrize(("name", "expected"), VECTORS.items())
def test_the_published_vectors_are_written_and_read(name: str, expected: str):
    assert encode(name).hex() == expected
    assert decode(bytes.fromhex(expected)) == name


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("مؤمن", "مومن"),
        ("فاطمة", "فاطمه"),
        ("أحمد", "احمد"),
        ("علي", "علی"),
        ("رئیس", "رئیس"),
        ("شمارهٔ", "شماره"),
        ('"پارس" & <رشت>', "پارس رشت"),
        ("", ""),
    ],
)
def test_what_has_no_byte_is_folded_and_what_is_forbidden_left_out(text: str, read: str):
    assert clean(decode(encode(text))) == read


@pytest.mark.parametrize(
    "text", ["خیابان 12 بهشتی", "پلاک 12/5 (طبقه 2)", "شرکت ABC تهران", "ABC-12", "کوچه 1-2، 3"]
)
def test_numbers_and_latin_words_inside_a_line_stay_readable(text: str):
    assert decode(encode(text)) == text


def test_numbers_lie_in_the_bytes_as_they_are_read():
    assert b"123" in encode("پلاک 123")
    assert decode(bytes([0x81, 0x82, 0x83, 0x20]) + encode("پلاک")) == "پلاک 123"


def test_a_break_inside_a_word_survives():
    for word in ("گیلان\u200cبافت", "علی\u200cاصغر", "گل\u200cاندام"):
        assert decode(encode(word)) == word


def test_the_joined_lam_and_alef_are_one_byte():
    assert encode("سلام") == bytes([0xF4, 0xF2, 0xA8])
    assert decode(encode("لاله گلاب")) == "لاله گلاب"


def test_both_shapes_of_a_last_ye_are_read():
    assert decode(b"\xfc\xa2") == decode(b"\xfd\xa2") == "دی"


def test_a_letter_of_another_script_becomes_a_question_mark():
    assert decode(encode("علی 北")) == "علی ?"


@given(st.text(alphabet=ALPHABET + " 0123456789", max_size=40))
def test_whatever_is_written_in_persian_is_read_again(text: str):
    assert decode(encode(text)) == clean(text)


@given(st.text(alphabet=ALPHABET + ZWNJ + " -./()ABc7", max_size=40))
def test_signs_and_breaks_change_nothing_that_a_search_sees(text: str):
    assert search_key(decode(encode(text))) == search_key(text)


@given(st.binary(max_size=60))
def test_no_bytes_are_too_strange_to_be_read(content: bytes):
    assert isinstance(decode(content), str)


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_be_written(text: str):
    assert isinstance(encode(text), bytes)
