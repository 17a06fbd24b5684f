"""One database of one size, in a process of its own: filled if it is empty, measured, told as JSON.

python -m bench.measure CASES

Says "ready" when it is filled. Each line of its input is a number: so many pages are measured, then it says
"done". At the end of the input it prints everything measured as one line of JSON.
"""

import gzip
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.db import connection

django.setup()

from bench.clock import Comparison, pace  # noqa: E402
from bench.fill import MILLION  # noqa: E402
from bench.pages import page  # noqa: E402
from bench.raw import backends, queries_of, replay  # noqa: E402
from bench.screens import Screen, screens  # noqa: E402
from bench.works import PART, works  # noqa: E402
from pishkhan.wsgi import application  # noqa: E402


def filled_in(cases: int) -> float:
    """Has the database filled by another process, whose memory the measured one does not inherit; seconds."""
    command = [sys.executable, "-m", "bench.fill", str(cases)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def comparisons(cases: int) -> Iterator[tuple[dict[str, Any], Comparison]]:
    for screen in screens():
        yield compare(screen, cases <= MILLION)


def written() -> Iterator[tuple[dict[str, Any], Comparison]]:
    for work in works():
        calls = {"page": work.do, "bare": page(application, "/bare")}
        if work.beside:
            calls["beside"] = work.beside
        told = {"asked": work.name, "holder": work.holder, "queries": 0, "bytes": 0, "rows": 0}
        yield told, Comparison(calls, backends())


def compare(screen: Screen, with_admin: bool) -> tuple[dict[str, Any], Comparison]:
    """A page, beside it a bare response, its SQL through the driver and the admin's page of its rows.

    Of more than a million rows the admin would count for minutes: it is not asked.
    """
    ask = page(application, screen.address, screen.cookie)
    ask()
    queries = queries_of(ask)
    run, _ = replay(queries)
    calls = {
        "page": ask,
        "bare": page(application, "/bare"),
        "bare_signed_in": page(application, "/bare", screen.cookie),
        "sql": run,
    }
    if screen.peer and with_admin:
        calls["admin"] = page(application, screen.peer, screen.cookie)
    body = ask()
    text = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    told = {"asked": screen.name, "holder": screen.holder, "queries": len(queries), "bytes": len(body)}
    told |= {"rows": text.count(b'class="person-row"') or max(0, text.count(b"<tr") - 1)}
    return told, Comparison(calls, backends(), dear=("admin",))


def main() -> None:
    cases = int(sys.argv[1])
    filled = filled_in(cases)
    print("ready", flush=True)
    measured, pages, writes, paces = 0, [], [], []
    for line in sys.stdin:
        if not measured:  # not before: sessions end while another database is filled for an hour
            pages, writes = list(comparisons(cases)), list(written())
        measured += int(line)
        paces.append(pace())
        for _, comparison in pages:
            comparison.go_on(int(line))
        for _, comparison in writes:
            comparison.go_on(max(1, int(line) // PART))
        print("done", flush=True)
    result = {"database": connection.vendor, "cases": cases, "filled_in": round(filled, 1)}
    result |= {"pages_measured": measured, "paces": paces}
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(result | {"pages": [told | comparison.result() for told, comparison in pages + writes]}))


if __name__ == "__main__":
    main()
