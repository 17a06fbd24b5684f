"""The kinds of booklet that the branch issues, how long each is valid, and issuing one (R13, R34–R38)."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from pishkhan.audit.operations import Author, record
from pishkhan.persian.calendar import jalali_year_month, months_later, show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.identifiers import check_digit
from pishkhan.policy.operations import policy

from .models import Booklet, Person

KEY = "booklets"
LOST = "مفقودی"
"""Why a booklet ended when it was lost; a duplicate then costs a penalty (domain guide, section 3)."""


@dataclass(frozen=True)
class Kind:
    """A kind of booklet: its code, its name, how many Jalali months it is valid."""

    code: str
    title: str
    months: int


KINDS = (Kind("general", "دفترچهٔ درمان عمومی", 12), Kind("special", "دفترچهٔ بیماران خاص", 24))


def kinds(on: datetime.date | None = None) -> list[Kind]:
    """The kinds that the branch offers (today unless told); paper booklets may be abolished kind by kind."""
    stored: list[dict[str, Any]] = policy(KEY, [asdict(kind) for kind in KINDS], on)
    return [Kind(**row) for row in stored]


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind.title) for kind in kinds()]


class KindNotOfferedError(Exception):
    """The branch does not issue this kind of booklet (any more)."""


def issue_booklet(
    person: Person,
    kind_code: str,
    *,
    because: str,
    by: Author,
    on: datetime.date | None = None,
    case_id: int | None = None,
) -> Booklet:
    """A new booklet in the place of the current one, which ends `because` of it; call it in a transaction.

    The serial is the Jalali year and month, the booklet's number and a check digit. Raises
    `KindNotOfferedError`.
    """
    kind = next((kind for kind in kinds() if kind.code == kind_code), None)
    if kind is None:
        raise KindNotOfferedError(kind_code)
    today = on or timezone.localdate()
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    Booklet.objects.current(person).update(ended_on=today, ended_because=because)
    booklet = Booklet.objects.create(
        person=person,
        kind=kind.code,
        title=kind.title,
        issued_on=today,
        valid_until=months_later(today, kind.months),
        case_id=case_id,
    )
    body = f"{jalali_year_month(today)}{booklet.pk:07d}"
    booklet.serial = f"{body}{check_digit(body)}"
    booklet.save(update_fields=["serial"])
    record("booklet issued", by=by, about=f"person:{person.pk}", serial=booklet.serial, because=because)
    return booklet


def not_offered(kind_code: str) -> dict[str, str]:
    """Why a booklet of that kind cannot be issued: field name → message."""
    if any(kind.code == kind_code for kind in kinds()):
        return {}
    return {"kind": "شعبه این نوع دفترچه را دیگر صادر نمی‌کند؛ نوع دیگری انتخاب شود."}


def told_about(person: Person) -> list[tuple[str, str]]:
    """What the register says of somebody's booklets, for whoever judges a request: (label, value)."""
    current = Booklet.objects.current(person).first()
    if current is None:
        return [("دفترچهٔ کنونی", "در این سامانه ثبت نیست")]
    until = show_date(current.valid_until)
    lost = person.booklets.filter(ended_because=LOST).count()
    return [
        ("دفترچهٔ کنونی", f"{current.title}، سریال {to_persian(current.serial)}، اعتبار تا {until}"),
        ("المثنی به علت مفقودی تا کنون", f"{to_persian(lost)} بار"),
    ]
