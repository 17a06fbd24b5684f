"""What each kind of letter says. Everything that a person should check stands in the sections."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Sum

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import ONE_TIME_DAYS
from pishkhan.approvals.pictures import image_at
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State
from pishkhan.catalogue.answers import shown
from pishkhan.catalogue.parties import Audience
from pishkhan.people.models import (
    Booklet,
    ContributionRecord,
    Dependent,
    KnownScan,
    Person,
    RecordSource,
    Relation,
)
from pishkhan.persian.calendar import show_date, show_datetime
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.models import Workshop

from .models import Kind
from .press import Content, Section, section


def receipt(case: Case, event: Event) -> Content:
    waits = event.to == State.AWAITING_EMPLOYER
    now = " اکنون منتظر تأیید کارفرماست و پس از آن در شعبه بررسی می‌شود." if waits else ""
    return Content(
        to=[_asker(case, event.audience)],
        lines=[
            f"درخواست زیر در {show_datetime(event.at)} دریافت شد.{now} کد رهگیری را نگه دارید؛ با آن و کد ملی"
            " بیمه‌شده می‌توانید هر زمان درخواست را پیگیری کنید. نیازی به مراجعه به شعبه نیست."
        ],
        sections=[_about(case), *_enclosed(case)],
    )


def form(case: Case, event: Event) -> Content:
    """The answers as they were sent, signed and stamped as the workshop then did when it sent them."""
    by_workshop = case.workshop if event.audience == Audience.WORKSHOP else None
    return Content(
        to=[case.branch.name],
        lines=[f"درخواست زیر با این مشخصات در {show_datetime(event.at)} از سامانه ارسال شده است."],
        sections=[
            _about(case),
            *(part for page in case.rows for part in _answered(page)),
            *_enclosed(case),
        ],
        signature=image_at(by_workshop, "signature", event.at) if by_workshop else None,
        stamp=image_at(by_workshop, "stamp", event.at) if by_workshop else None,
        by_head=False,
    )


def returned(case: Case, event: Event) -> Content:
    marks = [(mark["label"], to_persian(mark["reason"])) for mark in event.marks]
    return Content(
        to=[_asker(case)],
        lines=[
            "درخواست زیر بررسی شد و برای رفع نقص برگشت. آنچه در ادامه آمده است اصلاح کنید و درخواست را"
            " از سامانه دوباره بفرستید؛ نیازی به درخواست تازه نیست."
        ],
        sections=[
            _about(case),
            section("آنچه باید اصلاح شود", *marks, ("توضیح شعبه", to_persian(event.note))),
        ],
    )


def rejected(case: Case, event: Event) -> Content:
    return Content(
        to=[_asker(case)],
        lines=["درخواست زیر بررسی شد و پذیرفته نشد. پس از رفع دلیل آن می‌توانید درخواست تازه بدهید."],
        sections=[_about(case), section("دلیل", ("دلیل رد درخواست", to_persian(event.note)))],
    )


def decided(case: Case, event: Event) -> Content:
    return Content(
        to=[_asker(case)],
        lines=["درخواست زیر بررسی، تأیید و انجام شد."],
        sections=[
            _about(case),
            section("نتیجه", ("تاریخ انجام", show_date(event.at)), *_decision(case)),
        ],
    )


OF_EVENT: dict[Kind, Callable[[Case, Event], Content]] = {
    Kind.RECEIPT: receipt,
    Kind.FORM: form,
    Kind.RETURN: returned,
    Kind.REJECTION: rejected,
    Kind.DECISION: decided,
}


def booklet(issued: Booklet) -> Content:
    photo = KnownScan.objects.current(issued.person).filter(kind="photo").first()
    return Content(
        to=[issued.person.full_name],
        lines=["گواهی می‌شود دفترچهٔ درمان با مشخصات زیر برای صاحب این عکس صادر شده است."],
        sections=[
            section(
                "دفترچه",
                ("نوع", issued.title),
                ("سریال", to_persian(issued.serial or "")),
                ("تاریخ صدور", show_date(issued.issued_on)),
                ("اعتبار تا", show_date(issued.valid_until)),
            ),
            _identity(issued.person, "صاحب دفترچه"),
        ],
        photo=photo.document if photo else None,
    )


def statement(person: Person, entered: datetime.datetime | None = None) -> Content:
    """Every record of the person (entered by then), the oldest first, and the sum of the days."""
    records = person.records.order_by("started_on", "id")
    if entered:
        records = records.filter(entered_at__lte=entered)
    total = records.aggregate(days=Sum("days"))["days"] or 0
    rows = [[to_persian(number), *_recorded(record)] for number, record in enumerate(records, 1)]
    table = {"head": ["ردیف", "کارگاه", "از", "تا", "روز", "منبع"], "rows": rows}
    return Content(
        to=[person.full_name],
        lines=["سوابق زیر تا تاریخ این نامه در سامانهٔ شعبه ثبت است."],
        sections=[
            _identity(person, "بیمه‌شده"),
            section("سوابق", table=table) if rows else section("سوابق", ("سابقه", "در این سامانه ثبت نیست")),
            section("جمع", ("جمع روزهای پرداخت", f"{to_persian(total)} روز")),
        ],
        sealed=True,
    )


def credentials(workshop: Workshop, user: User, password: str) -> Content:
    def coded(label: str, value: str) -> dict[str, Any]:
        return {"label": label, "shown": value, "code": True}

    return Content(
        to=[_employer(workshop)],
        lines=["نام کاربری و رمز عبور نمایندهٔ کارگاه شما در سامانهٔ خدمات الکترونیک شعبه چنین است:"],
        sections=[
            section(
                "",
                ("کد کارگاه", to_persian(workshop.code)),
                ("نماینده", user.full_name),
                ("نشانی سامانه", settings.ADDRESS),
                ("نام کاربری", user.username),
            ),
        ],
        secret=[coded("رمز عبور یک‌بارمصرف", password)],
        steps=[
            "از منوی «خدمات الکترونیک»، «ورود کارفرمایان» را باز کنید و با این نام و رمز وارد شوید.",
            "در نخستین ورود رمز را تغییر دهید؛ سپس با رمز جدید دوباره وارد شوید."
            f" رمز این نامه {to_persian(ONE_TIME_DAYS)} روز و تنها برای یک بار کار می‌کند.",
            "در «پروفایل › ویرایش پروفایل» اطلاعات خود و کارگاه، و امضا و مهر کارگاه را ثبت کنید.",
        ],
    )


def _recorded(row: ContributionRecord) -> list[str]:
    """Workshop, from, to, days, source."""
    workshop = f"{row.workshop_name} ({row.workshop_code})" if row.workshop_code else row.workshop_name
    days = (show_date(row.started_on), show_date(row.ended_on), to_persian(row.days))
    return [to_persian(workshop), *days, str(RecordSource(row.source).label)]


def _employer(workshop: Workshop) -> str:
    return f"کارفرمای محترم {to_persian(workshop.name)}"


def _asker(case: Case, audience: str = "") -> str:
    """Whom the letter is for: who sent the request, else the workshop through which it goes."""
    if case.workshop and audience != Audience.PUBLIC:
        return _employer(case.workshop)
    return f"متقاضی گرامی {case.subject_name}"


def _about(case: Case) -> Section:
    workshop = case.workshop
    return section(
        "درخواست",
        ("نوع درخواست", case.service.title),
        ("کد رهگیری", to_persian(case.tracking_code or "")),
        ("بیمه‌شده", case.subject_name),
        ("کد ملی", to_persian(case.national_code)),
        ("کارگاه", to_persian(f"{workshop.name} ({workshop.code})") if workshop else ""),
    )


def _enclosed(case: Case) -> list[Section]:
    """The scans that came with the request; no heading when there are none."""
    present = set(case.scans.values_list("kind", flat=True))
    titles = [scan.title for scan in case.service.scans if scan.code in present]
    return [section("پیوست‌ها", ("مدارک", "\n".join(titles)))] if titles else []


def _answered(page: dict[str, Any]) -> Iterator[Section]:
    """A page of labelled answers: its rows, and every table under its own heading."""
    plain = [(row["label"], row["shown"]) for row in page["answers"] if "table" not in row]
    if plain:
        yield section(page["page"], *plain)
    for row in page["answers"]:
        if row.get("table"):
            yield section(row["label"], table={"head": row["table"]["head"], "rows": row["table"]["rows"]})


def _decision(case: Case) -> list[tuple[str, str]]:
    """What the unit answered when it confirmed."""
    asked = case.service.decision_form(case)
    fields = asked.base_fields if asked else {}
    return [(str(field.label), shown(field, case.decision.get(name))) for name, field in fields.items()]


def _identity(person: Person, title: str) -> Section:
    through = Dependent.objects.filter(person=person, ended_on=None).select_related("main").first()
    covered = f"{Relation(through.relation).label}، با {through.main.full_name}" if through else ""
    return section(
        title,
        ("نام و نام خانوادگی", person.full_name),
        ("نام پدر", person.father_name),
        ("کد ملی", to_persian(person.national_code)),
        ("شماره بیمه", to_persian(person.insurance_number)),
        ("تاریخ تولد", show_date(person.birth_date)),
        ("بیمهٔ تبعی", covered),
    )
