"""A bot check of our own (ALTCHA): the browser does a little work while a person fills in the form.

Nobody sees it. A form that comes without the work, from a browser without scripts or from a program, is taken
too, but only a few of them an hour from one address.
"""

import json
import secrets
import time

from altcha import Payload, create_challenge, verify_solution
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from pishkhan.audit.operations import spend

from .access import visitor_of

FIELD = "work"
LASTS = 50 * 60  # seconds; shorter than the hour in which a work counts once
COST, MOST = 2000, 200  # rounds of a try, and tries: a tenth of a second on a desk, one on an old phone
LONGEST = 2000  # characters of an honest work: a third of this
UNWORKED_AN_HOUR = 20
TOO_OFTEN = (
    "از نشانی شما فرم‌های بسیاری بدون بررسی خودکار ضد ربات رسیده است. جاوااسکریپت مرورگر را روشن کنید "
    "و دوباره بفرستید، یا یک ساعت دیگر بیایید."
)


def _key(purpose: str) -> bytes:
    return salted_hmac("pishkhan.web.bot_check", purpose, algorithm="sha256").digest()


def challenge(form: str) -> str:
    """The work for one sending of the form, as JSON; signed, so that nothing is kept of it."""
    made = create_challenge(
        "PBKDF2/SHA-256",
        COST,
        counter=secrets.randbelow(MOST),
        expires_at=int(time.time()) + LASTS,
        data={"form": form},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("answer"),
    )
    return json.dumps(made.to_dict())


def worked(request: HttpRequest, form: str) -> bool:
    """Whether the work for this form was done, in time and for the first time."""
    sent = request.POST.get(FIELD, "")
    if not sent or len(sent) > LONGEST:
        return False
    if not verify_solution(sent, _key("challenge"), hmac_key_secret=_key("answer")).verified:
        return False
    done = Payload.from_base64(sent).challenge
    if done.parameters.data != {"form": form} or not done.signature:
        return False
    once = f"work:{done.signature[:40]}"
    return spend("bot check passed", by=visitor_of(request).author, about=once, of_about=1)


def welcome(request: HttpRequest, form: str) -> bool:
    """Whether a public form that was sent is looked at."""
    if worked(request, form):
        return True
    return spend("no bot check", by=visitor_of(request).author, of_source=UNWORKED_AN_HOUR)
