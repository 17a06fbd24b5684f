"""Iranian identifiers: what is typed in, one canonical form out (domain guide, section 2).

Every checker takes text with Latin, Persian or Arabic digits and returns the form that is stored (ASCII), or
raises `ValidationError` with a Persian sentence and one of the codes `digits`, `length`, `shape`, `checksum`.
"""

import re

from django.core.exceptions import ValidationError

from .digits import to_latin, to_persian
from .letters import ALPHABET, clean

# Spaces, ZWNJ, bidi marks and dashes that come along with typing or pasting.
_SEPARATORS = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2010-\u2015\u2212-]+")
_DIGITS = re.compile("[0-9]+")
_MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
_MOBILE_START = re.compile(r"(?:\+98|0098|98(?=9)|0)?(9[0-9]*)")
_FOREIGN_PREFIX = re.compile(r"^(?:\+98|0098)0?")
_LANDLINE = re.compile("0[1-8][0-9]{9}")
_SERIAL = re.compile(f"(الف|[{ALPHABET}])/?([0-9]{{2}})/?([0-9]{{6}})")
_LONGEST_SERIAL = 40
_LEGAL_WEIGHTS = (29, 27, 23, 19, 17) * 2

# Damm's quasigroup: finds every wrong digit and every swap of neighbours.
# Source: H. M. Damm, Total anti-symmetrische Quasigruppen (Marburg 2004).
_DAMM = {
    str(interim): dict(zip("0123456789", row, strict=True))
    for interim, row in enumerate(
        (
            *("0317598642", "7092154863", "4206871359", "1750983426", "6123045978"),
            *("3674209581", "5869720134", "8945362017", "9438617205", "2581436790"),
        )
    )
}


def national_code(text: str) -> str:
    """10 digits with their check digit, none padded; the city prefix is not judged."""
    code = _sized(text, "کد ملی", 10)
    filler = code.startswith("000") or code[3:9] == "000000" or len(set(code)) == 1
    if filler or code != national_code_with_check(code[:9]):
        raise _wrong("این کد ملی درست نیست؛ رقم‌ها را دوباره با کارت ملی بسنجید.")
    return code


def national_code_with_check(nine_digits: str) -> str:
    """The ten digits of a national code; ValueError unless nine ASCII digits are given."""
    _require_digits(nine_digits, 9)
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(nine_digits)) % 11
    return nine_digits + str(rest if rest < 2 else 11 - rest)


def insurance_number(text: str) -> str:
    """8 to 10 digits; no check digit is known."""
    return _sized(text, "شماره بیمه", 8, 9, 10)


def workshop_code(text: str) -> str:
    """10 digits of any branch; no check digit is known."""
    return _sized(text, "کد کارگاه", 10)


def branch_code(text: str) -> str:
    """3 or 4 digits."""
    return _sized(text, "کد شعبه", 3, 4)


def contract_row(text: str) -> str:
    """3 digits; blank means no contract, which is stored as 000."""
    return _sized(text, "ردیف پیمان", 3) if _SEPARATORS.sub("", text) else "000"


def legal_national_id(text: str) -> str:
    """11 digits with their check digit."""
    code = _sized(text, "شناسه ملی", 11)
    filler = code[3:9] == "000000" or len(set(code)) == 1
    if filler or code != legal_national_id_with_check(code[:10]):
        raise _wrong("این شناسه ملی درست نیست؛ رقم‌ها را دوباره با روزنامه رسمی بسنجید.")
    return code


def legal_national_id_with_check(ten_digits: str) -> str:
    """The eleven digits of a legal national id; ValueError unless ten ASCII digits are given."""
    _require_digits(ten_digits, 10)
    shift = int(ten_digits[9]) + 2
    pairs = zip(ten_digits, _LEGAL_WEIGHTS, strict=True)
    return ten_digits + str(sum((shift + int(digit)) * weight for digit, weight in pairs) % 11 % 10)


def economic_code(text: str) -> str:
    """11, 12 or 14 digits; no check digit is known for all three."""
    return _sized(text, "کد اقتصادی", 11, 12, 14)


