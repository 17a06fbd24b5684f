"""A request as it is read: whom it is about, then every answer with its label."""

from typing import Any

from pishkhan.people.models import Dependent, Gender, Person, Relation
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian

from .models import Case

Rows = list[dict[str, Any]]
Lines = list[tuple[str, str]]


def labelled(case: Case) -> Rows:
    """Pages of labelled answers; a person on file comes first, in rows that belong to no field."""
    person = case.subject if case.service.about.on_file else None
    return [*([who(person)] if person else []), *case.service.rows(case.answers)]


def who(person: Person) -> dict[str, Any]:
    """Somebody on file, as every screen and print shows them."""
    return section(person, _coverage(person))


def section(person: Person, coverage: Lines) -> dict[str, Any]:
    """The page about somebody on file, with how the person is covered at its end."""
    shown = [
        ("نام و نام خانوادگی", person.full_name),
        ("کد ملی", to_persian(person.national_code)),
        ("نام پدر", person.father_name),
        ("جنسیت", Gender(person.gender).label),
        ("تاریخ تولد", show_date(person.birth_date)),
        *coverage,
    ]
    answers = [{"field": "", "label": label, "shown": value} for label, value in shown]
    return {"page": "بیمه‌شده", "answers": answers}


def _coverage(person: Person) -> Lines:
    """Through whom a dependent is covered, or a main insured person's own number."""
    through = Dependent.objects.filter(person=person, ended_on=None).select_related("main").first()
    if through:
        return covered_through(through.relation, through.main.full_name)
    return own_number(person.insurance_number)


def covered_through(relation: str, main: str) -> Lines:
    return [("بیمهٔ تبعی", f"{Relation(relation).label}، با {main}")]


def own_number(insurance_number: str) -> Lines:
    return [("شماره بیمه", to_persian(insurance_number))] if insurance_number else []
