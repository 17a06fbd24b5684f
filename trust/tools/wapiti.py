"""wapiti attacks what it finds as each visitor; each attack first finds what is planted for it."""

import json
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .entering import VISITORS, enter
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
SECONDS = {False: (8, 8), True: (300, 300)}
"""Of walking, and of each attack."""


@dataclass(frozen=True)
class Report:
    """`kinds` of flaws, `places` as "kind address parameter", `pages` walked over."""

    kinds: set[str]
    places: set[str]
    pages: int


def attack(visitor: Visitor, start: str, left_out: tuple[str, ...], seconds: tuple[int, int]) -> Report:
    """All attacks on what stands below one page."""
    address, (walking, each_attack) = f"http://{visitor.host}", seconds
    most = walking + each_attack * len(ATTACKS)
    with tempfile.TemporaryDirectory() as folder:
        options = ["--module", ",".join(ATTACKS), "--scope", "folder", "--flush-session", "--no-bugreport"]
        options += ["--store-session", f"{folder}/session", "--store-config", f"{folder}/config"]
        options += ["--format", "json", "--output", f"{folder}/report.json"]
        options += ["--skip", TOKEN, "--drop-set-cookie"]
        options += ["--max-scan-time", str(most), "--max-attack-time", str(each_attack)]
        options += ["--cookie-value", visitor.cookie] if visitor.cookie else []
        options += [part for each in left_out for part in ("--exclude", address + each)]
        command = [installed("wapiti3") / "wapiti", "--url", address + start, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=most * 4 + 300)
        report = Path(folder) / "report.json"
        if not report.exists():
            raise SystemExit(f"wapiti made no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        told = json.loads(report.read_text())
    found = {kind: each for kind, each in told["vulnerabilities"].items() if each}
    places = {
        f"{kind} {urlsplit(one['path']).path} {one['parameter']}" for kind in found for one in found[kind]
    }
    return Report(set(found), places, told["infos"]["crawled_pages_nbr"])


def planted(portal: Portal) -> bool:
    found = attack(Visitor(portal.host, "nobody"), "/planted/", (), (20, 30))
    blind = sorted(set(ATTACKS.values()) - found.kinds)
    print(f"wapiti {version('wapiti3')}: {len(ATTACKS) - len(blind)} of {len(ATTACKS)} planted flaws found")
    for each in blind:
        print(f"✗ wapiti is blind: it does not find {each}")
    return not blind


def attacked(portal: Portal, who: str, long: bool) -> bool:
    visitor = enter(portal, who)
    start = visitor.home if who in ("newcomer", "halfway") else "/"
    found = attack(visitor, start, LEFT_OUT, SECONDS[long])
    wrong = sorted(each for each in found.places if not each.startswith(tuple(ACCEPTED)))
    print(f"  {who}: {found.pages} pages, {', '.join(wrong) or 'nothing found'}", flush=True)
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
