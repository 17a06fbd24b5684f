import csv
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.persian import identifiers
from pishkhan.persian.digits import to_persian
from pishkhan.persian.identifiers import check_digit, legal_national_id, national_code

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "identifiers.csv"
CHECKERS = [
    identifiers.national_code,
    identifiers.insurance_number,
    identifiers.workshop_code,
    identifiers.branch_code,
    identifiers.contract_row,
    identifiers.legal_national_id,
    identifiers.economic_code,
    identifiers.mobile,
    identifiers.landline,
    identifiers.postal_code,
    identifiers.birth_certificate_no,
    identifiers.birth_certificate_serial,
]
DIGITS = st.text("0123456789", min_size=1, max_size=20)
LIKELY = st.text("0123456789۰۱۲۳٤٥٦+-()/ \u200c\u200fابپ१", max_size=16)


def digits(count):
    return st.text("0123456789", min_size=count, max_size=count)


def refusal(checker, text):
    with pytest.raises(ValidationError) as caught:
        checker(text)
    return caught.value


def test_the_shared_vectors_are_judged_as_written():
    if not VECTORS.exists():
        pytest.skip("shared/data is not beside this checkout")
    with VECTORS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] != "iran_system"]
    assert len(rows) == 18
    for row in rows:
        checker = getattr(identifiers, row["kind"])
        if row["valid"] == "yes":
            assert checker(row["value"])
        else:
            refusal(checker, row["value"])


@pytest.mark.parametrize("typed", ["0084575948", "۰۰۸۴۵۷۵۹۴۸", "٠٠٨٤٥٧٥٩٤٨", " 008-457594-8\u200f"])
def test_a_national_code_is_stored_in_ascii_with_its_zeros(typed):
    assert national_code(typed) == "0084575948"


def test_wrong_length_and_wrong_checksum_are_told_apart():
    short = refusal(national_code, "084575948")
    assert (short.message, short.code) == ("کد ملی باید ۱۰ رقم باشد؛ ۹ رقم نوشته‌اید.", "length")
    wrong = refusal(national_code, "0084575949")
    assert wrong.message == "این کد ملی درست نیست؛ رقم‌ها را دوباره با کارت ملی بسنجید."
    assert wrong.code == "checksum"
    assert refusal(national_code, "00845a5948").code == "digits"


@pytest.mark.parametrize("digit", "0123456789")
def test_a_repeated_digit_is_no_national_code(digit):
    assert refusal(national_code, digit * 10).code == "checksum"


@pytest.mark.parametrize("nine", ["000123456", "123000000"])
def test_a_filler_is_refused_though_its_check_digit_is_right(nine):
    assert refusal(national_code, identifiers.national_code_with_check(nine)).code == "checksum"


def test_digits_of_other_scripts_are_refused():
    assert refusal(national_code, "००८४५७५९४८").code == "digits"


@given(digits(9))
def test_exactly_one_check_digit_fits_a_national_code(nine):
    code = identifiers.national_code_with_check(nine)
    filler = nine.startswith("000") or nine[3:] == "000000" or len(set(code)) == 1
    if not filler:
        assert national_code(to_persian(code)) == code
    for other in set("0123456789") - {code[9]}:
        refusal(national_code, nine + other)


@given(digits(10))
def test_exactly_one_check_digit_fits_a_legal_id(ten):
    code = identifiers.legal_national_id_with_check(ten)
    if ten[3:9] != "000000" and len(set(code)) > 1:
        assert legal_national_id(code) == code
    refusal(legal_national_id, ten + str((int(code[10]) + 1) % 10))


def test_a_legal_id_with_an_empty_middle_is_refused():
    assert (
        refusal(legal_national_id, identifiers.legal_national_id_with_check("1230000004")).code == "checksum"
    )


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678a", "۱۲۳۴۵۶۷۸۹"])
def test_check_digits_are_made_of_nine_ascii_digits_only(text):
    with pytest.raises(ValueError, match="9 ASCII digits"):
        identifiers.national_code_with_check(text)


@pytest.mark.parametrize(
    ("checker", "typed", "stored"),
    [
        (identifiers.insurance_number, "۰۰۱۲۳۴۵۶", "00123456"),
        (identifiers.insurance_number, "0012345678", "0012345678"),
        (identifiers.workshop_code, "018 363 0045", "0183630045"),
        (identifiers.branch_code, "۱۴۶۰", "1460"),
        (identifiers.branch_code, "162", "162"),
        (identifiers.contract_row, "۰۰۱", "001"),
        (identifiers.contract_row, " ", "000"),
        (identifiers.economic_code, "411111111111", "411111111111"),
        (identifiers.economic_code, "10380284790", "10380284790"),
        (identifiers.economic_code, "4" * 14, "4" * 14),
        (identifiers.mobile, "0912 123 4567", "09121234567"),
        (identifiers.mobile, "00989121234567", "09121234567"),
        (identifiers.mobile, "989121234567", "09121234567"),
        (identifiers.mobile, "9812345678", "09812345678"),
        (identifiers.landline, "۰۱۳-۳۳۲۲۱۱۰۰", "01333221100"),
        (identifiers.landline, "(013) 33221100", "01333221100"),
        (identifiers.landline, "+98 13 33221100", "01333221100"),
        (identifiers.postal_code, "41۳۵۶-12345", "4135612345"),
        (identifiers.birth_certificate_no, "۰", "0"),
        (identifiers.birth_certificate_no, "0084575948", "0084575948"),
        (identifiers.birth_certificate_serial, "ب۱۲/۱۲۳۴۵۶", "ب12/123456"),
        (identifiers.birth_certificate_serial, "الف ۱۲ - ۱۲۳۴۵۶", "ا12/123456"),
        (identifiers.birth_certificate_serial, "ي/12/123456", "ی12/123456"),
    ],
)
def test_what_people_type_is_stored_in_one_form(checker, typed, stored):
    assert checker(typed) == stored


