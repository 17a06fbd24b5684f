"""The questions about a person that several services ask, and how answers compare with what is on file."""

import datetime
from collections.abc import Iterable

from django import forms
from django.utils import timezone

from pishkhan.catalogue.answers import Answers, shown
from pishkhan.catalogue.service import Service
from pishkhan.persian import fields
from pishkhan.persian.calendar import age_on

from . import lookup
from .booklets import kind_choices
from .models import Gender, Person
from .operations import IDENTITY


def today() -> datetime.date:
    return timezone.localdate()


def choose(label: str, choices: object, **options: object) -> forms.ChoiceField:
    """One of a few, shown at once."""
    return forms.ChoiceField(
        label=label,
        choices=choices,  # type: ignore[arg-type]
        widget=forms.RadioSelect,
        error_messages={"required": "یکی را انتخاب کنید.", "invalid_choice": "یکی از این‌ها را انتخاب کنید."},
        **options,  # type: ignore[arg-type]
    )


def remarks_field() -> fields.PersianTextField:
    return fields.PersianTextField(label="توضیحات", required=False, max_length=500)


class IdentityForm(forms.Form):
    national_code = fields.NationalCodeField(label="کد ملی")
    first_name = fields.PersianCharField(label="نام", max_length=60, letters_only=True)
    last_name = fields.PersianCharField(label="نام خانوادگی", max_length=60, letters_only=True)
    father_name = fields.PersianCharField(label="نام پدر", max_length=60, letters_only=True)
    gender = choose("جنسیت", Gender.choices)
    birth_date = fields.JalaliDateField(label="تاریخ تولد", not_after=today)
    birth_certificate_no = fields.BirthCertificateNoField(
        label="شماره شناسنامه", help_text="اگر شماره ندارد، صفر بنویسید."
    )
    birth_certificate_serial = fields.BirthCertificateSerialField(
        label="سریال شناسنامه", required=False, help_text="مانند: ب۱۲/۱۲۳۴۵۶"
    )
    issue_place = fields.PersianCharField(label="محل صدور شناسنامه", max_length=60, letters_only=True)


class BookletForm(forms.Form):
    """What every request for a booklet asks (R36)."""

    kind = choose("نوع دفترچه", kind_choices)
    remarks = remarks_field()


def on_file(person: Person) -> Answers:
    """What the register holds of a person, as answers are stored."""
    known = {name: getattr(person, name) for name in ("national_code", *IDENTITY)}
    return {**known, "birth_date": person.birth_date.isoformat()}


def differences(service: Service, answers: Answers) -> list[tuple[str, str, str]]:
    """Where the answers differ from what is on file: (label, on file, asked)."""
    person = lookup.on_register(str(answers.get("national_code", "")))
    return differing(service, answers, person, IDENTITY) if person else []


def differing(
    service: Service, answers: Answers, person: Person, names: Iterable[str]
) -> list[tuple[str, str, str]]:
    """The same for one person, of these fields alone."""
    known, wanted = on_file(person), set(names)
    return [
        (str(field.label), shown(field, known[name]), shown(field, answers.get(name)))
        for name, field in service.fields()
        if name in wanted and known.get(name) and answers.get(name) and known[name] != answers[name]
    ]


def date_of(answers: Answers, name: str) -> datetime.date | None:
    """A stored date; None while it is missing or wrong."""
    try:
        return datetime.date.fromisoformat(str(answers.get(name, "")))
    except ValueError:
        return None


MINIMUM_AGE = 15
"""Labour Law art. 79: nobody under 15 is employed."""
HAS_CARD, HAS_PHOTO = 15, 2
"""Years from which somebody has a national card with a photo, and from which a photo is asked for."""


def asked_at_age(person: Person | None) -> set[str]:
    """The identity scans that can be asked of somebody of that age (R35)."""
    age = age_on(person.birth_date, today()) if person else HAS_CARD
    youngest = {"photo": HAS_PHOTO, "national_card_front": HAS_CARD}
    return {code for code, years in youngest.items() if age >= years}
