"""The bot check in a real browser: nobody sees it, nobody waits for long, and nobody needs it."""

import time
from collections.abc import Callable

from acting import fill, persian
from playwright.sync_api import Page, Route, expect
from watching import Windows

Opener = Callable[..., Page]
WORKER = "**/static/worker_of_work*"
TRACKING, NATIONAL = persian("1460-0509-00001-1"), persian("9990000018")


def fill_in(page: Page) -> None:
    page.goto("/follow-up/")
    fill(page, "کد رهگیری", TRACKING)
    fill(page, "کد ملی بیمه‌شده", NATIONAL)


def sent_by(page: Page) -> str:
    """What the form sends when its button is pressed, up to its answer."""
    with page.expect_request(lambda request: request.method == "POST") as request:
        page.get_by_role("button", name="پیگیری").click()
    expect(page.locator("#problems")).to_contain_text("پیدا نشد")
    return request.value.post_data or ""


def test_the_work_is_done_while_the_form_is_filled_in(page_at: Opener) -> None:
    page = page_at(390)
    fill_in(page)
    expect(page.locator("[data-challenge]")).to_have_count(0)
    assert "work=ey" in sent_by(page)


def test_a_form_that_is_sent_too_soon_waits_for_its_work(page_at: Opener) -> None:
    page = page_at()

    def late(route: Route) -> None:
        time.sleep(1)
        route.continue_()

    page.context.route(WORKER, late)
    fill_in(page)
    assert "work=ey" in sent_by(page)


def test_where_no_worker_runs_the_form_is_sent_without_it(page_at: Opener, windows: Windows) -> None:
    windows.expect("ERR_FAILED")
    page = page_at()
    page.context.route(WORKER, lambda route: route.abort())
    fill_in(page)
    assert "work=&" in sent_by(page)


def test_without_scripts_the_form_is_sent_without_it(page_at: Opener) -> None:
    page = page_at(390, javascript=False)
    fill_in(page)
    assert "work=&" in sent_by(page)
