"""Families of the insured: who depends on whom, with ages around every limit (domain guide, section 11)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

from pishkhan.people.models import Gender, Relation

from .persons import Someone, national_code
from .words import FAMILIES, FATHERS, MEN, WOMEN

MARRIED, WITH_PARENT = 0.65, 0.04
CHILDREN = (0, 1, 1, 2, 2, 3)


class Member(NamedTuple):
    """One dependent: who, what to the main insured person, and since when."""

    person: Someone
    relation: str
    since: str


def family_of(main: Someone, first_number: int, random: Random, today: dt.date) -> Iterator[Member]:
    """The dependents of somebody, numbered from `first_number` on; most have some, some none."""
    born = dt.date.fromisoformat(main.birth_date)
    number = first_number
    man = main.gender == Gender.MALE
    age = (today - born).days // 365
    if age >= 22 and man and random.random() < MARRIED:
        wife = _relative(main, number, _years(born, random.uniform(-2, 6)), random, woman=True)
        number += 1
        wed = max(_years(born, 24), _years(today, -20))
        yield Member(wife, Relation.WIFE, min(wed, today).isoformat())
        for _ in range(random.choice(CHILDREN)):
            child_born = _years(born, random.uniform(23, max(24, age)))
            if child_born >= today:
                continue
            girl = random.random() < 0.5
            child = _relative(main, number, child_born, random, woman=girl, child=True)
            number += 1
            yield Member(child, Relation.DAUGHTER if girl else Relation.SON, child.birth_date)
    if random.random() < WITH_PARENT:
        mother = random.random() < 0.6
        parent = _relative(main, number, _years(born, -random.uniform(19, 32)), random, woman=mother)
        since = _years(today, -random.uniform(0.2, 3))
        yield Member(parent, Relation.MOTHER if mother else Relation.FATHER, since.isoformat())


def _relative(
    main: Someone, number: int, born: dt.date, random: Random, *, woman: bool, child: bool = False
) -> Someone:
    """Somebody of the same household; children have the father's name, others their own."""
    code = national_code(number)
    return replace(
        main,
        number=number,
        national_code=code,
        first_name=(WOMEN if woman else MEN).pick(random),
        last_name=main.last_name if child else FAMILIES.pick(random),
        father_name=main.first_name if child else FATHERS.pick(random),
        gender=str(Gender.FEMALE if woman else Gender.MALE),
        birth_date=born.isoformat(),
        birth_certificate_no="0",
        birth_certificate_serial="",
        mobile=f"0970{number:07}",
        insurance_number="",
    )


def _years(day: dt.date, years: float) -> dt.date:
    return day + dt.timedelta(days=int(years * 365.25))
