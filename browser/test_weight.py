"""What a page weighs that is opened for the first time, and what one weighs afterwards."""

from collections.abc import Callable
from typing import Any

from acting import heading, sign_in
from conftest import Portal
from playwright.sync_api import Page

FIRST_BYTES, FIRST_REQUESTS, LATER_BYTES = 150_000, 8, 30_000


def weighed(page: Page, path: str) -> list[int]:
    """The bytes of every answer that came over the line for the page."""
    came: dict[str, int] = {}
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        came[event["requestId"]] = int(event["encodedDataLength"])

    link.on("Network.loadingFinished", finished)
    page.goto(path, wait_until="load")
    page.wait_for_load_state("networkidle")
    link.detach()
    return [size for size in came.values() if size]  # nothing comes over the line from the cache


def test_the_first_visit_to_the_cartable_is_light_and_later_pages_are_lighter(
    page_at: Callable[..., Page], portal: Portal
) -> None:
    workshop = portal.world["workshops"]["gil"]
    elsewhere = page_at()
    sign_in(elsewhere, workshop["username"], workshop["password"])
    heading(elsewhere, "داشبورد")
    [session] = [c["value"] for c in elsewhere.context.cookies() if c["name"] == "session"]
    page = page_at(390, session=session)
    first = weighed(page, "/cartable/?tab=all")
    heading(page, "کارتابل")
    assert 1 < len(first) <= FIRST_REQUESTS, first
    assert 20_000 < sum(first) <= FIRST_BYTES, first
    for path in ("/cartable/?tab=all", "/cartable/new/", "/dashboard/"):
        later = weighed(page, path)
        assert 0 < sum(later) <= LATER_BYTES, (path, later)
