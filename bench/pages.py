"""Pages asked of the WSGI application itself: no network, no browser."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit
from wsgiref.util import setup_testing_defaults

Application = Callable[..., Any]


def page(application: Application, address: str, cookie: str = "") -> Callable[[], bytes]:
    """A call that asks for the page and reads all of it."""
    asked = _asked(address, cookie)
    return lambda: _answer(application, asked, b"", "200")


def send(application: Application, address: str, cookie: str, form: dict[str, Any]) -> None:
    """Sends a form, whose token is that of the cookie; it must lead to another page."""
    token = cookie.rpartition("csrf=")[2]
    body = urlencode({**form, "csrfmiddlewaretoken": token}).encode()
    asked = _asked(address, cookie) | {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
    }
    _answer(application, asked, body, "302")


def _asked(address: str, cookie: str) -> dict[str, Any]:
    split = urlsplit(address)
    asked = {"PATH_INFO": split.path, "QUERY_STRING": split.query, "HTTP_HOST": "127.0.0.1"}
    asked |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT_ENCODING": "gzip"}
    if cookie:
        asked["HTTP_COOKIE"] = cookie
    setup_testing_defaults(asked)
    return asked


def _answer(application: Application, asked: dict[str, Any], body: bytes, wanted: str) -> bytes:
    status: list[str] = []
    response = application(
        {**asked, "wsgi.input": io.BytesIO(body)}, lambda line, headers: status.append(line)
    )
    try:
        content = b"".join(response)
    finally:
        response.close()
    if not status[0].startswith(wanted):
        raise SystemExit(f"bench: {asked['PATH_INFO']} answers {status[0]}")
    return content
