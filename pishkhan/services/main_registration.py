"""ثبت نام بیمه‌شدهٔ اصلی (R6–R12, R31–R33)."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers, shown
from pishkhan.catalogue.parties import EMPLOYER, Audience, Unit
from pishkhan.catalogue.service import Asked, Page, Service, Step, Subject
from pishkhan.people.models import Employment, Gender, Person
from pishkhan.people.operations import IDENTITY, employ, register_person
from pishkhan.persian import fields
from pishkhan.persian.calendar import age_on
from pishkhan.persian.digits import to_persian

MINIMUM_AGE = 15
"""Labour Law art. 79: nobody under 15 is employed."""


def today() -> datetime.date:
    return timezone.localdate()


class IdentityForm(forms.Form):
    national_code = fields.NationalCodeField(label="کد ملی")
    first_name = fields.PersianCharField(label="نام", max_length=60, letters_only=True)
    last_name = fields.PersianCharField(label="نام خانوادگی", max_length=60, letters_only=True)
    father_name = fields.PersianCharField(label="نام پدر", max_length=60, letters_only=True)
    gender = forms.ChoiceField(
        label="جنسیت",
        choices=Gender.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "یکی را انتخاب کنید."},
    )
    birth_date = fields.JalaliDateField(label="تاریخ تولد", not_after=today)
    birth_certificate_no = fields.BirthCertificateNoField(
        label="شماره شناسنامه", help_text="اگر شماره ندارد، صفر بنویسید."
    )
    birth_certificate_serial = fields.BirthCertificateSerialField(
        label="سریال شناسنامه", required=False, help_text="مانند: ب۱۲/۱۲۳۴۵۶"
    )
    issue_place = fields.PersianCharField(label="محل صدور شناسنامه", max_length=60, letters_only=True)


class ContactForm(forms.Form):
    mobile = fields.MobileField(label="تلفن همراه")
    landline = fields.LandlineField(
        label="تلفن ثابت", required=False, help_text="با کد شهر، مانند ۰۱۳۳۳۱۲۳۴۵۶"
    )
    postal_code = fields.PostalCodeField(label="کد پستی محل سکونت")
    address = fields.PersianCharField(label="نشانی محل سکونت", max_length=300)


class JobForm(forms.Form):
    job = fields.PersianCharField(label="شغل", max_length=80, help_text="مانند: اپراتور دستگاه تزریق")
    start_date = fields.JalaliDateField(label="تاریخ شروع به کار", not_after=today)
    insurance_number = fields.InsuranceNumberField(
        label="شماره بیمه", required=False, help_text="اگر پیش از این بیمه بوده‌اید."
    )
    remarks = fields.PersianTextField(label="توضیحات", required=False, max_length=500)


def _on_file(person: Person) -> Answers:
    known = {name: getattr(person, name) for name in ("national_code", *IDENTITY)}
    return {**known, "birth_date": person.birth_date.isoformat()}


class MainRegistration(Service):
    code = "main-registration"
    title = "ثبت نام بیمه‌شدهٔ اصلی"
    lead = "نام‌نویسی کسی که در کارگاه کار می‌کند، برای نخستین بار یا در کارگاه تازه."
    icon = "person-plus"
    offered_to = frozenset({Audience.PUBLIC, Audience.WORKSHOP})
    needs = (
        "کد کارگاه (۱۰ رقم)؛ از کارفرما بپرسید",
        "کد ملی و شناسنامه",
        "شمارهٔ تلفن همراه و کد پستی محل سکونت",
    )
    pages = (
        Page("identity", "مشخصات هویتی", IdentityForm),
        Page("contact", "نشانی و تماس", ContactForm),
        Page("job", "شغل", JobForm),
    )
    scans = (
        scans.PHOTO,
        scans.NATIONAL_CARD_FRONT,
        scans.NATIONAL_CARD_BACK,
        scans.BIRTH_CERTIFICATE_1,
        scans.BIRTH_CERTIFICATE_2,
        scans.BIRTH_CERTIFICATE_REMARKS,
        scans.QUESTIONNAIRE,
    )
    steps = (
        Step("employer", "تأیید کارفرما", by=EMPLOYER),
        Step("review", "بررسی واحد نام‌نویسی", by=Unit.REGISTRATION),
    )
    example = {
        "national_code": "9990000018",
        "first_name": "علی‌رضا",
        "last_name": "کوچک‌پور",
        "father_name": "قربان",
        "gender": "male",
        "birth_date": "1999-07-03",
        "birth_certificate_no": "0",
        "birth_certificate_serial": "",
        "issue_place": "رشت",
        "mobile": "09700000018",
        "landline": "",
        "postal_code": "4199612345",
        "address": "رشت، خیابان نمونه، کوچه بهار، پلاک ۱۲",
        "job": "اپراتور دستگاه تزریق",
        "start_date": "2026-11-16",
        "insurance_number": "",
        "remarks": "شیفت شب",
    }

    def subject(self, answers: Answers) -> Subject:
        name = f"{answers.get('first_name', '')} {answers.get('last_name', '')}"
        return Subject(answers.get("national_code", ""), name.strip())

    def contradictions(self, answers: Answers) -> dict[str, str]:
        born = datetime.date.fromisoformat(answers["birth_date"])
        start = datetime.date.fromisoformat(answers["start_date"])
        if start < born:
            return {"start_date": "شروع به کار پیش از تاریخ تولد است؛ یکی از دو تاریخ نادرست است."}
        if age_on(born, start) < MINIMUM_AGE:
            age = to_persian(age_on(born, start))
            return {"birth_date": f"سن در روز شروع به کار {age} سال می‌شود؛ کمتر از ۱۵ سال پذیرفته نیست."}
        return {}

    def obstacles(self, case: Asked) -> dict[str, str]:
        """A person already employed there is not registered again."""
        there = Employment.objects.filter(
            workshop_id=case.workshop_id, person__national_code=case.answers["national_code"], ended_on=None
        )
        if there.exists():
            return {"national_code": "این شخص هم‌اکنون در همین کارگاه ثبت شده است."}
        return {}

    def prefill(self, person: Person) -> Answers:
        """Who the person is; not where they live now, which a former employer is not told."""
        known = _on_file(person)
        return {name: known[name] for name in IdentityForm.base_fields}

    def differences(self, case: Asked) -> list[tuple[str, str, str]]:
        person = Person.objects.filter(national_code=case.answers.get("national_code", "")).first()
        if person is None:
            return []
        known = _on_file(person)
        return [
            (str(field.label), shown(field, known[name]), shown(field, case.answers.get(name)))
            for name, field in self.fields()
            if known.get(name) and case.answers.get(name) and known[name] != case.answers[name]
        ]

    def complete(self, case: Any, *, by: Author) -> None:
        """The person enters the register, and the employment at the workshop begins."""
        answers = case.answers
        born = datetime.date.fromisoformat(answers["birth_date"])
        data = {**answers, "birth_date": born}
        person = register_person(answers["national_code"], data, by=by)
        start = datetime.date.fromisoformat(answers["start_date"])
        employ(person, case.workshop, job=answers["job"], started_on=start, by=by)
        case.subject = person
