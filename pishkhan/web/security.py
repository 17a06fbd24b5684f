"""«ورود و امنیت»: the own second factor and the own sessions, for everybody who signs in."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.accounts import factors, passkeys, totp
from pishkhan.accounts.guessing import is_present_password
from pishkhan.accounts.models import Kind, User
from pishkhan.accounts.sessions import end_session, end_sessions, session_mark, sessions_of

from .access import MUST_SET_UP, actor_of, safe_next, to_sign_in
from .entering import author_of
from .entrance import REQUIRED, TOO_MANY_PASSWORDS, present_password
from .second_step import CHALLENGE, TOO_MANY, CodeForm
from .sites import site_of

CONFIRMED = "password_confirmed_at"
CONFIRMED_SECONDS = 600
NEW_SECRET = "new_totp_secret"  # noqa: S105 a session key
View = Callable[..., HttpResponse]


class ConfirmForm(forms.Form):
    password = present_password("رمز عبور")


class AppForm(CodeForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["one_time_code"].label = "کد شش‌رقمی برنامه"
        self.fields["one_time_code"].widget.attrs["inputmode"] = "numeric"


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label="نام این گذرکلید",
        max_length=60,
        error_messages=REQUIRED,
        help_text="نامی که دستگاه را با آن بشناسید؛ مانند «گوشی من» یا «رایانهٔ اداره».",
    )
    passkey = forms.CharField(max_length=20_000, widget=forms.HiddenInput, error_messages=REQUIRED)


def own(view: View) -> View:
    """For everybody who is signed in; the view gets the user."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if actor_of(request) is None:
            raise Http404
        return view(request, request.user, *args, **kwargs)

    return sensitive_post_parameters()(never_cache(guarded))


