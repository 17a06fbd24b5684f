"""What every answer carries: nothing inline may run, nothing is guessed, nothing personal is kept."""

import re

import pytest
from django.conf import settings
from django.test import Client

from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.web.access import HELD
from pishkhan.workshops.models import Branch
from tests.world import World, drafted, filled_case

from .browsing import Browser, Page
from .walking import START, walk


def policy(response: object) -> dict[str, list[str]]:
    header = response.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


def test_every_page_carries_the_strict_policy_and_forbids_framing_and_guessing(world: World):
    for who, page in walk(world):
        told = policy(page.response)
        assert told["default-src"] == ["'none'"]
        assert told["frame-ancestors"] == told["base-uri"] == ["'none'"]
        assert told["script-src"] == told["style-src"] == told["form-action"] == ["'self'"]
        assert told["worker-src"] == ["'self'"]
        words = " ".join(word for words in told.values() for word in words)
        assert "unsafe" not in words and "*" not in words and "http" not in words, (who, page.path)
        assert page.response["X-Content-Type-Options"] == "nosniff"
        assert page.response["X-Frame-Options"] == "DENY"
        assert page.response["Referrer-Policy"] == "same-origin"
        assert page.response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_every_page_of_somebody_signed_in_is_kept_by_no_cache(world: World):
    for who, page in walk(world):
        if who and page.status != 404 and page.path.startswith(("/cartable", "/d", "/profile")):
            assert "no-store" in page.response.get("Cache-Control", ""), (who, page.path, page.status)


def test_no_page_has_anything_inline_that_the_policy_would_stop(world: World):
    for _, page in walk(world):
        for node in page.tree.walk():
            inline = [n for n in node.attrs if n == "style" or (n.startswith("on") and n != "onward")]
            assert not inline, f"{page.path}: <{node.tag} {inline}>"
            assert node.tag not in ("style", "iframe", "object", "embed", "base")
            if node.tag == "script":
                assert node["src"].startswith("/static/") and not node.children
            for name in ("src", "href", "action", "formaction"):
                assert not re.match(r"\s*(javascript|data|vbscript|https?|//)", node[name], re.IGNORECASE), (
                    f"{page.path}: {name}={node[name]}"
                )


def test_every_page_is_persian_right_to_left_titled_and_without_doubled_ids(world: World):
    for _, page in walk(world):
        html = page.tree.all("html")[0]
        assert (html["lang"], html["dir"]) == ("fa", "rtl")
        assert len(page.tree.all("h1")) == 1 and page.tree.all("h1")[0].text(), page.path
        assert page.tree.all("title")[0].text()
        ids = [node["id"] for node in page.tree.walk() if node["id"]]
        assert len(ids) == len(set(ids)), f"{page.path}: {sorted(i for i in ids if ids.count(i) > 1)}"
        for label in page.tree.all("label"):
            assert not label["for"] or label["for"] in ids, f"{page.path}: label for {label['for']}"


def test_every_form_that_changes_something_carries_a_token_and_every_field_a_label(world: World):
    for _, page in walk(world):
        for form in page.tree.all("form"):
            if form["method"].lower() == "post":
                assert form.all("input", name="csrfmiddlewaretoken"), page.path
        labelled = {label["for"] for label in page.tree.all("label")}
        for node in page.tree.all("input", "select", "textarea"):
            if node["type"] not in ("hidden", "submit"):
                named = node["id"] in labelled or node["aria-label"] or node["aria-labelledby"]
                assert named, f"{page.path}: {node['name']}"


@pytest.fixture
def applicant(world: World) -> Client:
    """Somebody writing a registration, with names and codes in it."""
    draft = drafted(world, by=Audience.PUBLIC)
    client = Client()
    session = client.session
    session[HELD] = {"main-registration": draft.pk}
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.mark.parametrize(
    "path", ["", "workshop/", "page/identity/", "page/contact/", "scans/", "check/", "done/"]
)
def test_the_pages_of_a_registration_are_kept_by_no_cache(world, applicant: Client, path: str):
    """On a shared computer the back button must not show whose data they were."""
    if path == "done/":
        applicant.post(START + "send/")
    response = applicant.get(START + path)
    assert response.status_code == 200
    assert "no-store" in response.headers.get("Cache-Control", "")


def check_picture(response: object, kind: str = "jpeg") -> None:
    assert response["Content-Type"] == f"image/{kind}"  # type: ignore[index]
    assert response["X-Content-Type-Options"] == "nosniff"  # type: ignore[index]
    assert response["Cache-Control"] == "no-store"  # type: ignore[index]
    assert response["Content-Disposition"].startswith("inline; filename=")  # type: ignore[index]
    told = policy(response)
    assert told == {"default-src": ["'none'"], "sandbox": []}


def test_a_scan_is_served_with_a_fixed_type_and_can_run_nothing(world: World, applicant: Client):
    case = filled_case(world, State.SUBMITTED)
    ali, clerk = Browser(world.ali.user).client, Browser(world.clerk.user).client
    check_picture(ali.get("/profile/images/stamp/"), "png")
    for client, path in (
        (ali, f"/cartable/{case.pk}/scans/photo/"),
        (clerk, f"/desk/cases/{case.pk}/scans/photo/"),
        (applicant, START + "scans/photo/"),
    ):
        check_picture(client.get(path))


def test_a_scan_whose_file_was_changed_or_lost_is_not_served(world: World):
    case = filled_case(world, State.SUBMITTED)
    ali = Browser(world.ali.user).client
    file = case.scans.get(kind="photo").document.path
    file.write_bytes(b"\xff\xd8\xff<script>alert(1)</script>")
    assert ali.get(f"/cartable/{case.pk}/scans/photo/").status_code == 404
    file.unlink()
    assert ali.get(f"/cartable/{case.pk}/scans/photo/").status_code == 404


def test_the_cookies_are_out_of_the_reach_of_scripts_and_of_other_sites(world: World):
    browser = Browser()
    browser.sign_in("ali")
    cookies = browser.client.cookies
    assert {"session", "csrf", "last_user"} <= set(cookies)
    for cookie in ("session", "csrf", "last_user"):
        assert cookies[cookie]["httponly"] and cookies[cookie]["samesite"] == "Lax", cookie


def test_a_page_that_fails_says_so_in_persian_and_shows_nothing_of_the_inside(world: World, monkeypatch):
    def broken(self: object) -> Branch:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("pishkhan.workshops.models.BranchQuerySet.home", broken)
    response = Client(raise_request_exception=False).get("/")
    page = Page(response, "/")
    assert page.status == 500
    assert "سامانه اکنون پاسخ نمی‌دهد" in page.text
    assert "secret" not in page.html and "Traceback" not in page.html
    assert policy(response)["default-src"] == ["'none'"]
    assert not re.search("[0-9]", page.tree.text(codes=False))


def test_a_request_that_is_too_large_is_refused_in_persian(world: World):
    browser = Browser()
    browser.open("/follow-up/")
    response = browser.client.post("/follow-up/", {"tracking_code": "1" * 1_200_000})
    assert response.status_code == 400
    assert "خوانده نشد" in Page(response, "/follow-up/").main


def test_too_many_fields_are_refused_in_persian(world: World):
    browser = Browser()
    browser.open("/follow-up/")
    response = browser.client.post("/follow-up/", {f"f{n}": "1" for n in range(900)})
    assert response.status_code == 400
    assert "خوانده نشد" in Page(response, "/follow-up/").main
