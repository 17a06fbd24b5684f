"""How each kind of visitor gets in, and all that they can send to the portal."""

import json
import re
import time

import pyotp
from django.urls import get_resolver

from pishkhan.catalogue.service import find

from .serving import Portal
from .visiting import Sending, Visitor, walk

APPLY = "/apply/main-registration"
EMPLOYER = "1462319012"
ACCOUNTS = {
    "employer": (EMPLOYER, "shalizar-sabz-27"),
    "newcomer": ("1461719001", "hcmp-w4zr-9tyk"),
    "registration": ("registration", "daftar-abi-31"),
    "inspection": ("inspection", "kargah-roshan-33"),
    "careful": ("registration2", "daftar-zard-32"),
    "senior": ("senior", "miz-e-bozorg-34"),
}
VISITORS = ("stranger", *ACCOUNTS, "halfway")
"""A newcomer must change the password first; careful has a second factor, which halfway has yet to prove."""

CHANGED = ("senior2", "panjare-boland-35")
"""The account that the senior user changes, shuts and takes the second factor from; nobody scans with it."""

KNOWN = """
import json
from pishkhan.accounts.models import User
from pishkhan.cases.models import Case
from pishkhan.people.models import Dependent
case = Case.objects.filter(begun_by="public").exclude(tracking_code=None).order_by("id").first()
covered = Dependent.objects.filter(ended_on=None).order_by("id").first()
other = User.objects.get(username="senior2")
pages = {"registration": f"/desk/people/{covered.main_id}/", "senior": f"/desk/accounts/{other.pk}/"}
print(json.dumps([case.tracking_code, case.national_code, pages]))
"""
"""What the demo data has: a request to follow, a person with a dependent, an account to be changed."""

ASKED = """
from io import BytesIO
from pishkhan.accounts.models import User
from pishkhan.approvals.operations import ask_export, ask_senior_role, keep_image
from pishkhan.demo.pictures import draw_stamp
from pishkhan.workshops.actors import actor_for
employer, senior = (actor_for(User.objects.get(username=name)) for name in ("%s", "senior"))
keep_image(employer, "stamp", BytesIO(draw_stamp("مهر تازه", 2)), "مهر پیشین گم شده است.")
ask_export(employer, {"tab": "active", "order": "name", "text": "", "people": 900}, "بیمهٔ تکمیلی")
ask_senior_role(senior, User.objects.get(username="inspection"), "جانشین در مرخصی")
"""
"""Something that waits for a second person, of every kind."""

NOT_SENT_TO = {
    "healthz": "takes nothing",
    "apply_scan": "takes a file; its address is held by Django's slug",
    "apply_done": "takes nothing; stands after a draft with all its scans",
    "correct_followed": "takes nothing but the token",
    "withdraw_followed": "takes nothing but the token",
    "checked_letter": "takes a file; its address is held by Django's slug",
    "objection_scan": "takes nothing; its address has numbers",
    "desk_objection_scan": "takes nothing; its address has numbers",
    "review_compared_scan": "takes nothing; its address is held by Django's slug",
    "decide_image": "stands before a second representative alone; takes what decide_approval takes",
    "large_export": "takes nothing; its address has numbers",
    "reopen_workshop": "takes nothing but the token",
    "credentials_letter": "takes what the portal itself has signed, after a new account",
}
"""Routes that the walk does not come to, and why nothing of them is scanned."""


TRIES = 30  # three seconds apart: a code lasts for thirty


def enter(portal: Portal, who: str) -> Visitor:
    """A new visitor, signed in (or half so, or with a draft and a followed request)."""
    if who == "stranger":
        return stranger(portal)
    if who == "halfway":
        visitor = Visitor(portal.host, who, "/login/second-step/")
        sign_in(visitor, *ACCOUNTS["careful"])
        return visitor
    visitor = Visitor(portal.host, who, "/first-password/" if who == "newcomer" else "/profile/security/")
    if "/second-step/" in sign_in(visitor, *ACCOUNTS[who]):
        prove(visitor, portal.secrets[who])
    return visitor


def sign_in(visitor: Visitor, username: str, password: str) -> str:
    """Where it leads."""
    return visitor.send("/login/", username=username, password=password)


def prove(visitor: Visitor, secret: str) -> None:
    """The second step; a code works once, so that it may have to wait for the next."""
    for _ in range(TRIES):
        status, _, _ = visitor.ask("POST", "/login/second-step/", {"one_time_code": pyotp.TOTP(secret).now()})
        if status == 302:
            return
        time.sleep(3)
    raise SystemExit(f"{visitor.who} could not prove the second factor: {status}")


def stranger(portal: Portal) -> Visitor:
    """Follows a request, and has a draft of which only the scans are missing."""
    visitor = Visitor(portal.host, "stranger", f"{APPLY}/check/")
    tracking, national, _ = json.loads(portal.ask(KNOWN))
    visitor.send("/follow-up/", tracking_code=tracking, national_code=national)
    visitor.send(f"{APPLY}/workshop/", workshop_code=EMPLOYER, confirmed="1")
    service = find("main-registration")
    assert service
    typed = service.example | {"birth_date": "1378/04/12", "start_date": "1405/08/25"}
    for page in service.pages:
        visitor.send(f"{APPLY}/page/{page.code}/", **typed)
    return visitor


def add_app(portal: Portal, who: str, username: str, password: str) -> None:
    """Adds an authenticator app to the account."""
    visitor = Visitor(portal.host, who)
    sign_in(visitor, username, password)
    visitor.send("/profile/security/confirm/?next=/profile/security/app/", password=password)
    secret = re.search(r'data-copy="(\w+)"', visitor.ask("GET", "/profile/security/app/")[2])
    assert secret
    visitor.ask("POST", "/profile/security/app/", {"one_time_code": pyotp.TOTP(secret[1]).now()})
    portal.secrets[who] = secret[1]


def starts(portal: Portal, visitor: Visitor) -> list[str]:
    """The pages that a walk begins at."""
    pages = {"stranger": "/follow-up/case/", **json.loads(portal.ask(KNOWN))[2]}
    return [visitor.home, *([pages[visitor.who]] if visitor.who in pages else []), "/"]


def everything(portal: Portal, each: int) -> list[Sending]:
    """One sending of every shape that any visitor finds, those of the portal's own addresses alone."""
    shapes: dict[object, Sending] = {}
    portal.ask(ASKED % EMPLOYER)
    add_app(portal, "careful", *ACCOUNTS["careful"])
    add_app(portal, "changed", *CHANGED)
    for who in VISITORS:
        visitor = enter(portal, who)
        for sending in walk(visitor, starts(portal, visitor), each):
            if sending.route:
                shapes.setdefault(sending.shape, sending)
    return list(shapes.values())


def not_scanned(routes: set[str]) -> list[str]:
    """Routes of the portal that are neither among these nor excused."""
    return sorted(every_route() - routes - NOT_SENT_TO.keys())


def every_route() -> set[str]:
    return {name for name in get_resolver("pishkhan.urls").reverse_dict if isinstance(name, str)}
