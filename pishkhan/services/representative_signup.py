"""ثبت نام نمایندهٔ کارفرما (R5, R18): the senior user approves, and the account is made."""

from typing import Any

from django import forms

from pishkhan.accounts.models import User
from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import About, Asked, Page, Service, Step, Subject
from pishkhan.people.forms import remarks_field
from pishkhan.persian import fields
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.operations import sign_up_representative


class WorkshopForm(forms.Form):
    workshop_code = fields.WorkshopCodeField(label="کد کارگاه", help_text="۱۰ رقم؛ روی لیست بیمه نوشته است.")
    workshop_name = fields.PersianCharField(label="نام کارگاه", max_length=200)
    employer_name = fields.PersianCharField(label="نام کارفرما", max_length=120)
    activity = fields.PersianCharField(label="فعالیت", max_length=120, required=False)
    legal_national_id = fields.LegalNationalIdField(
        label="شناسه ملی", required=False, help_text="برای شرکت‌ها، ۱۱ رقم"
    )
    phone = fields.LandlineField(label="تلفن کارگاه", help_text="با کد شهر، مانند ۰۱۳۳۳۱۲۳۴۵۶")
    postal_code = fields.PostalCodeField(label="کد پستی کارگاه")
    address = fields.PersianCharField(label="نشانی کارگاه", max_length=300)


class RepresentativeForm(forms.Form):
    first_name = fields.PersianCharField(label="نام نماینده", max_length=60, letters_only=True)
    last_name = fields.PersianCharField(label="نام خانوادگی نماینده", max_length=60, letters_only=True)
    national_code = fields.NationalCodeField(label="کد ملی نماینده")
    mobile = fields.MobileField(label="تلفن همراه نماینده")
    remarks = remarks_field()


class RepresentativeSignUp(Service):
    code = "representative-signup"
    title = "ثبت نام نمایندهٔ کارفرما"
    lead = "کارگاه شما هنوز نام کاربری ندارد. شعبه بررسی می‌کند و نام کاربری را با نامهٔ رسمی می‌دهد."
    icon = "person-badge"
    place = 8
    about = About.STRANGER
    offered_to = frozenset({Audience.PUBLIC})
    needs = (
        "کد ۱۰ رقمی کارگاه و مشخصات آن",
        "کد ملی و تلفن همراه نماینده",
        "معرفی‌نامهٔ نماینده با مهر و امضای کارفرما",
    )
    pages = (
        Page("workshop", "کارگاه", WorkshopForm),
        Page("representative", "نماینده", RepresentativeForm),
    )
    scans = (scans.INTRODUCTION_LETTER, scans.REPRESENTATIVE_CARD)
    afterwards = "حساب ساخته شد؛ در «مدیریت کاربران» برای آن رمز یک‌بارمصرف بسازید و نامه را چاپ کنید."
    steps = (Step("approval", "تأیید ریاست شعبه", by=Unit.MANAGEMENT),)
    example = {
        "workshop_code": "1464119001",
        "workshop_name": "چای کوهپایه",
        "employer_name": "قربان رودباری",
        "activity": "بسته‌بندی چای",
        "legal_national_id": "",
        "phone": "01333123456",
        "postal_code": "4199612345",
        "address": "رشت، شهر صنعتی، خیابان نمونه",
        "first_name": "الهام",
        "last_name": "رودباری",
        "national_code": "9990000034",
        "mobile": "09700000034",
        "remarks": "",
    }

    def subject(self, answers: Answers) -> Subject:
        name = f"{answers.get('first_name', '')} {answers.get('last_name', '')}"
        return Subject(answers.get("national_code", ""), name.strip())

    def warnings(self, case: Asked) -> list[str]:
        known = Workshop.objects.filter(code=case.answers.get("workshop_code", "")).first()
        if known is None:
            return []
        users = known.representations.filter(ended_at=None).count()
        told = f"کارگاه با همین کد ثبت است: {known.name}؛ {to_persian(users)} کاربر دارد."
        return [told, *(["این کارگاه بسته شده است."] if known.closed_at else [])]

    def obstacles(self, case: Asked) -> dict[str, str]:
        """Told to whoever approves: a workshop elsewhere or closed, somebody who acts for it already."""
        code = case.answers.get("workshop_code", "")
        known = Workshop.objects.filter(code=code).first()
        if known is None:
            return {}
        if known.branch_id != case.branch_id or known.closed_at:
            return {"workshop_code": "این کارگاه در شعبهٔ دیگری ثبت یا بسته شده است."}
        acting = known.representations.filter(ended_at=None, user__is_active=True)
        if acting.filter(user__national_code=case.answers.get("national_code", "")).exists():
            return {"national_code": "این شخص هم‌اکنون نمایندهٔ همین کارگاه است."}
        return {}

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        taken = User.objects.filter(username=case.answers.get("workshop_code", "")).exists()
        return [("نام کاربری", "کد کارگاه" if not taken else "کد کارگاه با یک شماره؛ نام ساده گرفته شده است")]

    def complete(self, case: Any, *, by: Author) -> None:
        """The workshop, when it is new, and the account; the password is printed by its letter alone."""
        sign_up_representative(case.branch, case.answers, by=by)
