"""A browser without scripts: it keeps cookies, reads links and forms, and walks over all pages it finds."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.urls import Resolver404, resolve

TOKEN = "csrfmiddlewaretoken"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Sending:
    """One way to send something to a page: by a link with a query, or by a form.

    `fields` are (name, value) as the page gives them, without the token; files are left out.
    """

    who: str
    route: str
    method: str
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> tuple[str, str, frozenset[str]]:
        """Sendings of one shape reach the same code; the rows of a table count as one."""
        return self.route, self.method, frozenset(rowless(name) for name, _ in self.fields)


def rowless(name: str) -> str:
    return re.sub(r"\d+", "N", name)


class Found(HTMLParser):
    """The links and the forms of a page: (method, action, fields), the buttons among the fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("a", "img"):
            self.links.append(values.get("href") or values.get("src", ""))
        elif tag == "form":
            self.forms.append((values.get("method", "get").upper(), values.get("action", ""), {}))
        elif values.get("formaction"):
            self.forms.insert(0, ("POST", values["formaction"], {}))
        if self.forms:
            self.read_field(tag, values, self.forms[-1][2])

    def read_field(self, tag: str, values: dict[str, str], fields: dict[str, str]) -> None:
        if tag == "option" and self.select and ("selected" in values or not fields.get(self.select)):
            fields[self.select] = values.get("value", "")
        elif values.get("name") and values.get("type") != "file":
            self.select = values["name"] if tag == "select" else ""
            fields[values["name"]] = values.get("value", "")


@dataclass
class Visitor:
    """Somebody at a portal, who may be signed in; `home` is a page that only the session opens."""

    host: str
    who: str
    home: str = "/profile/security/"
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, where it leads, page) of one request; the page is "" when it is no page."""
        link = HTTPConnection(self.host, timeout=60)
        body = None if fields is None else urlencode(fields | {TOKEN: self.cookies.get("csrf", "")})
        link.request(method, path, body, {"Cookie": self.cookie} | (FORM if body else {}))
        answer = link.getresponse()
        content, kind = answer.read(), answer.getheader("Content-Type") or ""
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        return (
            answer.status,
            answer.getheader("Location") or "",
            content.decode() if kind.startswith("text/html") else "",
        )

    def send(self, path: str, **fields: str) -> str:
        """Opens a page, sends what is filled in there, and tells where that leads."""
        self.ask("GET", path)
        status, leads, _ = self.ask("POST", path, fields)
        if status != 302:
            raise SystemExit(f"{self.who} could not send the form at {path}: {status}")
        return leads

    def is_in(self) -> bool:
        return self.ask("GET", self.home)[0] in (200, 429)  # 429: in, and to wait


def route_of(path: str) -> str:
    """The name of a path's route in the portal, "" when there is none."""
    try:
        return resolve(urlsplit(path).path, "pishkhan.urls").url_name or ""
    except Resolver404:
        return ""


def walk(visitor: Visitor, first: list[str], each: int) -> Iterator[Sending]:
    """What can be asked and sent, from page to page: `each` pages of every shape."""
    waiting, seen, times = [*first], set[str](), Counter[object]()
    while waiting:
        path = waiting.pop(0)
        here = sending(visitor, "GET", path)
        if path in seen or not here.route or times[here.shape] >= each:
            continue
        seen.add(path)
        times[here.shape] += 1
        status, leads, page = visitor.ask("GET", path)
        if status >= 400:
            continue
        yield here
        found = Found(page)
        waiting += [urljoin(path, link).partition("#")[0] for link in [*found.links, leads] if link]
        for method, action, fields in found.forms:
            yield sending(visitor, method, urljoin(path, action), fields)


def sending(visitor: Visitor, method: str, to: str, fields: dict[str, str] | None = None) -> Sending:
    query = dict(parse_qsl(urlsplit(to).query, keep_blank_values=True))
    values = query | (fields or {}) if method == "GET" else dict(fields or {})
    values.pop(TOKEN, None)
    path = urlsplit(to).path if method == "GET" else to.partition("#")[0]
    return Sending(visitor.who, route_of(to), method, path, tuple(values.items()))
