"""A service asked for by the insured person: one topic a page, then scans, check, send, receipt (R6–R9)."""

from datetime import timedelta
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.audit.operations import record, spend, tried_too_often
from pishkhan.cases import drafts
from pishkhan.cases.checking import GOING_ON, examine
from pishkhan.cases.models import Case, CaseScan
from pishkhan.cases.operations import send
from pishkhan.cases.refusals import EXPLAIN, NotReadyError
from pishkhan.cases.returns import frequent
from pishkhan.catalogue.answers import unbound
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, Page, Service, find
from pishkhan.letters.offers import offered
from pishkhan.persian.fields import WorkshopCodeField
from pishkhan.workshops.models import Branch, Workshop

from ..access import HELD, visitor_of, wants_json
from ..answering import (
    Section,
    asked_about,
    attach_uploads,
    case_picture,
    opened_picture,
    said_in,
    scan_slots,
    typed_answers,
    upload_answer,
    wants_small,
)
from ..bot_check import TOO_OFTEN, welcome

DRAFT_DAYS = 3
LOOKUPS_AN_HOUR = 20
DRAFTS_AN_HOUR = 60  # a factory registers its people from one address
SCANS_AN_HOUR = 800


def _service(code: str) -> Service:
    service = find(code)
    if service is None or Audience.PUBLIC not in service.offered_to:
        raise Http404
    return service


def _held(request: HttpRequest, service: Service) -> Case | None:
    """The case that this session began for the service, if it still exists."""
    pk = request.session.get(HELD, {}).get(service.code)
    visible = Case.objects.visible_to(visitor_of(request)).select_related("workshop", "branch")
    return visible.filter(pk=pk).first() if pk else None


def _draft(request: HttpRequest, service: Service) -> Case | None:
    """What is being written: a draft, or a case without a workshop that the branch returned."""
    case = _held(request, service)
    return case if case and case.held_by(visitor_of(request)) else None


def _to_start(request: HttpRequest, service: Service) -> HttpResponse:
    """No draft in this session: to the receipt if it was sent, else to the beginning, saying why."""
    if _held(request, service):
        return redirect("apply_done", service.code)
    messages.info(request, "درخواست نیمه‌تمامی در این مرورگر نیست؛ از اینجا آغاز کنید.")
    return redirect("apply", service.code)


@never_cache
@require_safe
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed, told before starting (R7); a draft of this browser can be gone on with."""
    service = _service(code)
    draft = _draft(request, service)
    context = {
        "service": service,
        "draft": draft,
        "onward": _unfinished(draft) if draft else "",
        "closed": "" if draft else service.closed,
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
    service = _service(code)
    draft = _draft(request, service)
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
        "progress_at": _progress(service, 0),
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


def _hold(request: HttpRequest, service: Service, draft: Case) -> None:
    """The browser's session remembers what it began."""
    request.session[HELD] = {**request.session.get(HELD, {}), service.code: draft.pk}
    if not request.user.is_authenticated:
        request.session.set_expiry(timedelta(days=DRAFT_DAYS))


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
    return redirect(_onward(request, service, service.pages[0].code))


def _onward(request: HttpRequest, service: Service, page: str) -> str:
    """The next page, or back to the check when the user came from there."""
    if request.GET.get("back") == "check":
        return reverse("apply_check", args=[service.code])
    if page == "scans":
        return reverse("apply_scans", args=[service.code])
    return reverse("apply_page", args=[service.code, page])


