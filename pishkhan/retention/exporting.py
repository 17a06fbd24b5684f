"""Everything that is held of a person as a ZIP: tables as JSON, scans as JPG, letters as PDF.

Written part by part: at no time is more of it in memory than one row and one file.
"""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.cases.models import Case, CaseScan, EarlierScan, Event
from pishkhan.documents.operations import DamagedDocument, load_content
from pishkhan.inspections.models import SeenWorker
from pishkhan.letters.models import Letter
from pishkhan.letters.operations import DamagedLetter, load_letter
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Booklet, ContributionRecord, Dependent, Employment, KnownScan, Person
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.users import visible_to

INSIDE = {
    "search_key",
    "sort_key",
    "wrapped_key",
    "key_id",
    "password",
    "mac",
    "source",
    "owner",
    "tracking_digits",
}
"""Columns that say nothing beside others, or would help whoever finds the file to get in."""

README = """داده‌های یک شخص در پیشخوان — what the portal holds of one person

هر پرونده با پسوند json یک جدول است: هر ردیف یک بند، نام هر خانه به فارسی و انگلیسی.
scans: تصویر مدارک. letters: نامه‌ها. در events.json آنچه با این داده‌ها شده است.
از افراد دیگر تنها نام و نسبت آمده است. توقیف‌های حذف در این فایل نیست.

Each .json file is a table: a row an item, fields named in Persian and English.
Of other people only name and relation are told. Legal holds are not part of it.
"""


class _Parts(io.RawIOBase):
    """What a ZIP is written into: cannot seek, gives out what came since it was last asked."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held.append(bytes(content))
        return len(content)

    def take(self) -> bytes:
        taken, self._held = b"".join(self._held), []
        return taken


def export(actor: Actor, national_code: str) -> Iterator[bytes]:
    """The parts of the ZIP: what the actor's branch holds."""
    parts = _Parts()
    with ZipFile(parts, "w", ZIP_DEFLATED) as archive:
        for name, content in _files(actor, national_code):
            with archive.open(name, "w") as file:
                for piece in content:
                    file.write(piece)
                    yield parts.take()
    yield parts.take()


def _files(actor: Actor, national_code: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    person = Person.objects.visible_to(actor).filter(national_code=national_code).first()
    cases = Case.objects.filter(branch=actor.branch).filter(
        Q(national_code=national_code) | Q(subject__national_code=national_code)
    )
    yield "README.txt", [README.encode()]
    for name, rows in _tables(actor, national_code, person, cases).items():
        yield f"{name}.json", _json(rows)
    for name, rows in _scans(person, cases):
        for number, scan in enumerate(rows.select_related("document").iterator(), 1):
            yield f"scans/{name}/{number:03d}-{scan.kind}.jpg", _picture(scan)
    for letter in _letters(person, cases).filter(is_stored=True).iterator():
        yield f"letters/{letter.file_name}", _pdf(letter)


def _tables(
    actor: Actor, code: str, person: Person | None, cases: "QuerySet[Case]"
) -> dict[str, Iterable[dict[str, Any]]]:
    """By file name."""
    accounts = visible_to(actor).filter(national_code=code)
    of_person: dict[str, Any] = {"person": person} if person else {"person__in": []}
    return {
        "person": _rows(Person.objects.filter(pk=person.pk) if person else Person.objects.none()),
        "employments": _rows(Employment.objects.filter(**of_person), workshop="workshop"),
        "contribution_records": _rows(ContributionRecord.objects.filter(**of_person)),
        "dependents": _rows(
            Dependent.objects.filter(main=person) if person else Dependent.objects.none(), person="person"
        ),
        "covered_through": _rows(Dependent.objects.filter(**of_person), main="main"),
        "booklets": _rows(Booklet.objects.filter(**of_person)),
        "requests": _rows(cases, workshop="workshop"),
        "request_events": _rows(Event.objects.filter(case__in=cases)),
        "letters": _rows(_letters(person, cases)),
        "inspections": _rows(
            SeenWorker.objects.filter(inspection__branch=actor.branch, national_code=code),
            inspection="inspection",
        ),
        "accounts": _rows(accounts),
        "notices": _rows(Notification.objects.filter(case_id__in=cases.values("pk"))),
        "events": _rows(_entries(accounts, person, cases)),
    }


def _entries(accounts: "QuerySet[User]", person: Person | None, cases: "QuerySet[Case]") -> "QuerySet[Entry]":
    references = [f"case:{pk}" for pk in cases.values_list("pk", flat=True)]
    references += [f"user:{pk}" for pk in accounts.values_list("pk", flat=True)]
    references += [f"person:{person.pk}"] if person else []
    return Entry.objects.filter(about__in=references)


def _letters(person: Person | None, cases: "QuerySet[Case]") -> "QuerySet[Letter]":
    of_person = Q(person=person) if person else Q(pk__in=[])
    return Letter.objects.filter(Q(case__in=cases) | of_person)


def _scans(person: Person | None, cases: "QuerySet[Case]") -> "Iterator[tuple[str, QuerySet[Any]]]":
    if person:
        yield "on-file", KnownScan.objects.filter(person=person).order_by("pk")
    for pk, number in cases.values_list("pk", "tracking_code"):
        name = number or f"draft-{pk}"
        yield f"request-{name}", CaseScan.objects.filter(case=pk).order_by("pk")
        yield f"request-{name}-replaced", EarlierScan.objects.filter(case=pk).order_by("pk")


def _picture(scan: Any) -> Iterator[bytes]:
    try:
        yield load_content(scan.document)
    except DamagedDocument as damaged:
        yield str(damaged).encode()


def _pdf(letter: Letter) -> Iterator[bytes]:
    try:
        yield load_letter(letter)
    except DamagedLetter as damaged:
        yield str(damaged).encode()


def _rows(rows: "QuerySet[Any]", **told: str) -> Iterator[dict[str, Any]]:
    """Each row by its labelled fields; of the rows that `told` names, who or what they are in words."""
    for row in rows.order_by("pk").select_related(*told).iterator(chunk_size=200):
        yield _labelled(row) | {name: str(getattr(row, name)) for name in told}


def _labelled(row: Model) -> dict[str, Any]:
    return {
        _label(field): getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in INSIDE
    }


def _label(field: Any) -> str:
    """`first_name (نام)`; the name alone where it has no words of its own."""
    words = str(field.verbose_name)
    return field.attname if words.isascii() else f"{field.attname} ({words})"


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A list, a row at a time."""
    before = b"["
    for row in rows:
        yield before + b"\n" + json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder, indent=1).encode()
        before = b","
    yield b"\n]\n" if before == b"," else b"[]\n"
