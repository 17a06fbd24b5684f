"""What follows a right password: the second step when the account has one, then the portal."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from pishkhan.accounts.factors import WRONG, has_second_factor, is_mandatory_for, may_enter_still
from pishkhan.accounts.guessing import ENTERED, budget_of
from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import one_time_is_over, use_one_time
from pishkhan.accounts.sessions import LONGEST, SIGNED_IN_FROM, forget_ended_sessions
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import Author, record, source_of
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.actors import actor_for

from .access import HELD, MUST_SET_UP, safe_next, visitor_address
from .browsers import browser_of
from .kept import remember_device, remember_user

HALF = "half_signed_in"
"""Session key: whose password was right, when, and where to go after the second step."""
HALF_SECONDS = 300
RECENT = 50

WRONG_PASSWORD = "نام کاربری یا رمز عبور درست نیست."  # noqa: S105 a message
NO_RIGHTS = "این حساب اکنون برای هیچ کارگاه یا واحدی کار نمی‌کند؛ با شعبه تماس بگیرید."
ONE_TIME_OVER = (
    "این رمز یک‌بارمصرف دیگر کار نمی‌کند: مهلت آن گذشته، یا پیش‌تر با آن وارد شده‌اند. از شعبه رمز تازه بگیرید."
)

CHANGED_MEANWHILE = "این حساب هنگام ورود شما تغییر کرد؛ دوباره وارد شوید."
REMOVED = "گام دوم ورود شما در شعبه برداشته شد. اگر خودتان نخواسته‌اید، به شعبه خبر دهید."
GUESSED_AT = "پیش از این ورود، {} بار در گام دوم کد نادرست وارد شد. اگر شما نبوده‌اید، رمز عبور را تغییر دهید."


def refusal(user: object) -> str:
    """Why whoever was found by user name and password is not let in; empty when nothing is in the way."""
    if not isinstance(user, User):
        return WRONG_PASSWORD
    if actor_for(user) is None:
        return NO_RIGHTS
    return ONE_TIME_OVER if one_time_is_over(user) else ""


def home_of(user: User) -> str:
    """The name of the first page of a user's side."""
    return "desk_dashboard" if user.side == Side.DESK else "dashboard"


def author_of(request: HttpRequest, user: User) -> Author:
    return Author(user.pk, user.username, source_of(visitor_address(request)))


def go_on(request: HttpRequest, user: User, device: str) -> HttpResponse:
    """The password was right: to the second step, or in. `device`: see `accounts.guessing`."""
    if not has_second_factor(user):
        return enter(request, user, safe_next(request), device=device)
    request.session.cycle_key()
    half = {"user": user.pk, "hash": user.get_session_auth_hash(), "next": safe_next(request)}
    half |= {"device": device}
    request.session[HALF] = half | {"at": int(time.time())}
    return redirect("second_step")


def half_signed_in(request: HttpRequest) -> tuple[User, str] | None:
    """Whose password was typed in this browser within five minutes, and the page wanted after that."""
    half: dict[str, Any] | None = request.session.get(HALF)
    if half is None or not 0 <= time.time() - half["at"] <= HALF_SECONDS:
        return None
    user = User.objects.filter(pk=half["user"]).first()
    if user is None or not constant_time_compare(half["hash"], user.get_session_auth_hash()):
        return None
    return None if refusal(user) else (user, half["next"])


@transaction.atomic
def enter(request: HttpRequest, user: User, wanted: str, *, how: str = "", device: str = "") -> HttpResponse:
    """Signs in. `how` is the kind of the second factor, if one was asked for.

    Whatever was done to the account since its password was looked at (another one, a first second factor,
    deactivated) sends its user back to the sign-in page; what is done from now on finds the session.
    """
    if not may_enter_still(user, proved=bool(how)):
        messages.error(request, CHANGED_MEANWHILE)
        return redirect("sign_in")
    if SESSION_KEY in request.session:  # signing in again begins a new session
        request.session.cycle_key()
    request.session.pop(HELD, None)
    half = request.session.pop(HALF, {})
    device = device or half.get("device", "")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    _begin_session(request)
    if not how and not user.must_change_password and is_mandatory_for(user):
        request.session[MUST_SET_UP] = True
    use_one_time(user)
    forget_ended_sessions(user)
    _tell_what_happened(request, user, half.get("wrong", 0))
    told = {"second": how} if how else {}
    told["budget"] = budget_of(user.username, device)
    record(ENTERED, by=author_of(request, user), about=f"user:{user.pk}", **told)
    request.session.save()
    response = redirect(wanted or home_of(user))
    remember_user(response, user.pk, secure=settings.HTTPS)
    remember_device(response, user, device, secure=settings.HTTPS)
    return response


def _begin_session(request: HttpRequest) -> None:
    request.session.set_expiry(int(LONGEST.total_seconds()))
    agent = browser_of(request.headers.get("User-Agent", ""))
    request.session[SIGNED_IN_FROM] = agent, source_of(visitor_address(request))


def note_mistake(request: HttpRequest) -> None:
    """Counts a wrong code of this half state: its writer need not be told of it."""
    half = request.session[HALF]
    request.session[HALF] = half | {"wrong": half.get("wrong", 0) + 1}


def _tell_what_happened(request: HttpRequest, user: User, own_mistakes: int) -> None:
    """What others did to the sign-in since its user was here: wrong codes, the second factor removed."""
    wrong = -own_mistakes
    for entry in Entry.objects.filter(about=f"user:{user.pk}").order_by("-id")[:RECENT]:
        if entry.action == ENTERED:
            break
        wrong += entry.action == WRONG
        if entry.action == "second factor removed" and entry.user_id != user.pk:
            messages.warning(request, REMOVED)
    if wrong > 0:
        messages.warning(request, GUESSED_AT.format(to_persian(wrong)))
