"""User management (R47): the users of the branch, new accounts, the letters with their passwords (R18)."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import one_time_until
from pishkhan.approvals.operations import hire
from pishkhan.catalogue.parties import Unit
from pishkhan.letters.operations import issue_credentials
from pishkhan.persian import fields
from pishkhan.workshops import users
from pishkhan.workshops.accounts import add_representative, renew_credentials
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Representation, Workshop
from pishkhan.workshops.operations import open_workshop
from pishkhan.workshops.refusals import RefusedChangeError

from ..access import senior_only
from ..kept import typed_before
from ..lettering import pdf
from ..listing import page_of
from ..particulars import ParticularsForm, UsernameField
from ..searching import TextSearchForm, go_to_search, search_of
from ..seen import number_seen

TABS: dict[str, tuple[str, dict[str, Any]]] = {
    "all": ("همه", {}),
    "representatives": ("نمایندگان کارفرما", {"side": Side.WORKSHOP, "is_active__in": [True]}),
    "staff": ("کارکنان شعبه", {"side": Side.DESK, "is_active__in": [True]}),
    "deactivated": ("غیرفعال", {"is_active__in": [False]}),
}
COLUMNS = ("username", "first_name", "last_name", "national_code", "side", "is_active")
POST = ("post__unit", "post__is_senior")
ASKED = "نقش کاربر ارشد در انتظار تأیید دوم است؛ تا آن زمان کاربر کارمند شعبه است."


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
    username = UsernameField(required=False, help_text="اگر خالی بماند همان کد کارگاه است.")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Workshop.objects.filter(code=code).exists():
            raise forms.ValidationError(
                "این کارگاه پیش‌تر ثبت شده است؛ آن را در «کارگاه‌ها» بیابید و کاربر بیفزایید."
            )
        return code

    def clean(self) -> None:
        if self.cleaned_data.get("username") or "username" in self.errors:
            return
        self.cleaned_data["username"] = code = self.cleaned_data.get("code", "")
        if code and User.objects.filter(username=code).exists():
            self.add_error("username", "کد کارگاه نام کاربری کس دیگری است و گرفته شده است؛ نامی بنویسید.")


class PostForm(forms.Form):
    """Where a member of staff works, and whether as a senior user; `is_one`: already."""

    unit = forms.ChoiceField(label="واحد", choices=Unit.choices, error_messages=fields.REQUIRED)
    is_senior = forms.TypedChoiceField(
        label="نقش",
        choices=[("staff", "کارمند"), ("senior", "کاربر ارشد")],
        coerce=lambda typed: typed == "senior",
        initial="staff",
        widget=forms.RadioSelect,
        help_text="کاربر ارشد حساب‌ها را می‌سازد، تغییر می‌دهد و غیرفعال می‌کند."
        " این نقش پس از تأیید کاربر ارشد دیگری داده می‌شود.",
        error_messages=fields.REQUIRED,
    )
    reason = fields.PersianCharField(
        label="چرا کاربر ارشد",
        max_length=300,
        required=False,
        help_text="تنها برای دادن این نقش؛ کسی که تأیید می‌کند آن را می‌خواند.",
    )

    def __init__(self, *args: Any, is_one: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_one = is_one

    def clean(self) -> None:
        wanted = self.cleaned_data.get("is_senior") and not self.is_one
        if wanted and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "برای نقش کاربر ارشد بنویسید چرا.")


class CredentialsForm(forms.Form):
    """What the page of a letter sends back for its PDF."""

    username = forms.CharField(max_length=60)
    password = forms.CharField(max_length=100, strip=False)


class StaffForm(PostForm, ParticularsForm):
    """A new member of staff."""

    needed = ParticularsForm.needed | {"username", "unit", "is_senior"}
    field_order = ("username", *ParticularsForm.base_fields, "unit", "is_senior", "reason")

    username = UsernameField()


@require_http_methods(["GET", "POST"])
@senior_only
def accounts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The users of the branch by name; found by name, user name, national code or workshop."""
    if request.method == "GET":
        return _list(request, actor, search_of(request, TextSearchForm))
    form = TextSearchForm(request.POST)
    if not form.is_valid():
        return _list(request, actor, form)
    return go_to_search(request, form, reverse("accounts"), tab="all")


