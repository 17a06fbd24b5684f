"""What a senior user does to the accounts of the branch (R47). Each refuses whom `users.visible_to` hides."""

from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from pishkhan.accounts import factors
from pishkhan.accounts import operations as accounts
from pishkhan.accounts.models import Side, User
from pishkhan.audit.operations import Author, record

from . import users
from .actors import Actor, actor_for
from .models import Branch, Representation, StaffPost, Workshop
from .refusals import (
    AddedMeanwhileError,
    ClosedWorkshopError,
    KeptByOperatorError,
    LastSeniorError,
    OwnAccountError,
    OwnSecondFactorError,
    RenewedMeanwhileError,
    SecondPersonError,
    WithoutWorkError,
)


@transaction.atomic
def open_staff_account(actor: Actor, data: dict[str, Any]) -> tuple[User, str]:
    """A new member of the branch's staff with a post, and the one-time password; never a senior user yet."""
    if not actor.is_senior or actor.branch is None:
        raise PermissionDenied
    particulars = {name: data.get(name, "") for name in accounts.PARTICULARS}
    user, password = accounts.create_account(data["username"], Side.DESK, by=actor.author, **particulars)
    give_post(user, actor.branch, data["unit"], senior=False, by=actor.author)
    return user, password


def give_post(user: User, branch: Branch, unit: str, *, senior: bool, by: Author) -> None:
    """`unit` is one of `Unit` or empty; a `senior` user manages the branch's accounts."""
    StaffPost.objects.create(user=user, branch=branch, unit=unit, is_senior=senior)
    record("staff post given", by=by, about=f"user:{user.pk}", unit=unit, senior=senior)


@transaction.atomic
def change_post(actor: Actor, user: User, unit: str, *, senior: bool) -> None:
    """Another unit, or the senior role taken away, but for the last one; giving it needs a second person."""
    _require(actor, user, Side.DESK)
    post = StaffPost.objects.select_for_update().get(user=user)
    if (post.unit, post.is_senior) == (unit, senior):
        return
    if senior and not post.is_senior:
        raise SecondPersonError
    if not senior:
        _keep_a_senior(actor, without=user)
    post.unit, post.is_senior = unit, senior
    post.save(update_fields=["unit", "is_senior"])
    record("staff post changed", by=actor.author, about=f"user:{user.pk}", unit=unit, senior=senior)


@transaction.atomic
def appoint_senior(user: User, *, by: Author) -> None:
    """What a second person has approved (`approvals`): nobody else calls this."""
    post = StaffPost.objects.select_for_update().get(user=user)
    post.is_senior = True
    post.save(update_fields=["is_senior"])
    record("staff post changed", by=by, about=f"user:{user.pk}", unit=post.unit, senior=True)


@transaction.atomic
def edit_account(actor: Actor, user: User, particulars: dict[str, Any]) -> None:
    """The particulars of any user of the branch."""
    _require(actor, user)
    accounts.edit_particulars(user, particulars, by=actor.author)


@transaction.atomic
def deactivate_account(actor: Actor, user: User) -> None:
    """At once: the next request of any open session meets the sign-in page."""
    _require(actor, user)
    if user == actor.user:
        raise OwnAccountError
    _keep_a_senior(actor, without=user)
    accounts.deactivate(user, by=actor.author)


@transaction.atomic
def reactivate_account(actor: Actor, user: User) -> None:
    """A senior user comes back by `approvals` alone."""
    _require(actor, user)
    if StaffPost.objects.filter(user=user, is_senior=True, user__is_active=False).exists():
        raise SecondPersonError
    accounts.reactivate(user, by=actor.author)


def renew_credentials(actor: Actor, user: User, *, seen: str) -> str:
    """A new one-time password for a new official letter; not for one who may do nothing with it.

    Not for a senior user: whoever has the letter has the account and its rights (`KeptByOperatorError`).
    `seen` is `accounts.password_mark` as it was on the page that was looked at: a page sent again renews
    nothing (`RenewedMeanwhileError`). Raises `WithoutWorkError`.
    """
    _require(actor, user)
    if not user.is_active:
        raise PermissionDenied
    if actor_for(user) is None:
        raise WithoutWorkError
    if not constant_time_compare(seen, accounts.password_mark(user)):
        raise RenewedMeanwhileError
    _leave_to_operator(user)
    try:
        password = accounts.reset_password(user, by=actor.author)
    except accounts.PasswordChangedMeanwhileError as error:
        raise RenewedMeanwhileError from error
    _leave_to_operator(user)  # appointed meanwhile: nobody is told
    return password


