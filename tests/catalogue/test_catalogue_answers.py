"""Answers between form, database and reader: any text goes round without an accident or a loss."""

import datetime
import json

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from pishkhan.catalogue.answers import LONGEST_TYPED, bound, shown, stored, unbound
from pishkhan.catalogue.service import every_service
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_latin
from pishkhan.persian.fields import JalaliDateField, NationalCodeField, PersianCharField
from pishkhan.persian.letters import clean_text

pytestmark = pytest.mark.django_db  # a branch's kinds of booklet are choices of a form

PAGES = [page for service in every_service() for page in service.pages]
each_page = pytest.mark.parametrize("page", PAGES, ids=[page.code for page in PAGES])

# Dates that a reader of ISO text may take for Gregorian ones, although a Jalali one was typed wrong.
TRAPS = [
    "0500-01-01",
    "05000101",
    "0001-01-01",
    "1420-01-05",
    "14200105",
    "1499-12-30",
    "9999-12-31",
    "1403-W01-1",
    "1403W011",
    "2026-11-24",
    "1403-13-01",
    "۱۴۲۰-۰۱-۰۵",
]
TYPED = [
    "",
    " ",
    "\x00",
    "12\x0034",
    "\r\n",
    "۹۹۹۰۰۰۰۰۱۸",
    "９９９",
    "²²²²²²²²²²",
    "null",
    "<b>",
    "{{ 7*7 }}",
    "%s",
    "ن" * 5000,
    "9" * 5000,
    *TRAPS,
]

day = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
text = st.one_of(
    st.text(max_size=60),
    st.sampled_from(TYPED),
    st.text("0123456789۰۱۲۳۴۵۶۷۸۹/-.", max_size=14),
    day.map(str),
    day.map("{:%Y%m%d}".format),
)


def typed_in(form):
    """What a browser may send for each field: several texts where several may be chosen."""
    several = st.lists(text, max_size=3)
    fields = form.base_fields.items()
    return {n: several if isinstance(field, forms.MultipleChoiceField) else text for n, field in fields}


def cleaned(value):
    if isinstance(value, list):
        return [each for each in map(cleaned, value) if each]
    return clean_text(value[:LONGEST_TYPED])


def round_trip(form_class, answers):
    return stored(bound(form_class, answers))


@each_page
@given(st.data())
def test_whatever_is_typed_can_be_stored_shown_and_judged_again(page, data):
    typed = data.draw(st.fixed_dictionaries(typed_in(page.form)))
    answers = stored(page.form(typed))
    assert set(answers) == set(page.form.base_fields)
    assert json.loads(json.dumps(answers)) == answers
    assert "\\u0000" not in json.dumps(answers), "PostgreSQL stores no such character"
    str(unbound(page.form, answers))
    form = bound(page.form, answers)
    form.is_valid()
    str(form)
    for name, field in page.form.base_fields.items():
        assert isinstance(shown(field, answers[name]), str)


@each_page
@given(st.data())
def test_a_round_through_the_form_changes_no_more_than_the_digits(page, data):
    typed = data.draw(st.fixed_dictionaries(typed_in(page.form)))
    answers = stored(page.form(typed))
    once = round_trip(page.form, answers)
    wrong = set(page.form(typed).errors)
    assert {n: a for n, a in once.items() if n not in wrong} == {
        n: a for n, a in answers.items() if n not in wrong
    }
    assert {n: to_latin(str(once[n])) for n in wrong} == {n: to_latin(str(answers[n])) for n in wrong}
    assert round_trip(page.form, once) == once


@each_page
@given(st.data())
def test_what_was_right_stays_right_and_what_was_wrong_stays_wrong(page, data):
    typed = data.draw(st.fixed_dictionaries(typed_in(page.form)))
    form = page.form({name: cleaned(value) for name, value in typed.items()})
    assert bound(page.form, stored(form)).errors == form.errors


class OneDateForm(forms.Form):
    day = JalaliDateField(label="روز", not_after=datetime.date(2026, 11, 24))


@given(text)
@example("1420-01-05")
@example("0500-01-01")
@example("14200105")
def test_a_date_typed_wrong_is_shown_again_as_it_was_typed(typed):
    """Not read as a Gregorian date: `1420-01-05` is a Jalali day of the future."""
    form = OneDateForm({"day": typed})
    answers = stored(form)
    if form.errors:
        assert to_latin(shown(form.fields["day"], answers["day"])) == to_latin(
            clean_text(typed[:LONGEST_TYPED])
        )
        assert to_latin(str(unbound(OneDateForm, answers)["day"].value() or "")) == to_latin(
            clean_text(typed[:LONGEST_TYPED])
        )


@given(st.dates(datetime.date(1921, 3, 21), datetime.date(2026, 11, 24)))
def test_a_date_is_stored_in_iso_and_shown_in_jalali(date):
    answers = stored(OneDateForm({"day": show_date(date)}))
    assert answers == {"day": date.isoformat()}
    assert shown(OneDateForm.base_fields["day"], answers["day"]) == show_date(date)
    assert bound(OneDateForm, answers).is_valid()
    assert show_date(date) in str(unbound(OneDateForm, answers))


class MixedForm(forms.Form):
    code = NationalCodeField(label="کد ملی")
    name = PersianCharField(label="نام")
    choice = forms.ChoiceField(label="جنسیت", choices=[("male", "مرد"), ("female", "زن")])
    mail = forms.EmailField(label="پست الکترونیکی", required=False)
    number = forms.IntegerField(label="تعداد", required=False)


def test_answers_are_shown_as_people_read_them():
    fields = MixedForm.base_fields
    assert shown(fields["code"], "9990000018") == "۹۹۹۰۰۰۰۰۱۸"
    assert shown(fields["choice"], "female") == "زن"
    assert shown(fields["mail"], "a1@example.com") == "a1@example.com"
    assert shown(fields["number"], 12) == "۱۲"
    assert shown(fields["number"], 0) == "۰"
    assert [shown(field, nothing) for field in fields.values() for nothing in ("", None)] == [""] * 10


def test_a_choice_that_is_no_longer_offered_is_shown_as_it_was_stored():
    assert shown(MixedForm.base_fields["choice"], "other") == "other"


def test_stored_answers_are_clean():
    typed = QueryDict("code=۹۹۹-۰۰۰۰۰۱-۸&name= علي  رضا &choice=male&number=7&extra=1")
    assert stored(MixedForm(typed)) == {
        "code": "9990000018",
        "name": "علی رضا",
        "choice": "male",
        "mail": "",
        "number": 7,
    }


def test_unasked_answers_are_left_out_and_missing_ones_are_empty():
    assert stored(MixedForm({"nonsense": "1"})) == {
        "code": "",
        "name": "",
        "choice": "",
        "mail": "",
        "number": None,
    }


def test_an_unbound_form_judges_nothing():
    form = unbound(MixedForm, {"code": "123"})
    assert form.errors == {}
    assert "۱۲۳" in str(form["code"])


def test_a_bound_form_judges_what_was_stored():
    form = bound(MixedForm, {"code": "123", "name": "علی", "choice": "male"})
    assert list(form.errors) == ["code"]
