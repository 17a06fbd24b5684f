"""One user of the branch, as the senior user keeps the account (R47)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from pishkhan.accounts.factors import DOORS
from pishkhan.accounts.models import Factor, Side, User
from pishkhan.accounts.operations import PARTICULARS, one_time_is_over, one_time_until, password_mark
from pishkhan.approvals.models import Approval
from pishkhan.approvals.operations import bring_back, keep_post
from pishkhan.catalogue.parties import Unit
from pishkhan.persian import fields
from pishkhan.workshops import users
from pishkhan.workshops.accounts import (
    deactivate_account,
    edit_account,
    end_representation,
    give_workshop,
    is_senior,
    remove_second_factor,
)
from pishkhan.workshops.actors import Actor, actor_for
from pishkhan.workshops.models import Representation, StaffPost, Workshop
from pishkhan.workshops.refusals import RefusedChangeError, WithoutWorkError

from ..access import senior_only
from ..kept import typed_before
from ..particulars import ParticularsForm
from .accounts import ASKED, PostForm
from .history import history_of

ASKED_BACK = "فعال شدن این حساب در انتظار تأیید دوم است."


class WorkshopCodeForm(forms.Form):
    """One more workshop of the branch for a representative, by its code."""

    workshop_code = fields.WorkshopCodeField(label="کد کارگاه")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_workshop_code(self) -> Workshop:
        code = self.cleaned_data["workshop_code"]
        workshop = Workshop.objects.visible_to(self.actor).filter(code=code).first()
        if workshop is None:
            raise forms.ValidationError("کارگاهی با این کد در این شعبه نیست؛ کد را رقم به رقم بسنجید.")
        if workshop.closed_at:
            raise forms.ValidationError("این کارگاه بسته است؛ نخست آن را در «کارگاه‌ها» باز کنید.")
        return workshop


def _user(actor: Actor, pk: int, **only: Side) -> User:
    """The user, and in the same query whether there is a second factor (`has_second_factor`)."""
    doors = Factor.objects.filter(user=OuterRef("pk"), kind__in=DOORS)
    return get_object_or_404(users.visible_to(actor).annotate(has_second_factor=Exists(doors)), pk=pk, **only)


@require_http_methods(["GET", "POST"])
@senior_only
def account(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The whole account; POST changes the particulars."""
    user = _user(actor, pk)
    if request.method == "GET":
        return _page(request, actor, user)
    form = ParticularsForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, user, particulars=form)
    edit_account(actor, user, form.cleaned_data)
    messages.success(request, "مشخصات کاربر ذخیره شد.")
    return redirect("account", user.pk)


@require_POST
@senior_only
def post(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Unit and role of a member of staff."""
    user = _user(actor, pk, side=Side.DESK)
    form, asked = PostForm(request.POST, is_one=is_senior(user)), None
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            asked = keep_post(
                actor, user, wanted["unit"], senior=wanted["is_senior"], reason=wanted["reason"]
            )
        except RefusedChangeError as refused:
            form.add_error("is_senior", refused.message)
    if form.errors:
        return _page(request, actor, user, post=form)
    messages.success(request, ASKED if asked else "سمت کاربر ذخیره شد.")
    stays = user != actor.user or form.cleaned_data["is_senior"]
    return redirect("account", user.pk) if stays else redirect("desk_dashboard")


@require_POST
@senior_only
def activity(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Deactivates the account at once, or (with `active`) reactivates it; a senior user's is asked for."""
    user = _user(actor, pk)
    try:
        if request.POST.get("active") == "1":
            told = ASKED_BACK if bring_back(actor, user) else "حساب دوباره فعال شد."
            messages.success(request, told)
        else:
            deactivate_account(actor, user)
            messages.success(request, "حساب غیرفعال شد و هر نشست باز آن پایان یافت.")
    except RefusedChangeError as refused:
        messages.error(request, refused.message)
    return redirect("account", user.pk)


@require_POST
@senior_only
def second_factor(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Takes the second factor of somebody who lost the phone away."""
    user = _user(actor, pk)
    try:
        if remove_second_factor(actor, user):
            messages.success(request, "گام دوم ورود برداشته شد و هر نشست باز این کاربر پایان یافت.")
        else:
            messages.info(request, "این حساب گام دومی ندارد.")
    except RefusedChangeError as refused:
        messages.error(request, refused.message)
    return redirect("account", user.pk)


@require_POST
@senior_only
def add_workshop(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A representative acts for one more workshop; no new password is needed."""
    user = _user(actor, pk, side=Side.WORKSHOP)
    form = WorkshopCodeForm(actor, request.POST)
    if not form.is_valid():
        return _page(request, actor, user, one_more=form)
    workshop = form.cleaned_data["workshop_code"]
    give_workshop(actor, user, workshop)
    messages.success(request, f"اکنون برای «{workshop.name}» هم کار می‌کند، با همان رمز.")
    return redirect("account", user.pk)


@require_POST
@senior_only
def end(request: HttpRequest, actor: Actor, pk: int, workshop: int) -> HttpResponse:
    """The user acts for that workshop no longer."""
    user, ended = _user(actor, pk), get_object_or_404(Workshop.objects.visible_to(actor), pk=workshop)
    end_representation(actor, user, ended)
    messages.success(request, f"نمایندگی «{ended.name}» پایان یافت.")
    return redirect("account", user.pk)


def _page(request: HttpRequest, actor: Actor, user: User, **bound: forms.Form) -> HttpResponse:
    """The page with its forms, one of which may hold what was typed wrong."""
    known = {name: getattr(user, name) for name in PARTICULARS} | typed_before(request)
    staff = StaffPost.objects.filter(user=user).first() if user.side == Side.DESK else None
    held = Representation.objects.filter(user=user, workshop__branch=actor.branch).select_related("workshop")
    before = request.GET.get("before", "")
    lines, older = history_of(user, int(before) if before.isdecimal() and len(before) < 18 else None)
    context = {
        "actor": actor,
        "here": "accounts",
        "user": user,
        "password_mark": password_mark(user),
        "one_time_until": one_time_until(user),
        "one_time_is_over": one_time_is_over(user),
        "particulars": ParticularsForm(initial=known),
        "post": PostForm(initial=_place(staff)) if staff else None,
        "one_more": WorkshopCodeForm(actor),
        "asked": Approval.objects.waiting().filter(subject=user).first(),
        "is_senior": bool(staff and staff.is_senior),
        "without_work": _without_work(user),
        "representations": held.order_by("-id")[:100] if user.side == Side.WORKSHOP else [],
        "lines": lines,
        "older": older,
        "newest": not before,
    }
    return render(request, "desk/account.html", context | bound, status=422 if bound else 200)


def _without_work(user: User) -> str:
    """Why a new password would open nothing to a representative; members of staff have a post."""
    idle = user.is_active and user.side == Side.WORKSHOP and actor_for(user) is None
    return WithoutWorkError.message if idle else ""


def _place(staff: StaffPost) -> dict[str, str]:
    return {"unit": staff.unit or Unit.MANAGEMENT, "is_senior": "senior" if staff.is_senior else "staff"}