@transaction.atomic
def remove_second_factor(actor: Actor, user: User) -> bool:
    """For who lost the phone: the next sign-in asks for the password alone; False when there was nothing."""
    _require(actor, user)
    if user == actor.user:
        raise OwnSecondFactorError
    _leave_to_operator(user)
    return factors.remove_second_factor(user, by=actor.author)


@transaction.atomic
def add_representative(actor: Actor, workshop: Workshop, *, seen: int) -> tuple[User, str]:
    """One more account for a workshop; its user name is the workshop's code, numbered when taken (R18).

    `seen` is how many representations, ended ones too, the workshop had on the page that was looked at:
    pressed twice, or by two at once, the second is refused (`AddedMeanwhileError`).
    """
    _require_open(actor, workshop)
    Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    if workshop.representations.count() != seen:
        raise AddedMeanwhileError
    return new_representative(workshop, by=actor.author)


def new_representative(workshop: Workshop, *, by: Author, **particulars: str) -> tuple[User, str]:
    """An account that acts for the workshop, and its one-time password."""
    names = (workshop.code if n == 1 else f"{workshop.code}-{n}" for n in count(1))
    username = next(name for name in names if not User.objects.filter(username=name).exists())
    user, password = accounts.create_account(username, Side.WORKSHOP, by=by, **particulars)
    represent(user, workshop, by=by)
    return user, password


@transaction.atomic
def give_workshop(actor: Actor, user: User, workshop: Workshop) -> None:
    """A representative acts for one more workshop, with the password already held; twice changes nothing."""
    _require(actor, user, Side.WORKSHOP)
    _require_open(actor, workshop)
    represent(user, workshop, by=actor.author)


@transaction.atomic
def end_representation(actor: Actor, user: User, workshop: Workshop) -> None:
    """The user no longer acts for the workshop, from the next request on."""
    _require(actor, user, Side.WORKSHOP)
    held = Representation.objects.filter(user=user, workshop=workshop, ended_at=None)
    if held.filter(workshop__branch=actor.branch).update(ended_at=timezone.now()):
        _record("representation ended", user, workshop, by=actor.author)


def represent(user: User, workshop: Workshop, *, by: Author) -> None:
    _, created = Representation.objects.get_or_create(user=user, workshop=workshop, ended_at=None)
    if created:
        _record("representation given", user, workshop, by=by)


def _record(action: str, user: User, workshop: Workshop, *, by: Author) -> None:
    record(action, by=by, about=f"user:{user.pk}", workshop=workshop.pk, code=workshop.code)


def _require(actor: Actor, user: User, side: Side | None = None) -> None:
    visible = users.visible_to(actor).filter(pk=user.pk)
    if not (visible.filter(side=side) if side else visible).exists():
        raise PermissionDenied


def is_senior(user: User) -> bool:
    return StaffPost.objects.filter(user=user, is_senior=True).exists()


@transaction.atomic
def _leave_to_operator(user: User) -> None:
    """Asked with the post locked: nobody is appointed between this and what follows it.

    The lock waits for whoever is appointing at that moment, so it may not be narrowed to senior users: a
    post that is not one yet would not be waited for.
    """
    post = StaffPost.objects.select_for_update().filter(user=user).first()
    if post and post.is_senior:
        raise KeptByOperatorError


def _require_open(actor: Actor, workshop: Workshop) -> None:
    if not actor.is_senior or not Workshop.objects.visible_to(actor).filter(pk=workshop.pk).exists():
        raise PermissionDenied
    if workshop.closed_at:
        raise ClosedWorkshopError


def _keep_a_senior(actor: Actor, *, without: User) -> None:
    """Of two senior users who take the role from each other at the same time, the second is refused."""
    assert actor.branch
    Branch.objects.select_for_update(no_key=True).get(pk=actor.branch.pk)
    seniors = StaffPost.objects.filter(branch=actor.branch, is_senior=True, user__is_active=True)
    if not seniors.exclude(user=without).exists():
        raise LastSeniorError
