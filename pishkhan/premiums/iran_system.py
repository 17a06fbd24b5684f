"""Iran System: the bytes that premium lists carry their names in.

Every letter has up to four bytes, one for each shape, and a text lies in the order in which it is seen: its
last letter first, but numbers and Latin words as they are read. Table and vectors: domain guide, section 7.
"""

import re

from pishkhan.persian.digits import to_latin
from pishkhan.persian.letters import ZWNJ, clean

_LAM_ALEF = "\ufefb"
_PAIRS = "بپتثجچحخسشصضفقکگلمن"  # letters with one byte for their end shapes, another where they go on
_PAIR_BYTES = (
    *(0x92, 0x94, 0x96, 0x98, 0x9A, 0x9C, 0x9E, 0xA0, 0xA7, 0xA9, 0xAB, 0xAD),
    *(0xE9, 0xEB, 0xED, 0xEF, 0xF1, 0xF4, 0xF6),
)
_ALONE = {
    **{"،": 0x8A, "ـ": 0x8B, "؟": 0x8C, "آ": 0x8D, "ء": 0x8F, _LAM_ALEF: 0xF2, "و": 0xF8},
    **dict(zip("دذرزژ", range(0xA2, 0xA7), strict=True)),
    **{"ط": 0xAF, "ظ": 0xE0},
}

# letter: (alone, at the end, at the beginning, in the middle) of what is joined.
_SHAPES: dict[str, tuple[int, int, int, int]] = {
    **{letter: (byte,) * 4 for letter, byte in _ALONE.items()},
    **{
        letter: (byte, byte, byte + (2 if letter == "ل" else 1), byte + (2 if letter == "ل" else 1))
        for letter, byte in zip(_PAIRS, _PAIR_BYTES, strict=True)
    },
    "ا": (0x90, 0x91, 0x90, 0x91),
    "ع": (0xE1, 0xE2, 0xE4, 0xE3),
    "غ": (0xE5, 0xE6, 0xE8, 0xE7),
    "ه": (0xF9, 0xF9, 0xFB, 0xFA),
    "ی": (0xFC, 0xFC, 0xFE, 0xFE),
    "ئ": (0xFC, 0xFC, 0x8E, 0x8E),  # has no end shapes of its own
}
_GO_ON = frozenset(_PAIRS + "عغهیئطظ")  # letters that join the one after them
_LETTERS = frozenset(_SHAPES) - set("،ـ؟")

_READ: dict[int, str] = {byte: letter for letter, bytes_ in _SHAPES.items() for byte in bytes_} | {
    **dict(enumerate("0123456789", 0x80)),
    **{0xF2: "لا", 0xFC: "ی", 0xFD: "ی", 0xFF: " "},
}
_ENDS = frozenset(_SHAPES[letter][0] for letter in _GO_ON - set("طظ")) | {0xE2, 0xE6, 0xFD}

_FOLD = str.maketrans("أإٱؤةۀ", "اااوهه", "\"'><&")  # what has no byte; what the organization forbids
_MIRROR = str.maketrans("()[]{}", ")(][}{")
_RUN = "[0-9A-Za-z{0}](?:[0-9A-Za-z{0}./:,@_+-]*[0-9A-Za-z{0}])?"
_WRITTEN = re.compile(_RUN.format("") + "|.")
_SEEN = re.compile(_RUN.format("\\x80-\\x89").encode() + b"|.", re.DOTALL)


def encode(text: str) -> bytes:
    """The bytes of a line in the order in which it is seen; what has no byte becomes a question mark."""
    text = to_latin(clean(text).translate(_FOLD)).replace("لا", _LAM_ALEF)
    if text.isascii():
        return text.encode()
    return b"".join(_shaped(text, match) for match in reversed(list(_WRITTEN.finditer(text))))


def decode(content: bytes) -> str:
    """The line that these bytes show; a letter that ends in the middle of a word had a ZWNJ after it."""
    if content.isascii():
        return content.decode()
    tokens = _SEEN.findall(content)[::-1]
    following = [*tokens[1:], b" "]
    return clean("".join(_read(token, then) for token, then in zip(tokens, following, strict=True)))


def _shaped(text: str, match: re.Match[str]) -> bytes:
    token, place = match[0], match.start()
    if token.isascii():
        return token.translate(_MIRROR).encode() if len(token) == 1 else token.encode()
    if token == ZWNJ:
        return b""
    if token not in _SHAPES:
        return b"?"
    joined = place > 0 and text[place - 1] in _GO_ON and token in _LETTERS
    goes_on = token in _GO_ON and text[place + 1 : place + 2] in _LETTERS
    return bytes([_SHAPES[token][joined + 2 * goes_on]])


def _read(token: bytes, then: bytes) -> str:
    if len(token) > 1 or token.isascii():
        text = "".join(_READ.get(byte, chr(byte)) for byte in token)
        return text.translate(_MIRROR) if len(token) == 1 else text
    letter = _READ.get(token[0], " ")
    broken = token[0] in _ENDS and _READ.get(then[0], " ")[0] in _LETTERS
    return letter + ZWNJ if broken else letter
