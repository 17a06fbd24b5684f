"""Pages that need no account."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.audit.operations import attempts, happened_here, record, spend
from pishkhan.cases.guidance import next_step, stages
from pishkhan.cases.models import Case
from pishkhan.cases.operations import withdraw
from pishkhan.cases.refusals import CaseMovedOnError
from pishkhan.cases.states import State, Verb
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, closed_services, offered_to
from pishkhan.letters.offers import offered
from pishkhan.persian.digits import to_latin, to_persian
from pishkhan.persian.fields import NationalCodeField
from pishkhan.workshops.models import Branch

from ..access import visitor_of
from ..bot_check import TOO_OFTEN, welcome
from .held import FOLLOWED, held_case, hold, let_go_everywhere

SHOWN = "case followed"
TRIES_AN_HOUR = 20  # from one address, and
TRIES_AT_A_CODE = 60  # from all, so that one stranger does not shut it; who was right before is not stopped


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The portal's first page with the menu «خدمات الکترونیک» (R5, R6, R17)."""
    return render(request, "portal/home.html", {"branch": Branch.objects.home(), "here": "home"})


@require_safe
def registration(request: HttpRequest) -> HttpResponse:
    """«ثبت نام بیمه شدگان»: what an insured person can register (R6)."""
    services = [service for service in offered_to(Audience.PUBLIC) if service.about != About.STRANGER]
    context = {"services": services, "closed": closed_services(), "here": "registration"}
    return render(request, "portal/registration.html", context)


@require_safe
def representatives(request: HttpRequest) -> HttpResponse:
    """«ثبت نام نماینده کارفرما»: how a workshop comes by its account (R5, R18)."""
    context = {"branch": Branch.objects.home(), "here": "representatives"}
    signups = [service for service in offered_to(Audience.PUBLIC) if service.about == About.STRANGER]
    return render(request, "portal/representatives.html", context | {"services": signups})


class TrackingCodeField(forms.CharField):
    """Shown again in Persian digits, as it is printed."""

    def prepare_value(self, value: Any) -> Any:
        return None if value is None else to_persian(value)


class FollowUpForm(forms.Form):
    tracking_code = TrackingCodeField(
        label="کد رهگیری",
        max_length=40,
        help_text="روی رسید نوشته شده است؛ مانند \u2066۱۴۶۰-۰۵۰۹-۰۰۱۲۳-۷\u2069",
        error_messages={"required": "کد رهگیری را بنویسید."},
        widget=forms.TextInput(
            attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off", "class": "code"}
        ),
    )
    national_code = NationalCodeField(label="کد ملی بیمه‌شده")

    def clean_tracking_code(self) -> str:
        digits = "".join(c for c in to_latin(self.cleaned_data["tracking_code"]) if c not in "-–— \u200c/")
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError("کد رهگیری تنها رقم و خط تیره دارد.")
        return digits


@never_cache
@require_http_methods(["GET", "POST"])
def follow_up(request: HttpRequest) -> HttpResponse:
    """«پیگیری درخواست»: by tracking code and national code, without an account."""
    form = FollowUpForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            case, refusal = _find(request, **form.cleaned_data)
            if case is not None:
                hold(request, FOLLOWED, case)
                return redirect("followed")
            form.add_error(None, refusal)
            status = 422 if refusal == NOT_FOUND else 429
    return render(request, "portal/follow_up.html", {"form": form, "here": "follow_up"}, status=status)


NOT_FOUND = "درخواستی با این کد رهگیری و کد ملی پیدا نشد. هر دو را دوباره بسنجید."
TRIED_OFTEN = "تعداد تلاش‌ها زیاد بوده است. یک ساعت دیگر دوباره بیایید، یا از کارفرما یا شعبه بپرسید."


def _find(request: HttpRequest, tracking_code: str, national_code: str) -> tuple[Case | None, str]:
    """The case of that pair, or why it is not shown. Tries count for the address, and for the tracking code
    wherever they come from: one after the other is numbered, and a national code can be guessed.
    """
    author = visitor_of(request).author
    if not welcome(request, "follow-up"):
        return None, TOO_OFTEN
    case = Case.objects.filter(tracking_digits=tracking_code, national_code=national_code).first()
    was_here = happened_here(f"case:{case.pk if case else 0}", author.source)
    right = attempts(SHOWN, author.source, within=timedelta(hours=1), at_most=1000)
    digest = salted_hmac("pishkhan.web.follow-up", tracking_code, algorithm="sha256").hexdigest()
    allowed = spend(
        "follow-up tried",
        by=author,
        about=f"code:{digest[:40]}",
        of_source=TRIES_AN_HOUR + right,
        of_about=None if was_here else TRIES_AT_A_CODE,
    )
    if not allowed:
        return None, TRIED_OFTEN
    record(SHOWN if case else "follow-up failed", by=author, about=f"case:{case.pk}" if case else "")
    return case, NOT_FOUND


@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """State, next step, and what to correct, of the case followed."""
    case = held_case(request, FOLLOWED)
    if case is None:
        return redirect("follow_up")
    events = case.timeline()
    context = {
        "case": case,
        "events": events,
        "stages": stages(case, events),
        "next_step": next_step(case.state, Audience.PUBLIC),
        "may_correct": case.state == State.RETURNED and case.held_by(visitor_of(request)),
        "offers": offered(case, events, Audience.PUBLIC),
        "letters_at": f"/held/{case.pk}/letters/",
        "may_withdraw": Verb.WITHDRAW in case.verbs(visitor_of(request)),
        "here": "follow_up",
    }
    response = render(request, "portal/followed.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def leave_followed(request: HttpRequest) -> HttpResponse:
    """On a shared device: the followed case is not shown here any more."""
    let_go_everywhere(request, FOLLOWED)
    return redirect("home")


@require_POST
def correct_followed(request: HttpRequest) -> HttpResponse:
    """A case without a workshop that the branch returned is corrected by its applicant."""
    case = held_case(request, FOLLOWED)
    if case is None or not case.held_by(visitor_of(request)):
        return redirect("follow_up")
    hold(request, case.service_code, case)
    return redirect("apply_check", case.service_code)


@require_POST
def withdraw_followed(request: HttpRequest) -> HttpResponse:
    """The applicant takes the registration back before the employer has sent it."""
    case = held_case(request, FOLLOWED)
    if case is None:
        return redirect("follow_up")
    with suppress(CaseMovedOnError, PermissionDenied):  # the page that follows shows what happened meanwhile
        withdraw(visitor_of(request), case.pk)
    return redirect("followed")
