"""Where a form may lead: an address that somebody put into a link never leads to another site."""

import time
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from pishkhan.accounts.models import User
from tests.access.asking import undone
from tests.authenticating import code_of, with_app

from .browsing import BACKEND, PASSWORD, SITE, Page

ELSEWHERE = [
    "http://evil.example/",
    "https://evil.example/",
    "HTTPS://EVIL.EXAMPLE",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\\/evil.example/",
    "\\/evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "https:evil.example",
    "ftp://evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\x00//evil.example",
    "\x08//evil.example",
    "//evil.example\\@testserver/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver:80@evil.example/",
    "http://[::1]/",
    "http://[evil",
    "//\u2024evil.example",
    "/\u2028/evil.example",
    "//evil%E3%80%82example",
    "/%09/evil.example",
    "https:///evil.example@testserver",
    "evil.example",
    "..//evil.example",
    "./\\evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "http://testserver:8000/",
    "http://ｅvil.example",
    "/\ufeff/evil.example",
    "//evil.example",
    "/////evil.example/..",
    "//evil.example:80/",
    "//evil.example?/cartable/",
    "//evil.example#/cartable/",
    "//@evil.example/",
    "//ali:x@evil.example/",
    "/\\\\evil.example/",
    "\\/evil.example/cartable/",
    "/ /evil.example/",
    "\x0b//evil.example",
    "\u00a0//evil.example",
    "\u3000//evil.example",
    "//evil\u3002example/",
    "/\t\\evil.example/",
    "/\r\n/evil.example/",
    "/\r\nLocation: https://evil.example/",
    "/%0d%0aLocation:%20https://evil.example/",
    "/\r\nSet-Cookie: session=planted",
    "%2f%2fevil.example/",
    "%5c%5cevil.example/",
    "/%2fevil.example/",
    "/%5cevil.example/",
    "/..//evil.example/",
    "/.//evil.example/",
    "/cartable/..//evil.example/",
    "/;//evil.example/",
    "//0x7f000001/",
    "//2130706433/",
    "//[::ffff:127.0.0.1]/",
    "//testserver.evil.example/",
    "//evil.example/testserver",
    "HtTp:\\\\evil.example",
    "file:///etc/passwd",
    "blob:https://evil.example/1",
    "mailto:a@evil.example",
    "intent://evil.example/#Intent;end",
    "view-source:https://evil.example/",
    "sign_out",
    "pishkhan.web.entrance.sign_out",
]


def led(response: object) -> str:
    """Where a browser goes: tabs and line ends in an address are dropped, backslashes are slashes."""
    location = response["Location"]  # type: ignore[index]
    for dropped in "\t\r\n":
        location = location.replace(dropped, "")
    return location.strip("".join(map(chr, range(33)))).replace("\\", "/")


def stays(response: object, *, status: int = 302) -> None:
    """The answer leads to an address of this site, and to nothing that signs out."""
    assert response.status_code == status  # type: ignore[attr-defined]
    location = led(response)
    assert location.startswith("/") and not location.startswith("//"), location
    assert not urlsplit(location).netloc and "logout" not in location, location
    assert "planted" not in str(response.cookies)  # type: ignore[attr-defined]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend=BACKEND)
    return client


def test_there_are_at_least_sixty_forms():
    assert len(set(ELSEWHERE)) == len(ELSEWHERE) >= 60


@pytest.mark.parametrize("where", ["query_params", "data"], ids=["address", "form"])
def test_signing_in_never_leads_to_another_site(world, where: str):
    for wanted in ELSEWHERE:
        entered = {"username": "ali", "password": PASSWORD}
        added = {"next": wanted} if where == "data" else {}
        client = Client()
        stays(client.post("/login/", entered | added, query_params={} if added else {"next": wanted}))
        assert client.session["_auth_user_id"] == str(world.ali.user.pk)
        if added:  # once is enough
            stays(client.get("/login/", {"next": wanted}))  # who is signed in already


