"""A browser of somebody who has signed in: cookies, forms, one connection."""

import http.client
import re
import time
from urllib.parse import urlencode

PAIRS = 6
"""So many employers, and as many officers, work at once."""

PASSWORD = "gav-e-kouhi-58-sabz"
"""Of all of them."""

IDLE = 20 * 60  # seconds: after so long without a page the portal may ask for the password again

TIMEOUT = 30  # seconds: longer than the portal may take to recover


class Broken(Exception):  # noqa: N818
    """No answer, or one that says nothing of whether it was done."""


class Answer:
    def __init__(self, status: int, location: str, text: str) -> None:
        self.status, self.location, self.text = status, location, text

    def __str__(self) -> str:
        return f"{self.status} {self.location}"


class Visitor:
    def __init__(self, port: int, user: str, password: str = PASSWORD) -> None:
        self.port, self.user, self.password = port, user, password
        self.cookies: dict[str, str] = {}
        self.seen = time.monotonic()
        self.link: http.client.HTTPConnection | None = None

    def sign_in(self) -> None:
        self.cookies.clear()
        self.request("GET", "/login/")
        answer = self.post("/login/", {"username": self.user, "password": self.password})
        if answer.status != 302:
            titles = re.findall(r"<(?:h1|li)[^>]*>([^<]+)", answer.text)
            raise RuntimeError(f"{self.user} could not sign in: {answer} {titles}")

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self.request("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def send_picture(self, path: str, kind: str, content: bytes) -> Answer:
        head = f'--x\r\nContent-Disposition: form-data; name="scan:{kind}"; filename="a.jpg"\r\n\r\n'
        body = head.encode() + content + b"\r\n--x--\r\n"
        return self.request("POST", path, body, "multipart/form-data; boundary=x")

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Raises `Broken`. Who was away for long signs in again; a session lost sooner is a refusal."""
        answer = self._asked(method, path, body, kind)
        if answer.location.startswith("/login/") and time.monotonic() - self.seen > IDLE:
            self.seen = time.monotonic()
            self.sign_in()
            answer = self._asked(method, path, body, kind)
        self.seen = time.monotonic()
        return answer

    def _asked(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        try:
            answer = self._exchange(method, path, body, kind)
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            raise Broken(type(error).__name__) from error
        if answer.status >= 500:
            raise Broken(str(answer))
        return answer

    def _exchange(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        if self.link is None:
            self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies.get("csrf", ""),
        }
        if kind:
            headers |= {"Content-Type": kind}
        if "multipart" in kind:
            headers |= {"Accept": "application/json"}  # as the upload script asks
        self.link.request(method, path, body, headers)
        response = self.link.getresponse()
        text = response.read().decode("utf-8", "replace")
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text)

    def hang_up(self) -> None:
        if self.link is not None:
            self.link.close()
        self.link = None
