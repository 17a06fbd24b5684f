"""What is looked at and what is tried, prepared so that it only needs to be done: pages of the portal."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.test import Client

from pishkhan.accounts import factors, passkeys, totp
from pishkhan.accounts.models import User
from pishkhan.accounts.passkeys import Site
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.letters.codes import new_code
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event
from pishkhan.web.access import HELD
from tests import world as w
from tests.audit.actions import Action, Prepared
from tests.authenticating import Device, with_app
from tests.inspections import inspecting
from tests.web.browsing import BACKEND, PASSWORD, Browser

NAME_OF_PHONE = "گوشی حسن گیلانی"
"""What a user may well call a passkey."""

# What is only looked at: the page does not open


def looked_at(who: str, path: Callable[[w.World], str]) -> Prepared:
    def prepared(world: w.World) -> Action:
        User.objects.update(must_change_password=False)
        with transaction.atomic():
            address, browser = path(world), Browser(getattr(world, who).user)
        return lambda: browser.open(address)

    return prepared


def letter_to_open(world: w.World) -> str:
    case = w.filled_case(world, State.SUBMITTED)
    issue_for_event(case, Kind.FORM, case.events.last(), by=SYSTEM)
    return f"/desk/cases/{case.pk}/letters/form/{case.events.last().pk}/"


def scan_to_open(world: w.World) -> str:
    return f"/desk/cases/{w.filled_case(world, State.SUBMITTED).pk}/scans/photo/"


def objection_to_open(world: w.World) -> str:
    return f"/desk/inspections/{inspecting.objected(world).pk}/scans/1/"


def followed(world: w.World) -> Action:
    case = w.filled_case(world, State.SUBMITTED)
    typed = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    return lambda: Client().post("/follow-up/", typed)


def signed_in(world: w.World) -> Action:
    user = world.ali.user
    user.set_password(PASSWORD)
    user.must_change_password = False
    user.save()
    return lambda: Client().post("/login/", {"username": "ali", "password": PASSWORD})


def signed_out(world: w.World) -> Action:
    client = Client()
    client.force_login(world.ali.user, backend=BACKEND)
    return lambda: client.post("/logout/")


def other_request_to_hear_of(world: w.World) -> Action:
    """An applicant's registration of somebody whose request is with the branch already."""
    w.filled_case(world, State.SUBMITTED)
    case = w.drafted(world, by=Audience.PUBLIC)
    client = Client()
    session = client.session
    session[HELD] = {case.service_code: case.pk}
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return lambda: client.post(f"/apply/{case.service_code}/send/")


def posted(path: str, **typed: str) -> Prepared:
    """A form of the public part, filled in."""
    return lambda world: lambda: Client().post(path, typed)


def by_browser(path: str, button: str, **typed: str) -> Prepared:
    """The same by a browser that passes the bot check."""

    def prepared(world: w.World) -> Action:
        browser = Browser()

        def act() -> None:
            browser.open(path)
            browser.submit(button, typed)

        return act

    return prepared


def by_representative(path: str, **typed: str) -> Prepared:
    def prepared(world: w.World) -> Action:
        User.objects.update(must_change_password=False)
        client = Client()
        client.force_login(User.objects.get(pk=world.ali.user.pk), backend=BACKEND)
        return lambda: client.post(path, typed)

    return prepared


def wrong_code(world: w.World) -> Action:
    with_app(world.ali.user)
    return lambda: factors.check_code(world.ali.user, "wrong", by=SYSTEM)


def wrong_first_code(world: w.World) -> Action:
    user, secret = world.ali.user, totp.new_secret()
    return lambda: factors.add_app(user, secret, "wrong", by=SYSTEM, session=None)


def copied_passkey(world: w.World) -> Action:
    """A device that counts no further than it did."""
    user, device, site = world.ali.user, Device(), Site("portal.example.ir", "https://portal.example.ir")
    options, challenge = passkeys.creation_options(user, site)
    made = device.creates(options)
    assert passkeys.add_passkey(user, site, challenge, made, NAME_OF_PHONE, by=SYSTEM, session=None)

    def act() -> None:
        device.count = 0
        options, challenge = passkeys.request_options(user, site)
        passkeys.check_passkey(user, site, challenge, device.signs(options), by=SYSTEM)

    return act


ON_PAGES: dict[str, Prepared] = {
    "signed in": signed_in,
    "signed out": signed_out,
    "person viewed": looked_at("ali", lambda world: f"/insured/{w.insured(world).pk}/"),
    "case viewed": looked_at(
        "clerk", lambda world: f"/desk/cases/{w.filled_case(world, State.SUBMITTED).pk}/"
    ),
    "scan opened": looked_at("clerk", scan_to_open),
    "letter opened": looked_at("clerk", letter_to_open),
    "objection scan opened": looked_at("inspector", objection_to_open),
    "insured exported": looked_at("ali", lambda world: "/insured/export/"),
    "case followed": followed,
    "told of another request": other_request_to_hear_of,
}
"""Actions without a transaction around them: of a page that is looked at, nothing else is written."""

UNKNOWN = w.code_of_person(9)
ATTEMPTS: dict[str, Prepared] = {
    "sign-in tried": signed_in,
    "sign-in failed": posted("/login/", username="ali", password="no"),
    "second step failed": wrong_code,
    "second factor not proved": wrong_first_code,
    "password asked again failed": by_representative("/profile/security/confirm/", password="no"),
    "passkey copied": copied_passkey,
    "follow-up tried": followed,
    "follow-up failed": posted("/follow-up/", tracking_code="1460050900123", national_code=UNKNOWN),
    "letter check failed": posted("/letters/", number="1460/1405/000123", code=new_code()),
    "workshop code unknown": posted("/apply/main-registration/workshop/", workshop_code="1463639009"),
    "searched in vain": by_representative("/cartable/new/booklet-renewal/", national_code=UNKNOWN),
    "bot check passed": by_browser(
        "/follow-up/", "پیگیری", tracking_code="1460050900123", national_code=UNKNOWN
    ),
    "no bot check": followed,
}
"""What somebody tried. The entry of a try is there before the answer, and stays whatever becomes of it."""
