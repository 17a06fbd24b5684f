"""What a new password must be: long enough, and not soon guessed by who knows Persian and its user.

No kinds of characters are asked for and no password grows old (NIST SP 800-63B, section 3.1.1.2). How
soon one is guessed is estimated by zxcvbn, whose lists of leaked passwords are its own; what a guesser in
Iran tries first is told to it: `words.txt` in Persian, in Latin letters and as the keys of a Latin keyboard,
Jalali years and long numbers.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from pishkhan.persian.digits import to_latin

from .models import User

SHORTEST, LONGEST = 10, 128
GUESSES = 3 * 10**7
"""A password that fewer guesses find is refused; a stolen hash is guessed at ten times a second a core."""
JUDGED = 60
"""Characters that are looked at: what their beginning withstands the whole does, and the work is bounded."""

# The standard Persian layout (ISIRI 9147) over the keys of the Latin one.
KEYS = str.maketrans("ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپوآژئ", "qwertyuiop[]asdfghjkl;'zxcvbnm,hcm")
BETWEEN = re.compile(r"[\W_]+")
JALALI_YEAR = re.compile(r"1[34](\d\d)")
A_NUMBER = re.compile(r"\d{8,}")
"""A birthday, a mobile number, a national code, a card: typed because it is known, and others know it."""

SHORT = f"رمز عبور کوتاه است؛ دست‌کم {SHORTEST} نویسه بنویسید."
LONG = f"رمز عبور بلند است؛ حداکثر {LONGEST} نویسه بنویسید."
DIGITS = "رمزی که تنها عدد است زود حدس زده می‌شود؛ واژه هم بنویسید."
COMMON = "این رمز رایج است و در فهرست رمزهای لورفته هست؛ رمز دیگری بنویسید."
OWN = "این رمز از نام، نام کاربری، کد ملی یا تلفن خودتان ساخته شده است؛ رمز دیگری بنویسید."
GUESSED = "این رمز زود حدس زده می‌شود؛ سه یا چهار واژهٔ بی‌ربط کنار هم رمز خوبی است."


class PasswordRules:
    """For `AUTH_PASSWORD_VALIDATORS`: the first rule that a password breaks, in words."""

    help_text = f"دست‌کم {SHORTEST} نویسه؛ سه یا چهار واژهٔ بی‌ربط کنار هم رمز خوبی است."

    def validate(self, password: str, user: User | None = None) -> None:
        if trouble := trouble_with(password, user):
            raise ValidationError(trouble)

    def get_help_text(self) -> str:
        return self.help_text


def trouble_with(password: str, user: User | None) -> str:
    """Why that password is refused to `user`; empty when it is not."""
    typed = to_latin(password)
    if not SHORTEST <= len(password) <= LONGEST:
        return SHORT if len(password) < SHORTEST else LONG
    if typed.isdecimal():
        return DIGITS
    if typed.lower().strip() in _common():
        return COMMON
    if guesses(typed, own_words(user)) < GUESSES:
        return OWN if guesses(typed, []) >= GUESSES else GUESSED
    return ""


def guesses(typed: str, own: list[str]) -> int:
    """About how many guesses find it, by who knows these words of its user."""
    plain = A_NUMBER.sub("0", typed[:JUDGED])
    plain = JALALI_YEAR.sub(r"19\1", plain)  # zxcvbn knows the years and dates of our time, in its calendar
    # The keys that Persian letters lie on; and signs between words hide nothing.
    readings = {plain, plain.translate(KEYS), BETWEEN.sub("", plain) or plain}
    return min(int(zxcvbn(reading, user_inputs=[*own, *_words()])["guesses"]) for reading in readings)


def own_words(user: User | None) -> list[str]:
    """What of a user a guesser tries first, as far as the portal knows it."""
    if user is None:
        return []
    known: list[Any] = [user.username, user.first_name, user.last_name, user.national_code, user.mobile]
    return [
        word for text in [*known, user.email.partition("@")[0]] for word in str(text).split() if len(word) > 2
    ]


@cache
def _words() -> list[str]:
    """The words of `words.txt`: as they are written, in Latin letters, and as their keys."""
    lines = Path(__file__).with_name("words.txt").read_text("utf-8").split()
    persian = lines[::2]
    return [*lines[1::2], *persian, *(word.translate(KEYS) for word in persian)]


@cache
def _common() -> set[str]:
    return set(CommonPasswordValidator().passwords)
