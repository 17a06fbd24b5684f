"""What is printed on every kind of letter, and in the guide: Persian digits and Jalali dates alone."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.cases.operations import reject
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.letters.codes import readable
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.operations import (
    issue_booklet_letter,
    issue_credentials,
    issue_statement,
    load_letter,
)
from pishkhan.people.booklets import issue_booklet
from pishkhan.web.guide import PDF
from pishkhan.workshops.accounts import add_representative
from tests.letters.reading import letter_of
from tests.web.test_web_digits import GREGORIAN, MONTHS
from tests.world import World, answers_for, filled_case, fresh, returned

TYPED = answers_for(5, job="تراشکار 2", remarks="شیفت 3", address="رشت، خیابان 12، پلاک 4")
Printed = tuple[bytes, list[str]]
"""A PDF, and what stands in it from left to right as it is: codes, addresses, user names."""


def printed(letter: Letter) -> Printed:
    return load_letter(letter), [readable(letter.code)]


def of_case(kind: Kind, state: State) -> Callable[[World], Printed]:
    def issue(world: World) -> Printed:
        return printed(letter_of(ended(world, state), kind, Audience.WORKSHOP))

    return issue


def ended(world: World, state: State) -> Case:
    world.a.name = "صنایع 110 گیلان"
    world.a.save()
    case = filled_case(world, State.SUBMITTED if state == State.REJECTED else state, answers=TYPED)
    if state == State.REJECTED:
        return reject(world.clerk, case.pk, version=fresh(case).version, note="بند 4 آیین‌نامه")
    return case


def return_letter(world: World) -> Printed:
    case = filled_case(world, State.SUBMITTED, answers=TYPED)
    marks = [{"target": "job", "label": "شغل", "reason": "بند 4 نادرست است"}]
    returned(world, case, note="تا 5 روز دیگر اصلاح کنید", marks=marks)
    return printed(letter_of(fresh(case), Kind.RETURN))


def booklet(world: World) -> Printed:
    case = ended(world, State.COMPLETED)
    assert case.subject
    issued = issue_booklet(case.subject, "general", because="", by=SYSTEM)
    return printed(issue_booklet_letter(issued, by=SYSTEM))


def statement(world: World) -> Printed:
    case = ended(world, State.COMPLETED)
    assert case.subject
    return printed(issue_statement(case.subject, case=None, by=SYSTEM))


def credentials(world: World) -> Printed:
    user, password = add_representative(world.senior, world.a, seen=1)
    letter, pdf = issue_credentials(world.a, user, password, by=SYSTEM)
    return pdf, [user.username, password, readable(letter.code)]


LETTERS: dict[str, Callable[[World], Printed]] = {
    Kind.CREDENTIALS: credentials,
    Kind.RECEIPT: of_case(Kind.RECEIPT, State.SUBMITTED),
    Kind.FORM: of_case(Kind.FORM, State.SUBMITTED),
    Kind.RETURN: return_letter,
    Kind.REJECTION: of_case(Kind.REJECTION, State.REJECTED),
    Kind.DECISION: of_case(Kind.DECISION, State.COMPLETED),
    Kind.BOOKLET: booklet,
    Kind.STATEMENT: statement,
}


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_every_kind_of_letter_is_looked_at():
    assert set(LETTERS) == set(Kind)


@pytest.mark.parametrize("kind", LETTERS)
def test_no_letter_mixes_digits_or_shows_a_gregorian_date(world: World, kind: str):
    pdf, codes = LETTERS[kind](world)
    words = words_of(pdf)
    assert re.search("[۰-۹]", words), "nothing was read"
    for code in (*codes, settings.ADDRESS.partition("://")[2]):
        words = words.replace(code, "")
    assert not re.findall(".{0,25}[0-9٠-٩]+.{0,25}", words)
    assert not GREGORIAN.findall(words) and not MONTHS.findall(words)
    assert not re.findall(r"\b(?:None|True|False|null|\w+_\w+)\b", words)


def test_the_printed_guide_has_persian_digits_alone():
    words = words_of(PDF.read_bytes())
    assert len(words) > 2000
    assert not re.findall(".{0,25}[0-9٠-٩]+.{0,25}", words)
