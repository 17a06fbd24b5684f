"""«درخواست جدید», and the page of one request (R27, R31–R33)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.audit.operations import record
from pishkhan.cases import drafts, operations
from pishkhan.cases.checking import GOING_ON, examine
from pishkhan.cases.guidance import next_step, stages
from pishkhan.cases.labelling import labelled, who
from pishkhan.cases.models import Case
from pishkhan.cases.refusals import (
    ImagesMissingError,
    NotReadyError,
    ReasonMissingError,
)
from pishkhan.cases.returns import frequent
from pishkhan.cases.states import Verb
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, Service, closed_services, find, offered_to
from pishkhan.letters.offers import offered
from pishkhan.people import lookup
from pishkhan.people.models import Employment
from pishkhan.persian.fields import NationalCodeField
from pishkhan.persian.letters import clean_text
from pishkhan.policy.operations import holding_policies
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

from ..access import wants_json, workshop_only
from ..answering import (
    add_errors,
    asked_about,
    attach_uploads,
    opened_picture,
    said_in,
    scan_slots,
    sections,
    typed_answers,
    upload_answer,
    wants_small,
)
from ..cases import load
from ..harvest import in_vain, in_vain_too_often
from ..kept import typed_before
from ..lettering import opened_letter


@require_safe
@workshop_only
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Figure 5: the services that a workshop can ask for; a closed one says so."""
    context = {"actor": actor, "here": "cartable", "closed": closed_services()}
    return render(request, "workshop/new.html", context | {"services": offered_to(Audience.WORKSHOP)})


class LookUpForm(forms.Form):
    national_code = NationalCodeField(label="کد ملی بیمه‌شده")


LOOKED_UP = {
    About.NEWCOMER: "اگر بیمه‌شده خود ثبت نام کرده باشد یا در پروندهٔ کارگاه شما باشد، مشخصات او می‌آید؛ "
    "وگرنه فرم خالی باز می‌شود.",
    About.DEPENDENT: "کد ملی بیمه‌شدهٔ اصلی را بنویسید؛ اگر فرد تبعی خود ثبت نام کرده باشد، کد ملی او را.",
    About.INSURED: "کد ملی بیمه‌شدهٔ اصلی کارگاه را بنویسید؛ مشخصات او از پرونده می‌آید.",
    About.COVERED: "کد ملی بیمه‌شدهٔ اصلی یا تبعی را بنویسید؛ مشخصات و مدارک موجود او از پرونده می‌آید.",
}
MISSES_AN_HOUR = 20
STOPPED = (
    "کد ملی چند نفر که در لیست شما نیستند جست‌وجو شد؛ یک ساعت دیگر ادامه دهید. "
    "نام افراد در لیست بیمه‌شدگان هست و ثبت نام افراد تازه باز است."
)
NOT_HERE = "کسی با این کد ملی در لیست بیمه‌شدگان کارگاه شما نیست؛ نخست باید ثبت نام شود."


