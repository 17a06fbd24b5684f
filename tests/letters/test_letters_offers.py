"""Which letters a completed case gives besides its result: what its service names, to whom it concerns."""

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import every_service
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.offers import Offer, issue, offered
from pishkhan.people.booklets import issue_booklet
from pishkhan.people.models import Booklet
from tests.letters.reading import flat, letter_of
from tests.world import World, answers_for, filled_case


@pytest.fixture
def booklet_case(world: World, monkeypatch) -> Case:
    """A completed case whose service gives a booklet."""
    case = filled_case(world, State.COMPLETED)
    monkeypatch.setattr(type(case.service), "letters", (Kind.BOOKLET,))
    issue_booklet(case.subject, "general", because="", by=SYSTEM, case_id=case.pk)
    return case


def kinds(case: Case, audience: Audience) -> set[Kind]:
    return {offer.kind for offer in offered(case, list(case.events.order_by("id")), audience)}


def test_every_service_names_letters_that_there_are():
    assert all(set(service.letters) <= {Kind.BOOKLET, Kind.STATEMENT} for service in every_service())


def test_a_booklet_that_was_issued_comes_with_its_letter(booklet_case):
    letter = letter_of(booklet_case, Kind.BOOKLET)
    assert letter.case == booklet_case and letter.workshop == booklet_case.workshop
    assert Booklet.objects.get().title in flat(letter.facts)
    assert letter_of(booklet_case, Kind.BOOKLET, Audience.DESK) == letter


def test_whoever_only_knows_the_tracking_code_is_offered_nothing_of_the_register(booklet_case):
    assert Kind.BOOKLET in kinds(booklet_case, Audience.WORKSHOP)
    assert kinds(booklet_case, Audience.PUBLIC) == {Kind.DECISION}
    booklet_case.begun_by = Audience.PUBLIC
    assert Kind.BOOKLET in kinds(booklet_case, Audience.PUBLIC), "who asked for it gets it"


def test_a_booklet_of_another_case_is_not_the_one_of_this(booklet_case):
    Booklet.objects.update(case_id=booklet_case.pk + 1)
    event = booklet_case.events.last()
    assert issue(booklet_case, Offer(Kind.BOOKLET, event), by=SYSTEM) is None
    issue_booklet(booklet_case.subject, "special", because="تعویض", by=SYSTEM, case_id=booklet_case.pk)
    assert issue(booklet_case, Offer(Kind.BOOKLET, event), by=SYSTEM)


def test_a_service_that_names_a_statement_gives_one(world, monkeypatch):
    case = filled_case(world, State.COMPLETED)
    monkeypatch.setattr(type(case.service), "letters", (Kind.STATEMENT,))
    letter = letter_of(case, Kind.STATEMENT)
    assert letter.person == case.subject and Letter.objects.get() == letter
    assert letter_of(case, Kind.STATEMENT) == letter


def test_a_case_that_did_not_complete_gives_none_of_these(world):
    for state in (State.SUBMITTED, State.RETURNED, State.REJECTED):
        number = list(State).index(state)
        case = filled_case(world, state, answers=answers_for(40 + number))
        assert not kinds(case, Audience.WORKSHOP) & {Kind.BOOKLET, Kind.STATEMENT, Kind.DECISION}
