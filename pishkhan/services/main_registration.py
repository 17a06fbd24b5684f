"""ثبت نام بیمه‌شدهٔ اصلی (R6–R12, R31–R33)."""

import datetime
from typing import Any

from django import forms

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import EMPLOYER, Audience, Unit
from pishkhan.catalogue.service import Asked, Page, Service, Step, Subject
from pishkhan.people.forms import MINIMUM_AGE, IdentityForm, differences, on_file, remarks_field, today
from pishkhan.people.models import Employment, Person
from pishkhan.people.operations import employ, register_person
from pishkhan.persian import fields
from pishkhan.persian.calendar import age_on
from pishkhan.persian.digits import to_persian


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
    remarks = remarks_field()


class MainRegistration(Service):
    code = "main-registration"
    title = "ثبت نام بیمه‌شدهٔ اصلی"
    lead = "نام‌نویسی کسی که در کارگاه کار می‌کند، برای نخستین بار یا در کارگاه تازه."
    icon = "person-plus"
    place = 1
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
            workshop=case.workshop_id, person__national_code=case.answers["national_code"], ended_on=None
        )
        if there.exists():
            return {"national_code": "این شخص هم‌اکنون در همین کارگاه ثبت شده است."}
        return {}

    def prefill(self, person: Person) -> Answers:
        """Who the person is; not where they live now, which a former employer is not told."""
        known = on_file(person)
        return {name: known[name] for name in IdentityForm.base_fields}

    def differences(self, case: Asked) -> list[tuple[str, str, str]]:
        return differences(self, case.answers)

    def complete(self, case: Any, *, by: Author) -> None:
        """The person enters the register, and the employment at the workshop begins."""
        answers = case.answers
        born = datetime.date.fromisoformat(answers["birth_date"])
        data = {**answers, "birth_date": born}
        person = register_person(answers["national_code"], data, by=by)
        start = datetime.date.fromisoformat(answers["start_date"])
        employ(person, case.workshop, job=answers["job"], started_on=start, by=by)
        case.subject = person
