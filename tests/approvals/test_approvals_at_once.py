"""Two at the same moment: what was asked for is decided, and done, once."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from pishkhan.accounts.models import Factor, Kind
from pishkhan.accounts.operations import password_mark
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Approval, State
from pishkhan.approvals.refusals import NotWaitingError
from pishkhan.audit.models import Entry
from pishkhan.workshops.accounts import remove_second_factor, renew_credentials
from pishkhan.workshops.refusals import KeptByOperatorError, RefusedChangeError
from tests import world as w

from .asking import export, role, second_senior, stamp

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doing: Callable[[], Any]) -> list[Any]:
    """What each returned, or the refusal that it met."""
    start, told = threading.Barrier(len(doing)), [None] * len(doing)

    def run(place: int) -> None:
        start.wait()
        try:
            told[place] = doing[place]()
        except RefusedChangeError as refused:
            told[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(doing))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_of_two_who_approve_at_once_one_does(committed_world):
    world = committed_world
    asked = stamp(world)
    told = at_once(*(lambda who=who: approvals.approve(who, asked.pk) for who in (world.clerk, world.senior)))
    assert sorted(type(each).__name__ for each in told) == ["Approval", "NotWaitingError"]
    assert Entry.objects.filter(action="stamp set", about=asked.about).count() == 2  # the first, and this


def test_an_approved_file_is_taken_once(committed_world):
    world = committed_world
    asked = export(world)
    approvals.approve(world.senior, asked.pk)
    asked.refresh_from_db()
    told = at_once(*[lambda: approvals.take_export(world.ali, asked)] * 4)
    assert sum(isinstance(each, NotWaitingError) for each in told) == 3
    assert Entry.objects.filter(action="approval used").count() == 1


def test_a_yes_and_a_taking_back_at_once_are_one_of_them(committed_world):
    world = committed_world
    asked = stamp(world)
    before = world.a.stamp
    told = at_once(
        lambda: approvals.approve(world.clerk, asked.pk), lambda: approvals.withdraw(world.ali, asked.pk)
    )
    assert sum(isinstance(each, NotWaitingError) for each in told) == 1
    done = Approval.objects.get(pk=asked.pk).state == State.DONE
    assert (world.a.stamp == asked.document) == done and (world.a.stamp == before) != done


def test_nobody_holds_the_password_of_an_account_that_becomes_a_senior_users(committed_world):
    """Whichever is first: the new password is not told, or the role is not given."""
    world = committed_world
    asked, second, user = role(world), second_senior(world), world.clerk.user
    user.refresh_from_db()
    mark = password_mark(user)
    password, _ = at_once(
        lambda: renew_credentials(world.senior, user, seen=mark),
        lambda: approvals.approve(second, asked.pk),
    )
    assert not (isinstance(password, str) and w.again(user).is_senior)


def while_being_appointed(world: w.World, doing: Callable[[], Any]) -> Any:
    """What `doing` returned, or met: begun once the clerk was appointed, before that was committed."""
    asked, second, appointed = role(world), second_senior(world), threading.Event()

    def appoint() -> None:
        with transaction.atomic():
            approvals.approve(second, asked.pk)
            appointed.set()
            time.sleep(0.5)

    def touch() -> Any:
        appointed.wait()
        return doing()

    return at_once(appoint, touch)[1]


def test_whoever_is_being_appointed_gets_no_new_password_from_the_branch(committed_world):
    world, user = committed_world, committed_world.clerk.user
    user.refresh_from_db()
    mark = password_mark(user)
    told = while_being_appointed(world, lambda: renew_credentials(world.senior, user, seen=mark))
    assert isinstance(told, KeptByOperatorError)


def test_whoever_is_being_appointed_keeps_the_second_factor(committed_world):
    world, user = committed_world, committed_world.clerk.user
    Factor.objects.create(user=user, kind=Kind.TOTP)
    told = while_being_appointed(world, lambda: remove_second_factor(world.senior, user))
    assert isinstance(told, KeptByOperatorError) and Factor.objects.filter(user=user).exists()
