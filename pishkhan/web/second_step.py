"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pishkhan.accounts.factors import TooManyTriesError, check_code
from pishkhan.accounts.models import Kind, User
from pishkhan.accounts.passkeys import check_passkey, request_options

from .entering import author_of, enter, half_signed_in, note_mistake
from .entrance import REQUIRED
from .sites import site_of

CHALLENGE = "passkey_challenge"
TOO_MANY = "چند بار کد نادرست وارد شد؛ برای امنیت، تا یک ربع دیگر صبر کنید."
WRONG_CODE = "این کد درست نیست، یا پیش‌تر به کار رفته است. کد تازه‌ای را که برنامه نشان می‌دهد بنویسید."
WRONG_PASSKEY = "گذرکلید پذیرفته نشد؛ دوباره بیازمایید یا کد را بنویسید."


class CodeForm(forms.Form):
    one_time_code = forms.CharField(
        label="کد",
        max_length=40,
        error_messages=REQUIRED,
        widget=forms.TextInput(
            attrs={
                "dir": "ltr",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Only for whose password was right within five minutes; everybody else begins at the beginning."""
    half = half_signed_in(request)
    kinds = set(half[0].factors.values_list("kind", flat=True)) if half else set()
    if half is None or not kinds:
        messages.info(request, "نام کاربری و رمز عبور را از نو بنویسید.")
        return redirect("sign_in")
    user, wanted = half
    form = CodeForm(request.POST if "one_time_code" in request.POST else None)
    status = 200
    if request.method == "POST":
        try:
            if how := _proved(request, user, form):
                return enter(request, user, wanted, how=how)
            note_mistake(request)
            status = 422
        except TooManyTriesError:
            form.errors.clear()
            messages.error(request, TOO_MANY)
            status = 429
    return _page(request, user, form, kinds, status)


def _proved(request: HttpRequest, user: User, form: CodeForm) -> str:
    """How the second step was proved; "" with a message in the form or above the page."""
    by, site = author_of(request, user), site_of(request)
    if "passkey" in request.POST:
        challenge = request.session.pop(CHALLENGE, None)
        answer = request.POST["passkey"]
        how = check_passkey(user, site, challenge, answer, by=by) if site and challenge else ""
        if not how:
            messages.error(request, WRONG_PASSKEY)
        return how
    if not form.is_valid():
        return ""
    how = check_code(user, form.cleaned_data["one_time_code"], by=by)
    if not how:
        form.add_error("one_time_code", WRONG_CODE)
    return how


def _page(request: HttpRequest, user: User, form: CodeForm, kinds: set[str], status: int) -> HttpResponse:
    options, site = "", site_of(request)
    if Kind.PASSKEY in kinds and site:
        options, request.session[CHALLENGE] = request_options(user, site)
    context = {"form": form, "options": options, "has_app": Kind.TOTP in kinds}
    context["has_passkey"] = Kind.PASSKEY in kinds
    return render(request, "entrance/second_step.html", context, status=status)
