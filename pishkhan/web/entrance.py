"""Signing in and out, and changing the password (R17–R22, R46)."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pishkhan.accounts.factors import TooManyTriesError
from pishkhan.accounts.guessing import is_present_password, may_try
from pishkhan.accounts.models import User, canonical_username
from pishkhan.accounts.operations import PasswordChangedMeanwhileError, change_password
from pishkhan.accounts.passwords import LONGEST, PasswordRules
from pishkhan.audit.operations import Author, record, source_of, tried_too_often
from pishkhan.persian.digits import to_latin

from .access import actor_of, safe_next, visitor_address
from .bot_check import worked
from .entering import author_of, go_on, home_of, refusal
from .kept import known_device, remember_device

FAILURES_AN_HOUR = 100  # from one address, whatever the account: an office types wrong, a guesser types more
WORKED_FAILURES_AN_HOUR = 1000  # with the bot check passed: a whole town can sit behind one address
TOO_MANY_PASSWORDS = "چند بار رمز نادرست وارد شد؛ برای امنیت، تا یک ساعت دیگر صبر کنید."
REQUIRED = {"required": "این خانه را پر کنید."}


def present_password(label: str) -> forms.CharField:
    """The password that the account has now."""
    return forms.CharField(
        label=label,
        max_length=128,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "current-password"}),
    )


class SignInForm(forms.Form):
    username = forms.CharField(
        label="نام کاربری",
        max_length=60,
        error_messages=REQUIRED,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = present_password("رمز عبور")

    def clean_username(self) -> str:
        return canonical_username(to_latin(self.cleaned_data["username"]))


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old_password = present_password("رمز عبور فعلی")
    new_password = forms.CharField(
        label="رمز عبور جدید",
        max_length=LONGEST,
        strip=False,
        error_messages=REQUIRED,
        help_text=PasswordRules.help_text,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "new-password"}),
    )
    new_password_again = forms.CharField(
        label="تکرار رمز عبور جدید",
        max_length=LONGEST,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "new-password"}),
    )

    def __init__(self, user: User, author: Author, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user, self.author = user, author

    def clean_new_password(self) -> str:
        new = self.cleaned_data["new_password"]
        validate_password(new, self.user)
        return str(new)

    def clean(self) -> None:
        new, again = self.cleaned_data.get("new_password"), self.cleaned_data.get("new_password_again")
        if new and again and new != again:
            self.add_error("new_password_again", "با رمز عبور جدید یکی نیست.")
        if new and new == self.cleaned_data.get("old_password"):
            self.add_error("new_password", "رمز عبور جدید همان رمز کنونی است.")
        if not self.errors:  # looked at last: choosing a good new one costs no tries
            self._check_old()

    def _check_old(self) -> None:
        try:
            if not is_present_password(self.user, self.cleaned_data["old_password"], by=self.author):
                self.add_error("old_password", "رمز عبور فعلی درست نیست.")
        except TooManyTriesError:
            self.add_error("old_password", TOO_MANY_PASSWORDS)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The one sign-in page, used by the staff as well."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request) or home_of(request.user))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        named = User.objects.filter(username=form.cleaned_data["username"]).first()
        device = known_device(request, named)
        if not _may_try(request, form.cleaned_data["username"], named, device):
            return render(request, "entrance/locked_out.html", status=429)
        user = authenticate(request, **form.cleaned_data)
        refused = refusal(user)
        if isinstance(user, User) and not refused:
            return go_on(request, user, device)
        _record_failure(request, named)
        form.add_error(None, refused)
    context = {"form": form, "next": safe_next(request)}
    return render(request, "entrance/sign_in.html", context, status=422 if form.errors else 200)


def _visitor(request: HttpRequest) -> Author:
    return Author(None, "public", source_of(visitor_address(request)))


def _may_try(request: HttpRequest, username: str, named: User | None, device: str) -> bool:
    """Whether the password is still looked at; its neighbours never stop a browser known to the account."""
    visitor = _visitor(request)
    if not device and tried_too_often("sign-in failed", visitor.source, FAILURES_AN_HOUR):
        busy = tried_too_often("sign-in failed", visitor.source, WORKED_FAILURES_AN_HOUR)
        if busy or not worked(request, "sign-in"):
            return False
    return may_try(username, named, device, by=visitor)


def _record_failure(request: HttpRequest, named: User | None) -> None:
    """The trail says which account was tried, when there is one; never what was typed."""
    record("sign-in failed", by=_visitor(request), about=f"user:{named.pk}" if named else "")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():  # the entry and the session's end, or neither
        if request.user.is_authenticated:
            record("signed out", by=author_of(request, request.user), about=f"user:{request.user.pk}")
        logout(request)
    messages.success(request, "از سامانه خارج شدید.")
    response = redirect("sign_in")
    # What waits in the browser's database (scan/kept.js) goes at once; nothing else of ours is stored there.
    # Chromium, Firefox and Safari obey over HTTPS, and Chromium over plain HTTP on a loopback address: both
    # are secure contexts. Elsewhere what waits goes after a day, or when another user opens a form.
    response["Clear-Site-Data"] = '"storage"'
    return response


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
    form = PasswordForm(user, author_of(request, user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(user, form.cleaned_data["new_password"], by=author_of(request, user))
        except PasswordChangedMeanwhileError:
            logout(request)
            messages.error(request, "رمز این حساب همین اکنون از جای دیگری عوض شد و رمز شما ثبت نشد.")
            return redirect("sign_in")
        logout(request)
        messages.success(request, "رمز عبور تغییر کرد. با رمز جدید وارد شوید.")
        response = redirect("sign_in")
        remember_device(response, user, "", secure=settings.HTTPS)  # the old mark went with the old password
        return response
    context = {"form": form, "actor": actor_of(request), "here": "password"}
    return render(request, template, context, status=422 if form.errors else 200)
