"""What this browser holds without an account: requests that it writes, has sent, or follows (R6–R9, R12)."""

from django.http import HttpRequest

from pishkhan.cases.models import Case

from ..access import HELD, visitor_of

FOLLOWED = "follow-up"
"""What the followed request is held as; what is written or sent here is held as its service's code."""


def held_case(request: HttpRequest, name: str) -> Case | None:
    """The request that this browser holds as `name`, if it still exists."""
    pk = _held(request).get(name)
    visible = Case.objects.visible_to(visitor_of(request)).select_related("workshop", "branch")
    return visible.filter(pk=pk).first() if pk else None


def held_draft(request: HttpRequest, service_code: str) -> Case | None:
    """What is being written: a draft, or a case without a workshop that the branch returned."""
    case = held_case(request, service_code)
    return case if case and case.held_by(visitor_of(request)) else None


def hold(request: HttpRequest, name: str, case: Case) -> None:
    request.session[HELD] = {**_held(request), name: case.pk}


def let_go(request: HttpRequest, name: str) -> None:
    request.session[HELD] = {other: pk for other, pk in _held(request).items() if other != name}


def let_go_everywhere(request: HttpRequest, name: str) -> None:
    """What is held as `name` is held as nothing else either: on a shared device nothing of it is left."""
    left = _held(request).get(name)
    request.session[HELD] = {other: pk for other, pk in _held(request).items() if pk != left}


def _held(request: HttpRequest) -> dict[str, int]:
    held: dict[str, int] = request.session.get(HELD, {})
    return held
