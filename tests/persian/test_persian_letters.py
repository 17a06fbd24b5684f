from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.persian.digits import to_latin, to_persian
from pishkhan.persian.letters import ALPHABET, ZWNJ, clean, clean_text, search_key, sort_key

PERSIAN = st.text(
    st.sampled_from(ALPHABET + "ءأإؤئۀةيىكً\u0653\u0654\u0655ـ\u200c\u200f \t\n\x00۱٢3abÉe\u0301")
)
ANYTHING = st.one_of(st.text(), PERSIAN, st.text(st.characters(exclude_categories=())))


def test_digits_of_three_scripts_become_latin_and_nothing_else_changes():
    assert to_latin("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 7 ک") == "0123456789 0123456789 7 ک"
    assert to_latin("१२३") == "१२३"


def test_any_value_is_shown_with_persian_digits():
    assert [to_persian(value) for value in (1405, "a٤5", None, 1.5)] == ["۱۴۰۵", "a۴۵", "None", "۱.۵"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("علي", "علی"),
        ("موسى", "موسی"),
        ("كاظم", "کاظم"),
        ("محـــمد", "محمد"),
        ("مُحَمَّد", "محمد"),
        ("\u200fرضا\u200e\u202c", "رضا"),
        ("رضا\x00\x07", "رضا"),
        ("  علی \t\u00a0\n رضا ", "علی رضا"),
        ("می\u200c\u200cرود", "می\u200cرود"),
        ("\u200cعلی\u200c", "علی"),
        ("علی\u200c رضا", "علی رضا"),
        ("علی \u200cرضا", "علی رضا"),
        ("ا\u0653ذر", "آذر"),
        ("مسی\u0654ول", "مسئول"),
        ("خانه\u0654 ما", "خانۀ ما"),
        ("فاطمة", "فاطمة"),
        ("سال ۱۴۰۳", "سال ۱۴۰۳"),
        ("الف\ud800", "الف"),
        ("e\u0301", "é"),
    ],
)
def test_a_line_is_stored_in_one_spelling(typed, stored):
    assert clean(typed) == stored


def test_remarks_keep_their_lines():
    assert clean_text("\r\n سطر  يک \r\nسطر دو\rسه\n\n") == "سطر یک\nسطر دو\nسه"


@given(ANYTHING)
def test_cleaning_twice_changes_nothing(text):
    once = clean(text)
    assert clean(once) == once == normalize("NFC", once)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(ANYTHING)
def test_a_cleaned_line_can_be_stored_in_both_databases(text):
    once = clean(text)
    once.encode()
    assert not set(once) & set("\x00\n\r\t\u200f\u202e\u0640ي")
    assert "  " not in once
    assert ZWNJ * 2 not in once
    assert once == once.strip(" " + ZWNJ)


@given(ANYTHING)
def test_the_key_of_a_key_is_itself(text):
    assert search_key(search_key(text)) == search_key(text)
    assert search_key(clean(text)) == search_key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إسماعیل", "اسماعیل"),
        ("آذر", "اذر"),
        ("فاطمة", "فاطمه"),
        ("خانۀ", "خانه"),
        ("مؤمن", "مومن"),
        ("رئیس", "رییس"),
        ("علی\u200cرضا", "علیرضا"),
        ("كارگاه ٢", "کارگاه ۲"),
        ("ABC", "abc"),
    ],
)
def test_spellings_of_one_name_share_a_search_key(one, other):
    assert search_key(one) == search_key(other)


def test_different_names_do_not_share_a_search_key():
    assert len({search_key(name) for name in ("علی", "عالی", "علی رضا", "علیرضا")}) == 4


def test_the_whole_alphabet_is_in_order():
    taught = list("آ ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی".replace(" ", ""))
    backwards = taught[::-1]
    assert sorted(backwards, key=sort_key) == taught
    assert all(sort_key(a) < sort_key(b) for a, b in pairwise(taught))


def test_names_come_in_the_order_of_a_persian_list():
    names = [
        "",
        "۲",
        "آذر",
        "احمد",
        "احمد رضا",
        "احمدی",
        "پارسا",
        "ژاله",
        "کاظم",
        "گلی",
        "وحید",
        "هما",
        "یاسر",
        "Bob",
    ]
    backwards = names[::-1]
    assert sorted(backwards, key=sort_key) == names


def test_spelling_does_not_change_the_order():
    assert sort_key("أحمد") == sort_key("احمد")
    assert sort_key("علی\u200cرضا") == sort_key("عليرضا")


@given(ANYTHING)
def test_a_sort_key_is_short_and_of_small_latin_letters_only(text):
    key = sort_key(text)
    assert len(key) <= 200
    assert key == "" or (key.isascii() and key.isalpha() and key.islower())


@given(st.text(st.sampled_from(ALPHABET)), st.text(st.sampled_from(ALPHABET)))
def test_order_is_that_of_letter_after_letter(one, other):
    places = [[ALPHABET.index(letter) for letter in name[:100]] for name in (one, other)]
    assert (sort_key(one) < sort_key(other)) == (places[0] < places[1])
