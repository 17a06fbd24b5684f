"""Two at the same moment: what was asked for is decided, and done, once."""

from collections.abc import Callable
from typing import Any

import pytest

from pishkhan.accounts.models import Factor, Kind
from pishkhan.accounts.operations import password_mark
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Approval, State
from pishkhan.approvals.refusals import NotWaitingError
from pishkhan.audit.models import Entry
from pishkhan.catalogue.parties import Unit
from pishkhan.workshops.accounts import remove_second_factor, renew_credentials
from pishkhan.workshops.models import StaffPost
from pishkhan.workshops.refusals import KeptByOperatorError
from tests import world as w
from tests.simultaneous import at_once, meanwhile

from .asking import export, role, second_senior, stamp

pytestmark = pytest.mark.django_db(transaction=True)


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
    asked, second = role(world), second_senior(world)
    return meanwhile(lambda: approvals.approve(second, asked.pk), doing)[1]


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


def test_whoever_lost_the_senior_role_does_not_write_it_back(committed_world):
    """A change of unit that was begun before the role was taken away is not the way to keep it."""
    world, other = committed_world, second_senior(committed_world)
    me = world.senior
    meanwhile(
        lambda: approvals.keep_post(other, me.user, Unit.REGISTRATION, senior=False),
        lambda: approvals.keep_post(me, me.user, Unit.INSPECTION, senior=True),
    )
    assert not StaffPost.objects.get(user=me.user).is_senior
