"""The register of services, and what is derived from a declaration."""

import pytest
from django import forms

from pishkhan.catalogue import scans
from pishkhan.catalogue.parties import EMPLOYER, Audience, Unit
from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import (
    DuplicateServiceError,
    Page,
    Service,
    Step,
    every_service,
    find,
    offered_to,
)


@pytest.fixture(autouse=True)
def register(monkeypatch):
    """What is declared here is forgotten afterwards."""
    monkeypatch.setattr(Service, "register", dict(Service.register))


class FirstForm(forms.Form):
    first = forms.CharField(label="یک")
    second = forms.CharField(label="دو", required=False)


class SecondForm(forms.Form):
    third = forms.CharField(label="سه")


def declare(service_code="of-the-tests", audience=Audience.WORKSHOP):
    class Declared(Service):
        code = service_code
        title = "آزمون"
        lead = "آزمون."
        offered_to = frozenset({audience})
        pages = (Page("one", "صفحهٔ یک", FirstForm), Page("two", "صفحهٔ دو", SecondForm))
        scans = (scans.PHOTO, Scan("report", "گزارش", when=lambda answers: answers.get("first") == "x"))
        steps = (Step("employer", "کارفرما", by=EMPLOYER), Step("review", "بررسی", by=Unit.REVENUE))
        example = {"first": "x", "second": "", "third": "y"}

    return Service.register[service_code]


def test_a_service_is_offered_by_being_declared():
    service = declare()
    assert find("of-the-tests") is service
    assert service in every_service()
    assert service in offered_to(Audience.WORKSHOP)
    assert service not in offered_to(Audience.PUBLIC)


def test_two_services_of_one_code_are_refused_and_the_first_stays():
    first = declare()
    with pytest.raises(DuplicateServiceError):
        declare()
    assert find("of-the-tests") is first


def test_an_unknown_code_is_no_service():
    assert find("nothing") is None
    assert find("") is None


def test_fields_come_page_by_page():
    assert [name for name, _ in declare().fields()] == ["first", "second", "third"]
    assert declare("other").page_of("third").code == "two"


@pytest.mark.django_db
def test_a_scan_is_required_when_the_answers_say_so():
    service = declare()
    assert [scan.code for scan in service.required_scans({"first": "x"})] == ["photo", "report"]
    assert [scan.code for scan in service.required_scans({})] == ["photo"]
    assert service.scan("report").title == "گزارش"
    assert service.scan("nothing") is None


def test_errors_are_told_in_the_order_of_the_questions():
    assert list(declare().errors({})) == ["first", "third"]


def test_contradictions_are_looked_for_only_when_every_answer_is_right_alone(monkeypatch):
    service = declare()
    monkeypatch.setattr(type(service), "contradictions", lambda self, answers: {"third": "نمی‌خواند"})
    assert list(service.errors({"first": "x", "third": ""})) == ["third"]
    assert service.errors({"first": "x", "third": "y"}) == {"third": "نمی‌خواند"}


def test_rows_carry_every_question_also_the_unanswered():
    rows = declare().rows({"first": "1"})
    assert [(page["page"], [a["shown"] for a in page["answers"]]) for page in rows] == [
        ("صفحهٔ یک", ["۱", ""]),
        ("صفحهٔ دو", [""]),
    ]


def test_the_employers_step_is_told_from_a_units():
    assert [step.by_employer for step in declare().steps] == [True, False]


def test_known_kinds_of_scans_have_codes_of_their_own():
    kinds = [kind for kind in vars(scans).values() if isinstance(kind, Scan)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert len({kind.title for kind in kinds}) == len(kinds)
