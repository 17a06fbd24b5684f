"""The branch's register of workshops, kept by the registration unit and the senior user."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.cases.models import Case
from pishkhan.cases.operations import close_workshop
from pishkhan.cases.states import WaitingOn
from pishkhan.counting import few
from pishkhan.people.models import Employment
from pishkhan.persian import fields
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Representation, Workshop
from pishkhan.workshops.operations import (
    EDITABLE,
    edit_workshop,
    register_workshop,
    reopen_workshop,
)

from ..access import registrar_only
from ..kept import typed_before
from ..listing import page_of
from ..particulars import WorkshopForm
from ..searching import TextSearchForm, go_to_search, search_of

TABS: dict[str, tuple[str, dict[str, Any]]] = {
    "open": ("باز", {"closed_at": None}),
    "closed": ("بسته", {"closed_at__isnull": False}),
    "all": ("همه", {}),
}
COLUMNS = ("code", "name", "employer_name", "phone", "closed_at")
SHOWN = [field for field in Workshop._meta.fields if field.name in EDITABLE]
TAKEN = "کارگاهی با این کد پیش‌تر ثبت شده است."


class NewWorkshopForm(WorkshopForm):
    needed = WorkshopForm.needed | {"code"}
    field_order = ("code",)

    code = fields.WorkshopCodeField(label="کد کارگاه")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Workshop.objects.filter(code=code).exists():
            raise forms.ValidationError(TAKEN)
        return code


class ClosingForm(forms.Form):
    reason = fields.PersianCharField(
        label="چرا بسته می‌شود؟", max_length=300, help_text="مانند: تعطیلی کارگاه، تغییر کارفرما، کد تازه"
    )


@require_http_methods(["GET", "POST"])
@registrar_only
def workshops(request: HttpRequest, actor: Actor) -> HttpResponse:
    """By name; found by name, employer or code."""
    if request.method == "GET":
        return _list(request, actor, search_of(request, TextSearchForm))
    form = TextSearchForm(request.POST)
    if not form.is_valid():
        return _list(request, actor, form)
    return go_to_search(request, form, reverse("workshops"), tab="all")


def _list(request: HttpRequest, actor: Actor, form: TextSearchForm) -> HttpResponse:
    tab = request.GET.get("tab", "open")
    if tab not in TABS:
        raise Http404
    text = form.cleaned_data.get("text", "")
    found = Workshop.objects.visible_to(actor).filter(**TABS[tab][1])
    after = request.GET.get("after", "")
    found = found.search(text) if text else found
    page = page_of(found, "sort_key", *COLUMNS, after=after, descending=False)
    context = {"actor": actor, "here": "workshops", "tabs": TABS, "tab": tab, "form": form, "searched": text}
    context |= {"rows": page.rows, "after": page.after, "first": not after}
    context |= {"search_name": request.GET.get("s", "")}
    return render(request, "desk/workshops.html", context, status=422 if form.errors else 200)


def _workshop(actor: Actor, pk: int) -> Workshop:
    return get_object_or_404(Workshop.objects.visible_to(actor), pk=pk)


@require_safe
@registrar_only
def show(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """What is on file, who acts for it, and how much is going on."""
    workshop = _workshop(actor, pk)
    held = Representation.objects.filter(workshop=workshop, ended_at=None).select_related("user")
    cases = Case.objects.visible_to(actor).filter(workshop=workshop)
    insured, at_branch, at_employer = few(
        Employment.objects.filter(workshop=workshop, has_left__in=[False]),
        cases.filter(waiting_on=WaitingOn.BRANCH),
        cases.filter(waiting_on=WaitingOn.EMPLOYER),
    )
    context = {
        "actor": actor,
        "here": "workshops",
        "workshop": workshop,
        "facts": [(f.verbose_name, getattr(workshop, f.name), f.name) for f in SHOWN],
        "representations": held.order_by("id")[:100],
        "insured": insured,
        "at_branch": at_branch,
        "at_employer": at_employer,
    }
    return render(request, "desk/workshop.html", context)


@require_http_methods(["GET", "POST"])
@registrar_only
def new_workshop(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = NewWorkshopForm(request.POST or None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            workshop = register_workshop(actor, form.cleaned_data)
        except IntegrityError:  # a colleague was quicker
            form.add_error("code", TAKEN)
        else:
            messages.success(request, "کارگاه ثبت شد.")
            return redirect("workshop", workshop.pk)
    context = {"actor": actor, "here": "workshops", "form": form, "workshop": None}
    return render(request, "desk/edit_workshop.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@registrar_only
def edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    workshop = _workshop(actor, pk)
    known = {name: getattr(workshop, name) for name in EDITABLE}
    form = WorkshopForm(request.POST or None, initial=known | typed_before(request))
    if request.method == "POST" and form.is_valid():
        edit_workshop(actor, workshop, form.cleaned_data)
        messages.success(request, "اطلاعات کارگاه ذخیره شد.")
        return redirect("workshop", workshop.pk)
    context = {"actor": actor, "here": "workshops", "form": form, "workshop": workshop}
    return render(request, "desk/edit_workshop.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@registrar_only
def close(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Closes the workshop for a reason, after saying what that means."""
    workshop = _workshop(actor, pk)
    if workshop.closed_at:
        return redirect("workshop", workshop.pk)
    form = ClosingForm(request.POST or None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        rejected = close_workshop(actor, workshop, form.cleaned_data["reason"])
        also = f" {to_persian(rejected)} درخواستی که منتظر کارفرما بود رد شد." if rejected else ""
        messages.success(request, f"کارگاه بسته شد.{also}")
        return redirect("workshop", workshop.pk)
    waiting = Case.objects.filter(workshop=workshop, waiting_on=WaitingOn.BRANCH)
    stranded = Case.objects.filter(workshop=workshop, waiting_on=WaitingOn.EMPLOYER)
    context = {"actor": actor, "here": "workshops", "form": form, "workshop": workshop}
    context |= dict(zip(("at_branch", "at_employer"), few(waiting, stranded), strict=True))
    return render(request, "desk/close_workshop.html", context, status=422 if form.errors else 200)


@require_POST
@registrar_only
def reopen(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    workshop = _workshop(actor, pk)
    reopen_workshop(actor, workshop)
    messages.success(request, "کارگاه دوباره باز شد.")
    return redirect("workshop", workshop.pk)
