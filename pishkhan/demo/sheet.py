"""How a case keeps what was asked: the JSON text that the operations would store, made quickly."""

import datetime as dt
import json
from functools import lru_cache
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from django.db import connection

from pishkhan.cases.labelling import covered_through, own_number, section
from pishkhan.catalogue.answers import Answers, is_rows, shown
from pishkhan.catalogue.service import Service
from pishkhan.people.models import Gender, Person, Relation
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian

from .roster import Holder

SLOT = "\x01"
FEW = 3
# SQLite keeps the text that Django would have written; PostgreSQL reads it, and shorter text faster.
ASCII = connection.vendor == "sqlite"
quote = lru_cache(maxsize=1 << 15)(encode_basestring_ascii if ASCII else encode_basestring)


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=ASCII)


class Sheet:
    """A service's questions as templates of JSON text, into which answers are put.

    Labels are the same in every case: encoding them a million times would take most of the load's time.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.fields = dict(service.fields())
        blank = service.rows({})
        for row in (row for page in blank for row in page["answers"]):
            row.update(dict.fromkeys(("shown", "table") if "table" in row else ("shown",), SLOT))
        self.row_parts = dump(blank).split(quote(SLOT))
        self.answer_parts = dump(dict.fromkeys(self.fields, SLOT)).split(quote(SLOT))
        self.shown = lru_cache(maxsize=1 << 16)(self._shown)
        # Of few questions the answers repeat; with many they hardly ever do.
        self.written = lru_cache(maxsize=1 << 12)(self._written) if len(self.fields) <= FEW else self._written

    def _shown(self, name: str, answer: Any) -> str:
        return shown(self.fields[name], answer)

    def texts(self, answers: Answers, holder: Holder | None) -> tuple[str, str]:
        """The answers, and `cases.labelling.labelled`, as JSON text."""
        answered, asked = self.written(*map(answers.__getitem__, self.fields))
        if holder and self.service.about.on_file:
            return answered, f"[{who(holder)}, {asked[1:]}"
        return answered, asked

    def _written(self, *answers: Any) -> tuple[str, str]:
        values: list[str] = []
        for name, answer in zip(self.fields, answers, strict=True):
            if isinstance(answer, str):
                values.append(quote(self.shown(name, answer)))
            else:
                values += self._cells(name, answer)
        plain = [quote(answer) if isinstance(answer, str) else dump(answer) for answer in answers]
        return _filled(self.answer_parts, plain), _filled(self.row_parts, values)

    def _cells(self, name: str, answer: Any) -> list[str]:
        """Several choices, or rows with their table beside the text."""
        field = self.fields[name]
        table = [dump(field.table(answer))] if is_rows(field) else []  # type: ignore[attr-defined]
        return [quote(self._shown(name, answer)), *table]


@lru_cache(maxsize=1 << 18)
def who(holder: Holder) -> str:
    """`cases.labelling.who` as JSON text, which stays the same for everybody on the register."""
    person, main = holder.person, holder.main
    values = [quote(person.name), quote(to_persian(person.national_code)), quote(person.father_name)]
    values += _identity(person.gender, person.birth_date)
    coverage = "own"
    if main:
        coverage = "through"
        values.append(quote(_through(holder.relation, main.person.name)))
    elif person.insurance_number:
        values.append(quote(to_persian(person.insurance_number)))
    else:
        coverage = "none"
    return _filled(_templates()[coverage], values)


@lru_cache(maxsize=1 << 16)
def _identity(gender: str, birth_date: str) -> tuple[str, str]:
    born = show_date(dt.date.fromisoformat(birth_date))
    return quote(str(Gender(gender).label)), quote(born)


@lru_cache(maxsize=1 << 14)
def _through(relation: str, main: str) -> str:
    return covered_through(relation, main)[0][1]


@lru_cache(maxsize=1)
def _templates() -> dict[str, list[str]]:
    """The section about whom a case is, by how the person is covered."""
    anybody = Person(gender=Gender.MALE, birth_date=dt.date(2000, 1, 1))
    coverages = {"own": own_number("1"), "none": own_number(""), "through": covered_through(Relation.SON, "")}
    return {name: _template(section(anybody, coverage)) for name, coverage in coverages.items()}


def _template(page: dict[str, Any]) -> list[str]:
    for row in page["answers"]:
        row["shown"] = SLOT
    return dump(page).split(quote(SLOT))


def _filled(parts: list[str], values: list[str]) -> str:
    pieces = [""] * (len(parts) + len(values))
    pieces[::2], pieces[1::2] = parts, values
    return "".join(pieces)
