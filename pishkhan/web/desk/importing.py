"""A workshop from the file of its premium list: looked at beside what is on file, then added or updated."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from pishkhan.documents.pictures import LIMIT
from pishkhan.persian import fields
from pishkhan.persian.letters import search_key
from pishkhan.premiums.lists import Kind, read_list
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.operations import edit_workshop, register_workshop

from ..access import registrar_only

ELSEWHERE = "این کارگاه در شعبهٔ دیگری ثبت شده است."
SOURCES = {"name": "workshop_name", "employer_name": "employer_name", "address": "workshop_address"}
"""Fields of a workshop, and what the file calls them."""


class FoundForm(forms.Form):
    """What the file says, kept in the page between looking and confirming, and checked both times.

    A `take_` box that is ticked replaces what is on file.
    """

    code = fields.WorkshopCodeField(label="کد کارگاه", widget=forms.HiddenInput)
    name = fields.PersianCharField(label="نام کارگاه", max_length=200, widget=forms.HiddenInput)
    employer_name = fields.PersianCharField(
        label="نام کارفرما", max_length=200, required=False, widget=forms.HiddenInput
    )
    address = fields.PersianCharField(label="نشانی", max_length=300, required=False, widget=forms.HiddenInput)
    take_name = forms.BooleanField(required=False)
    take_employer_name = forms.BooleanField(required=False)
    take_address = forms.BooleanField(required=False)


class UploadForm(forms.Form):
    file = forms.FileField(
        label="فایل کارگاه",
        help_text="حداکثر ۲۰۰ کیلوبایت",
        widget=forms.FileInput(attrs={"accept": ".dbf"}),
        error_messages={
            **dict.fromkeys(("required", "missing", "invalid"), "فایل را انتخاب کنید."),
            "empty": "این فایل خالی است.",
        },
    )

    def clean_file(self) -> FoundForm:
        """The one record of the file, checked as if it had been typed."""
        content = self.cleaned_data["file"].read(LIMIT + 1)
        if len(content) > LIMIT:
            raise ValidationError("این فایل بزرگ‌تر از ۲۰۰ کیلوبایت است؛ DSKKAR را بفرستید، نه DSKWOR را.")
        records = read_list(content, Kind.WORKSHOP)
        if len(records) != 1:
            raise ValidationError("در این فایل باید یک کارگاه باشد.")
        read = {name: records[0][source] for name, source in SOURCES.items()}
        found = FoundForm(read | {"code": records[0]["workshop_code"]})
        if not found.is_valid():
            raise ValidationError(
                [f"{found[name].label} در فایل: {e[0]}" for name, e in found.errors.items()]
            )
        return found


@dataclass(frozen=True)
class Difference:
    """One field, as the file has it and as it is on file; `cut` when the file seems to hold its beginning."""

    name: str
    label: str
    found: str
    known: str

    @property
    def differs(self) -> bool:
        return bool(self.found) and self.found != self.known

    @property
    def cut(self) -> bool:
        return search_key(self.known).startswith(search_key(self.found))


@require_http_methods(["GET", "POST"])
@registrar_only
def import_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """First the file, then (`confirmed`) what was read from it."""
    if "confirmed" in request.POST:
        return _confirm(request, actor)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data["file"]
        if not _is_elsewhere(actor, found.cleaned_data["code"]):
            return _compare(request, actor, found)
        form.add_error("file", ELSEWHERE)
    return _ask(request, actor, form)


def _ask(request: HttpRequest, actor: Actor, form: forms.Form) -> HttpResponse:
    context = {"actor": actor, "here": "workshops", "form": form}
    return render(request, "desk/import_workshop.html", context, status=422 if form.errors else 200)


def _known(actor: Actor, code: str) -> Workshop | None:
    return Workshop.objects.visible_to(actor).filter(code=code).first()


def _is_elsewhere(actor: Actor, code: str) -> bool:
    return _known(actor, code) is None and Workshop.objects.filter(code=code).exists()


def _compare(request: HttpRequest, actor: Actor, found: FoundForm) -> HttpResponse:
    data = found.cleaned_data
    workshop = _known(actor, data["code"])
    differences = [
        Difference(name, str(found[name].label), data[name], getattr(workshop, name, "")) for name in SOURCES
    ]
    context = {"actor": actor, "here": "workshops", "workshop": workshop, "found": data}
    context |= {"differences": differences, "anything": any(d.differs for d in differences)}
    return render(request, "desk/import_check.html", context)


def _confirm(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = FoundForm(request.POST)
    if not form.is_valid() or _is_elsewhere(actor, form.cleaned_data["code"]):
        return _ask(request, actor, UploadForm(request.POST))  # asks for the file again
    try:
        workshop, told = _keep(actor, form.cleaned_data)
    except IntegrityError:  # a colleague was quicker: look again
        return _compare(request, actor, form)
    messages.success(request, told)
    return redirect("workshop", workshop.pk)


def _keep(actor: Actor, data: dict[str, Any]) -> tuple[Workshop, str]:
    workshop = _known(actor, data["code"])
    if workshop is None:
        given = {name: data[name] for name in ("code", *SOURCES)}
        return register_workshop(actor, given), "کارگاه از فایل لیست بیمه ثبت شد."
    taken = {name: data[name] for name in SOURCES if data[f"take_{name}"] and data[name]}
    changed = edit_workshop(actor, workshop, taken)
    return workshop, "کارگاه از فایل لیست بیمه به‌روز شد." if changed else "چیزی تغییر نکرد."
