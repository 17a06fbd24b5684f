"""What stops the portal and is no fault of its code: a database, a disk or a key that is not there just now.

Everybody gets a page that says what to do, made without the database; the operator gets one line of the log.
Nothing has to be started again: each request tries anew.
"""

import errno
import logging
import sqlite3
import sys
import time

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.template.backends.utils import csrf_input

from pishkhan.audit.chain import KeyMissingError
from pishkhan.documents.keyring import LostKeyError
from pishkhan.letters.press import FontsMissingError
from pishkhan.patience import UnsureError, closing_what_was_left, hurried, renew_connection

from .access import View, wants_json
from .kept import NEVER_KEPT, every_value

AGAIN_IN = 30  # seconds: within that much the portal works again once its disk or database does
TOLD_EVERY = 60  # seconds, for each kind of outage in a process

OF_THE_DISK = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENODEV),
    *(errno.ENXIO, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
}
FAULTS_OF_CODE = (DataError, IntegrityError, ProgrammingError)
ADVICE = {
    "read-only transaction": "see whether it is a standby, or read-only by a setting",
    "full": "make room on its disk",
    "space": "make room on its disk",
    "read-only": "make its disk writable again",
    "readonly": "make its disk writable again",
    "i/o": "look at its disk",
    "malformed": "restore the backup (docs/operating.md, «Backup»)",
    "not a database": "restore the backup (docs/operating.md, «Backup»)",
    "locked": "see what else holds it: a command of the portal, a backup program, a shell",
    "slow": "see what else works on it, or whether its machine hangs",
    "no such table": "run `pishkhan migrate`, or set PISHKHAN_DATA_DIR to where the data are",
}
"""What to do, by a word of the database's message."""

NOT_NOW = "ثبت نشد؛ سامانه اکنون نمی‌تواند چیزی نگه دارد."
UNSURE_HERE = "معلوم نیست ثبت شده باشد؛ ارتباط درست هنگام ثبت برید."

log = logging.getLogger("pishkhan.outages")
_told: dict[str, float] = {}


def outage(error: BaseException | None) -> str:
    """What the operator is told of it and can do about it; "" when the error is no outage."""
    if isinstance(error, LostKeyError | KeyMissingError | FontsMissingError):
        return str(error)
    if isinstance(error, OSError) and not isinstance(error, UnreadablePostError):
        return _of_the_disk(error) if error.errno in OF_THE_DISK else ""
    if isinstance(error, DatabaseError | InterfaceError) and not _is_fault_of_code(error):
        return _of_the_database(error)
    return ""


def _is_fault_of_code(error: Exception) -> bool:
    """SQLite says of wrong SQL what it says of a disk, but for its code."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    wrong_sql = code == sqlite3.SQLITE_ERROR and "no such table" not in str(error)
    return wrong_sql or isinstance(error, FAULTS_OF_CODE)


def _of_the_disk(error: OSError) -> str:
    return (
        f"files cannot be read or stored ({error.strerror}): look at the disk of {settings.DATA_DIR},"
        " whether it has room, is mounted, and may be written to by this user"
    )


def _of_the_database(error: Exception) -> str:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    known = (advice for word, advice in ADVICE.items() if word in said.lower())
    return f"the database cannot be used ({said}): {next(known, 'see whether it runs and can be reached')}"


def unavailable(request: HttpRequest) -> HttpResponse | None:
    """The answer to a request that met an outage; None when what is being handled is none."""
    error = sys.exception()
    told = outage(error)
    if not told or error is None:
        return None
    _tell(type(error).__name__, told)
    if isinstance(error, DatabaseError | InterfaceError):
        renew_connection(error)
    response = _answer(request, error)
    response["Retry-After"], response["Cache-Control"] = str(AGAIN_IN), "no-store"
    return response


def _tell(kind: str, told: str) -> None:
    """One line now and then: in an outage every request meets the same."""
    now = time.monotonic()
    if now - _told.get(kind, -TOLD_EVERY) >= TOLD_EVERY:
        _told[kind] = now
        log.error("%s; the portal goes on by itself as soon as that is mended", told)


def _answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    unsure = isinstance(error.__cause__, UnsureError) or hasattr(request, "answered")
    if wants_json(request):
        return JsonResponse({"error": UNSURE_HERE if unsure else NOT_NOW}, status=503)
    sent = request.method == "POST"
    typed = _typed(request) if sent else {}
    context = {
        "request_path": request.path if sent else request.get_full_path(),
        "sent": sent,
        "unsure": sent and unsure,
        "typed": typed,
        "had_files": bool(typed) and bool(request.FILES),
        "csrf_input": csrf_input(request) if typed else "",
    }
    return render(None, "errors/unavailable.html", context, status=503)


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    """What may be sent again with one click: this site's own form, read whole, without a secret in it."""
    try:
        posted = request.POST
    except (OSError, BadRequest, SuspiciousOperation, MultiPartParserError):
        return {}
    refused = _TokenCheck(lambda request: HttpResponse()).process_view(request, _answer, (), {})
    secrets = NEVER_KEPT - {"csrfmiddlewaretoken"}
    return {} if refused or any(name in secrets for name in posted) else every_value(posted)


class _TokenCheck(CsrfViewMiddleware):
    """Only tells whether a form is ours: the page for one that is not asks the database who is there."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


class PatienceMiddleware:
    """No page waits for the database for ever, and none leaves a connection behind."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with hurried(), closing_what_was_left():
            return self.get_response(request)
