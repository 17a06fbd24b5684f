"""The real server in a process of its own, a real browser before it, and an eye on both."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, expect, sync_playwright
from recorder import Recorder
from watching import PATIENCE, Windows

from tests.canaries import in_text

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", default="", metavar="DIR", help="save a picture of every page in this folder")
    parser.addoption("--guide", default="", metavar="DIR", help="write the user guide in this folder")


def pytest_configure() -> None:
    # Stopped by `timeout` or by CI, the tests still stop the servers that they have started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    expect.set_options(timeout=PATIENCE)


REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


def failed(item: pytest.Item) -> bool:
    """Whether the test itself (not its fixtures) failed."""
    report = item.stash.get(REPORT, None)
    return report is None or report.failed


class Portal:
    """A running portal with its own data: its address, and what `world.py` made in it."""

    def __init__(self, folder: str, world: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PISHKHAN_", "DJANGO_"))}
        self.environment = kept | {
            "PISHKHAN_DATA_DIR": folder,
            "PISHKHAN_DEMO": "0",
            "PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
        }
        self.run("-m", "pishkhan", "migrate", "-v0")
        if world == "pages":
            self.run("-m", "pishkhan", "demo", "--workshops", "3", "--insured", "20", "--cases", "60")
        self.world: dict[str, Any] = json.loads(self.run("browser/world.py", world).splitlines()[-1])
        self.log = Path(folder, "server.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def command(self) -> list[str]:
        if any(ROOT.glob("pishkhan/*/management/commands/prepare.py")):
            return [sys.executable, "-m", "pishkhan", "serve"]
        options = ["--interface", "wsgi", "--http", "1", "--port", str(self.port), "--workers", "2"]
        options += ["--no-ws", "--blocking-threads", "4", "--log-level", "warning"]
        return [sys.executable, "-m", "granian", *options, "pishkhan.wsgi:application"]

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if urllib.request.urlopen(f"{self.base}/healthz", timeout=5).status == 200:
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        pytest.exit(f"the portal did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def complaints(self) -> str:
        """What the server wrote that it should not have had to write."""
        return "\n".join(
            line
            for line in self.log.read_text(errors="replace").splitlines()
            if "Traceback" in line or "Internal Server Error" in line or " ERROR " in line or in_text(line)
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def running(world: str) -> Iterator[Portal]:
    if not (ROOT / "build" / "static" / "staticfiles.json").exists():
        pytest.exit("the static files are not collected: run script/install.sh test")
    with tempfile.TemporaryDirectory(prefix="pishkhan-browser-", ignore_cleanup_errors=True) as folder:
        portal = Portal(folder, world)
        try:
            yield portal
        finally:
            portal.stop()
        assert not portal.complaints(), portal.log.read_text()


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal of the manual's story."""
    yield from running("story")


@pytest.fixture(scope="session")
def full_portal() -> Iterator[Portal]:
    """A portal with demo data and a request in every state, to look at and leave as it is."""
    yield from running("pages")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def guide(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    """What the journeys tell the user guide; written when all of them have come to their end."""
    folder = request.config.getoption("--guide")
    recorder = Recorder(Path(folder) if folder else None)
    yield recorder
    if folder and not request.session.testsfailed:
        recorder.write()


@pytest.fixture
def windows(browser: Browser, portal: Portal) -> Iterator[Windows]:
    """Opens windows on the story's portal; closing them fails the test when a page had complained."""
    opened = Windows(browser, portal.base)
    yield opened
    opened.close()
    opened.check()


@pytest.fixture
def page_at(windows: Windows) -> Callable[..., Page]:
    return windows.open


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Drawn scans as files: one a kind, a second photo, one that is too large, one that hardly is not."""
    from PIL import Image  # noqa: PLC0415 only here

    from pishkhan.documents.drawn import draw_scan, draw_signature, draw_stamp  # noqa: PLC0415

    kinds = {
        "photo": draw_scan("عکس", 1, (450, 600), kind="photo"),
        "new_photo": draw_scan("عکس تازه", 2, (450, 600), kind="photo"),
        "national_card_front": draw_scan("کارت ملی", 3),
        "national_card_back": draw_scan("پشت کارت ملی", 4),
        "birth_certificate_1": draw_scan("شناسنامه", 5, (700, 1000), kind="page"),
        "birth_certificate_2": draw_scan("صفحهٔ دوم", 6, (700, 1000), kind="page"),
        "questionnaire": draw_scan("پرسش‌نامه", 7, (700, 1000), kind="page"),
        "undertaking": draw_scan("تعهدنامه", 8, (700, 1000), kind="page"),
        "penalty_receipt": draw_scan("رسید جریمه", 9),
        "old_booklet": draw_scan("دفترچه", 10, (700, 1000), kind="page"),
        "claim_form": draw_scan("فرم ادعا", 11, (700, 1000), kind="page"),
        "claim_evidence": draw_scan("حکم کارگزینی", 12, (700, 1000), kind="page"),
        "introduction_letter": draw_scan("معرفی‌نامه", 13, (700, 1000), kind="page"),
        "representative_card": draw_scan("کارت نماینده", 14),
        "signature": draw_signature(3),
        "stamp": draw_stamp("صنایع پلاستیک دیلمان", 3),
    }
    folder = tmp_path_factory.mktemp("pictures")
    files = {name: folder / f"{name}.jpg" for name in (*kinds, "too_large", "heavy")}
    for name, content in kinds.items():
        files[name].write_bytes(content)
    for name, size, grain in (("too_large", (1600, 1200), 25), ("heavy", (460, 460), 90)):
        Image.effect_noise(size, grain).save(files[name], "JPEG", quality=90)
    assert files["too_large"].stat().st_size > 250_000
    assert 150_000 < files["heavy"].stat().st_size < 200_000
    return files