def test_the_second_step_never_leads_to_another_site(world):
    """Each form through the password, the session between the steps, and the code of the app."""
    secret = with_app(world.ali.user)
    with time_machine.travel(int(time.time()) // 30 * 30 + 5, tick=False) as clock:
        for wanted in ELSEWHERE:
            clock.shift(30)  # a code is good once
            client = Client()
            entered = {"username": "ali", "password": PASSWORD}
            first = client.post("/login/", entered, query_params={"next": wanted})
            assert first["Location"] == "/login/second-step/"
            stays(client.post("/login/second-step/", {"one_time_code": code_of(secret)}))


def test_a_next_added_to_the_second_step_itself_is_not_followed_to_another_site(world):
    secret = with_app(world.ali.user)
    with time_machine.travel(int(time.time()) // 30 * 30 + 5, tick=False) as clock:
        for wanted in ELSEWHERE[::6]:
            clock.shift(30)
            client = Client()
            client.post("/login/", {"username": "ali", "password": PASSWORD})
            body = {"one_time_code": code_of(secret), "next": wanted}
            stays(client.post("/login/second-step/", body, query_params={"next": wanted}))


def test_the_password_asked_again_never_leads_to_another_site(world):
    client = client_of(world.ali.user)
    for wanted in ELSEWHERE:
        for where in ({"query_params": {"next": wanted}}, {"data": {"next": wanted}}):
            body = {"password": PASSWORD} | where.get("data", {})
            address = "/profile/security/confirm/"
            with undone():  # ten an hour are looked at
                answer = client.post(address, body, query_params=where.get("query_params", {}))
            stays(answer)
            assert answer["Location"].partition("?")[0] != "/login/", "the password was not asked"


def test_the_page_that_a_form_came_from_is_led_back_to_only_when_it_is_ours(world):
    """Whose session ended while typing is led back by the Referer."""
    for wanted in ELSEWHERE:
        sent = f"{SITE}/{wanted}".replace("\r", "").replace("\n", "").encode().decode("latin-1")
        response = Client().post("/profile/", {"x": "1"}, headers={"Referer": sent})
        stays(response)
        assert response["Location"].startswith("/login/?next=")
        carried = Page(Client().get(led(response)), "/login/").tree.all("input", name="next")
        assert all(not field["value"].replace("\\", "/").startswith("//") for field in carried)


def test_the_sign_in_page_never_carries_an_address_of_another_site(world):
    for wanted in ELSEWHERE:
        page = Page(Client().get("/login/", {"next": wanted}), "/login/")
        for field in page.tree.all("input", name="next"):
            assert field["value"].startswith("/")
            assert not field["value"].replace("\\", "/").startswith("//")


ALSO = ("tab", "unit", "s", "after", "order", "back", "url", "return", "redirect", "to", "home", "onward")


@pytest.mark.parametrize(
    ("who", "path", "fields"),
    [
        ("ali", "/cartable/", {"text": "کوچک"}),
        ("ali", "/insured/", {"text": "کوچک"}),
        ("ali", "/profile/workshop/", {}),
        ("clerk", "/desk/queue/", {"text": "کوچک"}),
        ("clerk", "/desk/people/", {"text": "کوچک"}),
        ("clerk", "/desk/workshops/", {"text": "کوچک"}),
        ("inspector", "/desk/inspections/", {"text": "کوچک"}),
        ("senior", "/desk/accounts/", {"text": "کوچک"}),
        ("senior", "/desk/trail/", {}),
    ],
)
def test_no_other_parameter_leads_to_another_site(world, who: str, path: str, fields: dict[str, str]):
    client = client_of(getattr(world, who).user)
    for wanted in ELSEWHERE[::4]:
        also = dict.fromkeys(ALSO, wanted)
        response = client.post(path, also | fields, query_params=also)
        if response.status_code == 302:
            stays(response)
            assert not response["Location"].startswith("/login/"), "signed in"
        else:
            assert response.status_code in (404, 422), (path, response.status_code)


def test_a_path_of_two_strokes_is_no_address_and_is_not_made_one(world):
    """Nothing adds a missing stroke at the end and redirects there."""
    for path in ("//evil.example/", "//evil.example", "//evil.example/login/", "/\\evil.example/", "///"):
        assert Client().get("/", PATH_INFO=path).status_code == 404
