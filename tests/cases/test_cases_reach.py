"""What changes between the beginning of a request and its end: who left, what closed, who was meant."""

import datetime

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts, operations
from pishkhan.cases.refusals import NotReadyError
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, every_service
from pishkhan.letters.models import Kind
from pishkhan.letters.offers import issue, offered
from pishkhan.people.booklets import KEY
from pishkhan.people.models import ContributionRecord, KnownScan
from pishkhan.people.operations import add_records, end_employment
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.models import Workshop
from tests import world as w

ON_FILE = [service for service in every_service() if service.about.on_file]
on_file = pytest.mark.parametrize("service", ON_FILE, ids=[service.code for service in ON_FILE])
LONG_AGO = datetime.date(2020, 1, 1)


def left(case):
    end_employment(case.subject.employments.get(), on=datetime.date(2024, 6, 1), by=SYSTEM)


@on_file
def test_a_request_about_somebody_who_left_is_not_sent(world, service):
    case = w.drafted(world, service=service)
    left(case)
    with pytest.raises(NotReadyError) as refused:
        operations.send(world.ali, case.pk)
    assert "دیگر در لیست" in next(iter(refused.value.errors.values()))


@on_file
def test_a_request_about_somebody_who_left_meanwhile_is_not_confirmed(world, service):
    case = w.filled_case(world, State.SUBMITTED, service=service)
    left(case)
    with pytest.raises(NotReadyError):
        w.confirmed(world, case)
    assert w.fresh(case).state == State.SUBMITTED


def test_an_applicant_sends_nothing_to_a_workshop_that_was_closed_meanwhile(world):
    case = w.drafted(world, by=Audience.PUBLIC)
    Workshop.objects.update(closed_at="2026-01-01T00:00:00Z")
    with pytest.raises(NotReadyError) as refused:
        operations.send(w.applicant(case), case.pk)
    assert "بسته شده" in next(iter(refused.value.errors.values()))


def test_a_kind_of_booklet_given_up_meanwhile_is_told_to_the_officer(world):
    service = next(s for s in ON_FILE if s.code == "booklet-first")
    case = w.filled_case(world, State.SUBMITTED, service=service)
    other = [{"code": "other", "title": "دیگر", "months": 6}]
    decide_policy(KEY, other, valid_from=LONG_AGO, by=SYSTEM)
    with pytest.raises(NotReadyError) as refused:
        w.confirmed(world, case)
    assert "صادر نمی‌کند" in refused.value.errors["kind"]


def test_a_returned_request_that_turns_out_to_be_about_another_takes_no_scans_of_the_first_along(world):
    w.finished(world, w.drafted(world))
    end_employment(w.insured(world).employments.get(), on=datetime.date(2024, 6, 1), by=SYSTEM)
    first = w.insured(world)
    end = first.employments.filter(ended_on=None)
    for employment in end:
        end_employment(employment, on=datetime.date(2024, 6, 1), by=SYSTEM)
    case = w.drafted(world, person=first)
    case = operations.send(world.ali, case.pk)
    case = w.returned(world, case)
    assert case.scans.filter(on_file=True).exists()
    drafts.save_answers(world.ali, case.pk, {"national_code": w.code_of_person(5)})
    with pytest.raises(NotReadyError):  # the scans of the first are gone: those of the other are asked for
        operations.send(world.ali, case.pk)
    for number, scan in enumerate(case.service.required_scans(case.answers)):
        drafts.attach_scan(world.ali, case, scan.code, w.jpeg(70 + number))
    case = w.finished(world, operations.send(world.ali, case.pk))
    assert case.subject.national_code == w.code_of_person(5)
    kept = set(KnownScan.objects.current(case.subject).values_list("document", flat=True))
    assert not kept & set(KnownScan.objects.filter(person=first).values_list("document", flat=True))


def test_a_statement_holds_what_was_on_record_when_it_was_confirmed(world):
    service = next(s for s in ON_FILE if s.about == About.INSURED and "statement" in s.letters)
    case = w.finished(world, w.drafted(world, service=service))
    late = ContributionRecord(
        workshop_name="کارفرمای بعدی", started_on=LONG_AGO, ended_on=LONG_AGO, days=1, source="desk"
    )
    add_records(case.subject, [late], by=SYSTEM)
    events = list(case.events.order_by("id"))
    offer = next(o for o in offered(case, events, Audience.WORKSHOP) if o.kind == Kind.STATEMENT)
    assert "کارفرمای بعدی" not in str(issue(case, offer, by=SYSTEM).facts)
