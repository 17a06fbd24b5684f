"""Pages asked of the WSGI application itself: no network, no browser."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults


def page(application: Callable[..., Any], address: str, cookie: str = "") -> Callable[[], bytes]:
    """A call that asks for the page and reads all of it."""
    split = urlsplit(address)
    asked = {"PATH_INFO": split.path, "QUERY_STRING": split.query, "HTTP_HOST": "127.0.0.1"}
    asked |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT_ENCODING": "gzip"}
    if cookie:
        asked["HTTP_COOKIE"] = cookie
    setup_testing_defaults(asked)

    def ask() -> bytes:
        status: list[str] = []
        environ = {**asked, "wsgi.input": io.BytesIO()}
        response = application(environ, lambda line, headers: status.append(line))
        try:
            body = b"".join(response)
        finally:
            response.close()
        if not status[0].startswith("200"):
            raise SystemExit(f"bench: {address} answers {status[0]}")
        return body

    return ask
