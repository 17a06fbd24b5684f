"""Asking for what needs a second person, deciding it, and doing it.

Whoever asks, decides or does something must have the right to at that moment. What was approved is done as
it was asked, in the transaction of the approval, or (`TAKEN_LATER`) once by the one who asked, within a day.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from pishkhan.accounts import operations as accounts
from pishkhan.accounts.models import Side, User
from pishkhan.audit.operations import SYSTEM, Author, happened, lately_by, record
from pishkhan.documents.operations import store_document
from pishkhan.policy.operations import policy
from pishkhan.workshops import users
from pishkhan.workshops.accounts import (
    appoint_senior,
    change_post,
    open_staff_account,
    reactivate_account,
)
from pishkhan.workshops.actors import Actor, actor_for
from pishkhan.workshops.models import StaffPost
from pishkhan.workshops.operations import IMAGES, prepare_branch, replace_image, set_image
from pishkhan.workshops.refusals import SecondPersonError

from .models import OPEN, TAKEN_LATER, Action, Approval, State
from .refusals import (
    AccountTouchedError,
    AlreadyAskedError,
    AskerLostRightError,
    NotWaitingError,
    PictureChangedError,
)
from .telling import tell_asker, tell_deciders, tell_of_emergency

BULK, MOST = "bulk-export", 500
"""Policy key: with more people a file is large; a branch may set it lower."""
SLICES = 2
"""So many times the limit may be in all the files of one account within a day."""
EXPORTS = "insured exported"
WAITS = timedelta(days=14)
"""How long something waits for its decision."""
TAKEN_WITHIN = timedelta(days=1)


# Asking


@transaction.atomic
def hire(actor: Actor, data: dict[str, Any]) -> tuple[User, str, Approval | None]:
    """A new member of staff with the one-time password; the senior role, if wanted, is asked for."""
    user, password = open_staff_account(actor, data)
    asked = ask_senior_role(actor, user, data.get("reason", "")) if data["is_senior"] else None
    return user, password, asked


@transaction.atomic
def keep_post(actor: Actor, user: User, unit: str, *, senior: bool, reason: str = "") -> Approval | None:
    """Another unit at once, and the role taken away at once; the role given is asked for."""
    post = StaffPost.objects.select_for_update().filter(user=user).first()
    was = bool(post and post.is_senior)
    change_post(actor, user, unit, senior=senior and was)
    return ask_senior_role(actor, user, reason) if senior and not was else None


def ask_senior_role(actor: Actor, user: User, reason: str) -> Approval:
    """A senior user asks that a member of the branch's staff becomes one too."""
    _require_staff(actor, user)
    return _ask(Action.SENIOR, actor, f"user:{user.pk}", subject=user, reason=reason)


def bring_back(actor: Actor, user: User) -> Approval | None:
    """An account works again: at once, or for a senior user when a second one agrees."""
    try:
        reactivate_account(actor, user)
    except SecondPersonError:
        return ask_reactivation(actor, user)
    return None


def ask_reactivation(actor: Actor, user: User, reason: str = "") -> Approval:
    """A senior user asks that another one, who was deactivated, may sign in again."""
    _require_staff(actor, user)
    return _ask(Action.REACTIVATION, actor, f"user:{user.pk}", subject=user, reason=reason)


def keep_image(actor: Actor, name: str, upload: Any, reason: str = "") -> Approval | None:
    """The workshop's first signature or stamp at once; another one instead of it is asked for.

    :raises RefusedPicture: the upload is no sound picture
    """
    assert actor.workshop
    assert name in IMAGES
    actor.workshop.refresh_from_db(fields=[name])
    earlier = getattr(actor.workshop, name)
    if earlier is None:
        set_image(actor, name, upload)
        return None
    about = f"workshop:{actor.workshop.pk}"
    document = store_document(upload, about)  # takes a while: not while the database is locked
    if document.sha256 == earlier.sha256:
        return None
    return _ask(
        Action(name), actor, about, workshop=actor.workshop, document=document, earlier=earlier, reason=reason
    )


def bulk_limit() -> int:
    """So many people may be in a file without a second person; no policy raises it."""
    return min(int(policy(BULK, MOST)), MOST)


