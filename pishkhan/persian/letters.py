"""One spelling for storage, one for search, one for order (domain guide, section 2: Normalization).

The invisible and look-alike characters are written as escapes on purpose.
"""

import re
from unicodedata import normalize

from .digits import LATIN, to_latin

ZWNJ = "\u200c"
ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"

_LONGEST_SORTED = 100  # characters of a text that take part in its order

# Control characters (those that are not spaces), bidi marks, other zero-width marks, lone surrogates,
# tatweel, harakat and Quranic marks. Maddah and hamza (0653-0655) go later: they can join their letter.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
    "\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dd\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)
_LOOSE_MARK = re.compile("[\u0653-\u0655]")
_GAP = re.compile(f"[\\s{ZWNJ}]+")
_ARABIC_TO_PERSIAN = str.maketrans("\u064a\u0649\u0643", "\u06cc\u06cc\u06a9")  # ي ى ك

_SORT_FOLD = str.maketrans("أإٱۀةؤئ", "اااههوی", ZWNJ)
_SEARCH_FOLD = _SORT_FOLD | str.maketrans("آ", "ا")


def clean(text: str) -> str:
    """One line as it is stored: Persian ی and ک, no invisible marks, single spaces, ZWNJ only inside words.

    Cleaning twice changes nothing. A newline becomes a space; see `clean_text`.
    """
    text = _INVISIBLE.sub("", text).translate(_ARABIC_TO_PERSIAN)
    text = normalize("NFC", text).replace("ی\u0654", "ئ").replace("ه\u0654", "ۀ")
    text = normalize("NFC", _LOOSE_MARK.sub("", text))
    return _GAP.sub(_narrow, text).strip(" " + ZWNJ)


def clean_text(text: str) -> str:
    """Several lines as they are stored: every line cleaned, line ends as \\n, no empty lines at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(map(clean, lines)).strip("\n")


def search_key(text: str) -> str:
    """What two spellings of the same name share; compare only with another key."""
    folded = to_latin(clean(text).translate(_SEARCH_FOLD))
    return clean(folded.casefold())


def sort_key(text: str) -> str:
    """Two ASCII letters per character, so that every database collation gives the Persian alphabet's order.

    At most 200 letters. Spaces come first, then signs, digits, Persian letters, Latin letters, the rest.
    """
    folded = to_latin(clean(text).translate(_SORT_FOLD)).casefold()
    return "".join(_RANK.get(letter) or _unknown(letter) for letter in folded[:_LONGEST_SORTED])


def _narrow(gap: re.Match[str]) -> str:
    """A run of spaces and ZWNJ is one space, or one ZWNJ if there is no space in it."""
    return ZWNJ if set(gap.group()) == {ZWNJ} else " "


def _pair(number: int) -> str:
    return chr(ord("a") + number // 26) + chr(ord("a") + number % 26)


def _unknown(letter: str) -> str:
    return "zz" if letter.isalpha() else "ab"


def _ranks() -> dict[str, str]:
    order = LATIN + ALPHABET.replace("ا", "اء") + "abcdefghijklmnopqrstuvwxyz"
    return {" ": "aa"} | {letter: _pair(26 + place) for place, letter in enumerate(order)}


_RANK = _ranks()
