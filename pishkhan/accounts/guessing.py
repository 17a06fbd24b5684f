"""How many passwords may be tried at an account, and which browsers its user has signed in with before.

Ten an hour reach the hasher from all strange browsers together. A browser that has signed in to the account
has ten of its own, so that whoever guesses elsewhere never shuts the user out of it.
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from pishkhan.audit.operations import Author, happened, hour_ago, record, spend

from .factors import TooManyTriesError
from .models import User
from .operations import password_mark

TRIES_AN_HOUR = 10
TRIED, ENTERED = "sign-in tried", "signed in"
KNOWN_FOR = timedelta(days=90)
WRONG_AGAIN = "password asked again failed"
OPEN_SESSION = "open session"
SALT = "pishkhan.accounts.known"


def budget_of(username: str, device: str = "") -> str:
    """What tries are counted together: those at a name, had by anybody or not, or a known browser's."""
    digest = salted_hmac("pishkhan.accounts.tries", f"{device}:{username}", algorithm="sha256").hexdigest()
    return f"tries:{digest[:40]}"


def may_try(username: str, user: User | None, device: str, *, by: Author) -> bool:
    """Takes one try at the name, before the password is looked at; False when the hour's are used up.

    A right password costs none, and a new password begins a new count.
    """
    budget, since = budget_of(username, device), hour_ago()
    chosen = user and user.password_set_at
    if chosen and since < chosen <= timezone.now():  # later than now is a clock that went back
        since = chosen
    entered = happened(ENTERED, f"user:{user.pk if user else 0}", since)
    free = sum(entry.details.get("budget") == budget for entry in entered)
    return spend(TRIED, by=by, about=budget, of_about=TRIES_AN_HOUR + free, since=since)


def is_present_password(user: User, typed: str, *, by: Author) -> bool:
    """Whether that is the password of who is signed in, asked again; with a budget of its own.

    :raises TooManyTriesError: when it was tried ten times within the hour; the password is not looked at
    """
    if not may_try(user.username, user, OPEN_SESSION, by=by):
        raise TooManyTriesError
    if user.check_password(typed):
        return True
    record(WRONG_AGAIN, by=by, about=f"user:{user.pk}")
    return False


def device_token(user: User, device: str = "") -> str:
    """What the user's browser keeps, to be known again until the password is changed."""
    return signing.dumps([device or get_random_string(16), user.pk, password_mark(user)], salt=SALT)


def device_of(token: str, user: User | None) -> str:
    """The browser's short name when it has signed in to this account with its present password, else ""."""
    try:
        held: Any = signing.loads(token, salt=SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return ""
    known = user is not None and held[1] == user.pk and constant_time_compare(held[2], password_mark(user))
    return str(held[0]) if known else ""
