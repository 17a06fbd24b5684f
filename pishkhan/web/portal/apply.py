"""What an insured person writes: one topic a page, then scans, check, send, receipt (R6–R9)."""

from contextlib import suppress
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.audit.operations import spend, tried_too_often
from pishkhan.cases import drafts
from pishkhan.cases.checking import GOING_ON, examine
from pishkhan.cases.models import Case, CaseScan
from pishkhan.cases.operations import send, withdraw
from pishkhan.cases.refusals import EXPLAIN, CaseMovedOnError, NotReadyError
from pishkhan.cases.returns import frequent
from pishkhan.catalogue.answers import unbound
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, Page, Service
from pishkhan.letters.offers import offered

from ..access import visitor_of, wants_json
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
from .held import held_case, held_draft, let_go
from .steps import onward, progress, public_service

SCANS_AN_HOUR = 800


def _to_start(request: HttpRequest, service: Service) -> HttpResponse:
    """No draft in this session: to the receipt if it was sent, else to the beginning, saying why."""
    if held_case(request, service.code):
        return redirect("apply_done", service.code)
    messages.info(request, "درخواست نیمه‌تمامی در این مرورگر نیست؛ از اینجا آغاز کنید.")
    return redirect("apply", service.code)


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str, page_code: str) -> HttpResponse:
    """One topic of the service's questions; what was typed is kept, right or wrong."""
    service = public_service(code)
    index = next((i for i, page in enumerate(service.pages) if page.code == page_code), None)
    if index is None:
        raise Http404
    case = held_draft(request, code)
    if case is None:
        return _to_start(request, service)
    shown = service.pages[index]
    form = unbound(shown.form, case.answers)
    if request.method == "POST":
        form = shown.form(request.POST)
        drafts.save_answers(visitor_of(request), case.pk, typed_answers(case, request.POST))
        if form.is_valid():
            following = service.pages[index + 1].code if index + 1 < len(service.pages) else "scans"
            return redirect(onward(request, service, following))
    context = {
        "service": service,
        "case": case,
        "section": Section(shown, form),
        "marks": {mark["target"]: mark["reason"] for mark in case.marks},
        "progress_at": progress(service, index + 1),
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
    service = public_service(code)
    case = held_draft(request, code)
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
        "progress_at": progress(service, len(service.pages) + 1),
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
    service = public_service(code)
    case = held_case(request, code)
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
    service = public_service(code)
    case = held_draft(request, code)
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
        "progress_at": progress(service, len(service.pages) + 2),
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
    service = public_service(code)
    if request.method == "GET":  # the page was opened again
        return redirect("apply_check", service.code)
    case = held_draft(request, code)
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
    service = public_service(code)
    case = held_case(request, code)
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
    """Start anew: the draft of this browser is thrown away, what the branch returned is withdrawn, a receipt
    put aside."""
    service = public_service(code)
    case = held_draft(request, code)
    if case and case.is_draft:
        drafts.discard_draft(visitor_of(request), case.pk)
    elif case:
        with suppress(CaseMovedOnError):  # sent from elsewhere meanwhile: the branch has it
            withdraw(visitor_of(request), case.pk)
    let_go(request, code)
    return redirect("apply_workshop", service.code)
