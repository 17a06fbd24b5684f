"""The second factor: what an account has besides its password, and what may be done with it.

A user has one authenticator app, any number of passkeys, and ten recovery codes as long as there is one of
those. Every function writes the audit trail in its own transaction.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from pishkhan.audit.operations import Author, record, used_up
from pishkhan.persian.digits import to_latin
from pishkhan.policy.operations import policy

from . import totp
from .models import Factor, Kind, Side, User
from .operations import one_time_password
from .sessions import end_sessions

POLICY = "second-factor"
"""Policy key: the sides of the counter that must have a second factor."""
MANDATORY = [Side.DESK.value]
DOORS = (Kind.TOTP, Kind.PASSKEY)
RECOVERY_CODES = 10
WRONG_TRIES, WITHIN = 5, timedelta(minutes=15)
WRONG, WRONG_FIRST = "second step failed", "second factor not proved"


class TooManyTriesError(Exception):
    """Five wrong codes (or passwords) of one user within a quarter of an hour: wait."""


class LastFactorError(Exception):
    """Who must have a second factor keeps the last one."""


class SessionEndedError(Exception):
    """The session that asked was ended meanwhile, with all that it may do."""


def has_second_factor(user: User) -> bool:
    return user.factors.filter(kind__in=DOORS).exists()


def is_mandatory_for(user: User) -> bool:
    """Whether the user must have a second factor (staff, unless the branch's policy says otherwise)."""
    return user.side in policy(POLICY, MANDATORY)


def may_enter_still(user: User, *, proved: bool) -> bool:
    """Whether nothing was done to the account since its password was looked at that stops this sign-in.

    `proved`: with a second factor. Call it in a transaction: until its end nothing is done either.
    """
    now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return now.is_active and now.password == user.password and (proved or not has_second_factor(now))


def recovery_codes_left(user: User) -> int:
    return user.factors.filter(kind=Kind.RECOVERY, used_at=None).count()


def attempt(user: User, prove: Callable[[], str], *, by: Author, action: str = WRONG) -> str:
    """One try to prove something; `prove` returns in a word how it was proved, or "".

    Tries of one user come one after the other, and a wrong one is recorded as `action`.
    :raises TooManyTriesError: when five were wrong within a quarter of an hour
    """
    about = f"user:{user.pk}"
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if used_up(action, about, WRONG_TRIES, within=WITHIN):
            raise TooManyTriesError
        how = prove()
        if not how:
            record(action, by=by, about=about)
    return how


def check_code(user: User, typed: str, *, by: Author) -> str:
    """Whether that is the app's code of now, or a recovery code; each works once. Returns which, or ""."""
    code = "".join(letter for letter in to_latin(typed).lower() if letter.isalnum())
    return attempt(user, lambda: _use_totp(user, code) or _use_recovery(user, code, by=by), by=by)


def _use_totp(user: User, code: str) -> str:
    for factor in user.factors.filter(kind=Kind.TOTP):
        secret = totp.unsealed(factor.secret, user.pk)
        step = totp.matching_step(secret, code, after=factor.counter) if secret else None
        if step is not None:
            Factor.objects.filter(pk=factor.pk).update(counter=step, used_at=timezone.now())
            return Kind.TOTP
    return ""


def _use_recovery(user: User, code: str, *, by: Author) -> str:
    unused = user.factors.filter(kind=Kind.RECOVERY, secret=_digest(user, code), used_at=None)
    if not unused.update(used_at=timezone.now()):
        return ""
    record("recovery code used", by=by, about=f"user:{user.pk}", left=recovery_codes_left(user))
    return Kind.RECOVERY


def _digest(user: User, code: str) -> str:
    """A code of 57 random bits needs no slow digest; it is keyed and another for every user."""
    return str(salted_hmac(f"pishkhan.accounts.recovery:{user.pk}", code, algorithm="sha256").hexdigest())


def add_app(user: User, secret: str, code: str, *, by: Author, session: str | None) -> list[str] | None:
    """The authenticator app with that secret, proved by its first code, in place of one that was there.

    Returns what `add_factor` does (and takes `session` as it does); None when the code is wrong.
    """

    def prove() -> str:
        step = totp.matching_step(secret, to_latin(code).replace(" ", ""), after=0)
        proved.extend([step] if step else [])
        return Kind.TOTP if step else ""

    proved: list[int] = []
    with transaction.atomic():
        if not attempt(user, prove, by=by, action=WRONG_FIRST):
            return None
        app = Factor(kind=Kind.TOTP, secret=totp.sealed(secret, user.pk), counter=proved[0])
        return add_factor(user, app, by=by, session=session)


@transaction.atomic
def add_factor(user: User, factor: Factor, *, by: Author, session: str | None) -> list[str]:
    """Writes a proved factor. Returns the recovery codes when it is the user's first, else an empty list.

    The first one ends every session but the one with the key `session`: they were signed in without it.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if session and not user.sessions.filter(pk=session).exists():
        raise SessionEndedError
    first = not has_second_factor(user)
    if factor.kind == Kind.TOTP:
        user.factors.filter(kind=Kind.TOTP).delete()
    factor.user = user
    factor.save(force_insert=True)
    record("second factor added", by=by, about=f"user:{user.pk}", kind=factor.kind)
    if not first:
        return []
    end_sessions(user, by=by, but=session)
    return renew_recovery_codes(user, by=by)


@transaction.atomic
def renew_recovery_codes(user: User, *, by: Author) -> list[str]:
    """Ten new codes, shown this once; those of before are void."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    codes = [one_time_password() for _ in range(RECOVERY_CODES)]
    user.factors.filter(kind=Kind.RECOVERY).delete()
    digests = [_digest(user, code.replace("-", "")) for code in codes]
    Factor.objects.bulk_create(Factor(user=user, kind=Kind.RECOVERY, secret=digest) for digest in digests)
    record("recovery codes made", by=by, about=f"user:{user.pk}")
    return codes


@transaction.atomic
def remove_factor(user: User, factor: Factor, *, by: Author) -> None:
    """The user takes one away; with the last one the recovery codes go.

    :raises LastFactorError: when it is the last one of who must have one
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    others = user.factors.filter(kind__in=DOORS).exclude(pk=factor.pk)
    is_last = not others.exists()
    if is_last and is_mandatory_for(user):
        raise LastFactorError
    (user.factors.all() if is_last else user.factors.filter(pk=factor.pk)).delete()
    record("second factor removed", by=by, about=f"user:{user.pk}", kind=factor.kind)


@transaction.atomic
def remove_second_factor(user: User, *, by: Author) -> bool:
    """Somebody else takes all of it away (a lost phone) and ends the sessions; False: there was nothing."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    removed, _ = user.factors.all().delete()
    if removed:
        record("second factor removed", by=by, about=f"user:{user.pk}", kind="all")
        end_sessions(user, by=by)
    return bool(removed)
