"""Whoever watches the whole suite for people who are named must see them (`tests.canaries`)."""

import logging
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from pishkhan.persian.digits import to_persian
from pishkhan.persian.letters import sort_key
from tests import canaries

CODE, MOBILE, PASSWORD = "9990000018", "09121112233", "nemune-1405-khoob"
NAMING = [
    f"/desk/people/?text={CODE}",
    f"/desk/people/{CODE}/",
    f"/desk/people/?text={quote(to_persian(CODE))}",
    f"/follow-up/?mobile={MOBILE}",
    f"/login/?password={PASSWORD}",
    f"/insured/?q={quote('کوچک پور')}",
    f"/insured/?q={quote('هر نام دیگری')}",
    f"/insured/?after=s{sort_key('کوچک‌پور')}~17",
    f"/insured/?after=s{sort_key('هر نام دیگری')}~17",
]
NAMELESS = [
    "/desk/people/17/",
    "/insured/?tab=active&after=s~17&s=aB3dE6",
    "/cartable/?after=t1764140000.123456~9",
    "/desk/workshops/?after=d1999-07-03~12",
    "/letters/ABCD-EFGH-JKLM/",
    "/desk/cases/17/scans/national-card-front/",
]


def answered(response: HttpResponse, path: str = "/", **headers: str) -> list[str]:
    canaries.found()
    canaries.Watching(lambda request: response)(RequestFactory().get(path, headers=headers or None))
    return canaries.found()


@pytest.mark.parametrize("address", NAMING)
def test_an_address_that_names_somebody_is_seen_wherever_it_stands(address):
    assert answered(HttpResponse(), address)
    assert answered(HttpResponse(), Referer=f"http://testserver{address}")
    assert answered(HttpResponse(headers={"Location": address}))
    for attribute in ("href", "action", "formaction", "src", "data-url"):
        assert answered(HttpResponse(f'<p>{CODE}</p><a class="x" {attribute}="{address}">…</a>')), attribute


@pytest.mark.parametrize("address", NAMELESS)
def test_an_address_that_names_nobody_is_let_pass(address):
    page = f'<h1>علی‌رضا کوچک‌پور</h1><p>{CODE}</p><a href="{address}">…</a><a href="tel:{MOBILE}">…</a>'
    assert not answered(HttpResponse(page), address)


@pytest.mark.parametrize("said", [CODE, to_persian(CODE), MOBILE, PASSWORD, "قربان", "hcmp-w4zr-9tyk"])
@pytest.mark.parametrize("logger", ["pishkhan.cases", "pishkhan.worker", "django.request", "granian", "any"])
def test_a_log_line_that_names_somebody_is_heard(logger, said):
    canaries.found()
    logging.getLogger(logger).error("no such person: %s", said)
    assert len(canaries.found()) == 1


def test_what_ours_say_is_heard_from_debug_on():
    canaries.found()
    logging.getLogger("pishkhan.people").debug("looking for %s", CODE)
    assert canaries.found()


def test_a_log_line_about_a_failure_is_heard_as_a_branch_would_write_it():
    canaries.found()
    try:
        raise IntegrityError(f"Key (national_code)=({CODE}) already exists.")
    except IntegrityError as error:
        logging.getLogger("pishkhan.worker").error("a job: %s", error)
        logging.getLogger("django.request").exception("Internal Server Error: /")
    assert not canaries.found()


def test_a_mail_that_names_somebody_is_seen():
    canaries.found()
    mail.send_mail("an error", f"{CODE} is missing", None, ["operator@example.org"])
    assert canaries.found()
    mail.outbox.clear()


def test_what_was_found_is_told_once(request):
    canaries.Watching(lambda asked: HttpResponse())(named := HttpRequest())
    assert named.get_full_path() == ""
    canaries.seen.append("somebody")
    assert canaries.found() == ["somebody"]
    assert canaries.found() == []
