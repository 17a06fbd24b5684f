"""What can be done to a workshop and to those who act for it."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import create_account, edit_particulars, reset_password
from pishkhan.audit.operations import SYSTEM, Author, record
from pishkhan.documents.models import Document
from pishkhan.documents.operations import store_document

from .actors import Actor
from .models import Branch, Representation, StaffPost, Workshop

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
    StaffPost.objects.create(user=user, branch=prepare_branch(), unit=unit, is_senior=senior)
    record("staff post given", by=SYSTEM, about=f"user:{user.pk}", unit=unit, senior=senior)
    return user, password


@transaction.atomic
def open_workshop(actor: Actor, data: dict[str, Any]) -> tuple[Workshop, User, str]:
    """A new workshop with its default account; returns both and the one-time password (R5, R18)."""
    if not actor.is_senior:
        raise PermissionDenied
    workshop = Workshop(branch=actor.branch, code=data["code"], name=data["name"])
    workshop.employer_name = data.get("employer_name", "")
    workshop.make_keys()
    workshop.save()
    record("workshop opened", by=actor.author, about=f"workshop:{workshop.pk}")
    user, password = create_account(
        data["username"],
        Side.WORKSHOP,
        by=actor.author,
        first_name=data.get("first_name", ""),
        last_name=data.get("last_name", ""),
    )
    Representation.objects.create(user=user, workshop=workshop)
    return workshop, user, password


def renew_credentials(actor: Actor, user: User) -> str:
    """A new one-time password for a representative of the branch, for a new official letter (R47)."""
    workshops = Workshop.objects.visible_to(actor)
    if not actor.is_senior or not user.representations.filter(workshop__in=workshops).exists():
        raise PermissionDenied
    return reset_password(user, by=actor.author)


@transaction.atomic
def add_representative(actor: Actor, workshop: Workshop) -> tuple[User, str]:
    """One more account for a workshop; its user name is the workshop's code, numbered when taken (R18)."""
    if not actor.is_senior or not Workshop.objects.visible_to(actor).filter(pk=workshop.pk).exists():
        raise PermissionDenied
    return _represented(workshop, by=actor.author)


def _represented(workshop: Workshop, *, by: Author, **particulars: str) -> tuple[User, str]:
    names = (workshop.code if n == 1 else f"{workshop.code}-{n}" for n in count(1))
    username = next(name for name in names if not User.objects.filter(username=name).exists())
    user, password = create_account(username, Side.WORKSHOP, by=by, **particulars)
    Representation.objects.create(user=user, workshop=workshop)
    return user, password


@transaction.atomic
def sign_up_representative(branch: Branch, answers: Mapping[str, Any], *, by: Author) -> Workshop:
    """The account that somebody asked for, at a workshop which is entered first when it is not known (R5).

    Nobody learns the password: the senior user makes one anew when the official letter is printed (R18).
    """
    workshop = Workshop.objects.filter(code=answers["workshop_code"]).first()
    if workshop is None:
        data = {name: answers[name] for name in EDITABLE if name in answers}
        data["name"] = answers["workshop_name"]
        workshop = Workshop(branch=branch, code=answers["workshop_code"], **data)
        workshop.make_keys()
        workshop.save()
        record("workshop opened", by=by, about=f"workshop:{workshop.pk}")
    person = {name: answers[name] for name in ("first_name", "last_name", "national_code", "mobile")}
    _represented(workshop, by=by, **person)
    return workshop


@transaction.atomic
def edit_profile(actor: Actor, person: dict[str, Any], workshop: dict[str, Any]) -> None:
    """The representative's own data and the workshop's (R23, R25)."""
    assert actor.user
    assert actor.workshop
    edit_particulars(actor.user, person, by=actor.author)
    changed = [n for n in EDITABLE if n in workshop and getattr(actor.workshop, n) != workshop[n]]
    for name in changed:
        setattr(actor.workshop, name, workshop[name])
    if changed:
        actor.workshop.make_keys()
        actor.workshop.save(update_fields=[*changed, "search_key", "sort_key"])
        record("workshop edited", by=actor.author, about=f"workshop:{actor.workshop.pk}", fields=changed)


def set_image(actor: Actor, name: str, upload: Any) -> Document:
    """The workshop's signature or stamp (R24): `name` is one of `IMAGES`."""
    assert actor.workshop
    assert name in IMAGES
    document = store_document(upload)  # takes a while: not while the database is locked
    setattr(actor.workshop, name, document)
    with transaction.atomic():
        actor.workshop.save(update_fields=[name])
        record(f"{name} set", by=actor.author, about=f"workshop:{actor.workshop.pk}", sha256=document.sha256)
    return document
