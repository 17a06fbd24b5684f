"""Registration of a main insured person: what is this service's own (R6–R12, R31–R33)."""

import datetime

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts, operations
from pishkhan.cases.refusals import NotReadyError
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.people.models import Employment, Person
from pishkhan.people.operations import register_person
from tests import world as w

EXAMPLE = w.registration().example


def errors(**changes):
    return w.registration().errors({**EXAMPLE, **changes})


@pytest.mark.parametrize(
    ("birth", "start", "wrong"),
    [
        ("2011-11-16", "2026-11-16", None),
        ("2011-11-17", "2026-11-16", "birth_date"),
        ("2011-11-16", "2026-11-15", "birth_date"),
        ("2026-11-16", "2026-11-15", "start_date"),
        ("2026-11-16", "2026-11-16", "birth_date"),
        ("1999-07-03", "2026-11-16", None),
    ],
)
def test_nobody_under_fifteen_is_registered_and_nobody_works_before_birth(birth, start, wrong):
    found = errors(birth_date=birth, start_date=start)
    assert list(found) == ([wrong] if wrong else [])


@pytest.mark.parametrize("name", ["birth_date", "start_date"])
def test_no_date_lies_in_the_future(name):
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    assert name in errors(**{name: tomorrow.isoformat()})


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("national_code", "9990000019"),
        ("national_code", "1111111111"),
        ("national_code", "999000001"),
        ("first_name", "Ali"),
        ("last_name", "کوچک۲"),
        ("gender", "other"),
        ("mobile", "0131234567"),
        ("postal_code", "1111111111"),
        ("birth_certificate_no", "الف"),
        ("birth_certificate_serial", "۱۲۳"),
        ("insurance_number", "1234567"),
        ("landline", "09700000018"),
        ("birth_date", "1403/12/31"),
    ],
)
def test_each_answer_is_judged_by_its_own_rule(name, typed):
    found = errors(**{name: typed})
    assert list(found) == [name]
    assert not any(digit in found[name] for digit in "0123456789"), "Persian digits in messages"


def test_a_registration_enters_every_answer_in_the_register(world):
    answers = w.answers_for(
        1,
        birth_certificate_serial="ب12/123456",
        landline="01333123456",
        insurance_number="99000001",
    )
    w.filled_case(world, State.COMPLETED, answers=answers)
    person = Person.objects.get()
    for name in ("national_code", "first_name", "father_name", "gender", "issue_place", "mobile", "address"):
        assert getattr(person, name) == answers[name]
    assert (person.landline, person.insurance_number) == ("01333123456", "99000001")
    assert person.birth_date == datetime.date(1999, 7, 3)
    work = Employment.objects.get()
    assert (work.job, work.started_on, work.ended_on) == (
        answers["job"],
        datetime.date(2026, 11, 16),
        None,
    )


def test_a_person_known_from_another_workshop_is_not_entered_twice(world):
    w.filled_case(world, State.COMPLETED)
    w.filled_case(world, State.COMPLETED, workshop=world.b, answers={**EXAMPLE, "mobile": "09700000099"})
    assert Person.objects.get().mobile == "09700000099"
    assert Employment.objects.count() == 2


def test_what_is_known_fills_the_form(world):
    w.filled_case(world, State.COMPLETED)
    known = w.registration().prefill(Person.objects.get())
    asked = {name for name, _ in w.registration().fields()}
    assert set(known) <= asked
    assert all(known[name] == EXAMPLE[name] for name in known)


def test_the_desk_is_shown_where_a_request_differs_from_the_register(world):
    w.filled_case(world, State.COMPLETED)
    case = w.filled_case(
        world,
        State.SUBMITTED,
        workshop=world.b,
        answers={**EXAMPLE, "last_name": "فومنی", "birth_date": "1999-07-04"},
    )
    assert w.registration().differences(case) == [
        ("نام خانوادگی", "کوچک‌پور", "فومنی"),
        ("تاریخ تولد", "۱۳۷۸/۰۴/۱۲", "۱۳۷۸/۰۴/۱۳"),
    ]


def test_a_request_like_the_register_differs_in_nothing(world):
    w.filled_case(world, State.COMPLETED)
    case = w.filled_case(world, State.SUBMITTED, workshop=world.b)
    assert w.registration().differences(case) == []


def test_about_an_unknown_person_there_is_nothing_to_compare(world):
    assert w.registration().differences(w.filled_case(world, State.SUBMITTED)) == []


def test_who_left_the_workshop_may_be_registered_there_again(world):
    w.filled_case(world, State.COMPLETED)
    Employment.objects.update(ended_on=datetime.date(2026, 11, 20))
    assert w.filled_case(world, State.COMPLETED).state == State.COMPLETED
    assert Employment.objects.filter(ended_on=None).count() == 1


def test_who_works_where_is_told_to_the_employer_and_to_no_applicant(world):
    w.filled_case(world, State.COMPLETED)
    case = w.drafted(world, by=Audience.PUBLIC)
    assert operations.send(w.applicant(case), case.pk).state == State.AWAITING_EMPLOYER
    with pytest.raises(NotReadyError) as refused:
        operations.send(world.ali, case.pk)
    assert "همین کارگاه" in refused.value.errors["national_code"]


def test_any_writing_of_a_name_is_the_same_request(world):
    """Arabic letters and Persian digits, as they come from a telephone."""
    from pishkhan.catalogue.answers import stored  # noqa: PLC0415

    identity = w.registration().pages[0].form
    typed = {
        **EXAMPLE,
        "last_name": "كوچك\u200cپور",
        "national_code": "۹۹۹٠٠٠٠٠۱۸",
        "birth_date": "۱۳۷۸/۴/۱۲",
    }
    answers = stored(identity(typed))
    assert (answers["last_name"], answers["national_code"]) == ("کوچک‌پور", "9990000018")
    assert answers["birth_date"] == EXAMPLE["birth_date"]


@pytest.mark.django_db
def test_prefill_of_a_person_from_the_file_leaves_nothing_that_json_cannot_hold(world):
    data = {**EXAMPLE, "birth_date": datetime.date(1999, 7, 3)}
    person = register_person("9990000018", data, by=SYSTEM)
    case = drafts.start_draft(world.ali, w.registration(), world.a, w.registration().prefill(person), person)
    assert w.fresh(case).answers["birth_date"] == "1999-07-03"