def mobile(text: str) -> str:
    """09xxxxxxxxx, from that or from +98, 0098, 98 or no prefix."""
    number = _compact(text)
    _refuse_other_than_digits(number.removeprefix("+"), "شماره همراه")
    if match := _MOBILE.fullmatch(number):
        return "0" + match[1]
    if start := _MOBILE_START.fullmatch(number):
        raise _wrong_length("شماره همراه", (11,), len(start[1]) + 1)
    raise _wrong("شماره همراه را مانند ۰۹۱۲۱۲۳۴۵۶۷ بنویسید؛ با ۰۹ آغاز می‌شود.", "shape")


def landline(text: str) -> str:
    """0, two digits of area and eight digits; +98 and 0098 are understood, brackets dropped."""
    number = _FOREIGN_PREFIX.sub("0", re.sub("[()]", "", _compact(text)))
    number = _sized(number, "شماره تلفن با کد شهر", 11)
    if number.startswith("09"):
        raise _wrong("این شماره همراه است؛ شماره تلفن ثابت را بنویسید.", "shape")
    if not _LANDLINE.fullmatch(number):
        raise _wrong("شماره تلفن را با کد شهر و مانند ۰۱۳۳۳۲۲۱۱۰۰ بنویسید.", "shape")
    return number


def postal_code(text: str) -> str:
    """10 digits, the first not 0, no digit four times running."""
    code = _sized(text, "کد پستی", 10)
    if code.startswith("0") or re.search(r"(.)\1{3}", code):
        raise _wrong("این کد پستی درست نیست؛ آن را از روی قبض یا سند دوباره بنویسید.", "shape")
    return code


def birth_certificate_no(text: str) -> str:
    """1 to 10 digits; "0" or the national code for the younger."""
    return _sized(text, "شماره شناسنامه", *range(1, 11))


def birth_certificate_serial(text: str) -> str:
    """A Persian letter, two digits of series, six of serial: 'ب12/123456'. «الف» is stored as «ا»."""
    compact = _compact(clean(text)) if len(text) <= _LONGEST_SERIAL else ""
    match = _SERIAL.fullmatch(compact)
    if match is None:
        raise _wrong("سری و سریال شناسنامه را مانند ب۱۲/۱۲۳۴۵۶ بنویسید.", "shape")
    return f"{match[1][0]}{match[2]}/{match[3]}"


def check_digit(digits: str) -> str:
    """Damm's check digit of any number of ASCII digits, else ValueError.

    Zeros in front do not change it: give codes of one length.
    """
    _require_digits(digits, len(digits))
    interim = "0"
    for digit in digits:
        interim = _DAMM[interim][digit]
    return interim


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", to_latin(text))


def _sized(text: str, name: str, *lengths: int) -> str:
    """The digits of a text, if their number is one of the lengths."""
    digits = _compact(text)
    _refuse_other_than_digits(digits, name)
    if len(digits) not in lengths:
        raise _wrong_length(name, lengths, len(digits))
    return digits


def _refuse_other_than_digits(compact: str, name: str) -> None:
    if not _DIGITS.fullmatch(compact):
        raise _wrong(f"{name} فقط از رقم ساخته می‌شود.", "digits")


def _require_digits(text: str, length: int) -> None:
    if len(text) != length or not _DIGITS.fullmatch(text):
        raise ValueError(f"{length} ASCII digits are needed, not {text!r}")


def _wrong_length(name: str, lengths: tuple[int, ...], typed: int) -> ValidationError:
    if len(lengths) > 2 and lengths[-1] - lengths[0] == len(lengths) - 1:
        wanted = f"{lengths[0]} تا {lengths[-1]}"
    else:
        wanted = " یا ".join(map(str, lengths))
    return _wrong(to_persian(f"{name} باید {wanted} رقم باشد؛ {typed} رقم نوشته‌اید."), "length")


def _wrong(message: str, code: str = "checksum") -> ValidationError:
    return ValidationError(message, code=code)
