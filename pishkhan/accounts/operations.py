"""What can be done to an account. Every function writes the audit trail in its own transaction."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from pishkhan.audit.operations import Author, record

from .models import Session, Side, User, canonical_username

# No letter or digit that is mistaken for another on paper (0 O, 1 l I, 5 S, 8 B).
LETTERS = "abcdefghjkmnpqrtuvwxyz234679"
ONE_TIME_DAYS = 7
"""How long a letter's password opens its account: a letter needs some days, and lies about after them."""
ONE_TIME_USE = timedelta(hours=1)
"""How long it still does after its first use: to change it, even when the browser was closed on the way."""
PARTICULARS = ("first_name", "last_name", "national_code", "mobile", "email")


def one_time_password() -> str:
    """Twelve readable characters (57 bits) in groups of four, as printed in the official letter (R18)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def create_account(username: str, side: Side, *, by: Author, **particulars: str) -> tuple[User, str]:
    """A new account and its one-time password, which must be changed at the first sign-in (R18, R21)."""
    password = one_time_password()
    user = User(username=canonical_username(username), side=side, **particulars)
    user.make_keys()
    user.password, user.password_set_at = make_password(password), timezone.now()
    user.save(force_insert=True)
    record("account created", by=by, about=f"user:{user.pk}", side=str(side))
    return user, password


def reset_password(user: User, *, by: Author) -> str:
    """A new one-time password, shown once; the old one and every open session end now (R47)."""
    password = one_time_password()
    _set_password(user, password, "password reset", by=by, must_change=True)
    return password


def one_time_until(user: User) -> datetime | None:
    """Until when the one-time password opens the account; None when the password is the user's own choice."""
    if not (user.must_change_password and user.password_set_at):
        return None
    until = user.password_set_at + timedelta(days=ONE_TIME_DAYS)
    return min(until, user.one_time_used_at + ONE_TIME_USE) if user.one_time_used_at else until


def one_time_is_over(user: User) -> bool:
    """Whether the one-time password has expired, or was used before and not changed within the hour."""
    until = one_time_until(user)
    return until is not None and until < timezone.now()


def use_one_time(user: User) -> None:
    """The one-time password is used for the first time: its hour begins. Nothing for any other password."""
    first = User.objects.filter(pk=user.pk, must_change_password=True, one_time_used_at=None)
    first.filter(password=user.password).update(one_time_used_at=timezone.now())  # none given since


def password_mark(user: User) -> str:
    """Another text for every password the user has had, which reveals nothing of it."""
    return str(salted_hmac("pishkhan.accounts.password", user.password, algorithm="sha256").hexdigest()[:16])


def change_password(user: User, password: str, *, by: Author) -> None:
    """The user's own choice (R21, R46); ends every session signed in with the old password (R22)."""
    _set_password(user, password, "password changed", by=by, must_change=False)


class PasswordChangedMeanwhileError(Exception):
    """Somebody else gave the account another password since it was read: that one stays."""


def _set_password(user: User, password: str, action: str, *, by: Author, must_change: bool) -> None:
    seen = user.password
    user.set_password(password)  # takes a tenth of a second: not while the database is locked
    user.must_change_password = must_change
    user.password_set_at, user.one_time_used_at = timezone.now(), None
    with transaction.atomic():
        kept = ("password", "must_change_password", "password_set_at", "one_time_used_at")
        same = User.objects.filter(pk=user.pk, password=seen)
        if not same.update(**{name: getattr(user, name) for name in kept}):
            raise PasswordChangedMeanwhileError
        user.sessions.all().delete()
        record(action, by=by, about=f"user:{user.pk}")


@transaction.atomic
def edit_particulars(user: User, particulars: dict[str, Any], *, by: Author) -> None:
    """The user's name, national code, mobile and e-mail (R23, R47)."""
    # As they are now: the key is made of all of them, also of what was erased or written meanwhile.
    user.refresh_from_db(fields=PARTICULARS, from_queryset=User.objects.select_for_update(no_key=True))
    changed = [
        name for name in PARTICULARS if name in particulars and getattr(user, name) != particulars[name]
    ]
    for name in changed:
        setattr(user, name, particulars[name])
    if changed:
        user.make_keys()
        user.save(update_fields=[*changed, "search_key", "sort_key"])
        record("particulars edited", by=by, about=f"user:{user.pk}", fields=changed)


@transaction.atomic
def forget_particulars(users: "QuerySet[User]", *, by: Author) -> int:
    """Of those that are closed: code, mobile and e-mail. Name and user name label what the user did."""
    known = users.exclude(national_code="", mobile="", email="").filter(is_active=False)
    users = known.select_for_update(of=("self",), no_key=True)
    for user in users:
        edit_particulars(user, {"national_code": "", "mobile": "", "email": ""}, by=by)
    return len(users)


@transaction.atomic
def deactivate(user: User, *, by: Author) -> None:
    """Ends every open session; nobody signs in with the account until it is reactivated (R47)."""
    _set_active(user, False, by=by)
    Session.objects.filter(user=user).delete()


@transaction.atomic
def reactivate(user: User, *, by: Author) -> None:
    """The account works again, with the password that it had."""
    _set_active(user, True, by=by)


def _set_active(user: User, active: bool, *, by: Author) -> None:
    """Once: a second click finds it done and writes nothing."""
    if User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        user.is_active = active
        record("reactivated" if active else "deactivated", by=by, about=f"user:{user.pk}")
