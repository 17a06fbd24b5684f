"""The code under a letter's QR: typed from paper, so that every slip of one character is noticed at once."""

import secrets

from pishkhan.persian.digits import to_latin
from pishkhan.persian.letters import clean

# 29 characters, none mistaken for another (0 O, 1 I, 5 S, 8 B). Their number is a prime: with a different
# weight for each place, one wrong character and two that changed places both spoil the sum.
ALPHABET = "ACDEFGHJKLMNPQRTUVWXYZ2346789"
LENGTH = 12


def new_code() -> str:
    """Eleven random characters (53 bits) and the one that makes their sum come out."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return next(body + last for last in ALPHABET if is_code(body + last))


def is_code(text: str) -> bool:
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        return False
    return sum(weight * ALPHABET.index(one) for weight, one in enumerate(text, 1)) % len(ALPHABET) == 0


def typed_code(text: str) -> str:
    """A code as somebody typed it; "" when it cannot be one."""
    code = "".join(one for one in to_latin(clean(text)).upper() if one not in "-–— ")
    return code if is_code(code) else ""


def typed_number(text: str) -> str:
    """A letter's number as somebody typed it: any digits, any kind of stroke."""
    return "/".join(to_latin(clean(text)).replace("-", "/").replace("\\", "/").replace(" ", "").split("/"))


def readable(code: str) -> str:
    """In groups of four, as printed."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))
