"""A second factor in the hands of a test: the app's secret, and its code of now."""

import time

import pyotp

from pishkhan.accounts import totp
from pishkhan.accounts.factors import add_factor
from pishkhan.accounts.models import Factor, Kind, User
from pishkhan.audit.operations import SYSTEM


def with_app(user: User) -> str:
    """The user has an authenticator app with this secret."""
    secret = totp.new_secret()
    app = Factor(kind=Kind.TOTP, secret=totp.sealed(secret, user.pk))
    add_factor(user, app, by=SYSTEM, session=None)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half-minutes later."""
    return pyotp.TOTP(secret).at(int(time.time()), counter_offset=steps)
