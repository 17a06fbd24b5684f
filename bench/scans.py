"""How long a photograph of twelve megapixels takes on the device, from choosing it to sending it.

    .venv/bin/python -m bench.scans [times]

Chromium's throttling of the processor slows the page and not its workers. So that the worker is slowed too,
the page's process is also measured while it is stopped for three quarters of every 20 ms.
"""

import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from chromium import CHROMIUM, FLAGS
from conftest import Portal
from photographs import askew, paper

CARD = [(0.2, 0.22), (0.82, 0.16), (0.86, 0.74), (0.15, 0.8)]
SLICE = 0.02  # seconds

WATCH = """() => {
  window.longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) longest = Math.max(longest, task.duration);
  });
  observer.observe({ type: "longtask" });
  addEventListener("change", () => { window.began = performance.now() }, { capture: true });
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    window.ready = performance.now();
    window.bytes = [...body.values()].find((value) => value instanceof Blob).size;
    return send.call(this, body);
  };
}"""


@contextmanager
def slowed(browser: Browser) -> Iterator[None]:
    """The processes of the pages run a quarter of the time."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    pages = [process["id"] for process in told["processInfo"] if process["type"] == "renderer"]
    ended = threading.Event()

    def stop_and_go() -> None:
        while not ended.is_set():
            for number, seconds in ((signal.SIGSTOP, SLICE * 3 / 4), (signal.SIGCONT, SLICE / 4)):
                for process in pages:
                    os.kill(process, number)
                time.sleep(seconds)

    slower = threading.Thread(target=stop_and_go)
    slower.start()
    try:
        yield
    finally:
        ended.set()
        slower.join()


def once(browser: Browser, portal: Portal, session: str, file: Path, way: str) -> tuple[float, float, int]:
    """Seconds until it was ready, the longest task of the page in ms, the bytes that were sent."""
    context = browser.new_context(base_url=portal.base, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "session", "value": portal.world["sessions"][session], "url": portal.base}])
    page = context.new_page()
    page.goto("/apply/main-registration/scans/")
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    rate = 4 if way == "rate 4" else 1
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
    with slowed(browser) if way == "worker too" else nullcontext():
        page.locator("#scan-national_card_front input[type=file]").set_input_files(file)
        wait_sent(page)
    seconds, longest, size = page.evaluate("[(ready - began) / 1000, longest, bytes]")
    context.close()
    return seconds, longest, size


def wait_sent(page: Page) -> None:
    page.wait_for_function("() => window.ready", timeout=60_000, polling=100)


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="pishkhan-scans-") as folder:
        file = Path(folder, "card.jpg")
        askew(paper((2568, 1620)), (4000, 3000), CARD).save(file, quality=95)
        (Path(folder) / "data").mkdir()
        portal = Portal(str(Path(folder, "data")), "story")
        try:
            measure(portal, file, times)
        finally:
            portal.stop()


def measure(portal: Portal, file: Path, times: int) -> None:
    print(f"12 megapixels, {file.stat().st_size:,} bytes, {times} times each, a worker newly started:")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        number = 0
        for way, name in (
            ("rate 1", "CPU rate 1"),
            ("rate 4", "CPU rate 4 (page)"),
            ("worker too", "a quarter of the time"),
        ):
            found = []
            for _ in range(times):
                found.append(once(browser, portal, f"scans {number}", file, way))
                number += 1
            seconds, longest, sizes = zip(*found, strict=True)
            task = f"{max(longest):.0f} ms" if max(longest) else "under 50 ms"
            print(
                f"  {name:24} median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s;"
                f" longest task of the page {task}; {max(sizes):,} bytes sent"
            )
        browser.close()


if __name__ == "__main__":
    main()
