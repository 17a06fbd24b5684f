"""The list of insured persons as an Excel file: at once, or when it is large after a second person's yes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from pishkhan.approvals.models import Action, Approval
from pishkhan.approvals.operations import ask_export, bulk_limit, take_export, take_small_export
from pishkhan.people.models import Dependent, Employment, Person
from pishkhan.persian.fields import PersianCharField
from pishkhan.sheets.writing import write_table
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.refusals import RefusedChangeError

from ..access import workshop_only
from ..downloads import excel_file
from ..searching import TextSearchForm, search_of
from ..second_person import card
from .insured import ORDERS, TABS, dependents_of, employments, narrowed

EXPORTED = (
    *("نام", "نام خانوادگی", "نام پدر", "کد ملی", "شماره بیمه", "تاریخ تولد", "نسبت", "بیمه‌شدهٔ اصلی"),
    *("شغل", "شروع به کار", "پایان کار"),
)
AT_ONCE = 500


class ReasonForm(forms.Form):
    reason = PersianCharField(
        label="این فایل برای چیست؟",
        max_length=300,
        help_text="کاربر ارشد شعبه آن را می‌خواند و تصمیم می‌گیرد.",
    )


@require_http_methods(["GET", "POST"])
@workshop_only
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list that is shown, whole: each main insured person with the dependents (R45).

    When it `is_bulk` a senior user of the branch approves first; POST asks for that.
    """
    tab, order = request.GET.get("tab", "active"), request.GET.get("order", "name")
    if tab not in TABS or TABS[tab][1] is None or order not in ORDERS:
        raise Http404
    text = search_of(request, TextSearchForm).cleaned_data.get("text", "")
    asked = {"tab": tab, "order": order, "text": text}
    people = _count(_listed(actor, asked))
    if take_small_export(actor, people, tab=tab):
        return excel_file(_content(actor, asked), "insured")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = ask_export(actor, {**asked, "people": people}, form.cleaned_data["reason"])
        return redirect("large_export", wanted.pk)
    context = {"actor": actor, "here": "insured", "form": form, "people": people, "most": bulk_limit()}
    context |= {"tab": TABS[tab][0], "searched": asked["text"]}
    return render(request, "workshop/export.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workshop_only
def large(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """What became of a large file that was asked for; POST takes it, once, when it was approved."""
    mine = Approval.objects.visible_to(actor).filter(action=Action.EXPORT)
    asked = get_object_or_404(mine.with_all(), pk=pk)
    error = ""
    if request.method == "POST":
        try:
            return excel_file(_handed_out(actor, asked), "insured")
        except RefusedChangeError as refused:
            error = refused.message
            asked.refresh_from_db()
    context = {"actor": actor, "here": "insured", "card": card(actor, asked), "error": error}
    return render(request, "workshop/large_export.html", context, status=409 if error else 200)


def _handed_out(actor: Actor, asked: Approval) -> bytes:
    """The file as it was asked for; made before the database is locked, and given to nobody if that fails."""
    content = _content(actor, asked.parameters) if asked.may_be_taken else b""
    take_export(actor, asked)
    return content


def _listed(actor: Actor, asked: dict[str, Any]) -> "QuerySet[Employment]":
    found = employments(actor, asked["tab"])
    return narrowed(found, asked["text"]) if asked["text"] else found


def _count(found: "QuerySet[Employment]") -> int:
    """The people in the file: those who work there with their dependents."""
    here = found.filter(has_left=False).values("person_id")
    return found.count() + Dependent.objects.filter(main__in=here, ended_on=None).count()


def _content(actor: Actor, asked: dict[str, Any]) -> bytes:
    _, column, descending = ORDERS[asked["order"]]
    sign = "-" if descending else ""
    ordered = _listed(actor, asked).order_by(f"{sign}{column}", f"{sign}id")
    return write_table("بیمه‌شدگان", EXPORTED, _exported(ordered))


def _exported(found: "QuerySet[Employment]") -> Iterator[Sequence[Any]]:
    rows = found.select_related("person").iterator(AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        dependents = dependents_of([e.person_id for e in some if not e.has_left])
        for employment in some:
            main = employment.person
            times = (employment.job, employment.started_on, employment.ended_on or "")
            yield (*_identity(main), "اصلی", "", *times)
            for each in dependents.get(main.pk, []):
                yield (*_identity(each.person), each.get_relation_display(), main.full_name, "", "", "")


def _identity(person: Person) -> tuple[Any, ...]:
    names = (person.first_name, person.last_name, person.father_name)
    return (*names, person.national_code, person.insurance_number, person.birth_date)
