"""What was typed when the session had expired: kept through signing in, shown again on the same page."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from pishkhan.accounts.guessing import KNOWN_FOR, device_of, device_token
from pishkhan.accounts.models import User

KEY = "typed"
OWNER_COOKIE = "last_user"
NEVER_KEPT = {
    *("csrfmiddlewaretoken", "password", "old_password", "new_password", "new_password_again"),
    *("one_time_code", "passkey"),
}
LIMIT = 50_000  # characters; a form of this portal has less than a tenth of it


def remember_user(response: HttpResponse, user_id: int, *, secure: bool) -> None:
    """Marks the browser with who used it last, so that nobody else is shown what that user typed."""
    value = signing.dumps(user_id, salt=OWNER_COOKIE)
    response.set_cookie(OWNER_COOKIE, value, max_age=86_400, httponly=True, samesite="Lax", secure=secure)


def remember_device(response: HttpResponse, user: User, device: str, *, secure: bool) -> None:
    """The browser has signed in to this account; the sign-in page alone is told so by it."""
    response.set_cookie(
        f"known_{user.pk}",
        device_token(user, device),
        max_age=KNOWN_FOR,
        path=reverse("sign_in"),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def known_device(request: HttpRequest, user: User | None) -> str:
    """The short name of a browser that has signed in to this account before, else ""."""
    return device_of(request.COOKIES.get(f"known_{user.pk if user else 0}", ""), user)


def _owner(request: HttpRequest) -> int | None:
    try:
        return int(signing.loads(request.COOKIES.get(OWNER_COOKIE, ""), salt=OWNER_COOKIE, max_age=86_400))
    except signing.BadSignature:
        return None


def keep_typed(request: HttpRequest) -> None:
    """Keeps the fields of this POST until its writer has signed in again."""
    typed = every_value(request.POST)
    owner = _owner(request)
    if typed and owner and sum(len(each) for values in typed.values() for each in values) < LIMIT:
        request.session[KEY] = {"owner": owner, "path": request.path, "typed": typed}


def every_value(posted: QueryDict) -> dict[str, list[str]]:
    """What a form sent, each name with all its values."""
    return {name: list(values) for name, values in posted.lists() if name not in NEVER_KEPT}


def typed_before(request: HttpRequest, *paths: str) -> dict[str, Any]:
    """What this user typed on this page (or had sent to one of `paths`) before signing in again; once."""
    held = request.session.get(KEY)
    if not held or held["path"] not in {request.path, *paths}:
        return {}
    del request.session[KEY]
    if held["owner"] != request.user.pk:
        return {}
    return {name: values[0] if len(values) == 1 else values for name, values in held["typed"].items()}
