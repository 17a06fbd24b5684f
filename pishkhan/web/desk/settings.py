"""«تنظیمات شعبه»: what the senior user may change without a programmer; each change dated and logged."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.catalogue.answers import as_stored, is_rows, shown, typed
from pishkhan.persian.calendar import show_date
from pishkhan.policy.models import Policy
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.operations import decide_settings
from pishkhan.workshops.refusals import DecidedMeanwhileError

from ..access import senior_only
from ..kept import typed_before
from ..seen import number_seen
from .history import AUTHORS
from .setting_forms import GROUPS, SettingsForm

HISTORY = 10
OTHER_ROWS = "ردیف‌های ثبت‌شده با این‌ها یکی نیست؛ برای دیدن آن‌ها این صفحه را در برگهٔ دیگری باز کنید."


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
    decided, kept = _decided(group), typed_before(request)
    initial = {"valid_from": timezone.localdate(), **group.current(), **kept}
    form = group(request.POST or None, initial=initial)
    seen = request.POST.get("seen", kept.get("seen", _last(decided)))
    if request.method == "POST" and "keep" not in request.POST and form.is_valid():
        since, changed = form.cleaned_data["valid_from"], _changed(form)
        try:
            decide_settings(
                actor, group.keys, changed, valid_from=since, seen=number_seen(request.POST, "seen")
            )
        except DecidedMeanwhileError as refused:
            decided = _decided(group)
            seen = _last(decided)
            if changed := _changed(form):  # of a double click the second finds its own decision
                _tell_apart(form, refused.message)
        if not form.errors:
            told = f"از {show_date(since)} به اجرا گذاشته می‌شود." if changed else "چیزی تغییر نکرد."
            messages.success(request, told)
            return redirect("settings")
    context = {
        "actor": actor,
        "here": "settings",
        "authors": AUTHORS,
        "group": group,
        "form": form,
        "seen": seen,
        "decided": decided,
    }
    context["today"] = timezone.localdate()
    failed = bool(form.errors) and "keep" not in request.POST
    return render(request, "desk/settings_group.html", context, status=422 if failed else 200)


def _decided(group: type[SettingsForm]) -> list[Policy]:
    """What was decided on it, the latest first."""
    return list(Policy.objects.filter(key__startswith=group.keys).order_by("-id")[:HISTORY])


def _last(decided: list[Policy]) -> int:
    return decided[0].pk if decided else 0


def _changed(form: SettingsForm) -> dict[str, Any]:
    """What a valid form would change of what is in force on its day, by policy key.

    An answer that was left as it is today stays as it is planned for that day; a page that is saved as it
    stands takes the plans back.
    """
    since: datetime.date = form.cleaned_data["valid_from"]
    today, then, meant = form.current(), form.current(since), _answers(form)
    touched = {name for name, answer in meant.items() if _differs(form, name, answer, today.get(name))}
    if touched:
        meant = {name: answer if name in touched else then.get(name) for name, answer in meant.items()}
    decided = _values_of(type(form), meant, since) or form.values()  # what is planned may be wrong by now
    unchanged = _values_of(type(form), then, since)
    return {key: value for key, value in decided.items() if unchanged.get(key) != value}


def _answers(form: SettingsForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "valid_from"}


def _differs(form: SettingsForm, name: str, one: Any, other: Any) -> bool:
    """Whether two answers read differently."""
    field = form.fields[name]
    return shown(field, as_stored(one)) != shown(field, as_stored(other))


def _tell_apart(form: SettingsForm, why: str) -> None:
    """Puts beside each answer that differs from what is in force on its day what that is."""
    then, meant = form.current(form.cleaned_data["valid_from"]), _answers(form)
    form.add_error(None, why)
    for name, answer in meant.items():
        if _differs(form, name, answer, then.get(name)):
            field = form.fields[name]
            decided = shown(field, as_stored(then.get(name)))
            told = f"برای این تاریخ «{decided}» ثبت است." if decided else "برای این تاریخ خالی است."
            form.add_error(name, OTHER_ROWS if is_rows(field) else told)


def _values_of(form: type[SettingsForm], answers: dict[str, Any], since: datetime.date) -> dict[str, Any]:
    """What a form with these answers decides, their spellings cleaned; nothing if one is wrong."""
    asked, filled = form().fields, {**answers, "valid_from": since}
    same = form({name: typed(field, as_stored(filled.get(name))) for name, field in asked.items()})
    return same.values() if same.is_valid() else {}