def confirmed(view: View) -> View:
    """Who leaves a session open leaves no way to change it: the password is asked again, for ten minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> HttpResponse:
        age = time.time() - request.session.get(CONFIRMED, 0)
        if request.session.get(MUST_SET_UP) or 0 <= age <= CONFIRMED_SECONDS:
            return view(request, user, *args, **kwargs)
        onward = request.path if request.method == "GET" else reverse("security")
        return redirect(f"{reverse('confirm_password')}?{urlencode({'next': onward})}")

    return guarded


def ended_meanwhile(view: View) -> View:
    """A session that was ended while its last page was being answered changes nothing any more."""

    @wraps(view)
    def guarded(request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, user, *args, **kwargs)
        except factors.SessionEndedError:
            logout(request)
            return redirect("sign_in")

    return guarded


@require_safe
@own
def security(request: HttpRequest, user: User) -> HttpResponse:
    """The whole page; before the second factor is set up by who must have one, only that."""
    present = request.session.session_key
    sessions = [(session, session_mark(session), session.pk == present) for session in sessions_of(user)]
    held = list(user.factors.order_by("id"))
    context = {
        "doors": [factor for factor in held if factor.kind in factors.DOORS],
        "has_app": any(factor.kind == Kind.TOTP for factor in held),
        "codes_left": sum(factor.kind == Kind.RECOVERY and factor.used_at is None for factor in held),
        "is_mandatory": factors.is_mandatory_for(user),
        "passkeys_work": site_of(request) is not None,
        "sessions": sessions,
        "here_source": next((session.source for session, _, is_here in sessions if is_here), ""),
    }
    return _shown(request, "security/security.html", context)


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    must = bool(request.session.get(MUST_SET_UP))
    layout = "public.html" if must else "shell.html"
    context |= {"actor": actor_of(request), "here": "security", "layout": layout, "must": must}
    return render(request, template, context, status=status)


@require_http_methods(["GET", "POST"])
@own
def confirm_password(request: HttpRequest, user: User) -> HttpResponse:
    """Asks for the password once more, and leads on."""
    form, status = ConfirmForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid() and is_present_password(
                user, form.cleaned_data["password"], by=author_of(request, user)
            ):
                request.session[CONFIRMED] = int(time.time())
                return redirect(safe_next(request) or "security")
            if not form.errors:
                form.add_error("password", "رمز عبور درست نیست.")
        except factors.TooManyTriesError:
            form.add_error("password", TOO_MANY_PASSWORDS)
            status = 429
    return _shown(request, "security/confirm.html", {"form": form, "next": safe_next(request)}, status)


@require_http_methods(["GET", "POST"])
@own
@confirmed
@ended_meanwhile
def add_authenticator(request: HttpRequest, user: User) -> HttpResponse:
    """The QR code for the app; its first code proves that the app has read it."""
    secret = _pending_secret(request, user)
    form, status = AppForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        try:
            codes = _add_app(request, user, secret, form) if form.is_valid() else None
            if codes is not None:
                return _added(request, user, codes, "برنامهٔ کدساز افزوده شد.")
        except factors.TooManyTriesError:
            form.add_error("one_time_code", TOO_MANY)
            status = 429
    address = totp.address_of(secret, user.username)
    picture = segno.make(address, error="m", micro=False).svg_data_uri(
        border=3, scale=5, dark="#000", light="#fff"
    )
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    context = {"form": form, "address": address, "picture": picture, "groups": groups, "secret": secret}
    return _shown(request, "security/authenticator.html", context, status)


def _pending_secret(request: HttpRequest, user: User) -> str:
    """The secret that this session shows, the same until it is proved: a page loaded twice spoils nothing."""
    kept = request.session.get(NEW_SECRET)
    secret = totp.unsealed(kept, user.pk) if kept else None
    if secret is None:
        secret = totp.new_secret()
        request.session[NEW_SECRET] = totp.sealed(secret, user.pk)
    return secret


def _add_app(request: HttpRequest, user: User, secret: str, form: AppForm) -> list[str] | None:
    by, key = author_of(request, user), request.session.session_key
    codes = factors.add_app(user, secret, form.cleaned_data["one_time_code"], by=by, session=key)
    if codes is None:
        form.add_error(
            "one_time_code",
            "این کد درست نیست. کدی را که برنامه اکنون نشان می‌دهد بنویسید؛ ساعت گوشی باید درست باشد.",
        )
    else:
        del request.session[NEW_SECRET]
    return codes


@require_http_methods(["GET", "POST"])
@own
@confirmed
@ended_meanwhile
def add_passkey(request: HttpRequest, user: User) -> HttpResponse:
    """The browser makes a passkey; where it cannot, the page says why."""
    site = site_of(request)
    form, status = PasskeyForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        challenge = request.session.pop(CHALLENGE, None)
        if site and challenge and form.is_valid():
            name, answer = form.cleaned_data["name"], form.cleaned_data["passkey"]
            by, key = author_of(request, user), request.session.session_key
            codes = passkeys.add_passkey(user, site, challenge, answer, name, by=by, session=key)
            if codes is not None:
                return _added(request, user, codes, f"گذرکلید «{name}» افزوده شد.")
        if not form.errors:
            form.add_error(None, "گذرکلید ساخته نشد؛ دوباره بیازمایید.")
    options = ""
    if site:
        options, request.session[CHALLENGE] = passkeys.creation_options(user, site)
    return _shown(request, "security/passkey.html", {"form": form, "options": options}, status)


def _added(request: HttpRequest, user: User, codes: list[str], told: str) -> HttpResponse:
    """A first factor came with its recovery codes, which are shown now and never again."""
    request.session.pop(MUST_SET_UP, None)
    messages.success(request, told)
    return _codes(request, user, codes) if codes else redirect("security")


@require_http_methods(["GET", "POST"])
@own
@confirmed
def renew_recovery_codes(request: HttpRequest, user: User) -> HttpResponse:
    if not factors.has_second_factor(user):
        raise Http404
    if request.method == "GET":
        return _shown(request, "security/renew_codes.html", {"left": factors.recovery_codes_left(user)})
    return _codes(request, user, factors.renew_recovery_codes(user, by=author_of(request, user)))


def _codes(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    text = "\r\n".join([f"Pishkhan {user.username}", *codes, ""])
    return _shown(request, "security/codes.html", {"codes": codes, "text": text, "user": user})


@require_http_methods(["GET", "POST"])
@own
@confirmed
def remove_factor(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    factor = get_object_or_404(user.factors.filter(kind__in=factors.DOORS), pk=pk)
    if request.method == "GET":
        is_last = not user.factors.filter(kind__in=factors.DOORS).exclude(pk=pk).exists()
        context = {
            "factor": factor,
            "is_last": is_last,
            "is_kept": is_last and factors.is_mandatory_for(user),
        }
        return _shown(request, "security/remove.html", context)
    try:
        factors.remove_factor(user, factor, by=author_of(request, user))
        messages.success(request, f"«{factor}» برداشته شد.")
    except factors.LastFactorError:
        messages.error(request, "حساب شما باید گام دوم داشته باشد؛ نخست یکی دیگر بیفزایید.")
    return redirect("security")


@require_POST
@own
def end_own_sessions(request: HttpRequest, user: User) -> HttpResponse:
    """Signs out one other browser (`session`), or everywhere, here too."""
    by, mark = author_of(request, user), request.POST.get("session", "")
    if mark:
        ended = end_session(user, mark, by=by)
        messages.success(request, "آن نشست پایان یافت." if ended else "آن نشست پیش‌تر پایان یافته بود.")
        return redirect("security")
    end_sessions(user, by=by)
    logout(request)
    messages.success(request, "از همهٔ مرورگرها خارج شدید.")
    return redirect("sign_in")