def _list(request: HttpRequest, actor: Actor, form: TextSearchForm) -> HttpResponse:
    tab = request.GET.get("tab", "all")
    if tab not in TABS:
        raise Http404
    text = form.cleaned_data.get("text", "")
    found = users.search(actor, text) if text else users.visible_to(actor)
    after = request.GET.get("after", "")
    listed = found.filter(**TABS[tab][1])
    page = page_of(listed, "sort_key", *COLUMNS, *POST, after=after, descending=False)
    context = {"actor": actor, "here": "accounts", "tabs": TABS, "tab": tab, "form": form, "searched": text}
    context |= {"rows": page.rows, "after": page.after, "first": not after}
    context |= {"search_name": request.GET.get("s", ""), "workshops": _workshops(actor, page.rows)}
    return render(request, "desk/accounts.html", context, status=422 if form.errors else 200)


def _workshops(actor: Actor, rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """The workshops of this branch that the users on the page act for."""
    held = Representation.objects.filter(user__in=[row["id"] for row in rows], ended_at=None)
    by_user: dict[int, list[dict[str, Any]]] = {}
    columns = ("user_id", "workshop__name", "workshop__code")
    for row in held.filter(workshop__branch=actor.branch).order_by("id").values(*columns):
        by_user.setdefault(row["user_id"], []).append(row)
    return by_user


@require_http_methods(["GET", "POST"])
@senior_only
def new_account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new workshop with its account; its letter is shown once."""
    form = AccountForm(request.POST or None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            workshop, user, password = open_workshop(actor, form.cleaned_data)
        except IntegrityError:  # a colleague was quicker
            form.add_error("code", "این کارگاه یا نام کاربری همین اکنون ثبت شد.")
        else:
            return _letter(request, actor, user, password, [workshop])
    context = {"actor": actor, "here": "accounts", "form": form}
    return render(request, "desk/new_account.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@senior_only
def new_staff(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new member of staff; the letter is shown once."""
    form = StaffForm(request.POST or None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            user, password, asked = hire(actor, form.cleaned_data)
        except IntegrityError:
            form.add_error("username", "این نام کاربری همین اکنون گرفته شد؛ نام دیگری بنویسید.")
        else:
            if asked:
                messages.info(request, ASKED)
            return _letter(request, actor, user, password)
    context = {"actor": actor, "here": "accounts", "form": form}
    return render(request, "desk/new_staff.html", context, status=422 if form.errors else 200)


@require_POST
@senior_only
def add(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One more user for a workshop that has none, or needs another; the letter is shown once."""
    open_here = Workshop.objects.visible_to(actor).filter(closed_at=None)
    workshop = get_object_or_404(open_here, pk=pk)
    try:
        user, password = add_representative(actor, workshop, seen=number_seen(request.POST, "seen"))
    except RefusedChangeError as refused:
        messages.error(request, refused.message)
        return redirect("workshop", pk)
    return _letter(request, actor, user, password, [workshop])


@require_POST
@senior_only
def reset(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A new one-time password; its letter is shown once (R47)."""
    user = get_object_or_404(users.visible_to(actor), pk=pk)
    try:
        password = renew_credentials(actor, user, seen=request.POST.get("seen", ""))
    except RefusedChangeError as refused:
        messages.error(request, refused.message)
        return redirect("account", pk)
    here = Workshop.objects.visible_to(actor)
    held = here.filter(representations__user=user, representations__ended_at=None)
    return _letter(request, actor, user, password, list(held.order_by("sort_key", "id")))


def _letter(
    request: HttpRequest, actor: Actor, user: User, password: str, workshops: "list[Workshop] | None" = None
) -> HttpResponse:
    """The official letter with user name and one-time password (R18): printed now, never shown again."""
    context = {
        "actor": actor,
        "here": "accounts",
        "workshops": workshops or [],
        "user": user,
        "password": password,
        "until": one_time_until(user),
        "branch": actor.branch,
        "today": timezone.localdate(),
        "address": f"{settings.ADDRESS}/",
    }
    return render(request, "desk/letter.html", context)


@require_POST
@senior_only
def letter(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The letter as PDF: the page that shows the password sends it back, and it is kept nowhere."""
    workshop = get_object_or_404(Workshop.objects.visible_to(actor), pk=pk)
    form = CredentialsForm(request.POST)
    if not form.is_valid():
        raise Http404
    password = form.cleaned_data["password"]
    held = workshop.representations.filter(ended_at=None, user__username=form.cleaned_data["username"])
    user = get_object_or_404(held.select_related("user")).user
    if not (user.must_change_password and user.check_password(password)):
        messages.error(request, "این رمز دیگر رمز این کاربر نیست؛ برای نامهٔ تازه رمز جدید بسازید.")
        return redirect("accounts")
    issued, content = issue_credentials(workshop, user, password, by=actor.author)
    return pdf(issued, content, saved=True)
