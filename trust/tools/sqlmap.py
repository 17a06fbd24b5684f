"""sqlmap against every parameter that a visitor can send; the short form against what looks something up."""

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
    *(
        "tracking_code",
        "national_code",
        "workshop_code",
        "number",
        "code",
        "username",
        "next",
        "v",
        "workshop",
    ),
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
        options = [
            "--batch",
            "--answers=resend=N,further tests=N",
            "--drop-set-cookie",
            "--disable-coloring",
            "--timeout=60",
        ]
        options += [
            f"--output-dir={folder}/out",
            f"--results-file={results}",
            "--skip-waf",
            "--technique=BEUST",
        ]
        options += ["--text-only"]  # tokens and challenges differ from page to page, inside of tags
        options += [f"--dbms={DATABASE}", f"--level={2 if long else 1}", "--risk=1", f"--skip={TOKEN}"]
        options += [f"-p{','.join(sorted(names))}"] if names else []
        done = subprocess.run(
            [installed("sqlmap") / "sqlmap", "-l", requests, *options],
            stdin=subprocess.DEVNULL,  # else it waits for more targets from there
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS[long],
        )
        rows = list(csv.DictReader(results.open())) if results.exists() else []
    if "[CRITICAL]" in done.stdout:
        print(*[line for line in done.stdout.splitlines() if "[CRITICAL]" in line][:3], sep="\n")
    tested = len(re.findall(r"testing for SQL injection on \w+ parameter", done.stdout))
    found = {
        f"{row['Place']} {urlsplit(row['Target URL']).path} {row['Parameter']}"
        for row in rows
        if row["Parameter"]
    }
    return Outcome(found, tested)


def confirmed(portal: Portal, sendings: list[Sending], outcome: Outcome, long: bool) -> Outcome:
    """What a second look finds too: pages and times differ by chance on a busy machine."""
    if not outcome.injectable:
        return outcome
    paths = {each.split()[1] for each in outcome.injectable}
    again = [each for each in sendings if urlsplit(each.path).path in paths]
    names = {each.split()[2] for each in outcome.injectable}
    second = scan(enter(portal, sendings[0].who), again, names, long)
    print(
        f"  looked at twice: {', '.join(sorted(outcome.injectable))}; left: {second.injectable or 'nothing'}"
    )
    return Outcome(outcome.injectable & second.injectable, outcome.tested)


def planted(portal: Portal) -> bool:
    """Whether both planted injections are found: the one in an address, the one that waits in a session."""
    visitor = enter(portal, "employer")
    sendings = [
        Sending("employer", "", "GET", "/planted/found/", (("name", "x"),)),
        Sending("employer", "", "POST", "/planted/searched/", (("text", "x"),)),
    ]
    found = scan(visitor, sendings, set(), long=False).injectable
    print(f"sqlmap {version('sqlmap')} on planted pages: {', '.join(sorted(found)) or 'nothing'}")
    return found == {"GET /planted/found/ name", "POST /planted/searched/ text"}


def scanned(portal: Portal, sendings: list[Sending], long: bool) -> bool:
    """One visitor's sendings: whether nothing was found, and the visitor was in to the end."""
    visitor = enter(portal, sendings[0].who)
    outcome = scan(visitor, sendings, set() if long else LOOKED_UP, long)
    outcome = confirmed(portal, sendings, outcome, long)
    told = f"{len(sendings)} pages and forms, {outcome.tested} parameters tested"
    print(f"  {visitor.who}: {told}, {', '.join(outcome.injectable) or 'nothing found'}", flush=True)
    if not visitor.is_in():
        print(f"✗ {visitor.who} was thrown out on the way: what came after was not scanned")
        return False
    return outcome.tested > 0 and not outcome.injectable


def run(portal: Portal, long: bool) -> bool:
    if not planted(portal):
        print("✗ sqlmap is blind: it does not find what is planted")
        return False
    sendings = everything(portal, EACH)
    if missing := not_scanned({each.route for each in sendings}):
        print(f"✗ routes that nobody came to: {', '.join(missing)}")
        return False
    before, groups = portal.requests(), defaultdict[str, list[Sending]](list)
    for sending in sendings:
        if sending.fields and (long or LOOKED_UP & {name for name, _ in sending.fields}):
            groups[sending.who].append(sending)
    with ThreadPoolExecutor(2) as pool:
        good = list(pool.map(lambda group: scanned(portal, group, long), groups.values()))
    print(f"  {portal.requests() - before:,} requests, {DATABASE}")
    return all(good)