def _is_bulk(actor: Actor, people: int) -> bool:
    """Whether so many people in one more file need a second person: it is large, or one slice of many."""
    assert actor.user
    done = lately_by(actor.user.pk, EXPORTS, since=timezone.now() - TAKEN_WITHIN)
    before = sum(entry.details.get("people", 0) for entry in done)
    return people > bulk_limit() or before + people > SLICES * bulk_limit()


def ask_export(actor: Actor, parameters: dict[str, Any], reason: str) -> Approval:
    """A representative asks for a large file of the workshop's own people, narrowed by `parameters`."""
    assert actor.workshop
    about = f"workshop:{actor.workshop.pk}"
    return _ask(Action.EXPORT, actor, about, workshop=actor.workshop, parameters=parameters, reason=reason)


def _ask(action: Action, actor: Actor, about: str, **what: Any) -> Approval:
    assert actor.branch
    return _enter(action, about, actor.author, branch=actor.branch, asked_by=actor.user, **what)


@transaction.atomic
def _enter(action: Action, about: str, by: Author, **what: Any) -> Approval:
    """One that the same person asked for before gives way; of two people the second is refused."""
    same = Approval.objects.filter(action=action, about=about, state__in=OPEN)
    same.filter(expires_at__lte=timezone.now()).update(state=State.EXPIRED)
    if action != Action.EXPORT:
        for before in same.filter(asked_by=what.get("asked_by")):
            _settle(before, State.WITHDRAWN, "approval withdrawn", by)
    try:
        with transaction.atomic():
            until = timezone.now() + WAITS
            asked = Approval.objects.create(action=action, about=about, expires_at=until, **what)
    except IntegrityError as twice:
        raise AlreadyAskedError from twice
    record("approval asked", by=by, about=about, what=str(action), approval=asked.pk)
    tell_deciders(asked)
    return asked


def _require_staff(actor: Actor, user: User) -> None:
    if not users.visible_to(actor).filter(pk=user.pk, side=Side.DESK).exists():
        raise PermissionDenied


# Deciding


@transaction.atomic
def approve(actor: Actor, pk: int) -> Approval:
    """A second person says yes. :raises Approval.DoesNotExist: it is none of the actor's"""
    asked = Approval.objects.decidable_by(actor).get(pk=pk)
    return _approve(asked, actor.author, actor.user)


@transaction.atomic
def approve_as_operator(pk: int) -> Approval:
    """The same from the command line, for a branch with one senior user; never what was asked there."""
    asked = Approval.objects.select_related("subject", "asked_by", "workshop").get(
        pk=pk, asked_by__isnull=False
    )
    return _approve(asked, SYSTEM, None)


def _approve(asked: Approval, by: Author, user: User | None) -> Approval:
    if asked.subject:  # the post before the approval, as `keep_post` does
        StaffPost.objects.select_for_update().filter(user=asked.subject).first()
    later = asked.action in TAKEN_LATER
    to, now = (State.APPROVED, timezone.now()) if later else (State.DONE, timezone.now())
    more = {"expires_at": now + TAKEN_WITHIN} if later else {}
    _settle(asked, to, "approval given", by, waiting=True, decided_by=user, decided_at=now, **more)
    if asked.asked_by and not may_still_ask(asked):
        raise AskerLostRightError
    if not later:
        DONE_AT_ONCE[Action(asked.action)](asked, by)
    tell_asker(asked)
    return asked


@transaction.atomic
def refuse(actor: Actor, pk: int, answer: str) -> Approval:
    """A second person says no, and why."""
    asked = Approval.objects.decidable_by(actor).get(pk=pk)
    decided = {"decided_by": actor.user, "decided_at": timezone.now(), "answer": answer}
    _settle(asked, State.REFUSED, "approval refused", actor.author, waiting=True, **decided)
    tell_asker(asked)
    return asked


@transaction.atomic
def withdraw(actor: Actor, pk: int) -> Approval:
    """Whoever asked takes it back, decided or not, until it is done."""
    asked = Approval.objects.visible_to(actor).get(pk=pk, asked_by=actor.user)
    _settle(asked, State.WITHDRAWN, "approval withdrawn", actor.author)
    return asked


