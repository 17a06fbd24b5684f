"""The branch's register of persons: found, looked at, and their contribution records kept (R15)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pishkhan.audit.operations import record
from pishkhan.cases.models import Case
from pishkhan.people.forms import today
from pishkhan.people.history import gaps, line, overlaps, records_of
from pishkhan.people.models import ContributionRecord, Dependent, Employment, KnownScan, Person, RecordSource
from pishkhan.people.operations import add_records, end_dependent, end_employment, remove_record
from pishkhan.persian import fields
from pishkhan.persian.digits import to_persian
from pishkhan.persian.letters import sort_key
from pishkhan.sheets.tables import RefusedTable
from pishkhan.sheets.writing import write_template
from pishkhan.workshops.actors import Actor

from ..access import registrar_only
from ..answering import small_picture
from ..downloads import excel_file
from ..harvest import in_vain, in_vain_too_often
from ..kept import typed_before
from ..listing import Pages, Rows
from ..searching import TextSearchForm, digits_in, go_to_search, search_of
from .excel import columns_of, import_page, sent_table, wrong_cells

COLUMNS = ("first_name", "last_name", "father_name", "national_code", "insurance_number", "birth_date")
LAST = "zzzz"
"""Comes behind what follows in a sort key, which is pairs of ASCII letters, in every collation."""


class RecordForm(forms.Form):
    """One contribution record, typed by an officer or a row of an Excel file."""

    workshop_name = fields.PersianCharField(label="نام کارگاه", max_length=200)
    workshop_code = fields.WorkshopCodeField(label="کد کارگاه", required=False)
    started_on = fields.JalaliDateField(label="از تاریخ", not_after=today)
    ended_on = fields.JalaliDateField(label="تا تاریخ", not_after=today)
    days = fields.WholeNumberField(
        label="روزهای پرداخت", required=False, least=1, most=20_000, help_text="خالی: همهٔ روزهای دوره."
    )
    remarks = fields.PersianCharField(label="توضیحات", required=False, max_length=300)

    def clean(self) -> None:
        start, end = self.cleaned_data.get("started_on"), self.cleaned_data.get("ended_on")
        if start and end and end < start:
            self.add_error("ended_on", "پیش از تاریخ آغاز است.")
        elif start and end and (self.cleaned_data.get("days") or 0) > (end - start).days + 1:
            self.add_error("days", f"دوره {to_persian((end - start).days + 1)} روز است.")

    def record(self, source: RecordSource) -> ContributionRecord:
        given = self.cleaned_data
        whole = (given["ended_on"] - given["started_on"]).days + 1
        return ContributionRecord(**{**given, "days": given["days"] or whole}, source=source)


class EndForm(forms.Form):
    ended_on = fields.JalaliDateField(label="پایان از تاریخ", not_after=today)


RECORD_COLUMNS = columns_of(RecordForm())


def everybody(actor: Actor) -> QuerySet[Person]:
    return Person.objects.visible_to(actor)


def named(actor: Actor, first: str, end: str) -> QuerySet[Person]:
    return Person.objects.visible_to(actor).filter(sort_key__gte=first, sort_key__lt=end)


def numbered(actor: Actor, digits: str) -> QuerySet[Person]:
    return Person.objects.visible_to(actor).filter(Q(national_code=digits) | Q(insurance_number=digits))


def _pages(shown: Callable[..., QuerySet[Person]], *kinds: type[str]) -> Pages:
    return Pages(shown, Person, "sort_key", *COLUMNS, descending=False, kinds=kinds)


EVERYBODY, NAMED, NUMBERED = _pages(everybody), _pages(named, str, str), _pages(numbered, str)


def _found(actor: Actor, text: str, after: str = "") -> Rows:
    """By national code, insurance number, or how the last name (and then the first) begins."""
    if not text:
        return EVERYBODY.of(actor, after=after)
    if digits := digits_in(text):
        return NUMBERED.of(actor, digits, after=after)
    key = "".join(map(sort_key, text.split()))
    return NAMED.of(actor, key, key + LAST, after=after)


MISSES_AN_HOUR = 20
STOPPED = "کدهای بسیاری که در پرونده‌ها نبود جست‌وجو شد؛ یک ساعت دیگر ادامه دهید یا نام خانوادگی را بنویسید."


def _may_search(actor: Actor, form: TextSearchForm) -> bool:
    """Numbers tried one after the other are stopped; a name, or somebody who is found, costs nothing."""
    text = form.cleaned_data["text"]
    if not digits_in(text):
        return True
    often = in_vain_too_often(actor, MISSES_AN_HOUR)
    if often or not (_found(actor, text).rows or in_vain(actor, MISSES_AN_HOUR)):
        form.add_error("text", STOPPED)
    return not form.errors


@require_http_methods(["GET", "POST"])
@registrar_only
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Persons of the branch in Persian order; what is asked for stands in no address."""
    form = TextSearchForm(request.POST) if request.method == "POST" else search_of(request, TextSearchForm)
    if request.method == "POST" and form.is_valid() and _may_search(actor, form):
        return go_to_search(request, form, reverse("people"))
    text = form.cleaned_data.get("text", "") if form.is_valid() else ""
    after = request.GET.get("after", "")
    page = _found(actor, text, after)
    context = {"actor": actor, "here": "people", "form": form, "searched": text, "rows": page.rows}
    context |= {"after": page.after, "first": not after, "search_name": request.GET.get("s", "")}
    return render(request, "desk/people.html", context, status=422 if form.errors else 200)