def _progress(service: Service, done: int) -> tuple[int, int]:
    """Which step this is, of how many: the workshop, the service's pages, the scans, the check."""
    return done + 1, len(service.pages) + 3


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str, page_code: str) -> HttpResponse:
    """One topic of the service's questions; what was typed is kept, right or wrong."""
    service = _service(code)
    index = next((i for i, page in enumerate(service.pages) if page.code == page_code), None)
    if index is None:
        raise Http404
    case = _draft(request, service)
    if case is None:
        return _to_start(request, service)
    shown = service.pages[index]
    form = unbound(shown.form, case.answers)
    if request.method == "POST":
        form = shown.form(request.POST)
        drafts.save_answers(visitor_of(request), case.pk, typed_answers(case, request.POST))
        if form.is_valid():
            following = service.pages[index + 1].code if index + 1 < len(service.pages) else "scans"
            return redirect(_onward(request, service, following))
    context = {
        "service": service,
        "case": case,
        "section": Section(shown, form),
        "marks": {mark["target"]: mark["reason"] for mark in case.marks},
        "progress_at": _progress(service, index + 1),
        "before": _before(service, index),
    }
    return render(request, "portal/apply_page.html", context, status=422 if form.errors else 200)


def _before(service: Service, index: int) -> str:
    if index == 0 and service.about == About.STRANGER:
        return reverse("apply", args=[service.code])
    if index == 0:
        return reverse("apply_workshop", args=[service.code])
    return reverse("apply_page", args=[service.code, service.pages[index - 1].code])


@never_cache
@require_http_methods(["GET", "POST"])
def scans(request: HttpRequest, code: str) -> HttpResponse:
    """The scans, each sent by itself or all in one form (R8)."""
    service = _service(code)
    case = _draft(request, service)
    if case is None:
        return _to_start(request, service)
    errors: dict[str, str] = {}
    if request.method == "POST":
        if request.POST.get("remove"):
            drafts.remove_scan(visitor_of(request), case.pk, request.POST["remove"])
        _, errors = _attach(request, case)
        slots = scan_slots(case, errors)
        missing = [slot for slot in slots if slot.required and not slot.attached]
        if not errors and "onward" in request.POST and not missing:
            return redirect("apply_check", service.code)
        if "onward" in request.POST:
            for slot in missing:
                errors.setdefault(f"scan:{slot.kind.code}", f"تصویر «{slot.kind.title}» را بفرستید.")
    context = {
        "service": service,
        "case": case,
        "slots": scan_slots(case, errors),
        "errors": errors,
        "progress_at": _progress(service, len(service.pages) + 1),
        "before": _before(service, len(service.pages)),
    }
    return render(request, "portal/apply_scans.html", context, status=422 if errors else 200)


def _attach(request: HttpRequest, case: Case) -> tuple[dict[str, CaseScan], dict[str, str]]:
    visitor = visitor_of(request)
    if request.FILES and tried_too_often("scan attached", visitor.source, SCANS_AN_HOUR):
        message = "از این نشانی تصویرهای بسیاری فرستاده شده است. یک ساعت دیگر دوباره بیایید."
        return {}, dict.fromkeys(request.FILES, message)
    return attach_uploads(visitor, case, request.FILES)


@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One picture: shown, or sent by itself while the page stays."""
    service = _service(code)
    case = _held(request, service)
    if case is None or service.scan(kind) is None:
        raise Http404
    if request.method != "POST":
        visitor = visitor_of(request)
        if not case.held_by(visitor):  # what was sent is not left open on a shared device
            raise Http404
        # A draft's pictures were sent by this browser, which looks at its own.
        show = case_picture if case.is_draft else partial(opened_picture, visitor)
        return show(case, kind, small=wants_small(request))
    attached, errors = _attach(request, case)
    if wants_json(request):
        return upload_answer(attached.get(f"scan:{kind}"), errors, reverse("apply_scan", args=[code, kind]))
    return redirect("apply_scans", service.code)


@never_cache
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Everything once more, each with a way to change it, before sending."""
    service = _service(code)
    case = _draft(request, service)
    if case is None:
        return _to_start(request, service)
    return _check_page(request, case)