def _settle(
    asked: Approval, to: State, action: str, by: Author, *, waiting: bool = False, **changes: Any
) -> None:
    """Once: of two at the same moment the second finds it done. `waiting`: not what was approved already."""
    still = Approval.objects.waiting() if waiting else Approval.objects.open()
    if not still.filter(pk=asked.pk).update(state=to, **changes):
        raise NotWaitingError
    for name, value in {"state": to, **changes}.items():
        setattr(asked, name, value)
    record(action, by=by, about=asked.about, what=asked.action, approval=asked.pk)


def may_still_ask(asked: Approval) -> bool:
    """Whether the one who asked could ask for the same thing now."""
    assert asked.asked_by
    workshop = asked.workshop
    actor = actor_for(asked.asked_by, workshop_id=workshop.pk if workshop else None)
    if actor is None or actor.branch != asked.branch:
        return False
    return actor.is_senior if workshop is None else actor.workshop == workshop


# Doing

TOUCHES = ("password reset", "second factor removed")


def _appoint(asked: Approval, by: Author) -> None:
    """The account as it was shown: with a password that the branch renewed since, another could come in."""
    assert asked.subject
    _lock_untouched(asked)
    if not User.objects.filter(pk=asked.subject.pk, is_active=True).exists():
        raise AccountTouchedError
    appoint_senior(asked.subject, by=by)


def _reactivate(asked: Approval, by: Author) -> None:
    assert asked.subject
    _lock_untouched(asked)
    accounts.reactivate(asked.subject, by=by)


def _lock_untouched(asked: Approval) -> None:
    """Unless somebody else has given the account a new password or taken its second factor since."""
    post = StaffPost.objects.select_for_update().filter(user=asked.subject, branch=asked.branch).first()
    since = [happened(done, asked.about, asked.asked_at) for done in TOUCHES]
    if post is None or any(entries.exclude(user_id=asked.subject_id).exists() for entries in since):
        raise AccountTouchedError


def _replace(asked: Approval, by: Author) -> None:
    assert asked.workshop and asked.document and asked.earlier
    if not replace_image(asked.workshop, asked.action, asked.earlier, asked.document, by=by):
        raise PictureChangedError


DONE_AT_ONCE: dict[Action, Callable[[Approval, Author], None]] = {
    Action.SENIOR: _appoint,
    Action.REACTIVATION: _reactivate,
    Action.SIGNATURE: _replace,
    Action.STAMP: _replace,
}


@transaction.atomic
def take_export(actor: Actor, asked: Approval) -> None:
    """The approved file is handed out, once, to the one who asked and still acts for the workshop."""
    mine = Approval.objects.visible_to(actor).get(pk=asked.pk, action=Action.EXPORT, asked_by=actor.user)
    if not mine.may_be_taken:
        raise NotWaitingError
    _settle(mine, State.DONE, "approval used", actor.author)
    _exported(actor, mine.parameters["tab"], approval=mine.pk)


@transaction.atomic
def take_small_export(actor: Actor, people: int, *, tab: str) -> bool:
    """Counts one more file with so many people of the account's; False when that needs a second person.

    Files that are asked for at the same moment are counted one after the other.
    """
    assert actor.user
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
    if _is_bulk(actor, people):
        return False
    _exported(actor, tab, people=people)
    return True


def _exported(actor: Actor, tab: str, **more: Any) -> None:
    assert actor.workshop
    record(EXPORTS, by=actor.author, about=f"workshop:{actor.workshop.pk}", tab=tab, **more)


# The operator's command line


def use_as_operator(action: Action) -> bool:
    """Whether a senior user has approved what the command line asked for; it is used up by that."""
    with transaction.atomic():
        approved = Approval.objects.open().filter(action=action, asked_by=None, state=State.APPROVED).first()
        if approved:
            _settle(approved, State.DONE, "approval used", SYSTEM)
    return approved is not None


def ask_as_operator(action: Action, reason: str = "") -> Approval:
    """What waits for a senior user of the portal's branch; asked for now unless it was before."""
    waiting = Approval.objects.waiting().filter(action=action, asked_by=None).first()
    return waiting or _enter(action, "keys", SYSTEM, branch=prepare_branch(), asked_by=None, reason=reason)


@transaction.atomic
def do_in_emergency(action: Action, reason: str) -> None:
    """Done without a second person, because there is none in time: every senior user is told."""
    record("done in an emergency", by=SYSTEM, about="keys", what=str(action), reason=reason)
    tell_of_emergency(prepare_branch(), action, reason)
