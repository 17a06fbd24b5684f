"""Invented people: every code lies in a range that nobody has been given (domain guide, section 11)."""

import datetime as dt
import re
from dataclasses import dataclass
from random import Random

from pishkhan.people.models import Gender
from pishkhan.persian.digits import to_persian
from pishkhan.persian.identifiers import national_code_with_check

from .words import FAMILIES, FATHERS, LANES, MEN, PLACES, STREETS, WOMEN

MOST = 900_000
"""The numbers of insured persons and applicants end here; those of users follow."""

SERIAL_LETTERS = "ابدر"
# Those born later have their national code in the place of a birth certificate's number.
NUMBERLESS_SINCE = dt.date(1989, 3, 21)
_FOUR_ALIKE = re.compile(r"(.)\1{3}")


@dataclass(slots=True)
class Someone:
    """A person, the fields named as in `people.models.Person`; dates as ISO text."""

    number: int
    national_code: str
    first_name: str
    last_name: str
    father_name: str
    gender: str
    birth_date: str
    birth_certificate_no: str
    birth_certificate_serial: str
    issue_place: str
    mobile: str
    landline: str
    postal_code: str
    address: str
    insurance_number: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def national_code(number: int) -> str:
    """`9990000018` for 1: no place in Iran has a prefix from 733 to 999."""
    return national_code_with_check(f"999{number:06}")


def number_of(code: str) -> int:
    return int(code[3:9])


def someone(number: int, random: Random, today: dt.date) -> Someone:
    """The person of that number, 18 to 60 years old."""
    woman = random.random() < 0.35
    born = dt.date.fromordinal(today.toordinal() - int((18 + 42 * random.random() ** 1.6) * 365.25) - 6)
    return Someone(
        number=number,
        national_code=national_code(number),
        first_name=(WOMEN if woman else MEN).pick(random),
        last_name=FAMILIES.pick(random),
        father_name=FATHERS.pick(random),
        gender=str(Gender.FEMALE if woman else Gender.MALE),
        birth_date=born.isoformat(),
        birth_certificate_no="0" if born >= NUMBERLESS_SINCE else str(random.randrange(1, 20_000)),
        birth_certificate_serial=_serial(random),
        issue_place=PLACES.pick(random),
        mobile=f"0970{number:07}",
        landline=f"0130{random.randrange(10**7):07}" if random.random() < 0.3 else "",
        postal_code=postal_code(random),
        address=address(random),
        insurance_number=insurance_number(number) if random.random() < 0.4 else "",
    )


def _serial(random: Random) -> str:
    if random.random() < 0.4:
        return ""
    return f"{random.choice(SERIAL_LETTERS)}{random.randrange(10, 60)}/{random.randrange(10**5, 10**6)}"


def postal_code(random: Random) -> str:
    """Made up in the manner of the Industrial City's; no digit four times running."""
    while True:
        code = f"4199{random.randrange(1, 9)}{random.randrange(10**5):05}"
        if not _FOUR_ALIKE.search(code):
            return code


def address(random: Random) -> str:
    place, street, lane = PLACES.pick(random), STREETS.pick(random), LANES.pick(random)
    return f"{place}، {street}، {lane}، پلاک {to_persian(random.randrange(1, 240))}"


def insurance_number(number: int) -> str:
    return f"99{number:06}"
