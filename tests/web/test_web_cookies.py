"""What `PISHKHAN_HTTPS` changes: cookies that only this host and only HTTPS can set, and HSTS."""

import runpy
from typing import Any

import pytest
from django.conf import settings as portal
from django.test import Client

from pishkhan import settings as module

from .browsing import PASSWORD, Page

SECURE = {"secure": True, "SERVER_PORT": "443"}


@pytest.fixture
def https(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting that the environment changes is as it would be."""
    monkeypatch.setenv("PISHKHAN_HTTPS", "1")
    made = runpy.run_path(str(module.__file__))
    for name, value in made.items():
        if name.isupper() and ("COOKIE" in name or name.startswith(("SECURE_", "HTTPS"))):
            setattr(settings, name, value)


def signed_in(**how: Any) -> tuple[Client, Page]:
    client = Client()
    response = client.post("/login/", {"username": "ali", "password": PASSWORD}, **how)
    assert response.status_code == 302
    return client, Page(client.get("/profile/", **how), "/profile/")


def test_over_https_the_cookies_can_be_set_by_this_host_alone(world, https):
    client, page = signed_in(**SECURE)
    assert page.status == 200
    for name in ("__Host-session", "__Host-csrf"):
        cookie = client.cookies[name]
        assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/" and not cookie["domain"], name
    assert not {"session", "csrf"} & set(client.cookies)


def test_over_https_no_cookie_whatever_is_sent_in_the_clear(world, https):
    client, _ = signed_in(**SECURE)
    client.post("/profile/workshop/", {"workshop": world.a.pk}, **SECURE)  # a message
    client.post("/logout/", **SECURE)
    assert len(client.cookies) >= 4
    for name, cookie in client.cookies.items():
        if cookie.value:  # a cookie that is taken away has no secret in it
            assert cookie["secure"] and cookie["httponly"] and not cookie["domain"], name


def test_over_https_every_answer_says_so_for_a_year_with_subdomains(world, https):
    client, page = signed_in(**SECURE)
    for answer in (page.response, client.get("/", **SECURE), client.get("/no-such-page/", **SECURE)):
        told = answer["Strict-Transport-Security"]
        assert told == "max-age=31536000; includeSubDomains; preload"


def test_over_https_plain_http_is_led_to_https_on_this_host_and_sets_no_cookie(world, https):
    for path in ("/", "/login/", "//evil.example/", "/%2F%2Fevil.example"):
        response = Client().get("/", PATH_INFO=path)
        assert response.status_code == 301
        assert response["Location"].startswith("https://testserver/"), response["Location"]
        assert not response.cookies


def test_a_cookie_without_the_prefix_signs_nobody_in_over_https(world, https):
    """A neighbouring host can plant `session`, but not `__Host-session`."""
    client, _ = signed_in(**SECURE)
    planted = Client()
    planted.cookies["session"] = client.cookies["__Host-session"].value
    assert planted.get("/profile/", **SECURE)["Location"].startswith("/login/")


def test_over_plain_http_on_loopback_it_works_under_other_names_and_without_hsts(world):
    client, page = signed_in(SERVER_NAME="127.0.0.1")
    assert page.status == 200
    assert {portal.SESSION_COOKIE_NAME, portal.CSRF_COOKIE_NAME} == {"session", "csrf"}
    assert {"session", "csrf"} <= set(client.cookies) and not client.cookies["session"]["secure"]
    assert "Strict-Transport-Security" not in page.response
