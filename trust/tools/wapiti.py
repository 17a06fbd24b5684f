"""wapiti attacks what it finds as each visitor; each attack first finds what is planted for it."""

import json
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .entering import VISITORS, enter, starts
from .installing import installed, version
from .serving import Portal
from .visiting import TOKEN, Visitor

ATTACKS = {
    "xss": "Reflected Cross Site Scripting",
    "permanentxss": "Stored Cross Site Scripting",
    "sql": "SQL Injection",
    "exec": "Command execution",
    "file": "Path Traversal",
    "redirect": "Open Redirect",
    "csrf": "Cross Site Request Forgery",
    "cookieflags": "HttpOnly Flag cookie",
    "csp": "Content Security Policy Configuration",
}
"""Each attack, and what it calls the planted flaw. ssrf and log4shell need a server outside: left out."""
ACCEPTED = {
    "Secure Flag cookie": "plain HTTP on loopback; over HTTPS all are (tests/web/test_web_cookies.py)",
}
LEFT_OUT = (
    *("/planted/*", "/static/*", "/guide/guide.pdf", "/logout/*", "/profile/security/sessions/*"),
    *("/desk/accounts/*/active/*", "/desk/accounts/*/reset/*"),
    *("/follow-up/case/leave/*", "/apply/*/forget/*"),
)
"""What would end the scan (the session, an account) or take its time (files)."""
BEHIND = {
    "stranger": r"/apply/main-registration/page/",
    "employer": r"/cartable/\d+/",
    "newcomer": r"/first-password/",
    "registration": r"/desk/cases/\d+/",
    "inspection": r"/desk/inspections/\d+/",
    "careful": r"/desk/cases/\d+/",
    "senior": r"/desk/accounts/\d+/",
    "halfway": r"/login/second-step/",
}
"""What only this visitor is led to: wapiti must have been there."""
WALKING, ATTACKING = {False: 10, True: 60}, {False: 120, True: 600}
"""Seconds of walking, and of each attack on what was found then; what is not attacked to the end is told."""
CUT_OFF = re.compile(r"Max attack time was reached for module (\w+)")


@dataclass(frozen=True)
class Report:
    """`kinds` of flaws, `places` as "kind address parameter", `pages` (their addresses) walked over; attacks
    that were `cut_off`."""

    kinds: set[str]
    places: set[str]
    pages: list[str]
    cut_off: list[str]


def cookie_file(visitor: Visitor, file: Path) -> str:
    """The visitor's cookies as wapiti reads them; Python's own cookies know `localhost` by this name."""
    rest = {"expires": None, "secure": False, "port": None, "version": 0}
    cookies = {name: {"value": value, **rest} for name, value in visitor.cookies.items() if value}
    file.write_text(json.dumps({".localhost.local": {"/": cookies}}))
    return str(file)


def attack(
    visitor: Visitor, first: list[str], left_out: tuple[str, ...], walking: int, attacking: int
) -> Report:
    """All attacks on what the first pages lead to, below the very first; seconds of walking, and of each."""
    address = f"http://{visitor.host}"
    with tempfile.TemporaryDirectory() as folder:
        options = ["--module", ",".join(ATTACKS), "--scope", "folder", "--flush-session", "--no-bugreport"]
        options += ["--store-session", f"{folder}/session", "--store-config", f"{folder}/config"]
        options += ["--format", "json", "--output", f"{folder}/report.json"]
        options += ["--skip", TOKEN, "--detailed-report", "1"]
        options += ["--max-scan-time", str(walking), "--max-attack-time", str(attacking)]
        options += ["--max-links-per-page", "12", "--max-parameters", "60"]
        options += ["--cookie", cookie_file(visitor, Path(folder) / "cookies.json")]
        options += [part for each in first for part in ("--start", address + each)]
        options += [part for each in left_out for part in ("--exclude", address + each)]
        command = [installed("wapiti3") / "wapiti", "--url", address + first[0], *options]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=walking + 2 * attacking * len(ATTACKS),
        )
        report = Path(folder) / "report.json"
        if not report.exists():
            raise SystemExit(f"wapiti made no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        told = json.loads(report.read_text())
    found = {kind: each for kind, each in told["vulnerabilities"].items() if each}
    places = {
        f"{kind} {urlsplit(one['path']).path} {one['parameter']}" for kind in found for one in found[kind]
    }
    pages = [urlsplit(each["request"]["url"]).path for each in told["infos"]["crawled_pages"]]
    return Report(set(found), places, pages, sorted(set(CUT_OFF.findall(done.stdout + done.stderr))))


def planted(portal: Portal) -> bool:
    found = attack(Visitor(portal.host, "nobody"), ["/planted/"], (), 20, 300)
    blind = sorted(set(ATTACKS.values()) - found.kinds)
    print(f"wapiti {version('wapiti3')}: {len(ATTACKS) - len(blind)} of {len(ATTACKS)} planted flaws found")
    for each in blind:
        print(f"✗ wapiti is blind: it does not find {each}")
    return not blind


def attacked(portal: Portal, who: str, long: bool) -> bool:
    visitor = enter(portal, who)
    guide = () if who == "stranger" else ("/guide/*",)  # once is enough
    first = ["/", *starts(portal, visitor)]
    found = attack(visitor, first, LEFT_OUT + guide, WALKING[long], ATTACKING[long])
    wrong = sorted(each for each in found.places if not each.startswith(tuple(ACCEPTED)))
    cut = f" (cut off: {', '.join(found.cut_off)})" if found.cut_off else ""
    print(
        f"  {who}: {len(found.pages)} pages and forms, {', '.join(wrong) or 'nothing found'}{cut}", flush=True
    )
    if not any(re.match(BEHIND[who], page) for page in found.pages):
        print(f"✗ wapiti did not come to what only {who} sees")
        return False
    if not visitor.is_in():
        print(f"✗ {who} was thrown out on the way: what came after was not attacked")
        return False
    return not wrong


def run(portal: Portal, long: bool) -> bool:
    if not planted(portal):
        return False
    before = portal.requests()
    who = VISITORS if long else ("stranger", "employer", "registration", "senior")
    with ThreadPoolExecutor(2) as pool:
        good = list(pool.map(lambda each: attacked(portal, each, long), who))
    print(f"  {portal.requests() - before:,} requests")
    return all(good)