@require_http_methods(["GET", "POST"])
@workshop_only
def look_up(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Figures 7 to 9: «جستجو» finds whom it is about, within what this workshop may see (R32–R40)."""
    service = find(code)
    if service is None or Audience.WORKSHOP not in service.offered_to:
        raise Http404
    form = LookUpForm(request.POST or None, initial=typed_before(request))
    employed = None
    if request.method == "POST" and form.is_valid():
        national_code = form.cleaned_data["national_code"]
        if service.about != About.NEWCOMER and in_vain_too_often(actor, MISSES_AN_HOUR):
            form.add_error("national_code", STOPPED)
            return _look_up_page(request, actor, service, form, None)
        employed = _employed_here(actor, national_code) if service.about == About.NEWCOMER else None
        case = None if employed else _found(request, actor, service, national_code)
        if case:
            return redirect("edit_request", case.pk)
        if not employed:
            form.add_error("national_code", NOT_HERE if in_vain(actor, MISSES_AN_HOUR) else STOPPED)
    return _look_up_page(request, actor, service, form, employed)


def _look_up_page(
    request: HttpRequest, actor: Actor, service: Service, form: LookUpForm, employed: Employment | None
) -> HttpResponse:
    context = {"actor": actor, "here": "cartable", "service": service, "form": form, "employed": employed}
    context |= {"lead": LOOKED_UP[service.about], "not_here": NOT_HERE}
    return render(request, "workshop/look_up.html", context, status=422 if form.errors else 200)


def _employed_here(actor: Actor, national_code: str) -> Employment | None:
    """Somebody already registered at this workshop is shown, not registered again."""
    here = Employment.objects.filter(workshop=actor.workshop, person__national_code=national_code)
    return here.filter(ended_on=None).select_related("person").first()


_going_on = PreparedFor(
    lambda actor, service, code: (
        Case.objects.visible_to(actor)
        .filter(service_code=service, national_code=code)
        .open()
        .order_by("-id")[:1]
    ),
    *(str, str),
)


def _found(request: HttpRequest, actor: Actor, service: Service, national_code: str) -> Case | None:
    """The request to go on with; what was found is said, and nothing of another workshop is seen."""
    if same := _going_on(actor, service.code, national_code):
        messages.info(request, f"درخواست {same[0].subject_name} هم‌اکنون در جریان است؛ همان را می‌بینید.")
        return same[0]
    if service.about == About.NEWCOMER:
        return _newcomer(request, actor, service, national_code)
    assert actor.workshop
    person = lookup.on_list(service.about, actor.workshop.pk, national_code)
    if person is None:
        return None
    subject = person if service.about.on_file else None
    return drafts.start_draft(actor, service, actor.workshop, service.prefill(person), subject)


def _newcomer(request: HttpRequest, actor: Actor, service: Service, national_code: str) -> Case:
    assert actor.workshop
    if person := lookup.known_to(actor, national_code):
        messages.info(request, f"مشخصات {person} از پرونده آورده شد؛ بسنجید و در صورت نیاز اصلاح کنید.")
        return drafts.start_draft(actor, service, actor.workshop, service.prefill(person), person)
    messages.info(request, "کسی با این کد ملی در پروندهٔ کارگاه شما نیست؛ فرم خالی را پر کنید.")
    return drafts.start_draft(actor, service, actor.workshop, {"national_code": national_code})


@require_safe
@workshop_only
def show(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One request: answers, scans, timeline, and what happens next; looking is recorded."""
    case = load(actor, pk)
    record("case viewed", by=actor.author, about=f"case:{case.pk}")
    events = case.timeline()
    context = {
        "actor": actor,
        "here": "cartable",
        "case": case,
        "rows": case.rows if case.rows and not case.held_by(actor) else labelled(case),
        "slots": [slot for slot in scan_slots(case) if slot.attached],
        "events": events,
        "stages": stages(case, events),
        "next_step": next_step(case.state, Audience.WORKSHOP),
        "editable": case.held_by(actor),
        "verbs": case.verbs(actor),
        "offers": offered(case, events, Audience.WORKSHOP),
    }
    return render(request, "workshop/request.html", context)


@require_http_methods(["GET", "POST"])
@workshop_only
def edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """View, correct, and «ارسال به سازمان» (R11, R33). Every press of a button first keeps what was typed."""
    case = load(actor, pk)
    if not case.held_by(actor):
        messages.info(request, f"این درخواست «{case.state_label}» است و اکنون تغییر نمی‌کند.")
        return redirect("request", case.pk)
    if request.method == "POST":
        return _save(request, actor, case)
    return _form(request, actor, case, typed=typed_before(request))


def _save(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    typed, said = typed_answers(case, request.POST), said_in(request.POST)
    sends, alone = "send" in request.POST, not (request.FILES or request.POST.get("remove"))
    try:
        if sends and alone:
            return _sent(request, operations.save_and_send(actor, case.pk, typed, said))
        # First what was typed: a picture takes a while, and may be refused.
        case = drafts.save_answers(actor, case.pk, typed)
        if said:
            drafts.explain(actor, case.pk, said)
        if request.POST.get("remove"):
            drafts.remove_scan(actor, case.pk, request.POST["remove"])
        _, errors = attach_uploads(actor, case, request.FILES)
        if sends and not errors:
            return _sent(request, operations.send(actor, case.pk))
    except ImagesMissingError:
        context = {"actor": actor, "here": "cartable", "case": case}
        return render(request, "workshop/images_missing.html", context, status=409)
    except NotReadyError as not_ready:
        return _form(request, actor, load(actor, case.pk), errors=not_ready.errors)
    if errors or sends:
        return _form(request, actor, case, errors=errors)
    messages.success(request, "آنچه نوشته‌اید نگه داشته شد؛ هنوز به سازمان ارسال نشده است.")
    return redirect("edit_request", case.pk)


def _sent(request: HttpRequest, case: Case) -> HttpResponse:
    messages.success(request, f"درخواست {case.subject_name} به سازمان ارسال شد.")
    return redirect("request", case.pk)


@holding_policies()
def _form(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    found = examine(actor, case)
    # Who opens a request that is written already sees at once what is in its way.
    problems = found.errors if errors is None and not case.is_draft and not typed else errors or {}
    shown = sections(case, judged=errors is not None or bool(problems), typed=typed)
    add_errors(shown, problems)
    context = {
        "actor": actor,
        "here": "cartable",
        "case": case,
        "sections": shown,
        "slots": scan_slots(case, problems),
        "problems": _problems(case, problems, found.going_on),
        "asked": asked_about(case, found.unexplained, problems, typed),
        "often": frequent(case),
        "place": _place,
        "marks": {mark["target"]: mark["reason"] for mark in case.marks},
        "can_refuse": Verb.REFUSE in case.verbs(actor),
        "can_withdraw": Verb.WITHDRAW in case.verbs(actor),
        "restored": bool(typed),
        "person": who(case.subject) if case.service.about.on_file and case.subject else None,
        "facts": case.service.facts(case),
    }
    return render(request, "workshop/edit.html", context, status=422 if errors else 200)


def _place(target: str) -> str:
    """Where on the page a field, a scan or a caution stands."""
    kind = target.partition(":")[0]
    return f"#{target.replace(':', '-')}" if kind in ("scan", "explain") else f"#id_{target}"


def _problems(case: Case, errors: dict[str, str], going_on: Case | None) -> list[tuple[str, str]]:
    """The messages that no question shows, each with where it leads; first the request that is in the way."""
    asked = {name for name, _ in case.service.fields()}
    found = [(errors[name], _place(name)) for name in errors if name not in asked]
    if going_on and GOING_ON in errors.values():
        found.insert(0, ("دیدن درخواست دیگری که در جریان است", reverse("request", args=[going_on.pk])))
    return found


@require_http_methods(["GET", "POST"])
@workshop_only
def scan(request: HttpRequest, actor: Actor, pk: int, kind: str) -> HttpResponse:
    """One picture of a request: shown, of which the whole one is an entry of the trail; or sent."""
    case = load(actor, pk)
    if case.service.scan(kind) is None:
        raise Http404
    if request.method != "POST":
        return opened_picture(actor, case, kind, small=wants_small(request))
    attached, errors = attach_uploads(actor, case, request.FILES)
    if wants_json(request):
        at = reverse("request_scan", args=[pk, kind])
        return upload_answer(attached.get(f"scan:{kind}"), errors, at)
    return redirect("edit_request", pk)


@require_safe
@workshop_only
def letter(request: HttpRequest, actor: Actor, pk: int, kind: str, event: int) -> HttpResponse:
    """A letter about one of the workshop's requests; opening one is an entry of the trail."""
    return opened_letter(actor, load(actor, pk), kind, event)


@require_http_methods(["GET", "POST"])
@workshop_only
def refuse(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The employer does not confirm a self-registration; the reason is asked for."""
    case = load(actor, pk)
    if Verb.REFUSE not in case.verbs(actor):
        return redirect("request", case.pk)
    note, error = clean_text((request.POST or typed_before(request)).get("note", "")[:1000]), ""
    if request.method == "POST":
        try:
            operations.refuse(actor, case.pk, note=note)
        except ReasonMissingError as missing:
            error = missing.message
        else:
            messages.success(
                request, f"درخواست {case.subject_name} رد شد و دلیل آن به متقاضی نشان داده می‌شود."
            )
            return redirect("cartable")
    context = {"actor": actor, "here": "cartable", "case": case, "note": note, "error": error}
    return render(request, "workshop/refuse.html", context, status=422 if error else 200)


@require_POST
@workshop_only
def withdraw(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The employer takes a request back; a draft is thrown away."""
    case = load(actor, pk)
    if case.is_draft:
        drafts.discard_draft(actor, case.pk)
    else:
        operations.withdraw(actor, case.pk)
    messages.success(request, "پیش‌نویس حذف شد." if case.is_draft else "انصراف شما ثبت شد.")
    return redirect("cartable")
