"""What a visit weighs and takes in Chromium on a slow line and a slow processor; Lighthouse's marks.

    script/bench visit [--write docs/speed.md]

The line is slow (400 kbit/s, answers after 400 ms), the processor four times slower than this
one. Lighthouse judges as for a phone, with its own idea of a slow line; it is installed below build/tools/ on
its first run.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from browser.chromium import CHROMIUM, FLAGS
from trust.load.place import ROOT, Place, Size, installed

from .clock import pace, paced
from .report import put, table

SLOW_LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SLOWER = 4
SIZE = Size(workshops=20, insured=400, cases=2000)
VISITS = (
    ("sign-in page, first", "stranger", ("/login/",)),
    ("cartable, first", "employer", ("/cartable/",)),
    ("cartable again", "employer", ("/cartable/", "{case}", "/insured/", "/cartable/")),
    ("a request, after the cartable", "employer", ("/cartable/", "{case}")),
    ("insured list, after the cartable", "employer", ("/cartable/", "/insured/")),
    ("a new request's form, first", "employer", ("/cartable/new/",)),
    ("desk's queue, first", "officer", ("/desk/queue/",)),
    ("a request at the desk, after the queue", "officer", ("/desk/queue/", "{review}")),
)
JUDGED = (
    ("home", "stranger", "/"),
    ("sign-in", "stranger", "/login/"),
    ("follow-up", "stranger", "/follow-up/"),
    ("dashboard", "employer", "/dashboard/"),
    ("cartable", "employer", "/cartable/?tab=all"),
    ("insured list", "employer", "/insured/"),
    ("a request", "employer", "{case}"),
    ("desk's queue", "officer", "/desk/queue/"),
    ("a request at the desk", "officer", "{review}"),
)
CATEGORIES = ("performance", "accessibility", "best-practices")


@contextmanager
def portal() -> Iterator[tuple[Place, dict[str, str], dict[str, str]]]:
    """A portal over plain HTTP; the session of each kind of visitor; the addresses of their things."""
    with installed(SIZE) as secure:
        plain = {"PISHKHAN_HTTPS": "0", "PISHKHAN_PROXIES": "0", "PISHKHAN_HOSTS": "127.0.0.1"}
        address = {"PISHKHAN_ADDRESS": f"http://127.0.0.1:{secure.port}"}
        place = replace(secure, environment=secure.environment | plain | address)
        told = place.people(4)
        employer, officer = told["representatives"][0], told["officers"][0]
        sessions = {"stranger": "", "employer": employer["session"], "officer": officer["session"]}
        shown, decided = (each["cases"][0][0] for each in (employer, officer))
        yield place, sessions, {"case": f"/cartable/{shown}/", "review": f"/desk/cases/{decided}/"}


@dataclass
class Traffic:
    """What a page fetched: requests that went over the line, and their bytes as they went."""

    sizes: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def watch(self, session: CDPSession) -> None:
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, Any]) -> None:
        if not event["response"].get("fromDiskCache") and event["response"]["url"].startswith("http"):
            self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.kinds and event["encodedDataLength"]:  # else from the memory
            self.sizes[event["requestId"]] = int(event["encodedDataLength"])


MOMENTS = """() => new Promise(done => {
    let largest = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) largest = e.startTime })
        .observe({type: "largest-contentful-paint", buffered: true});
    setTimeout(() => {
        const [page] = performance.getEntriesByType("navigation");
        const [first] = performance.getEntriesByName("first-contentful-paint");
        done([first ? first.startTime : 0, largest, page.loadEventEnd]);
    }, 300);
})"""


def visit(browser: Browser, base: str, session: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The last of these pages, opened one after the other with an empty cache at the beginning."""
    with browser.new_context(viewport={"width": 390, "height": 844}, locale="fa-IR") as context:
        if session:
            context.add_cookies([{"name": "session", "value": session, "url": base}])
        page = context.new_page()
        link = context.new_cdp_session(page)
        for command, asked in (
            ("Network.enable", {}),
            ("Network.emulateNetworkConditions", SLOW_LINE),
            ("Emulation.setCPUThrottlingRate", {"rate": SLOWER}),
        ):
            link.send(command, asked)
        traffic = Traffic()
        traffic.watch(link)
        for path in paths:
            traffic.sizes.clear()
            traffic.kinds.clear()
            response = page.goto(base + path, wait_until="load")
            assert response and response.status == 200, f"{path}: {response and response.status}"
            page.wait_for_load_state("networkidle")
        first, largest, loaded = page.evaluate(MOMENTS)
        document = sum(size for key, size in traffic.sizes.items() if traffic.kinds[key] == "Document")
        return (
            str(len(traffic.sizes)),
            f"{sum(traffic.sizes.values()) / 1000:.1f}",
            f"{document / 1000:.1f}",
            *(f"{moment / 1000:.2f}" for moment in (first, largest, loaded)),
        )


def lighthouse() -> Path:
    """Lighthouse's command line, installed as requirements/tools/lighthouse pins it."""
    source, folder = ROOT / "requirements" / "tools" / "lighthouse", ROOT / "build" / "tools" / "lighthouse"
    wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("• installing lighthouse", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(npm, cwd=folder, check=True)
        stamp.write_text(wanted)
    return folder / "node_modules" / "lighthouse" / "cli" / "index.js"


def judge(base: str, session: str, path: str) -> tuple[list[str], list[str]]:
    """Lighthouse's marks of a page in each category, and what it finds fault with."""
    with tempfile.TemporaryDirectory() as folder:
        headers, report = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps({"Cookie": f"session={session}"} if session else {}))
        command = [
            "node",
            str(lighthouse()),
            base + path,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
        ]
        command += [f"--extra-headers={headers}", f"--only-categories={','.join(CATEGORIES)}"]
        command += [f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
        environment = os.environ | {"CHROME_PATH": CHROMIUM}
        for tries_left in (2, 1, 0):  # on a slow machine it misses the beginning of a page now and then
            done = subprocess.run(command, env=environment, check=not tries_left, stdout=subprocess.DEVNULL)
            if done.returncode == 0:
                break
        told = json.loads(report.read_text())
    marks = [str(round(100 * (told["categories"][name]["score"] or 0))) for name in CATEGORIES]
    wrong = [
        told["audits"][each["id"]]["title"]
        for name in CATEGORIES
        for each in told["categories"][name]["auditRefs"]
        if each["weight"]
        and (told["audits"][each["id"]]["score"] or 0) < 0.9
        and told["audits"][each["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]
    return marks, wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench visit", description=__doc__)
    parser.add_argument("--write", type=Path, help="put the tables into this Markdown file (docs/speed.md)")
    asked = parser.parse_args()
    visits = [("page", "requests", "kB", "kB of HTML", "first paint s", "largest paint s", "loaded s")]
    marks, paces = [("page", *CATEGORIES, "finds fault with")], [pace()]
    with portal() as (place, sessions, things), place.served():
        base = f"http://127.0.0.1:{place.port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            for name, who, paths in VISITS:
                opened = tuple(path.format(**things) for path in paths)
                visits.append((name, *visit(browser, base, sessions[who], opened)))
            browser.close()
        paces.append(pace())
        for name, who, path in JUDGED:
            given, wrong = judge(base, sessions[who], path.format(**things))
            marks.append((name, *given, "; ".join(wrong)))
    told = [*table(visits), "", *table(marks), "", paced([*paces, pace()])]
    print("\n".join(told))
    if asked.write:
        put(asked.write, "bench.visit", "script/bench visit --write FILE", told)


if __name__ == "__main__":
    main()
