"""The search row above a list of cases: what was asked is kept in the session, never in an address.

Names and national codes in an address would end up in histories and logs.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import get_random_string

from pishkhan.cases.models import Case, CaseQuerySet, code_in
from pishkhan.cases.states import State
from pishkhan.cases.words import newest, rare
from pishkhan.catalogue.service import every_service
from pishkhan.finding import holding, those_of
from pishkhan.persian import fields
from pishkhan.persian.calendar import start_of_day
from pishkhan.persian.digits import to_persian
from pishkhan.persian.letters import search_key
from pishkhan.prepared import Value
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

from .kept import typed_before
from .listing import Pages, Rows

Form = TypeVar("Form", bound=forms.Form)

KEY = "searches"
KEPT = 5
MOST_WORDS = 3
"""A search by more words is built anew each time, and so is one by rare words."""


def date_input() -> forms.TextInput:
    return forms.TextInput(attrs={"placeholder": "سال/ماه/روز"})


class PeriodForm(forms.Form):
    """A Jalali range of dates, open at either end."""

    since = fields.JalaliDateField(label="از تاریخ", required=False, widget=date_input())
    until = fields.JalaliDateField(label="تا تاریخ", required=False, widget=date_input())

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", "پیش از تاریخ آغاز است.")


class SearchForm(PeriodForm):
    """By type, text and a Jalali range of dates (R28, R30)."""

    field_order = ("service", "text")

    service = forms.ChoiceField(label="نوع درخواست", required=False)
    text = forms.CharField(
        label="جست‌وجو",
        required=False,
        max_length=100,
        strip=True,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "توضیحات، نام، کد ملی یا کد رهگیری"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(service.code, service.title) for service in every_service()]
        self.fields["service"].choices = [("", "همهٔ انواع"), *choices]  # type: ignore[attr-defined]


def go_to_search(request: HttpRequest, form: forms.Form, home: str, **query: str) -> HttpResponse:
    """Keeps what a valid form asks for and leads to its rows; to `home` when nothing was asked.

    The address carries `query` and the short name of what was kept.
    """
    asked = {name: _as_shown(form.data.get(name, "").strip()) for name in form.fields}
    if not any(asked.values()):
        return redirect(home)
    name = get_random_string(6)
    held = dict(list(request.session.get(KEY, {}).items())[-KEPT + 1 :])
    request.session[KEY] = held | {name: asked}
    return redirect(f"{home}?{urlencode({**query, 's': name})}")


def _as_shown(text: str) -> str:
    """Numbers and dates stand above their rows in Persian digits; what has a Latin letter stays as typed."""
    return text if re.search("[A-Za-z]", text) else to_persian(text)


class TextSearchForm(forms.Form):
    """One box: what it searches is told by its placeholder."""

    text = forms.CharField(
        label="جست‌وجو", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )


def search_of(request: HttpRequest, form_class: type[Form] = SearchForm) -> Form:  # type: ignore[assignment]
    """The search that the address names, bound and checked; an empty one when there is none."""
    asked = request.session.get(KEY, {}).get(request.GET.get("s", "")) if "s" in request.GET else None
    data = asked or typed_before(request)
    return _checked(form_class, data) if data else _empty(form_class)


def _checked(form_class: type[Form], data: dict[str, Any]) -> Form:
    form = form_class(data)
    form.full_clean()
    return form


@cache
def _empty(form_class: type[Form]) -> Form:
    """One that nobody has filled in is the same for everybody: nothing may be written to it."""
    return _checked(form_class, {})


def digits_in(text: str) -> str:
    """The Latin digits of a text that is a number however it is spaced, else ""."""
    digits = search_key(text).replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() else ""


def by_words(pages: Pages) -> dict[int, Pages]:
    """For so many words, the pages of what holds them."""
    return {words: pages.narrowed(holding, *[str] * words) for words in range(1, MOST_WORDS + 1)}


class CasePages(Pages):
    """Pages of cases, and of those among them that a text finds."""

    def __init__(
        self,
        shown: Callable[..., CaseQuerySet],
        *columns: str,
        descending: bool = True,
        kinds: tuple[type[Value], ...] = (),
    ) -> None:
        super().__init__(shown, Case, "submitted_at", *columns, descending=descending, kinds=kinds)
        self._newest = PreparedFor(lambda *given: newest(shown(*given)), *kinds)
        self._coded, self._holding = self.narrowed(CaseQuerySet.coded, str, str), by_words(self)

    def found(self, actor: Actor, *unit: str, text: str, after: str) -> Rows:
        """What `CaseQuerySet.search` finds, by queries that were built before."""
        if code := code_in(text):
            return self._coded.of(actor, *unit, *code, after=after)
        words = search_key(text).split()
        if not words:
            return self.of(actor, *unit, after=after)
        few = rare(self._newest.asked(actor, *unit), words)
        if few is None and len(words) in self._holding:
            return self._holding[len(words)].of(actor, *unit, *words, after=after)
        cases = self.shown(actor, *unit)
        return self.among(holding(cases, *words) if few is None else those_of(few, cases), after)


def listed(
    request: HttpRequest, pages: CasePages, form: SearchForm, actor: Actor, *unit: str
) -> dict[str, Any]:
    """What a page of a list of cases shows: the rows that were asked for, and where the list goes on."""
    asked = {name for name, value in form.cleaned_data.items() if value} if form.is_valid() else set()
    after, state = request.GET.get("after", ""), request.GET.get("state", "")
    only = state if state in State.values else ""
    if asked == {"text"} and not only:
        found = pages.found(actor, *unit, text=form.cleaned_data["text"], after=after)
    elif asked or only:
        cases = pages.shown(actor, *unit)
        cases = narrowed(cases, form) if asked else cases
        found = pages.among(cases.filter(state=only) if only else cases, after)
    else:
        found = pages.of(actor, *unit, after=after)
    return {
        "rows": found.rows,
        "after": found.after,
        "first": not after,
        "only": only,
        "form": form,
        "searched": bool(asked),
        "search_name": request.GET.get("s", ""),
    }


def narrowed(cases: CaseQuerySet, form: SearchForm) -> CaseQuerySet:
    """The cases that a valid search asks for."""
    wanted = form.cleaned_data
    if wanted.get("text"):
        cases = cases.search(wanted["text"])
    if wanted.get("service"):
        cases = cases.filter(service_code=wanted["service"])
    if wanted.get("since"):
        cases = cases.filter(submitted_at__gte=start_of_day(wanted["since"]))
    if wanted.get("until"):
        cases = cases.filter(submitted_at__lt=start_of_day(wanted["until"], days_after=1))
    return cases
