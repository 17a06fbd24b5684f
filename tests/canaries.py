"""Whoever is named in an address, a log line or an error mail sings: looked at in every test of the suite.

The people of the tests have national codes of a prefix that nobody was given (999), mobiles and passwords
of a few shapes, and Persian names, which have no business in an address in whatever spelling.
"""

import html
import logging
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from django.conf import settings
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from pishkhan.persian.digits import to_latin
from pishkhan.persian.letters import ZWNJ, sort_key

NAMES = (
    *("کوچک‌پور", "علی‌رضا", "قربان", "رودباری", "ریحانه", "الهام", "گیلانی", "شفتی", "لیلا", "فلاح‌زاده"),
    *("احمدی", "پورمحمد", "چراغی", "ظریفی", "ژاله‌پور", "hassan.gilani"),
)
PASSWORDS = (
    *("nemune-1405-khoob", "darya-baran-46", "shalizar-e-sabz-27", "shalizar-sabz-27"),
    *("daftar-abi-31", "kargah-roshan-33", "miz-e-bozorg-34"),
)
ONE_TIME = r"(?<![\w-])[a-hj-km-np-z2-9]{4}(?:-[a-hj-km-np-z2-9]{4}){2}(?![\w-])"


def spellings(name: str) -> set[str]:
    """As typed, with other letters and joints, and as a list is ordered by."""
    arabic = name.translate(str.maketrans("یک", "يك"))
    return {spelt.replace(ZWNJ, joint) for spelt in (name, arabic) for joint in (ZWNJ, " ", "")} | {
        sort_key(name)
    }


CANARY = re.compile(
    "|".join(
        [
            r"(?<!\d)(?:999\d{7}|(?:\+98|0098|0)9\d{9})(?!\d)",
            ONE_TIME,
            *(re.escape(word) for word in PASSWORDS),
            *sorted(re.escape(spelt) for name in NAMES for spelt in spellings(name)),
        ]
    )
)
SORTED = re.compile(r"\bafter=s[a-z]+")
"""A cursor that holds what a list is ordered by: somebody's name, in two letters for each of its own."""
NUMBER_OF_A_FILE = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
"""A UUID: now and then the end of one is ten digits that could be a mobile."""
PERSIAN = re.compile("[\u0600-\u06ff]+")
LINK = re.compile(r'\s(?:href|src|srcset|action|formaction|data-[\w-]*(?:url|to|from|home))="([^"]*)"')
SUSPICIOUS = re.compile(r"%|[^\x00-\x7f]|[0-9]{10}|[a-z-]{8}|-|after=")
ELSEWHERE = ("tel:", "mailto:", "data:", "/static/")

seen: list[str] = []
"""What was found since the last test; threads add to it too."""


def in_text(text: str) -> str:
    """The canary in a line of a log or a mail, "" for none."""
    found = CANARY.search(to_latin(text))
    return found[0] if found else ""


def in_address(address: str) -> str:
    """The canary in an address, or whatever is written in Persian; "" for none."""
    if not SUSPICIOUS.search(address):
        return ""
    plain = NUMBER_OF_A_FILE.sub("", to_latin(unquote(address.replace("+", " "))))
    found = CANARY.search(plain) or SORTED.search(plain) or PERSIAN.search(plain)
    return found[0] if found else ""


def in_page(page: str) -> Iterable[tuple[str, str]]:
    """The links and actions of a page that name somebody: (canary, address)."""
    for address in set(LINK.findall(page)):
        plain = html.unescape(address)
        if not plain.startswith(ELSEWHERE) and (found := in_address(plain)):
            yield found, plain


class Watching:
    """The outermost middleware of the tests: what was asked for, and where the answer leads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.look("asked for", request.get_full_path())
        self.look("coming from", request.headers.get("Referer", ""))
        response = self.get_response(request)
        self.look("led to", response.headers.get("Location", ""))
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            for canary, address in in_page(response.content.decode()):
                seen.append(f"{canary} on {request.path}, linked: {address}")
        return response

    def look(self, how: str, address: str) -> None:
        if address and (canary := in_address(address)):
            seen.append(f"{canary} {how}: {address}")


class Ear(logging.Handler):
    """Hears what a branch's log would say of a record."""

    def __init__(self) -> None:
        super().__init__()
        line = dict(settings.LOGGING["formatters"]["line"])
        self.setFormatter(import_string(line["()"])(line["format"]))

    def emit(self, record: logging.LogRecord) -> None:
        said = self.format(record)
        if canary := in_text(said):
            seen.append(f"{canary} in the log: {said}")


def listen() -> None:
    """Ours from DEBUG on, everybody else's as a branch has them."""
    ear = Ear()
    logging.getLogger("pishkhan").setLevel(logging.DEBUG)
    for name in (
        "",
        *(n for n, logger in settings.LOGGING["loggers"].items() if not logger.get("propagate", 1)),
    ):
        logging.getLogger(name).addHandler(ear)


def found() -> list[str]:
    """Everything that was seen since the last call, mails included."""
    for letter in getattr(mail, "outbox", []):
        if canary := in_text(f"{letter.subject}\n{letter.body}"):
            seen.append(f"{canary} in the mail {letter.subject!r}")
    told = list(dict.fromkeys(seen))
    seen.clear()
    return told
