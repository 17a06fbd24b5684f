"""The one door: who is asking, in which capacity, and which screens are theirs."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from pishkhan.accounts.models import User
from pishkhan.accounts.sessions import SessionStore
from pishkhan.audit.operations import source_of
from pishkhan.catalogue.parties import Audience
from pishkhan.inspections.models import inspects
from pishkhan.workshops.actors import Actor, actor_for, visitor

from .kept import keep_typed

View = Callable[..., HttpResponse]

HELD = "held_cases"
"""Session key: the cases that a visitor without an account holds (drafts, and one followed)."""

MUST_SET_UP = "must_set_up"
"""Session key: its user signed in without the second factor that the account must have."""


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which reads messages and not pages."""
    return request.headers.get("Accept", "") == "application/json"


def visitor_address(request: HttpRequest) -> str:
    """The visitor's address: the one that the outermost trusted proxy saw, else the connection's own."""
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            return hops[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))


def visitor_of(request: HttpRequest) -> Actor:
    """The visitor as a member of the public, whoever is signed in."""
    held = frozenset(request.session.get(HELD, {}).values())
    return visitor(held, source_of(visitor_address(request)))


def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in user's capacity, looked up once a request: rights taken away count at once."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "actor"):
        chosen = request.session.get("workshop_id")
        source = source_of(visitor_address(request))
        request.actor = actor_for(request.user, workshop_id=chosen, source=source)  # type: ignore[attr-defined]
    return request.actor  # type: ignore[attr-defined,no-any-return]


def for_audience(
    audience: Audience, allows: Callable[[Actor], bool] = lambda actor: True
) -> Callable[[View], View]:
    """Lets in those of that audience whom `allows` lets in: others do not learn that the page exists (404),
    strangers sign in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            actor = _acting(request, actor_of(request))
            if actor is None or actor.audience != audience or not allows(actor):
                raise Http404
            response = view(request, actor, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.audience = audience  # type: ignore[attr-defined]
        return guarded

    return decorate


def _acting(request: HttpRequest, actor: Actor | None) -> Actor | None:
    """A form acts for the workshop that it was opened for, whatever another tab has switched to since."""
    meant = request.POST.get("acting")
    if actor is None or actor.workshop is None or meant in (None, str(actor.workshop.pk)):
        return actor
    workshop = next((w for w in actor.workshops if str(w.pk) == meant), None)
    if workshop is None:
        return None
    request.session["workshop_id"] = workshop.pk
    return replace(actor, workshop=workshop, branch=workshop.branch)


workshop_only = for_audience(Audience.WORKSHOP)
desk_only = for_audience(Audience.DESK)
inspectors_only = for_audience(Audience.DESK, inspects)
senior_only = for_audience(Audience.DESK, lambda actor: actor.is_senior)
trail_readers_only = for_audience(Audience.DESK, lambda actor: actor.reads_trail)
registrar_only = for_audience(Audience.DESK, lambda actor: actor.keeps_workshops)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; what was typed comes back too."""
    if wants_json(request):
        return JsonResponse({"error": "نشست شما پایان یافته است؛ صفحه را تازه کنید و وارد شوید."}, status=401)
    if request.method == "POST":
        keep_typed(request)
        back = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
            back = request.path
        return redirect_to_login(_path_of(back))
    return redirect_to_login(request.get_full_path())


def _path_of(address: str) -> str:
    """The path and query of an address of this site."""
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def safe_next(request: HttpRequest) -> str:
    """The address to go on to after signing in, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if inside else ""


def signed_in_user(request: HttpRequest) -> User | AnonymousUser:
    """The user of the session, as `django.contrib.auth.get_user` finds it, without a query of its own."""
    assert isinstance(request.session, SessionStore)
    user = request.session.user
    if user is None or not user.is_active:
        return AnonymousUser()
    same = constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    if same and not request.session.is_over:
        request.session.see()
        return user
    request.session.flush()  # idle or old; or the password was changed, which ends what the old one signed in
    return AnonymousUser()


class SignedInMiddleware:
    """Puts `request.user` there, looked up when it is first asked for."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: signed_in_user(request))  # type: ignore[assignment]
        return self.get_response(request)


class FirstPasswordMiddleware:
    """Until the password from the letter is changed, every route leads to changing it (R21)."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if known and request.user.must_change_password:  # type: ignore[union-attr]
            allowed = {reverse("first_password"), reverse("sign_out")}
            if request.path not in allowed:
                return redirect("first_password")
        return self.get_response(request)


class SecondFactorMiddleware:
    """Who must have a second factor and has none is led to setting it up, and opens nothing else."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if known and request.session.get(MUST_SET_UP):
            allowed = {reverse(name) for name in ("security", "add_authenticator", "add_passkey", "sign_out")}
            if request.path not in allowed:
                return redirect("security")
        return self.get_response(request)
