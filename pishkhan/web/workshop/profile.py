"""Profile › edit profile: the representative's and the workshop's data, signature and stamp (R23–R25)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.approvals.models import Action, Approval, ApprovalQuerySet
from pishkhan.approvals.operations import keep_image
from pishkhan.documents.pictures import RefusedPicture
from pishkhan.persian.fields import PersianCharField
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.operations import IMAGES, edit_profile
from pishkhan.workshops.refusals import RefusedChangeError

from ..access import workshop_only
from ..answering import ink
from ..kept import typed_before
from ..particulars import OwnParticularsForm, OwnWorkshopForm
from ..second_person import DecisionForm, card, settle, take_back

TITLES = {"signature": "امضای کارفرما", "stamp": "مهر کارگاه"}
WAITS = "تصویر تازه در انتظار تأیید دوم است؛ تا آن زمان تصویر پیشین به کار می‌رود."


class ReplacementForm(forms.Form):
    """Why another signature or stamp takes the place of the one on record."""

    reason = PersianCharField(
        label="علت تعویض امضا یا مهر",
        required=False,
        max_length=300,
        help_text="کسی که تصویر تازه را تأیید می‌کند آن را می‌خواند.",
    )


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
    typed = typed_before(request)
    sent = request.POST if request.method == "POST" else None
    person, workshop = _forms(actor, sent, typed)
    why = ReplacementForm(sent, initial=typed)
    errors: dict[str, str] = {}
    if why.is_valid():
        errors = _keep_images(request, actor, why.cleaned_data["reason"])
        if person.is_valid() and workshop.is_valid():
            edit_profile(actor, person.cleaned_data, workshop.cleaned_data)
            if not errors:
                messages.success(request, "پروفایل ذخیره شد.")
                return redirect("profile")
    failed = bool(errors or person.errors or workshop.errors or why.errors)
    return _page(request, actor, (person, workshop, why), errors, status=422 if failed else 200)


def _page(
    request: HttpRequest,
    actor: Actor,
    asking: tuple[forms.Form, forms.Form, forms.Form],
    errors: dict[str, str],
    *,
    wrong: dict[int, DecisionForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    person, workshop, why = asking
    context = {
        "actor": actor,
        "here": "profile",
        "person": person,
        "workshop": workshop,
        "why": why,
        "images": [(name, TITLES[name], _image(actor, name), errors.get(name, "")) for name in IMAGES],
        "waiting": [card(actor, asked, wrong) for asked in _waiting(actor)],
        "wrong": list((wrong or {}).values()),
    }
    return render(request, "workshop/profile.html", context, status=status)


def _waiting(actor: Actor) -> ApprovalQuerySet:
    """The pictures that a second person has not decided about."""
    asked = Approval.objects.visible_to(actor).waiting().filter(action__in=IMAGES)
    return asked.with_all().order_by("id")


def _keep_images(request: HttpRequest, actor: Actor, reason: str) -> dict[str, str]:
    errors = {}
    for name in IMAGES:
        if name not in request.FILES:
            continue
        try:
            if keep_image(actor, name, request.FILES[name], reason):
                messages.info(request, f"{TITLES[name]}: {WAITS}")
        except RefusedPicture as refused:
            errors[name] = str(refused.messages[0])
        except RefusedChangeError as held_up:
            errors[name] = held_up.message
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


@require_safe
@workshop_only
def waiting_image(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The new signature or stamp that waits for a second person."""
    return ink(get_object_or_404(_waiting(actor), pk=pk).document)


@require_POST
@workshop_only
def decide_image(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Another representative of the workshop is a second person too."""
    wrong = settle(request, actor, pk)
    if wrong is None:
        return redirect("profile")
    asking = (*_forms(actor, None, {}), ReplacementForm())
    return _page(request, actor, asking, {}, wrong={pk: wrong}, status=422)


@require_POST
@workshop_only
def give_up(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Whoever asked for a picture or a file takes that back."""
    take_back(request, actor, pk)
    file = Approval.objects.filter(pk=pk, action=Action.EXPORT).exists()
    return redirect("large_export", pk) if file else redirect("profile")


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
