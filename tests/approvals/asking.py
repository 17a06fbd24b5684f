"""Everything that is asked for, ready to be decided, with somebody who may decide it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Action, Approval
from pishkhan.workshops.accounts import deactivate_account
from pishkhan.workshops.actors import Actor
from tests import world as w

EXPORT = {"tab": "active", "order": "name", "text": "", "people": 900}


def second_senior(world: w.World) -> Actor:
    found = User.objects.filter(username="senior-two").first()
    return w.again(found) if found else w.staff(world.branch, "senior-two", senior=True)


def role(world: w.World) -> Approval:
    return approvals.ask_senior_role(world.senior, world.clerk.user, "جانشین")


def reactivation(world: w.World) -> Approval:
    chief = w.staff(world.branch, "chief", senior=True)
    deactivate_account(world.senior, chief.user)
    return approvals.ask_reactivation(world.senior, User.objects.get(pk=chief.user.pk))


def stamp(world: w.World) -> Approval:
    asked = approvals.keep_image(world.ali, "stamp", w.inked(80), "مهر پیشین گم شد.")
    assert asked
    return asked


def signature(world: w.World) -> Approval:
    asked = approvals.keep_image(world.ali, "signature", w.inked(20))
    assert asked
    return asked


def export(world: w.World) -> Approval:
    return approvals.ask_export(world.ali, EXPORT, "برای بیمهٔ تکمیلی")


def rotation(world: w.World) -> Approval:
    return approvals.ask_as_operator(Action.ROTATE, "سالگرد کلید")


@dataclass(frozen=True)
class Asked:
    """`ask` returns what waits; `who` may decide it, `not_who` of the world may not."""

    ask: Callable[[w.World], Approval]
    who: Callable[[w.World], Actor]
    not_who: tuple[str, ...]


DESK = ("colleague", "inspector", "ali", "sara", "far_senior", "far_clerk")
OF_IMAGES = ("inspector", "ali", "sara", "far_senior", "far_clerk", "far_representative")
EVERY: dict[str, Asked] = {
    "a senior role": Asked(role, second_senior, ("senior", "clerk", *DESK)),
    "a senior user back": Asked(reactivation, second_senior, ("senior", "clerk", *DESK)),
    "a stamp": Asked(stamp, lambda world: world.colleague, OF_IMAGES),
    "a signature": Asked(signature, lambda world: world.senior, OF_IMAGES),
    "a large file": Asked(export, lambda world: world.senior, ("clerk", *DESK)),
    "a rotation": Asked(rotation, lambda world: world.senior, ("clerk", *DESK)),
}


def long_ago(asked: Approval) -> None:
    """Its term is over."""
    Approval.objects.filter(pk=asked.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