@pytest.mark.parametrize(
    ("checker", "typed", "said"),
    [
        (identifiers.insurance_number, "1234567", "شماره بیمه باید ۸ تا ۱۰ رقم باشد؛ ۷ رقم نوشته‌اید."),
        (identifiers.branch_code, "12", "کد شعبه باید ۳ یا ۴ رقم باشد؛ ۲ رقم نوشته‌اید."),
        (identifiers.economic_code, "1" * 13, "کد اقتصادی باید ۱۱ یا ۱۲ یا ۱۴ رقم باشد؛ ۱۳ رقم نوشته‌اید."),
        (identifiers.workshop_code, "14600", "کد کارگاه باید ۱۰ رقم باشد؛ ۵ رقم نوشته‌اید."),
        (identifiers.contract_row, "1", "ردیف پیمان باید ۳ رقم باشد؛ ۱ رقم نوشته‌اید."),
        (identifiers.mobile, "0912123", "شماره همراه باید ۱۱ رقم باشد؛ ۷ رقم نوشته‌اید."),
        (identifiers.mobile, "01333221100", "شماره همراه را مانند ۰۹۱۲۱۲۳۴۵۶۷ بنویسید؛ با ۰۹ آغاز می‌شود."),
        (identifiers.mobile, "0912x", "شماره همراه فقط از رقم ساخته می‌شود."),
        (identifiers.landline, "33221100", "شماره تلفن با کد شهر باید ۱۱ رقم باشد؛ ۸ رقم نوشته‌اید."),
        (identifiers.landline, "09121234567", "این شماره همراه است؛ شماره تلفن ثابت را بنویسید."),
        (identifiers.landline, "11333221100", "شماره تلفن را با کد شهر و مانند ۰۱۳۳۳۲۲۱۱۰۰ بنویسید."),
        (
            identifiers.postal_code,
            "0135612345",
            "این کد پستی درست نیست؛ آن را از روی قبض یا سند دوباره بنویسید.",
        ),
        (
            identifiers.postal_code,
            "4111112345",
            "این کد پستی درست نیست؛ آن را از روی قبض یا سند دوباره بنویسید.",
        ),
        (
            identifiers.birth_certificate_no,
            "1" * 11,
            "شماره شناسنامه باید ۱ تا ۱۰ رقم باشد؛ ۱۱ رقم نوشته‌اید.",
        ),
        (
            identifiers.birth_certificate_serial,
            "12/123456",
            "سری و سریال شناسنامه را مانند ب۱۲/۱۲۳۴۵۶ بنویسید.",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong(checker, typed, said):
    assert refusal(checker, typed).message == said


def test_three_equal_digits_running_are_allowed_in_a_postal_code():
    assert identifiers.postal_code("4111212345") == "4111212345"


@pytest.mark.parametrize("checker", CHECKERS)
@given(text=st.one_of(st.text(), LIKELY))
def test_any_text_is_stored_unchanged_by_a_second_check_or_refused(checker, text):
    try:
        stored = checker(text)
    except ValidationError as error:
        assert error.code in {"digits", "length", "shape", "checksum"}
        assert error.message.endswith(".")
    else:
        assert checker(stored) == checker(to_persian(stored)) == stored


@given(DIGITS, st.data())
def test_every_wrong_digit_is_found(digits, data):
    code = digits + check_digit(digits)
    place = data.draw(st.integers(0, len(code) - 1))
    for other in set("0123456789") - {code[place]}:
        wrong = code[:place] + other + code[place + 1 :]
        assert check_digit(wrong[:-1]) != wrong[-1]


@given(DIGITS)
def test_every_swap_of_neighbours_is_found(digits):
    code = digits + check_digit(digits)
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert (check_digit(swapped[:-1]) == swapped[-1]) == (swapped == code)


def test_the_published_example_of_damm_holds():
    assert check_digit("572") == "4"


def test_a_check_digit_is_made_of_ascii_digits_only():
    for text in ("", "12a", "۱۲"):
        with pytest.raises(ValueError, match="ASCII digits"):
            check_digit(text)
