"""Tries at the same moment: none has seen another's when it writes its own, on whichever database."""

from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import RequestFactory

from pishkhan.audit import operations
from pishkhan.audit.models import Entry
from pishkhan.web import bot_check

from .browsing import Browser, work_for
from .conftest import signed_up_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    return signed_up_world()


def at_once(times: int, name: str) -> list[int]:
    """So many sign-ins with a wrong password, none of which has seen another's try when it writes its own."""
    barrier, answers, write = Barrier(times), list[int](), operations.record

    def together(action: str, **details: object) -> Entry:
        barrier.wait(timeout=60)
        return write(action, **details)  # type: ignore[arg-type]

    def run() -> None:
        try:
            answers.append(Browser().sign_in(name, "wrong").status)
        finally:
            connections.close_all()

    Browser().open("/login/")  # what is imported with the first page has the real `record`
    threads = [Thread(target=run, daemon=True) for _ in range(times)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "record", together)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    return answers


@pytest.mark.parametrize("name", ["ali", "no-such-user"])
def test_of_thirty_two_guesses_at_once_ten_at_most_reach_the_hasher(world, name: str):
    answers = at_once(32, name)
    assert len(answers) == 32
    assert set(answers) <= {422, 429}
    assert answers.count(422) <= 10
    assert Entry.objects.filter(action="sign-in failed").count() == answers.count(422)


def test_one_work_sent_sixteen_times_at_once_counts_once(world):
    work, barrier, counted = work_for(bot_check.challenge("follow-up")), Barrier(16), list[bool]()
    write = operations.record

    def together(action: str, **details: object) -> Entry:
        barrier.wait(timeout=60)
        return write(action, **details)  # type: ignore[arg-type]

    def send() -> None:
        try:
            request = RequestFactory().post("/follow-up/", {"work": work})
            request.session = {}  # type: ignore[assignment]
            counted.append(bot_check.worked(request, "follow-up"))
        finally:
            connections.close_all()

    threads = [Thread(target=send, daemon=True) for _ in range(16)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "record", together)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert len(counted) == 16 and counted.count(True) <= 1
