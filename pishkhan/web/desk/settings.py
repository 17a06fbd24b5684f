"""«تنظیمات شعبه»: what the senior user may change without a programmer; each change dated and logged."""

import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.catalogue.answers import typed
from pishkhan.persian.calendar import show_date
from pishkhan.policy.models import Policy
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.actors import Actor

from ..access import senior_only
from ..kept import typed_before
from .history import AUTHORS
from .setting_forms import GROUPS, SettingsForm

HISTORY = 10


@require_safe
@senior_only
def settings_home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The groups, each with its last change."""
    latest = Policy.objects.order_by("-id")[:200]
    changed: dict[str, Policy] = {}
    for decided in latest:
        group = next((g for g in GROUPS if decided.key.startswith(g.keys)), None)
        if group:
            changed.setdefault(group.code, decided)
    context = {"actor": actor, "here": "settings", "authors": AUTHORS, "groups": GROUPS, "changed": changed}
    return render(request, "desk/settings.html", context)


@require_http_methods(["GET", "POST"])
@senior_only
def settings_group(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One group: what is in force, changed from a day on."""
    group = next((group for group in GROUPS if group.code == code), None)
    if group is None:
        raise Http404
    before = group.current()
    initial = {"valid_from": timezone.localdate(), **before, **typed_before(request)}
    form = group(request.POST or None, initial=initial)
    if request.method == "POST" and "keep" not in request.POST and form.is_valid():
        changed = _decide(actor, form)
        since = show_date(form.cleaned_data["valid_from"])
        told = f"از {since} به اجرا گذاشته می‌شود." if changed else "چیزی تغییر نکرد."
        messages.success(request, told)
        return redirect("settings")
    decided = Policy.objects.filter(key__startswith=group.keys).order_by("-id")[:HISTORY]
    context = {
        "actor": actor,
        "here": "settings",
        "authors": AUTHORS,
        "group": group,
        "form": form,
        "decided": decided,
    }
    context["today"] = timezone.localdate()
    failed = bool(form.errors) and "keep" not in request.POST
    return render(request, "desk/settings_group.html", context, status=422 if failed else 200)


@transaction.atomic
def _decide(actor: Actor, form: SettingsForm) -> int:
    """Writes what differs from what would be in force on that day; returns how many policies that are."""
    since: datetime.date = form.cleaned_data["valid_from"]
    unchanged = _values_of(type(form), form.current(since), since)
    changed = {key: value for key, value in form.values().items() if unchanged.get(key) != value}
    for key, value in changed.items():
        decide_policy(key, value, valid_from=since, by=actor.author)
    return len(changed)


def _values_of(form: type[SettingsForm], current: dict[str, Any], since: datetime.date) -> dict[str, Any]:
    """What a form that changes nothing would decide: spellings are brought into line by cleaning."""
    asked = form().fields
    shown = {**current, "valid_from": since}
    same = form({name: typed(field, shown.get(name)) for name, field in asked.items()})
    return same.values() if same.is_valid() else {}
