"""No route changes anything for a request that another site made a browser send."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pishkhan.accounts.models import User
from tests.access.asking import browser, sent
from tests.access.bodies import PATTERNS, every_route, kwargs_of
from tests.access.objects import BACKEND, Objects
from tests.access.roles import NO, NONE
from tests.access.table import TABLE

SENDERS = ("applicant", "a", "registration", "senior", "inspection", "both")

CHANGING = [name for name, (_, posted) in TABLE.items() if posted["stranger"] != NO or posted["a"] != NO]
FORGED: dict[str, dict[str, Any]] = {
    "no token": {},
    "a token of one's own making": {"csrfmiddlewaretoken": "x" * 64},
    "an empty token": {"csrfmiddlewaretoken": ""},
}


def strict(client: Client) -> Client:
    """The same browser, of which a token is demanded."""
    asking = Client(enforce_csrf_checks=True)
    asking.cookies = client.cookies
    return asking


def owner_of(name: str) -> str:
    """Somebody whom the form would be answered with more than that it does not exist."""
    answers = TABLE[name][1]
    first = [role for role in SENDERS if answers[role].startswith("/")]
    return (first or [role for role in SENDERS[1:] if answers[role] != NONE])[0]


def test_no_view_is_exempt_from_the_token():
    assert not [p.name for p in every_route() if getattr(p.callback, "csrf_exempt", False)]


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_every_route_refuses_what_comes_without_its_token(objects: Objects, forged: dict[str, Any]):
    """As the one who may use it: with the right cookies and the right fields, which a browser would send."""
    clients = {role: strict(browser(role, objects)) for role in SENDERS}
    for name in PATTERNS:
        client = clients[owner_of(name)]
        address = reverse(name, kwargs=kwargs_of(name, objects))
        body = sent(name, objects)
        methods = (client.post,) if name in CHANGING else (client.post, client.put, client.delete)
        for method in methods:
            assert method(address, {**body, **forged}).status_code == 403, (name, method)


def test_a_right_token_is_refused_when_another_site_sends_the_form(objects: Objects):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=objects.world.ali.user.pk), backend=BACKEND)
    client.get("/profile/")
    token = {"csrfmiddlewaretoken": client.cookies["csrf"].value}
    for origin in ("https://evil.example", "http://testserver.evil.example", "null", "https://testserver"):
        answer = client.post("/logout/", token, headers={"Origin": origin})
        assert answer.status_code == 403, origin
    assert client.post("/logout/", token, headers={"Origin": "http://testserver"}).status_code == 302
