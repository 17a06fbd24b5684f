"""sqlmap against every parameter that any visitor can send; the short form against those that look something up."""

import csv
import os
import re
import subprocess
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from .entering import enter, everything, not_scanned
from .installing import installed, version
from .serving import Portal
from .visiting import TOKEN, Sending, Visitor

LOOKED_UP = {
    *("text", "service", "since", "until", "tab", "order", "after", "state", "unit", "days", "s", "before"),
    *("tracking_code", "national_code", "workshop_code", "number", "code", "username", "next", "v", "workshop"),
    *("who", "what", "about"),
}
"""What the queries of lists, searches and look-ups are made from."""
SECONDS = {False: 900, True: 6 * 3600}
EDGE = "=" * 54
DATABASE = "PostgreSQL" if "PISHKHAN_TEST_DATABASE_URL" in os.environ else "SQLite"
EACH = 4


def request_of(sending: Sending, visitor: Visitor) -> str:
    """One request as sqlmap reads it from a file; empty fields get something to begin from."""
    values = [(name, value or "1") for name, value in sending.fields]
    head = f"Host: {visitor.host}\nCookie: {visitor.cookie}"
    if sending.method == "GET":
        text = f"GET {sending.path}?{urlencode(values)} HTTP/1.1\n{head}\n\n"
    else:
        body = urlencode([*values, (TOKEN, visitor.cookies.get("csrf", ""))])
        kind = "Content-Type: application/x-www-form-urlencoded"
        text = f"POST {sending.path} HTTP/1.1\n{head}\n{kind}\n\n{body}\n"
    return f"{EDGE}\n{text}{EDGE}\n"


@dataclass(frozen=True)
class Outcome:
    """`injectable` as "method address parameter"; `tested` parameters."""

    injectable: set[str]
    tested: int


def scan(visitor: Visitor, sendings: list[Sending], names: set[str], long: bool) -> Outcome:
    """sqlmap on these sendings of one visitor, as the parameters that have these names (all, when none)."""
    with tempfile.TemporaryDirectory() as folder:
        requests, results = Path(folder) / "requests", Path(folder) / "results.csv"
        requests.write_text("".join(request_of(each, visitor) for each in sendings))
        options = ["--batch", "--answers=resend=N,further tests=N", "--drop-set-cookie", "--disable-coloring", "--timeout=60"]
        options += [f"--output-dir={folder}/out", f"--results-file={results}", "--skip-waf", "--technique=BEUST"]
        options += [f"--dbms={DATABASE}", f"--level={2 if long else 1}", "--risk=1", f"--skip={TOKEN}"]
        options += [f"-p{','.join(sorted(names))}"] if names else []
        done = subprocess.run(
            [installed("sqlmap") / "sqlmap", "-l", requests, *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS[long],
        )
        rows = list(csv.DictReader(results.open())) if results.exists() else []
    if "[CRITICAL]" in done.stdout:
        print(*[line for line in done.stdout.splitlines() if "[CRITICAL]" in line][:3], sep="\n")
    tested = len(re.findall(r"testing for SQL injection on \w+ parameter", done.stdout))
    found = {f"{row['Place']} {urlsplit(row['Target URL']).path} {row['Parameter']}" for row in rows}
    return Outcome({each for each in found if not each.endswith(" ")}, tested)


def planted(portal: Portal) -> bool:
    """Whether both planted injections are found, the one in an address and the one that waits in a session."""
    visitor = enter(portal, "employer")
    sendings = [
        Sending("employer", "", "GET", "/planted/found/", (("name", "x"),)),
        Sending("employer", "", "POST", "/planted/searched/", (("text", "x"),)),
    ]
    found = scan(visitor, sendings, set(), long=False).injectable
    print(f"sqlmap {version('sqlmap')} on planted pages: {', '.join(sorted(found)) or 'nothing'}")
    return found == {"GET /planted/found/ name", "POST /planted/searched/ text"}


def asked_of(sendings: list[Sending], long: bool) -> list[Sending]:
    """Those with something to test."""
    return [each for each in sendings if {name for name, _ in each.fields} & (LOOKED_UP if not long else {*dict(each.fields)})]


def run(portal: Portal, long: bool) -> bool:
    if not planted(portal):
        print("✗ sqlmap is blind: it does not find what is planted")
        return False
    sendings = everything(portal, EACH)
    if missing := not_scanned({each.route for each in sendings}):
        print(f"✗ routes that nobody came to: {', '.join(missing)}")
        return False
    before, groups = portal.requests(), defaultdict[str, list[Sending]](list)
    for sending in asked_of(sendings, long):
        groups[sending.who].append(sending)

    def one(who: str) -> tuple[Outcome, bool]:
        visitor = enter(portal, who)
        return scan(visitor, groups[who], set() if long else LOOKED_UP, long), visitor.is_in()

    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(zip(groups, pool.map(one, groups), strict=True))
    for who, (outcome, still_in) in outcomes.items():
        print(f"  {who}: {len(groups[who])} pages and forms, {outcome.tested} parameters tested, {outcome.injectable or 'nothing found'}")
        if not still_in:
            print(f"✗ {who} was thrown out on the way: what came after was not scanned")
    print(f"  {portal.requests() - before:,} requests, {DATABASE}")
    return all(still_in and outcome.tested and not outcome.injectable for outcome, still_in in outcomes.values())
