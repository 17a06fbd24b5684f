"""What can be done to a workshop and to those who act for it, and to the settings of all."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import create_account, edit_particulars
from pishkhan.audit.operations import SYSTEM, Author, record
from pishkhan.documents.models import Document
from pishkhan.documents.operations import store_document
from pishkhan.notifications.operations import notify
from pishkhan.policy.operations import decide_policy, last_decision

from .accounts import give_post, new_representative, represent
from .actors import Actor
from .models import Branch, StaffPost, Workshop
from .recipients import senior_recipient
from .refusals import DecidedMeanwhileError, ImageIsThereError

EDITABLE = (
    "name",
    "employer_name",
    "activity",
    "legal_national_id",
    "economic_code",
    "address",
    "postal_code",
    "phone",
)
IMAGES = ("signature", "stamp")


@transaction.atomic
def prepare_branch() -> Branch:
    """Makes the branch of the settings, or brings its name and address up to date."""
    settled = dict(settings.BRANCH)
    branch, created = Branch.objects.get_or_create(code=settled.pop("code"), defaults=settled)
    stale = [name for name, value in settled.items() if getattr(branch, name) != value]
    if stale:
        Branch.objects.filter(pk=branch.pk).update(**settled)
        branch.refresh_from_db()
    if created or stale:
        record("branch prepared", by=SYSTEM, about=f"branch:{branch.pk}")
    return branch


@transaction.atomic
def create_staff(username: str, unit: str, *, senior: bool, **names: str) -> tuple[User, str]:
    """A member of this branch's staff, made from the command line; returns the one-time password too.

    `unit` is one of `Unit` or empty; a `senior` user manages the branch's accounts (R47).
    """
    user, password = create_account(username, Side.DESK, by=SYSTEM, **names)
    give_post(user, prepare_branch(), unit, senior=senior, by=SYSTEM)
    tell_of_operator(user, "ساخته شد")
    return user, password


def tell_of_operator(user: User, what: str) -> None:
    """Tells the senior users what the command line did to the account of one of them."""
    post = StaffPost.objects.filter(user=user, is_senior=True).first()
    if post:
        text = f"از خط فرمان: حساب کاربر ارشد {user.username} {what}"
        notify(senior_recipient(post.branch.pk), text, path=f"/desk/accounts/{user.pk}/")


@transaction.atomic
def open_workshop(actor: Actor, data: dict[str, Any]) -> tuple[Workshop, User, str]:
    """A new workshop with its default account; returns both and the one-time password (R5, R18)."""
    if not actor.is_senior:
        raise PermissionDenied
    workshop = register_workshop(actor, data)
    user, password = create_account(
        data["username"],
        Side.WORKSHOP,
        by=actor.author,
        first_name=data.get("first_name", ""),
        last_name=data.get("last_name", ""),
    )
    represent(user, workshop, by=actor.author)
    return workshop, user, password


@transaction.atomic
def register_workshop(actor: Actor, data: dict[str, Any]) -> Workshop:
    """A new workshop of the branch, without an account; `data` holds its code and fields of `EDITABLE`."""
    _require_registrar(actor)
    assert actor.branch
    return _enter(actor.branch, data, by=actor.author)


def _one_at_a_time() -> None:
    """Until the transaction ends nobody else, of whichever branch, comes past this place."""
    Branch.objects.select_for_update(no_key=True).earliest("id")


def _enter(branch: Branch, data: Mapping[str, Any], *, by: Author) -> Workshop:
    _one_at_a_time()
    given = {name: data[name] for name in EDITABLE if name in data}
    workshop = Workshop(branch=branch, code=data["code"], **given)
    workshop.make_keys()
    workshop.save(force_insert=True)
    record("workshop opened", by=by, about=f"workshop:{workshop.pk}")
    return workshop


@transaction.atomic
def sign_up_representative(branch: Branch, answers: Mapping[str, Any], *, by: Author) -> Workshop:
    """The account that somebody asked for, at a workshop which is entered first when it is not known (R5).

    Nobody learns the password: the senior user makes one anew when the official letter is printed (R18).
    """
    _one_at_a_time()
    workshop = Workshop.objects.filter(code=answers["workshop_code"]).first()
    if workshop and workshop.branch_id != branch.pk:
        raise PermissionDenied
    if workshop is None:
        named = {"code": answers["workshop_code"], "name": answers["workshop_name"]}
        workshop = _enter(branch, {**answers, **named}, by=by)
    names = ("first_name", "last_name", "national_code", "mobile")
    new_representative(workshop, by=by, **{name: answers[name] for name in names})
    return workshop


@transaction.atomic
def edit_workshop(actor: Actor, workshop: Workshop, data: dict[str, Any]) -> list[str]:
    """Changes fields of `EDITABLE`; returns the names of those that changed."""
    _require_registrar(actor, workshop)
    return _edit(workshop, data, by=actor.author)


@transaction.atomic
def close_workshop(actor: Actor, workshop: Workshop, reason: str) -> None:
    """Its representatives lose their access and no request is begun; what the branch holds goes on."""
    _require_registrar(actor, workshop)
    if Workshop.objects.filter(pk=workshop.pk, closed_at=None).update(
        closed_at=timezone.now(), closed_because=reason
    ):
        record("workshop closed", by=actor.author, about=f"workshop:{workshop.pk}", reason=reason)


@transaction.atomic
def reopen_workshop(actor: Actor, workshop: Workshop) -> None:
    _require_registrar(actor, workshop)
    closed = Workshop.objects.filter(pk=workshop.pk, closed_at__isnull=False)
    if closed.update(closed_at=None, closed_because=""):
        record("workshop reopened", by=actor.author, about=f"workshop:{workshop.pk}")


@transaction.atomic
def decide_settings(
    actor: Actor, keys: str, changed: Mapping[str, Any], *, valid_from: date, seen: int
) -> None:
    """From that day on the policies in `changed` have these values; all their keys begin with `keys`.

    `seen` is the number of the last decision on such a key that the actor knows of (0: none). Raises
    `DecidedMeanwhileError` when it is not that of the last one: what was decided would be taken back unseen.
    """
    assert all(key.startswith(keys) for key in changed)
    if not actor.is_senior:
        raise PermissionDenied
    _one_at_a_time()
    if changed and seen != last_decision(keys):
        raise DecidedMeanwhileError
    for key, value in changed.items():
        decide_policy(key, value, valid_from=valid_from, by=actor.author)


def _require_registrar(actor: Actor, workshop: Workshop | None = None) -> None:
    """The registration unit and the senior user keep the workshops of their branch."""
    hidden = workshop and not Workshop.objects.visible_to(actor).filter(pk=workshop.pk).exists()
    if not actor.keeps_workshops or hidden:
        raise PermissionDenied


@transaction.atomic
def edit_profile(actor: Actor, person: dict[str, Any], workshop: dict[str, Any]) -> None:
    """The representative's own data and the workshop's (R23, R25)."""
    assert actor.user
    assert actor.workshop
    edit_particulars(actor.user, person, by=actor.author)
    _edit(actor.workshop, workshop, by=actor.author)


def _edit(workshop: Workshop, data: dict[str, Any], *, by: Author) -> list[str]:
    workshop.refresh_from_db(fields=EDITABLE, from_queryset=Workshop.objects.select_for_update(no_key=True))
    changed = [name for name in EDITABLE if name in data and getattr(workshop, name) != data[name]]
    for name in changed:
        setattr(workshop, name, data[name])
    if changed:
        workshop.make_keys()
        workshop.save(update_fields=[*changed, "search_key", "sort_key"])
        record("workshop edited", by=by, about=f"workshop:{workshop.pk}", fields=changed)
    return changed


def set_image(actor: Actor, name: str, upload: Any) -> Document:
    """The workshop's first signature or stamp (R24): `name` is one of `IMAGES`.

    :raises ImageIsThereError: there is one, which only `approvals` replaces
    """
    assert actor.workshop
    assert name in IMAGES
    owner = f"workshop:{actor.workshop.pk}"
    document = store_document(upload, owner)  # takes a while: not while the database is locked
    with transaction.atomic():
        if not _put_image(actor.workshop, name, None, document, by=actor.author):
            raise ImageIsThereError
    setattr(actor.workshop, name, document)
    return document


@transaction.atomic
def replace_image(
    workshop: Workshop, name: str, earlier: Document, document: Document, *, by: Author
) -> bool:
    """What a second person has approved (`approvals`): nobody else calls this. False: it changed."""
    return _put_image(workshop, name, earlier, document, by=by)


def _put_image(
    workshop: Workshop, name: str, earlier: Document | None, document: Document, *, by: Author
) -> bool:
    same = Workshop.objects.filter(**{"pk": workshop.pk, name: earlier})
    if not same.update(**{name: document}):
        return False
    record(f"{name} set", by=by, about=f"workshop:{workshop.pk}", sha256=document.sha256)
    return True
