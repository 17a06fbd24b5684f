"""Profile › edit profile: the representative's and the workshop's data, signature and stamp (R23–R25)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.documents.pictures import RefusedPicture
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.operations import IMAGES, edit_profile, set_image

from ..access import workshop_only
from ..answering import ink
from ..kept import typed_before
from ..particulars import OwnParticularsForm, OwnWorkshopForm

TITLES = {"signature": "امضای کارفرما", "stamp": "مهر کارگاه"}


def _forms(actor: Actor, data: Any, typed: dict[str, Any]) -> tuple[forms.Form, forms.Form]:
    """Both forms on one page; their fields are told apart by a prefix."""
    pairs: tuple[tuple[type[forms.Form], Any, str], ...] = (
        (OwnParticularsForm, actor.user, "user"),
        (OwnWorkshopForm, actor.workshop, "workshop"),
    )
    made = []
    for form_class, row, prefix in pairs:
        kept = {name: getattr(row, name) for name in form_class.base_fields}
        kept |= {n: typed[f"{prefix}-{n}"] for n in form_class.base_fields if f"{prefix}-{n}" in typed}
        made.append(form_class(data, prefix=prefix, initial=kept))
    return made[0], made[1]


@require_http_methods(["GET", "POST"])
@workshop_only
def profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Figure 3. Pictures and data are kept each for itself: a wrong number loses no picture."""
    person, workshop = _forms(actor, request.POST or None, typed_before(request))
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _keep_images(request, actor)
        if person.is_valid() and workshop.is_valid():
            edit_profile(actor, person.cleaned_data, workshop.cleaned_data)
            if not errors:
                messages.success(request, "پروفایل ذخیره شد.")
                return redirect("profile")
    context = {
        "actor": actor,
        "here": "profile",
        "person": person,
        "workshop": workshop,
        "images": [(name, TITLES[name], _image(actor, name), errors.get(name, "")) for name in IMAGES],
    }
    failed = bool(errors or person.errors or workshop.errors)
    return render(request, "workshop/profile.html", context, status=422 if failed else 200)


def _keep_images(request: HttpRequest, actor: Actor) -> dict[str, str]:
    errors = {}
    for name in IMAGES:
        if name not in request.FILES:
            continue
        try:
            set_image(actor, name, request.FILES[name])
        except RefusedPicture as refused:
            errors[name] = str(refused.messages[0])
    return errors


def _image(actor: Actor, name: str) -> Any:
    return getattr(actor.workshop, f"{name}_id")


@require_safe
@workshop_only
def image(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """The workshop's own signature or stamp, as its letters carry it."""
    if name not in IMAGES:
        raise Http404
    return ink(getattr(actor.workshop, name))


@require_POST
@workshop_only
def choose_workshop(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One person may act for many workshops: go on with another of them."""
    chosen = next((w for w in actor.workshops if str(w.pk) == request.POST.get("workshop")), None)
    if chosen is None:
        raise Http404
    request.session["workshop_id"] = chosen.pk
    messages.success(request, f"اکنون برای «{chosen.name}» کار می‌کنید.")
    return redirect("dashboard")
