"""The Host header, and those that proxies add, are whatever somebody writes: nothing is made from them."""

from io import BytesIO
from typing import Any

import pytest
import segno
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from pishkhan.accounts.models import User
from pishkhan.cases.states import State
from pishkhan.letters import press
from pishkhan.letters.models import Letter
from tests.world import filled_case

from .browsing import BACKEND, PASSWORD

FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Proto": "evil",
    "X-Host": "evil.example",
    "X-Original-Host": "evil.example",
    "X-Original-URL": "//evil.example/",
    "X-Rewrite-URL": "//evil.example/",
    "X-HTTP-Host-Override": "evil.example",
    "Forwarded": "host=evil.example;proto=https",
}
HOSTS = (
    "evil.example",
    "testserver.evil.example",
    "testserver@evil.example",
    "testserver:80@evil.example",
    "evil.example#testserver",
    "testserver, evil.example",
    "testserver/evil.example",
    "",
)
ELSE = {"HTTP_HOST": "localhost", "headers": FORGED}  # a host that is ours, and forged headers


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend=BACKEND)
    return client


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_answered_nothing(world, host: str):
    for path in ("/", "/login/", "/static/pishkhan.css", "/no-such-page/"):
        answer = client_of(world.ali.user).get(path, HTTP_HOST=host)
        assert answer.status_code == 400 and b"evil.example" not in answer.content, path


def test_the_headers_of_proxies_change_no_link_and_no_redirect(world):
    case = filled_case(world, State.SUBMITTED)
    for path in ("/", "/follow-up/", "/dashboard/", f"/cartable/{case.pk}/", "/profile/security/"):
        answer = client_of(world.ali.user).get(path, **ELSE)
        assert answer.status_code == 200
        for forged in (b"evil.example", b":666", b"http://localhost", b"//localhost"):
            assert forged not in answer.content, (path, forged)
    for path in ("/cartable/", "/profile/", "/desk/"):
        assert Client().get(path, **ELSE)["Location"] == f"/login/?next={path}"
    entered: Any = Client().post("/login/", {"username": "ali", "password": PASSWORD}, **ELSE)
    assert entered["Location"] == "/dashboard/"


def test_a_letter_and_its_code_lead_to_the_address_of_the_portal(world, monkeypatch):
    """Asked for under forged headers; all that is made into a QR code is looked at."""
    case = filled_case(world, State.SUBMITTED)
    coded: list[str] = []
    make = segno.make
    monkeypatch.setattr(press.segno, "make", lambda text, **how: coded.append(text) or make(text, **how))
    event = case.events.last()
    answer = client_of(world.ali.user).get(f"/cartable/{case.pk}/letters/receipt/{event.pk}/", **ELSE)
    assert answer.status_code == 200
    letter = Letter.objects.get()
    assert coded == [f"{settings.ADDRESS}/letters/{letter.code}/"]
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert (
        "evil.example" not in printed and "localhost" not in printed and b"evil.example" not in answer.content
    )


def test_the_letter_of_a_new_account_names_the_address_of_the_portal(world):
    body = {"code": "1463639099", "name": "کارگاه تازه"}
    answer = client_of(world.senior.user).post("/desk/accounts/new/", body, **ELSE)
    page = answer.content.decode()
    assert answer.status_code == 200 and settings.ADDRESS in page
    assert "evil.example" not in page and "localhost" not in page