def _person(actor: Actor, pk: int) -> Person:
    return get_object_or_404(Person.objects.visible_to(actor), pk=pk)


@require_http_methods(["GET", "POST"])
@registrar_only
def person(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Identity, employments, dependents, booklets, requests; a POST adds one record. Looking is recorded."""
    shown = _person(actor, pk)
    form = RecordForm(request.POST or None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        entered = add_records(shown, [form.record(RecordSource.DESK)], by=actor.author)
        messages.success(request, "سابقه ثبت شد." if entered else "همین سابقه پیش‌تر ثبت شده است.")
        return redirect(f"{reverse('desk_person', args=[pk])}#records")
    return _page(request, actor, shown, form)


def _page(request: HttpRequest, actor: Actor, shown: Person, form: forms.Form) -> HttpResponse:
    record("person viewed", by=actor.author, about=f"person:{shown.pk}")
    records, seen = records_of(shown), Case.objects.visible_to(actor)
    context = {
        "actor": actor,
        "here": "people",
        "person": shown,
        "form": form,
        "ending": EndForm(auto_id=False),
        "employments": shown.employments.select_related("workshop").order_by("-started_on")[:50],
        "dependents": shown.dependents.filter(ended_on=None).select_related("person").order_by("id"),
        "sponsors": shown.sponsorships.filter(ended_on=None).select_related("main"),
        "booklets": shown.booklets.order_by("-id")[:10],
        "records": records,
        "bars": line(records),
        "overlaps": overlaps(records),
        "gaps": gaps(records),
        "cases": seen.filter(national_code=shown.national_code).order_by("-id")[:25],
        "has_photo": KnownScan.objects.current(shown).filter(kind="photo").exists(),
    }
    return render(request, "desk/person.html", context, status=422 if form.errors else 200)


@require_safe
@registrar_only
def photo(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The photo on a person's page; opening it is an entry of the trail."""
    shown = _person(actor, pk)
    known = KnownScan.objects.current(shown).filter(kind="photo").first()
    response = small_picture(known.document if known else None)
    record("scan opened", by=actor.author, about=f"person:{shown.pk}", kind="photo")
    return response


@require_POST
@registrar_only
def drop_record(request: HttpRequest, actor: Actor, pk: int, row: int) -> HttpResponse:
    """A record that was entered by mistake; the trail keeps what it said."""
    shown = _person(actor, pk)
    remove_record(get_object_or_404(shown.records, pk=row), by=actor.author)
    messages.success(request, "سابقه حذف شد.")
    return redirect(f"{reverse('desk_person', args=[pk])}#records")


@require_POST
@registrar_only
def leave(request: HttpRequest, actor: Actor, pk: int, row: int) -> HttpResponse:
    """The person no longer works at a workshop (ترک کار)."""
    here = Employment.objects.filter(person=_person(actor, pk), workshop__branch=actor.branch)
    return _ended(request, pk, get_object_or_404(here, pk=row, ended_on=None), end_employment, actor)


@require_POST
@registrar_only
def end_cover(request: HttpRequest, actor: Actor, pk: int, row: int) -> HttpResponse:
    """Somebody is no longer covered through this person."""
    covered = Dependent.objects.filter(main=_person(actor, pk), ended_on=None)
    return _ended(request, pk, get_object_or_404(covered, pk=row), end_dependent, actor)


def _ended(request: HttpRequest, pk: int, row: Any, end: Any, actor: Actor) -> HttpResponse:
    form = EndForm(request.POST)
    day = form.cleaned_data["ended_on"] if form.is_valid() else None
    if day is None or day < row.started_on:
        messages.error(request, "تاریخ پایان را درست بنویسید؛ پیش از تاریخ شروع نباشد.")
    elif end(row, on=day, by=actor.author):
        messages.success(request, "پایان آن ثبت شد.")
    else:
        messages.error(request, "همکار شما پایان آن را همین اکنون ثبت کرد؛ تاریخ او ماند.")
    return redirect("desk_person", pk)


@require_safe
@registrar_only
def records_template(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The empty table of records, to be filled in with Excel."""
    return excel_file(write_template("سوابق", RECORD_COLUMNS), "records")


@require_http_methods(["GET", "POST"])
@registrar_only
def import_records(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Records of one person from an Excel file: all of them, or none and what is wrong row by row."""
    shown = _person(actor, pk)
    page = partial(import_page, request, "desk/import_records.html")
    context = {"actor": actor, "here": "people", "person": shown}
    if request.method == "GET":
        return page(context)
    try:
        table = sent_table(request, RECORD_COLUMNS)
    except RefusedTable as refused:
        return page(context, errors=refused.messages)
    forms_ = [(row.number, RecordForm(row.cells)) for row in table.rows]
    problems = table.problems + [problem for row in forms_ for problem in wrong_cells(*row)]
    if problems:
        return page(context, problems=problems)
    added = [form.record(RecordSource.FILE) for _, form in forms_]
    entered = add_records(shown, added, by=actor.author)
    known = f"؛ {to_persian(len(added) - entered)} ردیف پیش‌تر ثبت شده بود" if entered < len(added) else ""
    messages.success(request, f"{to_persian(entered)} سابقه ثبت شد{known}.")
    return redirect(f"{reverse('desk_person', args=[pk])}#records")
