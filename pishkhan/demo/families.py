"""Families of the insured: who depends on whom, with ages around every limit (domain guide, section 11)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

from pishkhan.people.eligibility import Condition
from pishkhan.people.models import Gender, Relation
from pishkhan.persian.calendar import age_on

from .persons import Someone, national_code
from .words import FAMILIES, FATHERS, MEN, WOMEN

MARRIED, WITH_PARENT = 0.65, 0.04
CHILDREN = (0, 1, 1, 2, 2, 3)


class Member(NamedTuple):
    """One dependent: who, what to the main insured person, since when, and on which conditions."""

    person: Someone
    relation: str
    since: str
    conditions: tuple[str, ...] = ()


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


def joins(main: Someone, there: set[str], number: int, random: Random, day: dt.date) -> Member | None:
    """Somebody who is newly registered as a dependent on that day, beside the relations already there."""
    born = dt.date.fromisoformat(main.birth_date)
    age = (day - born).days // 365
    man = main.gender == Gender.MALE
    if man and age >= 21 and random.random() < 0.85:
        if Relation.WIFE not in there and random.random() < 0.5:
            return _wife(main, born, number, random, day)
        return _child(main, age, number, random, day)
    others = (Relation.MOTHER, Relation.FATHER, *(() if man else (Relation.HUSBAND,)))
    relation = next((relation for relation in others if relation not in there), None)
    return _supported(main, relation, number, random, day) if relation else None


def _wife(main: Someone, born: dt.date, number: int, random: Random, day: dt.date) -> Member:
    wife = _relative(main, number, _years(born, random.uniform(-2, 3)), random, woman=True)
    wed = day - dt.timedelta(days=random.randrange(5, 200))
    return Member(wife, Relation.WIFE, wed.isoformat())


def _child(main: Someone, age: int, number: int, random: Random, day: dt.date) -> Member:
    """A son who needs no further ground, or a daughter: unmarried if she is grown."""
    girl = random.random() < 0.5
    oldest = min(24 if girl else 17, age - 20)
    born = day - dt.timedelta(days=5 + int(365 * oldest * random.random() ** 2))
    child = _relative(main, number, born, random, woman=girl, child=True)
    single = (str(Condition.SINGLE),) if age_on(born, day) >= 17 else ()
    return Member(
        child, Relation.DAUGHTER if girl else Relation.SON, child.birth_date, single if girl else ()
    )


def _supported(main: Someone, relation: Relation, number: int, random: Random, day: dt.date) -> Member:
    """A parent or a husband, old enough to be supported or else disabled."""
    husband, mother = relation == Relation.HUSBAND, relation == Relation.MOTHER
    older = random.uniform(0, 9) if husband else random.uniform(19, 32)
    born = _years(dt.date.fromisoformat(main.birth_date), -older)
    relative = _relative(main, number, born, random, woman=mother)
    ground = Condition.SUPPORTED if age_on(born, day) >= (55 if mother else 60) else Condition.DISABLED
    since = day - dt.timedelta(days=random.randrange(5, 90))
    return Member(relative, relation, since.isoformat(), (str(ground),))


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
