"""Becoming a senior user: by two, and by no way around."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from pishkhan.accounts.factors import remove_second_factor
from pishkhan.accounts.models import User
from pishkhan.accounts.operations import change_password, password_mark
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Approval, State
from pishkhan.approvals.refusals import AccountTouchedError
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.catalogue.parties import Unit
from pishkhan.workshops.accounts import deactivate_account, renew_credentials
from pishkhan.workshops.models import StaffPost
from tests import world as w
from tests.authenticating import with_app

from .asking import reactivation, role, second_senior

NEW = {"username": "tazeh", "unit": Unit.REVENUE, "is_senior": True, "reason": "جانشین"}


def test_two_senior_users_make_a_third(world):
    approvals.approve(second_senior(world), role(world).pk)
    actor = w.again(world.clerk.user)
    assert actor.is_senior and actor.unit == Unit.REGISTRATION
    entry = Entry.objects.filter(action="staff post changed").latest("id")
    assert entry.author == "senior-two" and entry.details == {"unit": "registration", "senior": True}


def test_the_unit_changes_at_once_and_the_role_is_asked_for(world):
    asked = approvals.keep_post(world.senior, world.clerk.user, Unit.INSPECTION, senior=True, reason="جانشین")
    actor = w.again(world.clerk.user)
    assert (actor.unit, actor.is_senior) == (Unit.INSPECTION, False)
    assert asked and asked.reason == "جانشین"


def test_one_alone_takes_the_role_away(world):
    chief = w.promoted(world, world.clerk)
    assert approvals.keep_post(world.senior, chief.user, Unit.REGISTRATION, senior=False) is None
    assert not w.again(chief.user).is_senior


def test_a_senior_user_keeps_the_role_when_the_unit_changes(world):
    chief = w.promoted(world, world.clerk)
    assert approvals.keep_post(world.senior, chief.user, Unit.REVENUE, senior=True) is None
    actor = w.again(chief.user)
    assert (actor.unit, actor.is_senior) == (Unit.REVENUE, True)


def test_a_new_account_begins_without_the_role_that_is_asked_for(world):
    user, password, asked = approvals.hire(world.senior, NEW)
    assert not w.again(user).is_senior and user.check_password(password)
    assert asked and asked.subject == user
    approvals.approve(second_senior(world), asked.pk)
    assert w.again(user).is_senior


def test_nobody_approves_the_own_role(world):
    """Were the account to decide it, whoever made it could."""
    chief = w.promoted(world, world.clerk)
    deactivate_account(world.senior, chief.user)
    StaffPost.objects.filter(user=world.colleague.user).update(is_senior=True)
    asked = approvals.ask_reactivation(w.again(world.colleague.user), User.objects.get(pk=chief.user.pk))
    User.objects.filter(pk=chief.user.pk).update(is_active=True)
    with pytest.raises(Approval.DoesNotExist):
        approvals.approve(w.again(chief.user), asked.pk)


def test_only_a_senior_user_asks_and_only_for_the_own_branchs_staff(world):
    for actor in (world.clerk, world.ali, world.far_senior):
        with pytest.raises(PermissionDenied):
            approvals.ask_senior_role(actor, world.colleague.user, "")
        with pytest.raises(PermissionDenied):
            approvals.ask_reactivation(actor, world.colleague.user)
    with pytest.raises(PermissionDenied):
        approvals.ask_senior_role(world.senior, world.ali.user, "")
    assert not Approval.objects.exists()


TOUCHES = {
    "a new password": lambda world, user: renew_credentials(world.senior, user, seen=password_mark(user)),
    "no second factor": lambda world, user: remove_second_factor(user, by=world.senior.author),
    "no account": lambda world, user: deactivate_account(world.senior, user),
    "no post": lambda world, user: StaffPost.objects.filter(user=user).delete(),
}


@pytest.mark.parametrize("touch", list(TOUCHES))
def test_an_account_that_the_branch_touched_since_does_not_get_the_role(touch: str, world):
    """Who asked would otherwise have the password of what a second person approved."""
    with_app(world.clerk.user)
    asked = role(world)
    TOUCHES[touch](world, User.objects.get(pk=world.clerk.user.pk))
    with pytest.raises(AccountTouchedError):
        approvals.approve(second_senior(world), asked.pk)
    assert Approval.objects.get(pk=asked.pk).state == State.WAITING
    assert not StaffPost.objects.filter(user=world.clerk.user, is_senior=True).exists()


def test_what_its_user_changed_since_does_not_matter(world):
    asked = role(world)
    change_password(User.objects.get(pk=world.clerk.user.pk), "nemune-1405-khoob", by=world.clerk.author)
    approvals.approve(second_senior(world), asked.pk)
    assert w.again(world.clerk.user).is_senior


def test_a_deactivated_senior_user_comes_back_by_two(world):
    asked = reactivation(world)
    approvals.approve(second_senior(world), asked.pk)
    assert w.again(asked.subject).is_senior
    assert Entry.objects.filter(action="reactivated", author="senior-two").count() == 1


def test_a_senior_user_whose_password_was_renewed_since_does_not_come_back(world):
    asked = reactivation(world)
    from pishkhan.accounts.operations import reset_password  # noqa: PLC0415

    reset_password(User.objects.get(pk=asked.subject.pk), by=SYSTEM)
    with pytest.raises(AccountTouchedError):
        approvals.approve(second_senior(world), asked.pk)


def test_the_command_line_lists_and_approves(world, capsys):
    asked = role(world)
    call_command("approve")
    assert f"{asked.pk}  senior" in capsys.readouterr().out
    call_command("approve", str(asked.pk))
    assert "approved" in capsys.readouterr().out
    assert w.again(world.clerk.user).is_senior
    with pytest.raises(CommandError, match="دیگر در انتظار نیست"):
        call_command("approve", str(asked.pk))
    with pytest.raises(CommandError, match="nobody of the portal"):
        call_command("approve", "999999")
