"""What writes cost, in process: a sign-in, a confirmation, a letter made; each call does another one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.utils.crypto import get_random_string

from pishkhan.accounts.models import User
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State, Verb
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.demo.accounts import read_accounts
from pishkhan.letters.models import Kind
from pishkhan.workshops.models import StaffPost
from pishkhan.wsgi import application

from .pages import page, send
from .screens import by_cases, representative_of, signed_in

PART = 4
"""Of so many pages one write is measured: each needs a request of its own."""


@dataclass(frozen=True)
class Work:
    """`beside`: what of it cannot be spared, measured in turn with it."""

    name: str
    holder: str
    do: Callable[[], Any]
    beside: Callable[[], Any] | None = None


def works() -> Iterator[Work]:
    account = next(each for each in read_accounts() if each.role == "representative")
    yield Work(
        "sign in", "beside it: one check of the password", *_sign_in(account.username, account.password)
    )
    yield Work("confirm a registration", "already under review", _confirm())
    yield Work("make a letter", "receipt of a request, as PDF", _letter())


def _sign_in(username: str, password: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    User.objects.filter(username=username).update(must_change_password=False)
    hashed = User.objects.get(username=username).password
    form = {"username": username, "password": password}
    return lambda: send(application, "/login/", _csrf(), form), lambda: check_password(password, hashed)


def _confirm() -> Callable[[], Any]:
    post = StaffPost.objects.filter(unit=Unit.REGISTRATION, branch__code=settings.BRANCH["code"])[0]
    cookie = signed_in(post.user)
    waiting = Case.objects.filter(
        unit=Unit.REGISTRATION, state=State.UNDER_REVIEW, service_code="main-registration"
    ).order_by("pk")
    # A copy (`bench.grow`) asks for the person of its original, who can be registered but once.
    originals = iter([c for c in waiting[:2000] if c.answers["national_code"] == c.national_code])

    def confirm() -> None:
        case = next(originals, None)
        if case is None:
            raise SystemExit("bench: nothing is left to confirm in this database: empty the folder of --keep")
        pk, version = case.pk, case.version
        send(application, f"/desk/cases/{pk}/decide/", cookie, {"verb": Verb.CONFIRM, "version": version})

    return confirm


def _letter() -> Callable[[], Any]:
    sent = Event.objects.filter(verb=Verb.SEND, audience=Audience.WORKSHOP).exclude(case__workshop=None)
    _, workshop, _ = by_cases()[0]  # the one with the most
    cookie = signed_in(representative_of(workshop), workshop_id=workshop.pk)
    waiting = iter(sent.filter(case__workshop=workshop, case__letters=None).values_list("case", "pk"))

    def letter() -> None:
        case, event = next(waiting)
        page(application, f"/cartable/{case}/letters/{Kind.RECEIPT}/{event}/", cookie)()

    return letter


def _csrf() -> str:
    return f"{settings.CSRF_COOKIE_NAME}={get_random_string(32)}"
