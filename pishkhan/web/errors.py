"""Pages for what goes wrong: each says what to do next, none shows the inside."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_BAD_REFERER
from django.shortcuts import redirect, render

from pishkhan.cases.models import Case
from pishkhan.cases.refusals import CaseMovedOnError, ServiceClosedError
from pishkhan.cases.states import Verb
from pishkhan.inspections.models import Inspection
from pishkhan.inspections.operations import NotNowError

from .access import View, actor_of, wants_json
from .kept import every_value
from .outages import unavailable


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/not_found.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/bad_request.html", status=400)


def failed(request: HttpRequest) -> HttpResponse:
    """Rendered without the database and the session, either of which may be what failed."""
    context = {"branch_settings": settings.BRANCH}
    return unavailable(request) or render(None, "errors/failed.html", context, status=500)


class WellFormedMiddleware:
    """Refuses at once what no browser sends: another encoding than UTF-8, a host that is not ours."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip("\"' ").lower() not in ("utf-8", "utf8"):
            request.encoding = "utf-8"
            return HttpResponse("charset must be utf-8", status=400, content_type="text/plain")
        request.get_host()
        return self.get_response(request)


class CaseErrorsMiddleware:
    """What any screen may meet: a case that is not there (any more), or that moved on meanwhile."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        request.answered = True  # type: ignore[attr-defined]  # what fails from here on comes after the deed
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Case.DoesNotExist | Inspection.DoesNotExist):
            return not_found(request)
        if isinstance(error, CaseMovedOnError):
            return _moved_on(request, error)
        if isinstance(error, ServiceClosedError):
            return render(request, "errors/closed.html", {"notice": error.notice}, status=409)
        if isinstance(error, NotNowError):
            return _not_now(request, error)
        return None


def _moved_on(request: HttpRequest, moved: CaseMovedOnError) -> HttpResponse:
    """Tells what happened, and shows the case as it is now. Nothing was changed."""
    actor = actor_of(request)
    told = moved.message if actor else moved.public_message
    if wants_json(request):
        return JsonResponse({"error": told}, status=409)
    if actor is None:
        return redirect("apply_done", moved.case.service_code)
    twice = moved.last and moved.last.user == request.user and moved.last.verb == Verb.SEND
    if not (twice and "send" in request.POST):
        messages.warning(request, told)
    return redirect("review" if actor.at_desk else "request", moved.case.pk)


def _not_now(request: HttpRequest, refused: NotNowError) -> HttpResponse:
    """Tells why the report of a visit stays as it is, and shows it."""
    actor = actor_of(request)
    messages.warning(request, refused.message)
    return redirect("desk_inspection" if actor and actor.at_desk else "inspection", refused.inspection.pk)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old (cookies cleared, signed in elsewhere): offer to send it again.

    What was typed is offered back only to this site's own pages, never to a form of another site.
    """
    if wants_json(request):
        return JsonResponse({"error": "این صفحه منقضی شده است؛ آن را تازه کنید."}, status=403)
    foreign = reason.startswith((REASON_BAD_ORIGIN.partition("%")[0], REASON_BAD_REFERER.partition("%")[0]))
    same_site = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    typed = {} if foreign or not same_site else every_value(request.POST)
    return render(
        request,
        "errors/stale_form.html",
        {"typed": typed, "had_files": bool(typed) and bool(request.FILES)},
        status=403,
    )
