"""Letters that several ask for at the same moment, and a database that goes away at that moment."""

import pytest
from django.db import OperationalError, transaction

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.states import State
from pishkhan.letters import operations
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.operations import ErasedMeanwhileError, load_letter, next_number
from pishkhan.retention.erasing import erase_case
from tests.cases.test_cases_concurrency import kinds
from tests.letters.reading import letter_of
from tests.simultaneous import at_once
from tests.world import filled_case


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_all_different(committed_world):
    world = committed_world
    given = at_once(*[lambda: next_number(world.branch)] * 8)
    assert sorted(given) == [f"1460/{given[0].split('/')[1]}/{n:06d}" for n in range(1, 9)]


@pytest.mark.django_db(transaction=True)
def test_one_letter_asked_for_by_many_at_once_is_issued_once(committed_world, folder):
    world = committed_world
    case = filled_case(world, State.COMPLETED)
    answers = at_once(*[lambda: letter_of(case, Kind.DECISION)] * 4)
    assert kinds(answers) == {"Letter": 4}
    assert len({letter.pk for letter in answers}) == Letter.objects.count() == 1
    assert [path.name for path in folder.rglob("*.*")] == [answers[0].path.name]


@pytest.mark.django_db(transaction=True)
def test_a_letter_whose_entry_was_not_answered_is_served_all_the_same(committed_world, folder, monkeypatch):
    """The row was committed, and the connection broke before the database said so."""
    case = filled_case(committed_world, State.COMPLETED)
    monkeypatch.setattr(operations, "record", lambda *told, **details: transaction.on_commit(lose_the_answer))
    with pytest.raises(OperationalError):
        letter_of(case, Kind.DECISION)
    monkeypatch.undo()
    assert load_letter(letter_of(case, Kind.DECISION)).startswith(b"%PDF-")
    assert Letter.objects.count() == 1


@pytest.mark.django_db
def test_no_letter_comes_of_a_request_that_was_erased_while_it_was_printed(world, folder, monkeypatch):
    """Erasing destroys the letters that there are: one that came after it would tell the name for ever."""
    case = filled_case(world, State.REJECTED)
    write = operations.write_file

    def erased_meanwhile(*told, **how):
        write(*told, **how)
        with transaction.atomic():
            erase_case(case, why="request", by=SYSTEM)

    monkeypatch.setattr(operations, "write_file", erased_meanwhile)
    with pytest.raises(ErasedMeanwhileError):
        letter_of(case, Kind.REJECTION)
    assert not Letter.objects.exists() and not list(folder.rglob("*.*"))


def lose_the_answer() -> None:
    raise OperationalError("the connection was lost")
