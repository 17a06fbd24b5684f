"""جمع‌آوری سوابق و پرونده (R16, R39–R42; fields and rules: domain guide, section 5)."""

import datetime
from typing import Any

from django import forms
from django.db.models import TextChoices

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.rows import RowsField
from pishkhan.catalogue.service import About, Asked, Caution, Page, Service, Step
from pishkhan.people.forms import MINIMUM_AGE, asked_at_age, choose, remarks_field, today
from pishkhan.people.history import overlaps, summary
from pishkhan.people.models import ContributionRecord, RecordSource
from pishkhan.people.operations import add_records
from pishkhan.persian import fields
from pishkhan.persian.calendar import age_on, show_date
from pishkhan.persian.digits import to_persian


class Purpose(TextChoices):
    RETIREMENT = "retirement", "بازنشستگی"
    TRANSFER = "transfer", "تجمیع سوابق شعبه‌ها"
    CORRECTION = "correction", "اصلاح سابقه"


class Mismatch(TextChoices):
    MISSING = "missing", "سابقه ثبت نشده است"
    DAYS = "days", "کسری روز یا دستمزد نادرست"
    WORKSHOP = "workshop", "به نام کارگاه دیگری ثبت شده است"
    NUMBER = "number", "با شماره بیمهٔ دیگری ثبت شده است"


class ClaimForm(forms.Form):
    """One claimed employment (R41)."""

    workshop_name = fields.PersianCharField(label="نام کارگاه", max_length=120)
    workshop_code = fields.WorkshopCodeField(label="کد کارگاه", required=False)
    employer_name = fields.PersianCharField(label="نام کارفرما", max_length=120, required=False)
    activity = fields.PersianCharField(label="فعالیت", max_length=120, required=False)
    city = fields.PersianCharField(label="شهر", max_length=60, required=False)
    branch = fields.PersianCharField(label="شعبه", max_length=60, required=False)
    started_on = fields.JalaliDateField(label="از تاریخ", not_after=today)
    ended_on = fields.JalaliDateField(label="تا تاریخ", not_after=today)
    job = fields.PersianCharField(label="شغل", max_length=80)
    insurance_number = fields.InsuranceNumberField(label="شماره بیمهٔ همان زمان", required=False)
    mismatch = forms.ChoiceField(
        label="نوع مغایرت",
        choices=[("", "انتخاب کنید"), *Mismatch.choices],
        error_messages={"required": "یکی را انتخاب کنید.", "invalid_choice": "یکی را انتخاب کنید."},
    )
    evidence = fields.PersianCharField(label="مدرک پیوست", max_length=120, required=False)
    remarks = fields.PersianCharField(label="توضیحات", max_length=200, required=False)

    def clean(self) -> None:
        start, end = self.cleaned_data.get("started_on"), self.cleaned_data.get("ended_on")
        if start and end and end < start:
            self.add_error("ended_on", "پیش از تاریخ آغاز است.")


class CollectionForm(forms.Form):
    purpose = choose("برای چه", Purpose.choices)
    insurance_number = fields.InsuranceNumberField(label="شماره بیمهٔ کنونی", required=False)
    previous_branches = fields.PersianTextField(
        label="شعبه‌هایی که پرونده دارند", required=False, max_length=300, help_text="هر شعبه در یک سطر."
    )
    remarks = remarks_field()


class ClaimsForm(forms.Form):
    claims = RowsField(ClaimForm, label="کارگاه‌هایی که سابقهٔ آنها ادعا می‌شود", least=1, most=20)


