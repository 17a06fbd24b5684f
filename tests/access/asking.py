"""Asking an address as somebody, and what the answer is called."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from pishkhan.persian.digits import to_latin
from tests.access.bodies import BODIES, kwargs_of
from tests.access.objects import Objects
from tests.access.roles import BYE, ENTER, EXCEL, FIRST, NO, NONE, PAGE, PDF, PICTURE, TEXT, WRONG

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    **{"text/html": PAGE, "image/jpeg": PICTURE, "image/png": PICTURE},
    **{"application/pdf": PDF, "text/plain": TEXT, XLSX: EXCEL},
}


@cache
def _one_client() -> Client:
    """One for all: each new one would load the middleware anew, which takes longer than a request."""
    return Client()


def browser(role: str, o: Objects) -> Client:
    """Somebody's browser, signed in as that somebody is; the last one given out is forgotten by the next."""
    client = _one_client()
    client.cookies = SimpleCookie()
    if role in o.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = o.sessions[role]
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what happens inside stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked(role: str, method: str, name: str, o: Objects, more: dict[str, Any] | None = None) -> Any:
    """The answer to `role` at that route; `more` is added to what is sent."""
    address = reverse(name, kwargs=kwargs_of(name, o))
    client = browser(role, o)
    if method != "POST":
        return client.generic(method, address)
    return client.post(address, sent(name, o) | (more or {}))


def sent(name: str, o: Objects) -> dict[str, Any]:
    """What a POST to the route sends."""
    return BODIES[name](o) if name in BODIES else {"x": "1"}


def outcome(response: Any) -> str:
    """The answer in the words of the table; for redirects the address, numbers and random names as *."""
    status, kind = response.status_code, response.headers.get("Content-Type", "").partition(";")[0]
    if status == 302:
        return _led(response["Location"])
    if status == 200:
        return KINDS.get(kind, kind)
    return {404: NONE, 405: NO, 422: WRONG}.get(status, str(status))


def _led(address: str) -> str:
    path, _, query = address.partition("?")
    if path == "/first-password/":
        return FIRST
    if path == "/login/":
        return ENTER if query.startswith("next=/") else BYE
    path = "/".join("*" if part.isdecimal() else part for part in path.split("/"))
    query = "&".join("s=*" if part.startswith("s=") else part for part in query.split("&"))
    return f"{path}?{query}" if query else path


def readable(response: Any) -> str:
    """All that an answer says, digits Latin: head and body, of an Excel file its cells.

    The body of a PDF and of a picture is compressed; who gets one at all is in the table.
    """
    content = response.content
    if outcome(response) in (PDF, PICTURE):
        content = b""
    if response.headers.get("Content-Type") == XLSX:
        with zipfile.ZipFile(io.BytesIO(content)) as sheet:
            content = b"".join(sheet.read(name) for name in sheet.namelist() if name.endswith(".xml"))
    return to_latin(f"{dict(response.headers)}{response.cookies}{content.decode(errors='replace')}")


def leaks(role: str, response: Any, o: Objects, known: str = "") -> list[str]:
    """What the answer says that `role` may not read; what was asked with (`known`) tells nothing new."""
    told = readable(response)
    hidden = [each.text for each in o.canaries if role not in each.readers and each.text in told]
    return [text for text in hidden if text not in known]


def untold(response: Any) -> str:
    """The page without its form's token, which differs every time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