def _check_page(request: HttpRequest, case: Case, refused: dict[str, str] | None = None) -> HttpResponse:
    """What is in the way is told before sending, and again when sending was `refused` for it."""
    service, found = case.service, examine(visitor_of(request), case)
    errors = refused or found.errors
    labels = {name: f"{field.label}: " for name, field in service.fields()}
    context = {
        "service": service,
        "case": case,
        "rows": zip(service.pages, service.rows(case.answers), strict=True),
        "slots": scan_slots(case, errors),
        "problems": [(labels.get(name, "") + told, _mend(service, name)) for name, told in errors.items()],
        "marks": [(mark, _mend(service, mark["target"])) for mark in case.marks],
        "asked": asked_about(case, found.unexplained, errors),
        "often": frequent(case),
        "place": partial(_mend, service),
        "progress_at": _progress(service, len(service.pages) + 2),
    }
    return render(request, "portal/apply_check.html", context, status=422 if refused else 200)


def _mend(service: Service, name: str) -> str:
    """Where a problem is mended: the page and the field, the scan, or the word about a caution."""
    if name.startswith("scan:"):
        return f"{reverse('apply_scans', args=[service.code])}?back=check#{name.replace(':', '-')}"
    if name.startswith(EXPLAIN):
        return f"#{name.replace(':', '-')}"
    page: Page = service.page_of(name)
    return f"{reverse('apply_page', args=[service.code, page.code])}?back=check#id_{name}"


TOLD = "told of another request"
TOLD_AN_HOUR = 10  # the one thing that an applicant can learn of somebody else
TOLD_OFTEN = "برای چند شخص درخواست در جریان بوده است. یک ساعت دیگر دوباره بفرستید یا از شعبه بپرسید."


@require_http_methods(["GET", "POST"])
def send_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Sends the draft to the employer; a second click leads to the same receipt."""
    service = _service(code)
    if request.method == "GET":  # the page was opened again
        return redirect("apply_check", service.code)
    case = _draft(request, service)
    if case is None:
        return _to_start(request, service)
    visitor = visitor_of(request)
    if tried_too_often(TOLD, visitor.source, TOLD_AN_HOUR):
        return _tells_no_more(request, service)
    try:
        case = drafts.explain(visitor, case.pk, said_in(request.POST))
        send(visitor, case.pk)
    except NotReadyError as not_ready:
        telling, about = GOING_ON in not_ready.errors.values(), f"case:{case.pk}"
        if telling and not spend(TOLD, by=visitor.author, about=about, of_source=TOLD_AN_HOUR):
            return _tells_no_more(request, service)
        return _check_page(request, case, not_ready.errors)
    return redirect("apply_done", service.code)


def _tells_no_more(request: HttpRequest, service: Service) -> HttpResponse:
    messages.error(request, TOLD_OFTEN)
    return redirect("apply_check", service.code)


@never_cache
@require_safe
def done(request: HttpRequest, code: str) -> HttpResponse:
    """The tracking code and a receipt to print."""
    service = _service(code)
    case = _held(request, service)
    if case is None:
        return _to_start(request, service)
    if case.held_by(visitor_of(request)):
        return redirect("apply_check", service.code)
    events = case.timeline()
    context = {"service": service, "case": case, "branch": case.branch, "scans": _sent_scans(case)}
    context |= {"offers": offered(case, events, Audience.PUBLIC), "letters_at": f"/held/{case.pk}/letters/"}
    return render(request, "portal/apply_done.html", context)


def _sent_scans(case: Case) -> list[str]:
    present = set(case.scans.values_list("kind", flat=True))
    return [scan.title for scan in case.service.scans if scan.code in present]


@require_POST
def forget(request: HttpRequest, code: str) -> HttpResponse:
    """Start anew: the draft of this browser is thrown away, or the receipt put aside."""
    service = _service(code)
    case = _draft(request, service)
    if case and case.is_draft:
        drafts.discard_draft(visitor_of(request), case.pk)
    request.session[HELD] = {k: v for k, v in request.session.get(HELD, {}).items() if k != service.code}
    return redirect("apply_workshop", service.code)
