"""Windows of the browser that are watched: whatever a page complains of fails the test."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.canaries import in_address

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
ON_PURPOSE = {403, 404, 409, 422, 429}
"""Statuses with which the portal answers pages that say what is wrong."""

PATIENCE = 20_000
"""Milliseconds that something may take to be there: two browsers share two processors, which may be slow."""
HEIGHTS = {1280: 800, 390: 844}


class Windows:
    """Opens windows on one portal and notes what goes wrong in them."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.contexts: list[BrowserContext] = []
        self.trouble: list[str] = []
        self.answered: dict[str, int] = {}
        self.expected: list[str] = []

    def open(self, width: int = 1280, javascript: bool = True, session: str = "", **options: Any) -> Page:
        """A window of its own (own cookies); `session` is the key of a session that it goes on with."""
        context = self.browser.new_context(
            base_url=self.base,
            locale="fa-IR",
            timezone_id="Asia/Tehran",
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            java_script_enabled=javascript,
            has_touch=width < 600,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if session:
            context.add_cookies([{"name": "session", "value": session, "url": self.base}])
        page = context.new_page()
        page.add_init_script(TELL_VIOLATIONS)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)
        return page

    def expect(self, pattern: str) -> None:
        """The test brings this complaint about on purpose."""
        self.expected.append(pattern)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(f"console: {message.text} @ {message.location.get('url', '')}")

    def _asked(self, request: Request) -> None:
        """No address names anybody, nor where it comes from: they stand in histories and in others' logs."""
        for address in (request.url, request.headers.get("referer", "")):
            if address.startswith(self.base) and (canary := in_address(address)):
                self.trouble.append(f"named: {canary} in {address}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.answered[response.url] = response.status
        if response.status >= 500:
            self.trouble.append(f"{response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):
            self.trouble.append(f"request: {request.failure} {request.url}")

    def _is_meant(self, trouble: str) -> bool:
        if any(re.search(pattern, trouble) for pattern in self.expected):
            return True
        refused = re.search(r"Failed to load resource: .* status of (\d+) .*@ (\S+)$", trouble)
        return bool(refused) and int(refused[1]) in ON_PURPOSE and "/static/" not in refused[2]

    def check(self) -> None:
        """Fails with everything that the pages have complained of since the last check."""
        found = list(dict.fromkeys(t for t in self.trouble if not self._is_meant(t)))
        self.trouble.clear()
        assert not found, "the pages complain:\n" + "\n".join(found)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()
