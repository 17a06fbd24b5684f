"""Digits as people type them and as the pages show them."""

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
LATIN = "0123456789"

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN * 2)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN * 2)


def to_latin(text: str) -> str:
    """۰-۹ and ٠-٩ become 0-9; nothing else changes (Devanagari and the like stay, to be refused)."""
    return text.translate(_TO_LATIN)


def to_persian(value: object) -> str:
    """The text of any value, its Latin and Arabic digits shown as ۰-۹."""
    return str(value).translate(_TO_PERSIAN)
