"""ثبت نام بیمه‌شدهٔ تبعی (R6, R10–R12, R31–R33; Social Security Act art. 58)."""

import datetime
from typing import Any

from django import forms

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import EMPLOYER, Audience, Unit
from pishkhan.catalogue.scans import when
from pishkhan.catalogue.service import About, Asked, Caution, Page, Service, Step, Subject
from pishkhan.people import eligibility, lookup
from pishkhan.people.forms import (
    HAS_CARD,
    HAS_PHOTO,
    IdentityForm,
    choose,
    date_of,
    differences,
    remarks_field,
    today,
)
from pishkhan.people.models import Dependent, Gender, Person, Relation
from pishkhan.people.operations import add_dependent, register_person
from pishkhan.persian import fields
from pishkhan.persian.calendar import age_on, show_date
from pishkhan.prepared import Prepared

GENDERS = {
    Relation.WIFE: Gender.FEMALE,
    Relation.HUSBAND: Gender.MALE,
    Relation.SON: Gender.MALE,
    Relation.DAUGHTER: Gender.FEMALE,
    Relation.FATHER: Gender.MALE,
    Relation.MOTHER: Gender.FEMALE,
}
SPOUSES = (Relation.WIFE, Relation.HUSBAND)


class MainForm(forms.Form):
    main_national_code = fields.NationalCodeField(
        label="کد ملی بیمه‌شدهٔ اصلی", help_text="کسی که در کارگاه کار می‌کند و این شخص تحت تکفل اوست."
    )


class RelationForm(forms.Form):
    relation = choose("نسبت با بیمه‌شدهٔ اصلی", Relation.choices)
    conditions = forms.MultipleChoiceField(
        label="شرایط",
        required=False,
        choices=eligibility.Condition.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="هر کدام که دربارهٔ این شخص درست است.",
        error_messages={"invalid_choice": "یکی از این‌ها را انتخاب کنید."},
    )
    since = fields.JalaliDateField(
        label="تحت تکفل از تاریخ",
        not_after=today,
        help_text="برای فرزند، تاریخ تولد؛ برای همسر، تاریخ ازدواج.",
    )
    remarks = remarks_field()


class DependentIdentityForm(IdentityForm):
    """The gender follows from the relation."""

    gender = None  # type: ignore[assignment]


def age(answers: Answers) -> int:
    """Full years today; a grown person's while the birth date is missing or wrong."""
    born = date_of(answers, "birth_date")
    return age_on(born, today()) if born else 40


