"""A browser without JavaScript: follows links and redirects, fills in the forms that the pages have."""

import json
from typing import Any
from urllib.parse import urljoin

import altcha
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pishkhan.accounts.models import User
from pishkhan.accounts.sessions import SessionStore
from pishkhan.web import bot_check
from tests.world import jpeg_bytes

from . import pages

bot_check.COST = 20  # a hundredth of a real browser's: the tests fill in hundreds of forms
PASSWORD = "nemune-1405-khoob"
BACKEND = "django.contrib.auth.backends.ModelBackend"
SITE = "http://testserver"
REDIRECTS = (301, 302, 303, 307, 308)


class Page:
    """One answer of the server, read as HTML when it is HTML."""

    def __init__(self, response: Any, path: str) -> None:
        self.response, self.path, self.status = response, path, response.status_code
        self.is_html = response.headers.get("Content-Type", "").startswith("text/html")
        self.html = response.content.decode() if self.is_html else ""
        self.tree = pages.read(self.html)

    @property
    def text(self) -> str:
        return self.tree.text()

    @property
    def main(self) -> str:
        return self.tree.all("main")[0].text()

    @property
    def links(self) -> list[str]:
        return [node["href"] for node in self.tree.all("a")]

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        found = [node["href"] for node in self.tree.all("a") if words in node.text()]
        assert found, f"no link «{words}» on {self.path}"
        return str(found[0])

    def named(self, name: str) -> pages.Node:
        found = self.tree.all(name=name)
        assert found, f"no field {name} on {self.path}"
        return found[0]

    def value(self, name: str) -> str:
        """What stands in a field now."""
        forms = [form for form in self.tree.all("form") if form.all(name=name)]
        return dict(pages.controls(forms[0]))[name] if forms else ""

    def error(self, name: str) -> str:
        """The message beside a field (or scan), "" when there is none."""
        around = self.named(name).up("field", "slot")
        assert around, f"{name} stands alone on {self.path}"
        return " ".join(node.text() for node in around.all("p", cls="error") if "hidden" not in node.attrs)

    def form(self, button: str) -> tuple[pages.Node, pages.Node]:
        """The form with that button, and the button."""
        for node in self.tree.all("button"):
            if button in node.text() and (form := self._form_of(node)):
                return form, node
        raise AssertionError(f"no button «{button}» on {self.path}: {self.text[:300]}")

    def _form_of(self, button: pages.Node) -> pages.Node | None:
        """The form that a button sends: the one it names, else the one around it; none for a script's."""
        if button["type"] == "button":
            return None
        if button["form"]:
            return self.tree.all("form", id=button["form"])[0]
        return next((form for form in self.tree.all("form") if button in form.all("button")), None)

    def has_button(self, words: str) -> bool:
        return any(words in node.text() and self._form_of(node) for node in self.tree.all("button"))


def work_for(challenge: str) -> str:
    """What the page's worker answers to a bot check."""
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    solution = altcha.solve_challenge(asked)
    assert solution
    return altcha.Payload(asked, solution).to_base64()


class Browser:
    """`enforce_csrf_checks` is on: what is sent is what the page's own form holds.

    `works`: passes the bot check, which is the one thing that it does of what scripts do.
    """

    def __init__(self, user: User | None = None, address: str = "127.0.0.1", *, works: bool = True) -> None:
        self.works = works
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        self.addresses: list[str] = []
        self.page: Page
        if user:
            self.client.force_login(User.objects.get(pk=user.pk), backend=BACKEND)

    def open(self, path: str, **headers: str) -> Page:
        self.addresses.append(path)
        return self._arrive(self.client.get(path, headers=headers or None), path)

    def submit(
        self,
        button: str,
        fields: dict[str, str] | None = None,
        files: dict[str, bytes] | None = None,
        *,
        follow: bool = True,
    ) -> Page:
        """Presses a button of the present page, with some of its fields filled in anew."""
        form, pressed = self.page.form(button)
        sent: dict[str, Any] = {}
        for name, value in pages.controls(form):
            sent[name] = [*sent.get(name, []), value]
        for node in form.all("input"):
            if node["data-challenge"] and self.works:
                sent[node["name"]] = work_for(node["data-challenge"])
        sent |= fields or {}
        for name in fields or {}:
            assert form.all(name=name), f"no field {name} in the form of «{button}»"
        if pressed["name"]:
            sent[pressed["name"]] = pressed["value"]
        action = pressed["formaction"] or form["action"] or self.page.path
        path = urljoin(SITE + self.page.path, action).removeprefix(SITE)
        headers = {"Origin": SITE, "Referer": SITE + self.page.path}
        uploads = {name: SimpleUploadedFile("a.jpg", content) for name, content in (files or {}).items()}
        assert not uploads or form["enctype"] == "multipart/form-data"
        for name in uploads:
            assert form.all("input", name=name, type="file"), f"no file field {name}"
        assert form["method"].lower() == "post"
        self.addresses.append(path)
        response = self.client.post(path, {**sent, **uploads}, headers=headers)
        return self._arrive(response, path, follow=follow)

    def post(self, path: str, data: dict[str, Any] | None = None, *, follow: bool = True) -> Page:
        """A form of this site's, sent as it is, from no page in particular."""
        token = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        if token is None:
            self.client.get("/login/?next=/")
            self.client.get("/follow-up/")
            token = self.client.cookies[settings.CSRF_COOKIE_NAME]
        headers = {"Origin": SITE, "Referer": SITE + path}
        body = {"csrfmiddlewaretoken": token.value, **(data or {})}
        return self._arrive(self.client.post(path, body, headers=headers), path, follow=follow)

    def sign_in(self, username: str, password: str = PASSWORD) -> Page:
        self.open("/login/")
        return self.submit("ورود", {"username": username, "password": password})

    def lose_session(self) -> None:
        """As after eight hours: the cookie is still there, the session is not."""
        SessionStore(self.client.cookies[settings.SESSION_COOKIE_NAME].value).delete()

    def _arrive(self, response: Any, path: str, *, follow: bool = True) -> Page:
        hops = 0
        while follow and response.status_code in REDIRECTS:
            hops += 1
            assert hops < 10, f"redirected without end: {self.addresses[-5:]}"
            path = urljoin(SITE + path, response["Location"]).removeprefix(SITE)
            self.addresses.append(path)
            assert path.startswith("/") and not path.startswith("//"), f"led away, to {path}"
            response = self.client.get(path.partition("#")[0])
        self.page = Page(response, path)
        assert self.page.status < 500, f"{self.page.status} at {path}"
        return self.page


def scan(shade: int = 3) -> bytes:
    """A JPG as a phone would send it."""
    return jpeg_bytes(shade)
