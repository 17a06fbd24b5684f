"""What waits for a second person, as both sides of the counter decide it and take it back."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from pishkhan.accounts.models import User
from pishkhan.approvals.models import Action, Approval
from pishkhan.approvals.operations import approve, refuse, withdraw
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.fields import PersianCharField
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import StaffPost
from pishkhan.workshops.refusals import RefusedChangeError

TABS = {"active": "شاغلان", "left": "ترک‌کارکردگان"}


class DecisionForm(forms.Form):
    """Yes, or no and why."""

    verb = forms.ChoiceField(choices=[("approve", "تأیید"), ("refuse", "نپذیرفتن")])
    answer = PersianCharField(
        label="دلیل نپذیرفتن",
        required=False,
        max_length=300,
        help_text="برای نپذیرفتن؛ کسی که خواسته است آن را می‌خواند.",
    )

    def clean(self) -> None:
        if self.cleaned_data.get("verb") == "refuse" and not self.cleaned_data.get("answer"):
            self.add_error("answer", "بنویسید چرا نمی‌پذیرید.")


@dataclass
class Card:
    """One thing asked for, with what the one who decides should know; a form when it may be decided now."""

    asked: Approval
    facts: list[tuple[str, str, str]] = field(default_factory=list)
    """Label, words, and the address that they lead to, if any."""
    form: DecisionForm | None = None
    own: bool = False


def settle(request: HttpRequest, actor: Actor, pk: int) -> DecisionForm | None:
    """Does what the form says, told in a message; the form when something is wrong in it."""
    get_object_or_404(Approval.objects.decidable_by(actor), pk=pk)
    form = DecisionForm(request.POST, prefix=f"approval-{pk}")
    if not form.is_valid():
        return form
    try:
        if form.cleaned_data["verb"] == "approve":
            told = f"تأیید شد: {approve(actor, pk).title}."
        else:
            told = f"پذیرفته نشد: {refuse(actor, pk, form.cleaned_data['answer']).title}."
        messages.success(request, told)
    except RefusedChangeError as refused:
        messages.error(request, refused.message)
    return None


def take_back(request: HttpRequest, actor: Actor, pk: int) -> None:
    try:
        messages.success(request, f"پس گرفته شد: {withdraw(actor, pk).title}.")
    except Approval.DoesNotExist as missing:
        raise Http404 from missing
    except RefusedChangeError as refused:
        messages.error(request, refused.message)


def card(actor: Actor, asked: Approval, wrong: dict[int, DecisionForm] | None = None) -> Card:
    """`asked` is of `with_all`; `wrong`: forms to be shown again, by the number of what they decide."""
    facts = [(label, words, path if actor.at_desk else "") for label, words, path in facts_of(asked)]
    made = Card(asked, facts, own=asked.asked_by == actor.user)
    if asked.is_waiting and not made.own and asked.subject != actor.user:
        made.form = (wrong or {}).get(asked.pk) or DecisionForm(prefix=f"approval-{asked.pk}")
    return made


def facts_of(asked: Approval) -> list[tuple[str, str, str]]:
    if asked.subject:
        return _of_account(asked.subject, second_factor=vars(asked)["second_factor"])
    if asked.action == Action.EXPORT:
        return _of_workshop(asked, *_of_export(asked.parameters))
    return _of_workshop(asked) if asked.workshop else []


def _of_workshop(asked: Approval, *more: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    assert asked.workshop
    name = to_persian(f"{asked.workshop.name} ({asked.workshop.code})")
    return [("کارگاه", name, reverse("workshop", args=[asked.workshop.pk])), *more]


def _of_export(asked_for: dict[str, Any]) -> list[tuple[str, str, str]]:
    narrowed = [("جست‌وجو", to_persian(asked_for["text"]), "")] if asked_for["text"] else []
    people = to_persian(f"{asked_for['people']} نفر، هنگام خواستن")
    return [("فهرست", TABS[asked_for["tab"]], ""), *narrowed, ("شمار", people, "")]


def _of_account(user: User, *, second_factor: bool) -> list[tuple[str, str, str]]:
    """Whoever decides sees whose account it is, and who may hold its password."""
    post: StaffPost | None = getattr(user, "post", None)
    changed = show_date(user.password_set_at) if user.password_set_at else "—"
    told = "یک‌بارمصرف؛ هنوز تغییر نکرده است" if user.must_change_password else f"آخرین تغییر {changed}"
    unit = post.get_unit_display() if post and post.unit else "—"
    return [
        ("واحد", unit, ""),
        ("حساب ساخته شده", show_date(user.created_at), ""),
        ("رمز عبور", told, ""),
        ("گام دوم ورود", "روشن" if second_factor else "ندارد", ""),
    ]
