"""What the log and error mails tell of a failure: where it happened and of what kind, never of whom.

An exception's own words hold what it failed at (`Key (national_code)=(…) already exists`), as do local
variables, what a form sent and cookies. So only words that are known to hold none of it are told.
"""

import logging
import re
import traceback
from copy import copy
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

SPEAKING = (
    *(AttributeError, NameError, ImportError, ImproperlyConfigured),  # they name code
    *(InterfaceError, OperationalError),  # the connection, a lock, the disk
)
# By name, because the log is set up before there are models.
OURS = {
    "pishkhan.audit.anchors.AnchorsUnreadableError",
    "pishkhan.audit.chain.KeyMissingError",
    "pishkhan.audit.sealing.TrailBrokenError",
    "pishkhan.documents.keyring.LostKeyError",
    "pishkhan.documents.operations.DamagedDocument",
    "pishkhan.documents.vault.BrokenSealError",
    "pishkhan.letters.operations.DamagedLetter",
}
"""Exceptions whose words are for the operator, and hold references and names of files at most."""

RULE = re.compile(r"(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(: [\w., ]+)?")


def words_of(error: BaseException) -> str:
    """The kind of an exception, with its words where these tell of nobody."""
    told = _told(error)
    return f"{_name(error)}: {told}" if told else _name(error)


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _told(error: BaseException) -> str:
    if isinstance(error, SPEAKING) or _name(error) in OURS:
        return str(error).strip()
    if isinstance(error, OSError):
        return f"{error.strerror or ''} {error.filename or ''}".strip()
    if isinstance(error, DatabaseError):
        return _rule_broken(error)
    return ""


def _rule_broken(error: BaseException) -> str:
    """Which rule of which table, without the values: PostgreSQL names it; SQLite says nothing else."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return str(error) if RULE.fullmatch(str(error)) else ""
    names = ("sqlstate", "table_name", "column_name", "constraint_name")
    return ", ".join(str(value) for name in names if (value := getattr(diagnosis, name)))


def told_of(error: BaseException | None) -> str:
    """The traceback of an exception and of those that led to it, the first one first."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines = traceback.format_list(traceback.extract_tb(error.__traceback__))
        parts.append("".join(["Traceback (most recent call last):\n", *lines, words_of(error)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich led to\n\n".join(reversed(parts))


class QuietFormatter(logging.Formatter):
    """For every handler: exceptions are told by `told_of`, and where they are an argument by their words."""

    def format(self, record: logging.LogRecord) -> str:
        quiet = copy(record)
        quiet.exc_text = None  # what another handler's formatter may have left there
        if isinstance(quiet.args, tuple):
            quiet.args = tuple(
                _told(a) or _name(a) if isinstance(a, BaseException) else a for a in quiet.args
            )
        return super().format(quiet)

    def formatException(  # noqa: N802 its name in `logging`
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return told_of(ei[1])


class QuietReporter(ExceptionReporter):
    """The report that Django would mail or show: no local variables, settings, headers, forms, cookies."""

    def get_traceback_text(self) -> SafeString:
        asked: Any = self.request
        where = f"{asked.method} {asked.path}\n\n" if asked else ""
        return SafeString(f"{where}{told_of(self.exc_value)}\n")

    def get_traceback_html(self) -> SafeString:
        if settings.DEBUG:  # somebody is developing
            return super().get_traceback_html()
        return format_html("<pre>{}</pre>", str(self.get_traceback_text()))
