"""«رویدادها»: who did what, to what and when, as the senior user reads it (R47)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pishkhan.accounts.models import canonical_username
from pishkhan.audit.reading import entries, state
from pishkhan.cases.models import Case
from pishkhan.inspections.models import Inspection
from pishkhan.letters.models import Letter
from pishkhan.people.models import Person
from pishkhan.persian.calendar import start_of_day
from pishkhan.persian.digits import to_latin
from pishkhan.persian.fields import PersianCharField
from pishkhan.workshops import users
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop

from ..access import trail_readers_only
from ..listing import page_of
from ..searching import PeriodForm, go_to_search, search_of
from .history import AUTHORS, WORDS, more_of

COLUMNS = ("user_id", "author", "action", "about", "details")
MOST_CASES = 50


class TrailForm(PeriodForm):
    field_order = ("who", "what", "about")

    who = PersianCharField(
        label="از سوی",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "نام کاربری"}),
    )
    what = forms.ChoiceField(label="چه کاری", required=False, choices=[("", "همهٔ کارها"), *WORDS.items()])
    about = forms.CharField(
        label="دربارهٔ",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "کد رهگیری، ملی یا کارگاه، کاربر"}),
    )


@require_http_methods(["GET", "POST"])
@trail_readers_only
def trail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The latest first, 25 a page, narrowed by who, what, about what and when; and how safe the trail is."""
    form = TrailForm(request.POST) if request.method == "POST" else search_of(request, TrailForm)
    asked = _asked(actor, form)
    if request.method == "POST" and form.is_valid():
        return go_to_search(request, form, reverse("trail"))
    after = request.GET.get("after", "")
    found = entries(**asked) if form.is_valid() else entries().none()
    page = page_of(found, "at", *COLUMNS, after=after)
    context = {"actor": actor, "here": "trail", "form": form, "state": state(), "after": page.after}
    context |= {"rows": _told(actor, page.rows), "first": not after, "searched": bool(asked)}
    context["search_name"] = request.GET.get("s", "")
    return render(request, "desk/trail.html", context, status=422 if form.errors else 200)


def _asked(actor: Actor, form: TrailForm) -> dict[str, Any]:
    """What a valid form asks for, names and codes looked up; what is not found is said beside its field."""
    if not form.is_valid():
        return {}
    wanted, asked = form.cleaned_data, dict[str, Any]()
    if wanted["who"]:
        named = users.visible_to(actor).filter(username=_username(wanted["who"]))
        asked["by"] = named.values_list("pk", flat=True).first()
        if asked["by"] is None:
            form.add_error("who", "کاربری با این نام کاربری در این شعبه نیست.")
    if wanted["what"]:
        asked["action"] = wanted["what"]
    if wanted["about"]:
        asked["about"] = _references(actor, wanted["about"])
        if not asked["about"]:
            form.add_error("about", "درخواست، شخص، کارگاه یا کاربری با این کد یا نام پیدا نشد.")
    if wanted["since"]:
        asked["since"] = start_of_day(wanted["since"])
    if wanted["until"]:
        asked["until"] = start_of_day(wanted["until"], days_after=1)
    return asked


def _username(typed: str) -> str:
    return canonical_username(to_latin(typed))


def _references(actor: Actor, typed: str) -> list[str]:
    """Whatever has that code or name, as the entries refer to it.

    Of cases that only their workshop may see yet, no more than the number is taken here.
    """
    digits = "".join(c for c in to_latin(typed) if c not in "-–— \u200c/")
    name = _username(typed)
    found: dict[str, QuerySet[Any]] = {"user": users.visible_to(actor).filter(username=name)}
    if digits.isascii() and digits.isdigit():
        here = Case.objects.filter(branch=actor.branch)
        found = {
            "user": users.visible_to(actor).filter(Q(username=name) | Q(national_code=digits)),
            "person": Person.objects.visible_to(actor).filter(national_code=digits),
            "workshop": Workshop.objects.visible_to(actor).filter(code=digits),
            "case": here.filter(Q(tracking_digits=digits) | Q(national_code=digits)).order_by("-id"),
        }
    return [
        f"{kind}:{pk}"
        for kind, rows in found.items()
        for pk in rows.values_list("pk", flat=True)[:MOST_CASES]
    ]


@dataclass(frozen=True)
class Kind:
    """What entries are about: how it is called, whose rows may be seen, which columns name it, its page."""

    title: str
    rows: Callable[[Actor], "QuerySet[Any]"]
    columns: tuple[str, ...]
    route: str


KINDS = {
    "case": Kind("درخواست", Case.objects.visible_to, ("tracking_code",), "review"),
    "person": Kind("پروندهٔ", Person.objects.visible_to, ("first_name", "last_name"), "desk_person"),
    "workshop": Kind("کارگاه", Workshop.objects.visible_to, ("name",), "workshop"),
    "user": Kind("کاربر", users.visible_to, ("username",), "account"),
    "inspection": Kind("بازدید شمارهٔ", Inspection.objects.visible_to, ("number",), "desk_inspection"),
    "letter": Kind("نامهٔ شمارهٔ", Letter.objects.visible_to, ("number",), ""),
}
OTHERS = {"keys": "کلیدها", "policy": "تنظیمات شعبه", "branch": "شعبه"}


def _told(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries in words; what they are about is named as it is called now, one query a kind."""
    named = {name: _names(actor, name, rows) for name in KINDS}
    for row in rows:
        kind, _, pk = row["about"].partition(":")
        row["words"] = WORDS.get(row["action"], row["action"])
        row["more"] = more_of(row["about"], row["details"])
        row["author"] = AUTHORS.get(row["author"], row["author"])
        row["kind"] = KINDS[kind].title if kind in KINDS else OTHERS.get(kind, "")
        row["name"] = named.get(kind, {}).get(pk, "")
        route = KINDS[kind].route if kind in KINDS else ""
        row["path"] = reverse(route, args=[pk]) if route and row["name"] else ""
    return rows


def _names(actor: Actor, name: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Of one kind, what the page's entries are about: number as text → name."""
    kind = KINDS[name]
    numbers = {row["about"].partition(":")[2] for row in rows if row["about"].startswith(f"{name}:")}
    found = kind.rows(actor).filter(pk__in=numbers).values_list("pk", *kind.columns) if numbers else []
    return {str(pk): " ".join(filter(None, names)) for pk, *names in found}
