"""Where an insured person begins: what is needed, and the workshop by its code (R7, R12)."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.audit.operations import record, tried_too_often
from pishkhan.cases import drafts
from pishkhan.cases.models import Case
from pishkhan.catalogue.service import About, Service
from pishkhan.persian.fields import WorkshopCodeField
from pishkhan.workshops.models import Branch, Workshop

from ..access import visitor_of
from ..answering import scan_slots
from ..bot_check import TOO_OFTEN, welcome
from .held import held_draft, hold
from .steps import onward, progress, public_service

DRAFT_DAYS = 3
LOOKUPS_AN_HOUR = 20
DRAFTS_AN_HOUR = 60  # a factory registers its people from one address


@never_cache
@require_safe
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed, told before starting (R7); a draft of this browser can be gone on with."""
    service = public_service(code)
    draft = held_draft(request, code)
    context = {
        "service": service,
        "draft": draft,
        "onward": _unfinished(draft) if draft else "",
        "returned": draft is not None and not draft.is_draft,
        "closed": service.closed,
        "placeless": service.about == About.STRANGER,
        "asked": service.required_scans({}),
    }
    return render(request, "portal/apply_start.html", context)


def _unfinished(draft: Case) -> str:
    """Where a draft is gone on with: the first page that is not right yet, the scans, or the check."""
    wrong = draft.service.errors(draft.answers)
    if wrong:
        page = draft.service.page_of(next(iter(wrong))).code
        return reverse("apply_page", args=[draft.service_code, page])
    missing = any(slot.required and not slot.attached for slot in scan_slots(draft))
    return reverse("apply_scans" if missing else "apply_check", args=[draft.service_code])


class WorkshopForm(forms.Form):
    workshop_code = WorkshopCodeField(label="کد کارگاه", help_text="۱۰ رقم است؛ از کارفرما یا از فیش حقوق.")


@never_cache
@require_http_methods(["GET", "POST"])
def workshop(request: HttpRequest, code: str) -> HttpResponse:
    """The workshop by its code; its name is shown and confirmed before anything is recorded (R12)."""
    service = public_service(code)
    draft = held_draft(request, code)
    if service.about == About.STRANGER:
        return _begin_without(request, service, draft)
    initial = {"workshop_code": draft.workshop.code} if draft and draft.workshop else None
    form = WorkshopForm(request.POST or None, initial=initial)
    found = None
    if request.method == "POST" and form.is_valid():
        found = _look_up(request, form)
        if found and "confirmed" in request.POST:
            return _begin(request, service, draft, found)
    context = {
        "service": service,
        "form": form,
        "found": found,
        "progress_at": progress(service, 0),
        "branch": Branch.objects.home(),
    }
    return render(request, "portal/apply_workshop.html", context, status=422 if form.errors else 200)


def _begin_without(request: HttpRequest, service: Service, draft: Case | None) -> HttpResponse:
    """Somebody of no workshop yet begins at once (R5)."""
    if request.method == "POST" and draft is None:
        if not welcome(request, "workshop"):
            messages.error(request, TOO_OFTEN)
            return redirect("apply", service.code)
        if tried_too_often("draft started", visitor_of(request).source, DRAFTS_AN_HOUR):
            messages.error(request, TOO_MANY_DRAFTS)
            return redirect("apply", service.code)
        _hold(request, service, drafts.start_draft(visitor_of(request), service, None, {}))
        return redirect("apply_page", service.code, service.pages[0].code)
    return redirect("apply", service.code)


NO_SUCH_WORKSHOP = "کارگاهی با این کد در این شعبه نیست. کد را از کارفرما بپرسید و رقم به رقم بسنجید."
TOO_MANY_DRAFTS = "از این نشانی درخواست‌های بسیاری آغاز شده است. یک ساعت دیگر دوباره بیایید."


def _look_up(request: HttpRequest, form: WorkshopForm) -> Workshop | None:
    visitor = visitor_of(request)
    if not welcome(request, "workshop"):
        form.add_error(None, TOO_OFTEN)
        return None
    if tried_too_often("workshop code unknown", visitor.source, LOOKUPS_AN_HOUR):
        form.add_error("workshop_code", "تعداد کدهای نادرست زیاد بوده است. یک ساعت دیگر دوباره بیایید.")
        return None
    if tried_too_often("draft started", visitor.source, DRAFTS_AN_HOUR):
        form.add_error(None, TOO_MANY_DRAFTS)
        return None
    here = Workshop.objects.open_at(Branch.objects.home())
    if (found := here.filter(code=form.cleaned_data["workshop_code"]).first()) is None:
        record("workshop code unknown", by=visitor.author)
        form.add_error("workshop_code", NO_SUCH_WORKSHOP)
    return found


def _begin(request: HttpRequest, service: Service, draft: Case | None, chosen: Workshop) -> HttpResponse:
    """Begins the draft, or moves the one there is to the workshop chosen: a second click begins no second."""
    if draft:
        drafts.change_workshop(visitor_of(request), draft.pk, chosen)
    else:
        _hold(request, service, drafts.start_draft(visitor_of(request), service, chosen, {}))
    return redirect(onward(request, service, service.pages[0].code))


def _hold(request: HttpRequest, service: Service, draft: Case) -> None:
    """The browser's session remembers what it began."""
    hold(request, service.code, draft)
    if not request.user.is_authenticated:
        request.session.set_expiry(timedelta(days=DRAFT_DAYS))