class RecordCollection(Service):
    code = "record-collection"
    title = "جمع‌آوری سوابق و پرونده"
    lead = "سوابقی که ثبت نشده یا در شعبه‌ها و شماره‌های دیگر مانده است."
    icon = "collection"
    place = 7
    about = About.INSURED
    offered_to = frozenset({Audience.WORKSHOP})
    pages = (
        Page("collection", "درخواست", CollectionForm),
        Page("claims", "ادعای سوابق", ClaimsForm),
    )
    scans = (
        scans.NATIONAL_CARD_FRONT,
        scans.CLAIM_FORM,
        scans.CLAIM_EVIDENCE,
        scans.CLAIM_EVIDENCE_2,
    )
    kept_for_good = True
    steps = (Step("review", "بررسی سوابق", by=Unit.REGISTRATION),)
    example = {
        "purpose": "retirement",
        "insurance_number": "99000001",
        "previous_branches": "شعبه یک رشت",
        "remarks": "",
        "claims": [
            {
                "workshop_name": "نساجی نمونه شمال",
                "workshop_code": "1464119007",
                "employer_name": "حسن فلاح‌زاده",
                "activity": "بافندگی",
                "city": "رشت",
                "branch": "یک رشت",
                "started_on": "2018-03-21",
                "ended_on": "2019-03-20",
                "job": "بافنده",
                "insurance_number": "",
                "mismatch": "missing",
                "evidence": "حکم کارگزینی",
                "remarks": "",
            }
        ],
    }

    def needed_scans(self, answers: Answers, person: Any) -> set[str]:
        young = {"national_card_front"} - asked_at_age(person)
        return super().needed_scans(answers, person) - young

    def obstacles(self, case: Asked) -> dict[str, str]:
        """Nobody has worked before the age of 15."""
        born = case.subject.birth_date
        for number, claim in enumerate(case.answers["claims"], 1):
            age = age_on(born, datetime.date.fromisoformat(claim["started_on"]))
            if age < MINIMUM_AGE:
                row = f"ردیف {to_persian(number)}"
                return {
                    "claims": f"{row}: در آن تاریخ {to_persian(max(age, 0))} ساله بوده است؛ کمتر از ۱۵ سال."
                }
        return {}

    def cautions(self, case: Asked) -> list[Caution]:
        """Claims that lie on one another, or on what is on record."""
        claims = [record for record in map(_record, case.answers.get("claims") or []) if record]
        known = list(case.subject.records.all()) if claims and case.subject else []
        among = overlaps(sorted(claims, key=lambda record: record.started_on))
        told = [
            *(f"دو ردیف ادعا هم‌زمان است: {span.words}" for span in among[:5]),
            *(
                f"ادعا با سابقهٔ ثبت‌شده در «{record.workshop_name}» هم‌زمان است: "
                f"از {show_date(claim.started_on)} تا {show_date(claim.ended_on)}"
                for claim in claims
                for record in known
                if claim.started_on <= record.ended_on and record.started_on <= claim.ended_on
            ),
        ]
        return [Caution("overlap", "؛ ".join(told), "claims")] if told else []

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        return summary(case.subject)

    def decision_form(self, case: Asked) -> type[forms.Form] | None:
        """The branch decides row by row."""
        questions: dict[str, Any] = {}
        for number, claim in enumerate(case.answers.get("claims") or [], 1):
            where = f"ردیف {to_persian(number)}، {claim.get('workshop_name', '')}"
            questions[f"accepted_{number}"] = choose(where, VERDICTS)
            questions[f"days_{number}"] = fields.WholeNumberField(
                label=f"روزهای پذیرفته، ردیف {to_persian(number)}",
                required=False,
                least=1,
                most=_days(claim),
                help_text="اگر خالی بماند همهٔ روزهای دوره.",
            )
            questions[f"reason_{number}"] = fields.PersianCharField(
                label=f"دلیل، ردیف {to_persian(number)}", required=False, max_length=200
            )
        questions["clean"] = _explained
        return type("DecisionForm", (forms.Form,), questions)

    def complete(self, case: Any, *, by: Author) -> None:
        """Accepted rows become contribution records."""
        accepted = []
        for number, claim in enumerate(case.answers["claims"], 1):
            record = _record(claim)
            if record and case.decision[f"accepted_{number}"] == ACCEPTED:
                record.days = case.decision[f"days_{number}"] or record.days
                accepted.append(record)
        add_records(case.subject, accepted, by=by)


ACCEPTED, REFUSED = "accepted", "refused"
VERDICTS = [(ACCEPTED, "پذیرفته می‌شود"), (REFUSED, "پذیرفته نمی‌شود")]


def _days(claim: Answers) -> int:
    record = _record(claim)
    return record.days if record else 1


def _explained(form: forms.Form) -> None:
    """What is not accepted needs a reason, which the insured person reads."""
    for name, verdict in list(form.cleaned_data.items()):
        if name.startswith("accepted_") and verdict == REFUSED:
            reason = name.replace("accepted", "reason")
            if not form.cleaned_data.get(reason):
                form.add_error(reason, "برای ردیفی که پذیرفته نمی‌شود دلیل بنویسید.")


def _record(claim: Answers) -> ContributionRecord | None:
    """A claim as the record that it would become; None while its dates are wrong."""
    try:
        start = datetime.date.fromisoformat(str(claim.get("started_on")))
        end = datetime.date.fromisoformat(str(claim.get("ended_on")))
    except ValueError:
        return None
    return ContributionRecord(
        workshop_code=claim["workshop_code"],
        workshop_name=claim["workshop_name"],
        started_on=start,
        ended_on=end,
        days=(end - start).days + 1,
        source=RecordSource.CLAIM,
        remarks=claim["remarks"],
    )
