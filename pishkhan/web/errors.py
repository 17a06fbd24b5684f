"""Pages for what goes wrong: each says what to do next, none shows the inside."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_BAD_REFERER
from django.shortcuts import render

from .kept import NEVER_KEPT


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/not_found.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/bad_request.html", status=400)


def failed(request: HttpRequest) -> HttpResponse:
    """Rendered without the database and the session, either of which may be what failed."""
    return render(None, "errors/failed.html", {"branch_settings": settings.BRANCH}, status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old (cookies cleared, signed in elsewhere): offer to send it again.

    What was typed is offered back only to this site's own pages, never to a form of another site.
    """
    foreign = reason.startswith((REASON_BAD_ORIGIN.partition("%")[0], REASON_BAD_REFERER.partition("%")[0]))
    same_site = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    typed = {} if foreign or not same_site else {k: v for k, v in request.POST.items() if k not in NEVER_KEPT}
    return render(
        request,
        "errors/stale_form.html",
        {"typed": typed, "had_files": bool(typed) and bool(request.FILES)},
        status=403,
    )
