"""Signing in and out, and changing the password (R17–R22, R46)."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pishkhan.accounts.models import Side, User, canonical_username
from pishkhan.accounts.operations import change_password
from pishkhan.audit.operations import Author, record, source_of, tried_too_often
from pishkhan.persian.digits import to_latin
from pishkhan.workshops.actors import actor_for

from .access import HELD, actor_of, safe_next, visitor_address
from .kept import remember_user

SHORTEST = 8
FAILURES_AN_HOUR = 100  # from one address, whatever the account: an office types wrong, a guesser types more
REQUIRED = {"required": "این خانه را پر کنید."}


class SignInForm(forms.Form):
    username = forms.CharField(
        label="نام کاربری",
        max_length=60,
        error_messages=REQUIRED,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="رمز عبور",
        max_length=128,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        return canonical_username(to_latin(self.cleaned_data["username"]))


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old_password = forms.CharField(
        label="رمز عبور فعلی",
        max_length=128,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label="رمز عبور جدید",
        max_length=128,
        strip=False,
        error_messages=REQUIRED,
        help_text="دست‌کم ۸ نویسه؛ تنها عدد نباشد و رمز رایجی هم نباشد.",
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "new-password"}),
    )
    new_password_again = forms.CharField(
        label="تکرار رمز عبور جدید",
        max_length=128,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user

    def clean_old_password(self) -> str:
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError("رمز عبور فعلی درست نیست.")
        return str(old)

    def clean_new_password(self) -> str:
        new = self.cleaned_data["new_password"]
        if len(new) < SHORTEST:  # Django says this one in English
            raise ValidationError("رمز عبور کوتاه است؛ دست‌کم ۸ نویسه لازم است.")
        validate_password(new, self.user)
        return str(new)

    def clean(self) -> None:
        new, again = self.cleaned_data.get("new_password"), self.cleaned_data.get("new_password_again")
        if new and again and new != again:
            self.add_error("new_password_again", "با رمز عبور جدید یکی نیست.")
        if new and new == self.cleaned_data.get("old_password"):
            self.add_error("new_password", "رمز عبور جدید همان رمز کنونی است.")


def home_of(user: User) -> str:
    """The name of the first page of a user's side."""
    return "desk_dashboard" if user.side == Side.DESK else "dashboard"


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Figure 1: the employers' sign-in page, used by the staff as well."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request) or home_of(request.user))
    form = SignInForm(request.POST or None)
    source = source_of(visitor_address(request))
    if request.method == "POST" and tried_too_often("sign-in failed", source, FAILURES_AN_HOUR):
        return locked_out(request, None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User) and actor_for(user):
            return _enter(request, user)
        _record_failure(request, form.cleaned_data["username"])
        if getattr(request, "axes_locked_out", False):
            return locked_out(request, None)
        form.add_error(None, NO_RIGHTS if isinstance(user, User) else "نام کاربری یا رمز عبور درست نیست.")
    context = {"form": form, "next": safe_next(request)}
    return render(request, "entrance/sign_in.html", context, status=422 if form.errors else 200)


NO_RIGHTS = "این حساب اکنون برای هیچ کارگاه یا واحدی کار نمی‌کند؛ با شعبه تماس بگیرید."


def _record_failure(request: HttpRequest, username: str) -> None:
    """The trail says which account was tried, when there is one; never what was typed."""
    user = User.objects.filter(username=username).first()
    author = Author(None, "public", source_of(visitor_address(request)))
    record("sign-in failed", by=author, about=f"user:{user.pk}" if user else "")


@transaction.atomic
def _enter(request: HttpRequest, user: User) -> HttpResponse:
    wanted = safe_next(request)
    request.session.pop(HELD, None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    record("signed in", by=_author(request, user), about=f"user:{user.pk}")
    response = redirect(wanted or home_of(user))
    remember_user(response, user.pk, secure=settings.HTTPS)
    return response


def _author(request: HttpRequest, user: User) -> Author:
    return Author(user.pk, user.username, source_of(visitor_address(request)))


def locked_out(request: HttpRequest, credentials: object, *args: object) -> HttpResponse:
    """Too many wrong passwords: django-axes asks for this page."""
    return render(request, "entrance/locked_out.html", status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record("signed out", by=_author(request, request.user), about=f"user:{request.user.pk}")
    logout(request)
    messages.success(request, "از سامانه خارج شدید.")
    return redirect("sign_in")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """The forced change at the first sign-in (R21)."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    return _change(request, request.user, "entrance/first_password.html")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Profile › change password (R46), for everybody who signs in."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    if actor_of(request) is None:
        raise Http404
    return _change(request, request.user, "entrance/password.html")


def _change(request: HttpRequest, user: User, template: str) -> HttpResponse:
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_password(user, form.cleaned_data["new_password"], by=_author(request, user))
        logout(request)
        messages.success(request, "رمز عبور تغییر کرد. با رمز جدید وارد شوید.")
        return redirect("sign_in")
    context = {"form": form, "actor": actor_of(request), "here": "password"}
    return render(request, template, context, status=422 if form.errors else 200)