class DependentRegistration(Service):
    code = "dependent-registration"
    title = "ثبت نام بیمه‌شدهٔ تبعی"
    lead = "همسر، فرزند، پدر یا مادر کسی که بیمه‌شدهٔ اصلی است."
    icon = "people"
    place = 2
    about = About.DEPENDENT
    offered_to = frozenset({Audience.PUBLIC, Audience.WORKSHOP})
    needs = (
        "کد کارگاه (۱۰ رقم) و کد ملی بیمه‌شدهٔ اصلی",
        "کد ملی و شناسنامهٔ فرد تبعی",
        "برای فرزند بزرگ‌تر، پدر و مادر: گواهی تحصیل، نظر پزشکی یا گزارش کفالت",
    )
    pages = (
        Page("main", "بیمه‌شدهٔ اصلی", MainForm),
        Page("identity", "مشخصات فرد تبعی", DependentIdentityForm),
        Page("relation", "نسبت و شرایط", RelationForm),
    )
    scans = (
        when(scans.PHOTO, lambda answers: age(answers) >= HAS_PHOTO),
        when(scans.NATIONAL_CARD_FRONT, lambda answers: age(answers) >= HAS_CARD),
        when(scans.NATIONAL_CARD_BACK, scans.never),
        scans.BIRTH_CERTIFICATE_1,
        when(
            scans.BIRTH_CERTIFICATE_2,
            lambda answers: (
                answers.get("relation") in SPOUSES
                or (answers.get("relation") == Relation.DAUGHTER and age(answers) >= HAS_CARD)
            ),
        ),
        scans.BIRTH_CERTIFICATE_REMARKS,
        scans.MARRIAGE_CERTIFICATE,
        scans.UNDERTAKING,
        scans.STUDY_CERTIFICATE,
        scans.MEDICAL_OPINION,
        scans.SPONSORSHIP_REPORT,
        scans.CUSTODY_ORDER,
    )
    steps = (
        Step("employer", "تأیید کارفرما", by=EMPLOYER),
        Step("review", "بررسی واحد نام‌نویسی", by=Unit.REGISTRATION),
    )
    example = {
        "main_national_code": "9990000018",
        "national_code": "9990000026",
        "first_name": "ریحانه",
        "last_name": "کوچک‌پور",
        "father_name": "علی‌رضا",
        "birth_date": "2022-05-02",
        "birth_certificate_no": "0",
        "birth_certificate_serial": "",
        "issue_place": "رشت",
        "relation": "daughter",
        "conditions": [],
        "since": "2022-05-02",
        "remarks": "",
    }

    def subject(self, answers: Answers) -> Subject:
        name = f"{answers.get('first_name', '')} {answers.get('last_name', '')}"
        return Subject(answers.get("national_code", ""), name.strip())

    def prefill(self, person: Person) -> Answers:
        return {"main_national_code": person.national_code}

    def needed_scans(self, answers: Answers, person: Any) -> set[str]:
        """By the form's answers, and by the ground of the table that covers such a dependent."""
        return super().needed_scans(answers, person) | set(self._verdict(answers).needs)

    def _verdict(self, answers: Answers) -> eligibility.Verdict:
        born, relation = date_of(answers, "birth_date"), answers.get("relation")
        if born is None or relation not in Relation.values:
            return eligibility.Verdict(None)
        return eligibility.judge(relation, born, answers.get("conditions") or [], today())

    def contradictions(self, answers: Answers) -> dict[str, str]:
        if answers["national_code"] == answers["main_national_code"]:
            return {"national_code": "کد ملی فرد تبعی با کد ملی بیمه‌شدهٔ اصلی یکی است."}
        if answers["since"] < answers["birth_date"]:
            return {"since": "پیش از تاریخ تولد است؛ یکی از دو تاریخ نادرست است."}
        return {}

    def obstacles(self, case: Asked) -> dict[str, str]:
        """The main insured person works at this workshop; nobody is registered twice (R12)."""
        main = self._main(case)
        if main is None:
            return {"main_national_code": "کسی با این کد ملی در لیست بیمه‌شدگان این کارگاه نیست."}
        relation = case.answers["relation"]
        if relation in SPOUSES and GENDERS[Relation(relation)] == main.gender:
            return {"relation": f"با جنسیت بیمه‌شدهٔ اصلی ({main.full_name}) نمی‌خواند."}
        if _registered_as(main.pk, case.answers["national_code"], relation):
            return {"national_code": f"این شخص هم‌اکنون به نام {main.full_name} ثبت است."}
        return {}

    def applicant_cautions(self, answers: Answers) -> list[Caution]:
        """The relation, age and conditions are covered by no ground of the table."""
        warning = self._verdict(answers).warning
        return [Caution("not-covered", warning, "conditions")] if warning else []

    def cautions(self, case: Asked) -> list[Caution]:
        found = self.applicant_cautions(case.answers)
        main, born = self._main(case), date_of(case.answers, "birth_date")
        told = _generations(case.answers.get("relation", ""), main.birth_date, born) if main and born else ""
        return [*found, *([Caution("generations", told, "birth_date")] if told else [])]

    def warnings(self, case: Asked) -> list[str]:
        """What the register holds of the dependent."""
        person = self._on_register(case)
        if person and person.employments.filter(ended_on=None).exists():
            return ["این شخص خود بیمه‌شدهٔ اصلی است و شاغل شناخته می‌شود."]
        if person and person.sponsorships.filter(ended_on=None).exists():
            return ["این شخص هم‌اکنون به نام بیمه‌شدهٔ دیگری ثبت است."]
        return []

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        main = self._main(case)
        if main is None:
            return []
        names = "، ".join(f"{d.person.full_name} ({d.get_relation_display()})" for d in _covered_by(main.pk))
        born = show_date(main.birth_date)
        known = [("بیمه‌شدهٔ اصلی", f"{main.full_name}، متولد {born}، {main.get_gender_display()}")]
        return [*known, ("افراد تبعی او", names or "کسی ثبت نیست")]

    def differences(self, case: Asked) -> list[tuple[str, str, str]]:
        found = differences(self, case.answers)
        person = self._on_register(case)
        relation = case.answers.get("relation", "")
        if person and relation in Relation.values and person.gender != GENDERS[Relation(relation)]:
            asked = Gender(GENDERS[Relation(relation)]).label
            found.append(("جنسیت", person.get_gender_display(), f"{asked} (به حکم نسبت)"))
        return found

    def complete(self, case: Any, *, by: Author) -> None:
        """The dependent enters the register, covered through the main insured person."""
        answers = case.answers
        main = self._main(case)
        assert main, "obstacles() was asked in this transaction"
        relation = Relation(answers["relation"])
        born = datetime.date.fromisoformat(answers["birth_date"])
        data = {**answers, "birth_date": born, "gender": GENDERS[relation]}
        person = register_person(answers["national_code"], data, by=by)
        since = datetime.date.fromisoformat(answers["since"])
        add_dependent(main, person, relation, answers["conditions"], since=since, by=by)
        case.subject = person

    def _on_register(self, case: Asked) -> Person | None:
        return lookup.on_register(case.answers.get("national_code", ""))

    def _main(self, case: Asked) -> Person | None:
        return lookup.main_insured(case.workshop_id or 0, case.answers.get("main_national_code", ""))


_registered_as = Prepared(
    lambda main, code, relation: Dependent.objects.filter(
        main=main, person__national_code=code, relation=relation, ended_on=None
    ).values_list("pk")[:1],
    *(int, str, str),
)
_covered_by = Prepared(
    lambda main: (
        Dependent.objects.filter(main=main, ended_on=None).select_related("person").order_by("id")[:10]
    ),
    int,
)


def _generations(relation: str, main: datetime.date, born: datetime.date) -> str:
    """Parents are older than the insured person and children younger."""
    if relation in (Relation.FATHER, Relation.MOTHER) and born >= main:
        return "پدر یا مادر از بیمه‌شدهٔ اصلی کوچک‌تر است."
    if relation in (Relation.SON, Relation.DAUGHTER) and born <= main:
        return "فرزند از بیمه‌شدهٔ اصلی بزرگ‌تر است."
    return ""
