"""Pages asked of the WSGI application itself, by a signed-in representative: no network, no browser."""

import io
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Count

from pishkhan.accounts.models import User
from pishkhan.cases.models import Case
from pishkhan.web.searching import KEY as SEARCHES
from pishkhan.workshops.models import Representation, Workshop

SEARCH = {"service": "", "text": "محمدی", "since": "", "until": ""}
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def workshops() -> dict[str, tuple[Workshop, int]]:
    """The workshop with the most cases and a middling one, each with their number."""
    counted = Case.objects.values_list("workshop").annotate(n=Count("id")).order_by("-n", "workshop")
    most, middling = counted[0], counted[len(counted) // 2]
    found = {"most cases": most, "median": middling}
    return {name: (Workshop.objects.get(pk=pk), count) for name, (pk, count) in found.items()}


def signed_in(workshop: Workshop) -> str:
    """The cookie of the workshop's representative."""
    held = Representation.objects.filter(workshop=workshop, ended_at=None).order_by("id")
    user = held.select_related("user")[0].user
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), MODEL_BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["workshop_id"] = workshop.pk  # one of several that the user may act for
    session[SEARCHES] = {"bench": SEARCH}
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


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
