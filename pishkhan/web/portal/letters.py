"""Letters in public: those of the requests that this browser holds, and whether a letter is genuine."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.audit.operations import record, tried_too_often
from pishkhan.cases.models import Case
from pishkhan.letters.codes import readable, typed_code, typed_number
from pishkhan.letters.models import Letter

from ..access import visitor_of
from ..bot_check import TOO_OFTEN as UNWORKED
from ..bot_check import welcome
from ..lettering import opened_letter
from ..uploads import CappedFile

FAILED = "letter check failed"
TRIES_AN_HOUR = 20
TOO_OFTEN = "تعداد تلاش‌های نادرست زیاد بوده است. یک ساعت دیگر دوباره بیایید."


@require_safe
def held_letter(request: HttpRequest, pk: int, kind: str, event: int) -> HttpResponse:
    """A letter of a request that this browser sent or follows; opening one is an entry of the trail."""
    visitor = visitor_of(request)
    visible = Case.objects.visible_to(visitor).select_related("workshop", "branch", "subject")
    case = visible.filter(pk=pk).first()
    if case is None:
        raise Http404
    return opened_letter(visitor, case, kind, event)


class CheckForm(forms.Form):
    number = forms.CharField(
        label="شماره نامه",
        max_length=40,
        help_text="بالای نامه نوشته شده است؛ مانند \u2066۱۴۶۰/۱۴۰۵/۰۰۰۱۲۳\u2069",
        error_messages={"required": "شماره نامه را بنویسید."},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "class": "code"}),
    )
    code = forms.CharField(
        label="کد سنجش",
        max_length=40,
        help_text="۱۲ حرف و رقم، پایین نامه و کنار نشان چهارگوش.",
        error_messages={"required": "کد سنجش را بنویسید."},
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "class": "code"}
        ),
    )

    def clean_number(self) -> str:
        return typed_number(self.cleaned_data["number"])

    def clean_code(self) -> str:
        code = typed_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError("این کد درست نوشته نشده است؛ آن را نویسه به نویسه با نامه بسنجید.")
        return code


@never_cache
@require_http_methods(["GET", "POST"])
def check_letter(request: HttpRequest) -> HttpResponse:
    """«سنجش اصالت نامه»: by number and code, as printed."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if _too_often(request):
            form.add_error(None, TOO_OFTEN)
            status = 429
        elif form.is_valid() and not welcome(request, "letter"):
            form.add_error(None, UNWORKED)
            status = 429
        elif form.is_valid():
            letter = _find(request, code=form.cleaned_data["code"], number=form.cleaned_data["number"])
            if letter:
                return redirect("checked_letter", letter.code)
            form.add_error(None, "این شعبه نامه‌ای با این شماره و کد صادر نکرده است. هر دو را دوباره بسنجید.")
    return render(request, "portal/check_letter.html", {"form": form, "here": "check_letter"}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def checked_letter(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code leads: whether the letter is genuine, and what is printed on it, nothing more."""
    typed, tired = typed_code(code), _too_often(request)
    letter = _find(request, code=typed) if typed and not tired else None
    context: dict[str, Any] = {
        "letter": letter,
        "here": "check_letter",
        "error": TOO_OFTEN if tired else "",
        "same": None,
    }
    status = 200 if letter else 429 if tired else 404
    if letter and request.method == "POST":
        context["same"], context["error"] = _compared(letter, request.FILES.get("file"))
        status = 422 if context["error"] else 200
    if letter:
        context["code"] = readable(letter.code)
    return render(request, "portal/checked_letter.html", context, status=status)


def _compared(letter: Letter, upload: Any) -> tuple[bool | None, str]:
    """Whether the file is the issued one, byte for byte; or why that cannot be told."""
    if not isinstance(upload, CappedFile) or not upload.size:
        return None, "فایل PDF نامه را انتخاب کنید."
    return upload.sha256 == letter.sha256, ""


def _too_often(request: HttpRequest) -> bool:
    return tried_too_often(FAILED, visitor_of(request).source, TRIES_AN_HOUR)


def _find(request: HttpRequest, **columns: str) -> Letter | None:
    letter = Letter.objects.select_related("branch").filter(**columns).first()
    if letter is None:
        record(FAILED, by=visitor_of(request).author)
    return letter
