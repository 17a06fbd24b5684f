"""The senior user's work: a workshop's account, and a new one-time password (R18, R47)."""

from django import forms
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from pishkhan.accounts.models import User
from pishkhan.persian import fields
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Representation, Workshop
from pishkhan.workshops.operations import add_representative, open_workshop, renew_credentials

from ..access import senior_only
from ..kept import typed_before
from ..listing import page_of


class AccountForm(forms.Form):
    """A workshop and its default user (R18)."""

    code = fields.WorkshopCodeField(label="کد کارگاه")
    name = fields.PersianCharField(label="نام کارگاه", max_length=200)
    employer_name = fields.PersianCharField(label="نام کارفرما", max_length=120, required=False)
    first_name = fields.PersianCharField(
        label="نام نماینده", max_length=60, letters_only=True, required=False
    )
    last_name = fields.PersianCharField(
        label="نام خانوادگی نماینده", max_length=60, letters_only=True, required=False
    )
    username = forms.RegexField(
        r"^[a-zA-Z0-9._-]{4,40}$",
        label="نام کاربری",
        required=False,
        help_text="اگر خالی بماند همان کد کارگاه است.",
        error_messages={"invalid": "نام کاربری ۴ تا ۴۰ نویسه است: حرف لاتین، رقم، نقطه و خط."},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Workshop.objects.filter(code=code).exists():
            raise forms.ValidationError(
                "این کارگاه پیش‌تر ثبت شده است؛ آن را در «کارگاه‌ها و کاربران» جست‌وجو کنید."
            )
        return code

    def clean(self) -> None:
        username = self.cleaned_data.get("username") or self.cleaned_data.get("code")
        if username and User.objects.filter(username=username).exists():
            self.add_error("username", "این نام کاربری گرفته شده است؛ نام دیگری بنویسید.")
        self.cleaned_data["username"] = username


class FindForm(forms.Form):
    text = forms.CharField(
        label="جست‌وجوی کارگاه",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "نام یا کد کارگاه"}),
    )


@require_http_methods(["GET", "POST"])
@senior_only
def accounts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The branch's workshops with their users, found by name or code."""
    form = FindForm(request.POST or None)
    workshops = Workshop.objects.visible_to(actor)
    if form.is_valid() and form.cleaned_data["text"].strip():
        workshops = workshops.search(form.cleaned_data["text"])
    found = page_of(
        workshops, "sort_key", "code", "name", after=request.GET.get("after", ""), descending=False
    )
    users: dict[int, list[Representation]] = {}
    held = Representation.objects.filter(workshop__in=[r["id"] for r in found.rows], ended_at=None)
    for representation in held.select_related("user"):
        users.setdefault(representation.workshop_id, []).append(representation)
    context = {"actor": actor, "here": "accounts", "form": form, "rows": found.rows, "users": users}
    context |= {"after": found.after, "searched": request.method == "POST"}
    return render(request, "desk/accounts.html", context)


@require_http_methods(["GET", "POST"])
@senior_only
def new_account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A workshop's account; its letter is shown once."""
    form = AccountForm(request.POST or None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            workshop, user, password = open_workshop(actor, form.cleaned_data)
        except IntegrityError:  # a colleague was quicker
            form.add_error("code", "این کارگاه یا نام کاربری همین اکنون ثبت شد.")
        else:
            return _letter(request, actor, workshop, user, password)
    context = {"actor": actor, "here": "accounts", "form": form}
    return render(request, "desk/new_account.html", context, status=422 if form.errors else 200)


@require_POST
@senior_only
def add(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One more user for a workshop that has none, or needs another; the letter is shown once."""
    workshop = get_object_or_404(Workshop.objects.visible_to(actor), pk=pk)
    user, password = add_representative(actor, workshop)
    return _letter(request, actor, workshop, user, password)


@require_POST
@senior_only
def reset(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A new one-time password for a representative; its letter is shown once (R47)."""
    mine = Representation.objects.filter(workshop__in=Workshop.objects.visible_to(actor), ended_at=None)
    representation = get_object_or_404(mine.select_related("user", "workshop"), pk=pk)
    password = renew_credentials(actor, representation.user)
    return _letter(request, actor, representation.workshop, representation.user, password)


def _letter(
    request: HttpRequest, actor: Actor, workshop: Workshop, user: User, password: str
) -> HttpResponse:
    """The official letter with user name and one-time password (R18): printed now, never shown again."""
    context = {
        "actor": actor,
        "here": "accounts",
        "workshop": workshop,
        "user": user,
        "password": password,
        "branch": actor.branch,
        "today": timezone.localdate(),
        "address": request.build_absolute_uri("/"),
    }
    return render(request, "desk/letter.html", context)
