"""What a senior user does about what is kept of a person: export, legal hold, erasing."""

import logging
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pishkhan.cases.models import Case
from pishkhan.people.models import Person
from pishkhan.persian import fields
from pishkhan.persian.digits import to_persian
from pishkhan.retention.models import Hold, HoldQuerySet
from pishkhan.retention.operations import erase_person, export_person, lift_hold, put_hold
from pishkhan.retention.refusals import RefusedErasureError
from pishkhan.workshops.actors import Actor

from ..access import senior_only
from ..cases import load
from ..kept import typed_before

logger = logging.getLogger(__name__)

GONE = {
    "cases": "درخواست",
    "drafts": "پیش‌نویس",
    "documents": "تصویر",
    "letters": "نامه",
    "contacts": "نشانی و تلفن",
    "accounts": "حساب بسته",
}


class HoldForm(forms.Form):
    reason = fields.PersianCharField(
        label="علت", max_length=300, help_text="مانند شماره و تاریخ نامهٔ دادگاه."
    )


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label="می‌دانم که آنچه پاک شود بازگردانده نمی‌شود",
        error_messages={"required": "برای پاک کردن، این را نشان بزنید."},
    )


@require_http_methods(["GET", "POST"])
@senior_only
def person_data(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Everything about one person's data on one page; each button says what it does."""
    person = get_object_or_404(Person.objects.visible_to(actor), pk=pk)
    do = request.POST.get("do", "")
    if do == "export":
        return _zip(export_person(actor, person.national_code), f"person-{person.pk}")
    erasing = EraseForm(request.POST if do == "erase" else None)
    if do == "erase" and erasing.is_valid():
        _erase(request, actor, person)
        return redirect("person_data", pk)
    context = {"person": person, "erasing": erasing, "back": reverse("desk_person", args=[pk])}
    return _page(request, actor, "desk/person_data.html", context, person)


@require_http_methods(["GET", "POST"])
@senior_only
def case_hold(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The legal hold on one request."""
    case = load(actor, pk)
    context = {"case": case, "back": reverse("review", args=[pk]), "erasing": None}
    return _page(request, actor, "desk/case_hold.html", context, case)


def _page(
    request: HttpRequest, actor: Actor, template: str, context: dict[str, Any], thing: Case | Person
) -> HttpResponse:
    holds = _holds_of(thing)
    hold = holds.in_force().select_related("put_by", "case", "person").first()
    asked = request.POST.get("do") in ("hold", "lift")
    holding = HoldForm(request.POST if asked else None, initial=typed_before(request))
    if asked and holding.is_valid():
        _hold(request, actor, thing, hold, holding.cleaned_data["reason"])
        return redirect(request.path)
    wrong = holding.errors or (context["erasing"] and context["erasing"].errors)
    context |= {"actor": actor, "here": "people" if isinstance(thing, Person) else "queue"}
    context |= {"holding": holding, "hold": hold, "through": None if hold else _through(thing)}
    context["lifted"] = holds.filter(lifted_at__isnull=False).select_related("lifted_by").order_by("-id")[:10]
    return render(request, template, context, status=422 if wrong else 200)


def _holds_of(thing: Case | Person) -> HoldQuerySet:
    return Hold.objects.filter(case=thing) if isinstance(thing, Case) else Hold.objects.filter(person=thing)


def _through(thing: Case | Person) -> Hold | None:
    """The hold on a person that keeps this request too."""
    if isinstance(thing, Person):
        return None
    return Hold.objects.on_case(thing).select_related("person", "put_by").first()


def _hold(request: HttpRequest, actor: Actor, thing: Case | Person, hold: Hold | None, reason: str) -> None:
    """What the button that was pressed says; pressed twice, the second time changes nothing."""
    if request.POST["do"] == "hold":
        put_hold(actor, thing, reason)
        messages.success(request, "حذف توقیف شد.")
    elif hold:
        lift_hold(actor, hold, reason)
        messages.success(request, "توقیف حذف برداشته شد.")


def _erase(request: HttpRequest, actor: Actor, person: Person) -> None:
    try:
        done = erase_person(actor, person.national_code)
    except RefusedErasureError as refused:
        messages.error(request, refused.message)
        return
    told = "، ".join(f"{to_persian(number)} {GONE[what]}" for what, number in done.gone.items())
    messages.success(request, f"پاک شد: {told}." if told else "چیزی برای پاک کردن نمانده است.")


class ExportBrokenOffError(Exception):
    """What went wrong is in the log already."""


def _told(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The server would log what fails in here in its own way, with the values that it failed at."""
    try:
        yield from parts
    except Exception as error:
        logger.error("an export was broken off", exc_info=error)
        raise ExportBrokenOffError from None


def _zip(parts: Iterator[bytes], name: str) -> HttpResponse:
    response = StreamingHttpResponse(_told(parts), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value] # a sibling of HttpResponse for Django, the same for a view
