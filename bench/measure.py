"""One database of one size, in a process of its own: filled if it is empty, measured, told as JSON.

python -m bench.measure CASES PAGES
"""

import gzip
import io
import json
import sys
import time
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from bench.clock import interleaved  # noqa: E402
from bench.pages import page, signed_in, workshops  # noqa: E402
from bench.raw import backends, queries_of, replay  # noqa: E402
from pishkhan.cases.models import Case  # noqa: E402
from pishkhan.wsgi import application  # noqa: E402

SIZES = {10_000: (100, 600), 1_000_000: (10_000, 60_000)}
"""Workshops and insured persons by the number of cases."""

ADDRESSES = {
    "cartable, all": "/cartable/?tab=all",
    "cartable, mine": "/cartable/",
    "cartable, search": "/cartable/?tab=all&s=bench",
}


def fill(cases: int) -> float:
    """Loads the demo data unless they are there; returns the seconds it took."""
    call_command("migrate", verbosity=0)
    if Case.objects.exists():
        return 0.0
    started = time.perf_counter()
    workshops, insured = SIZES.get(cases, (max(3, cases // 100), max(10, cases * 6 // 100)))
    call_command("demo", workshops=workshops, insured=insured, cases=cases, stdout=io.StringIO())
    if connection.vendor == "postgresql":  # what autovacuum does within a minute
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


def measure(times: int) -> list[dict[str, Any]]:
    found = []
    for kind, (workshop, count) in workshops().items():
        cookie = signed_in(workshop)
        for name, address in ADDRESSES.items():
            measured = compare(address, cookie, times)
            found.append({"workshop": kind, "workshop_cases": count, "asked": name, **measured})
    return found


def compare(address: str, cookie: str, times: int) -> dict[str, Any]:
    """A page, the bare response with and without the session, and the page's SQL, in turn."""
    ask = page(application, address, cookie)
    ask()
    queries = queries_of(ask)
    run, _ = replay(queries)
    calls = {
        "page": ask,
        "bare": page(application, "/bare"),
        "bare_signed_in": page(application, "/bare", cookie),
        "sql": run,
    }
    body = ask()
    text = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    told = {"queries": len(queries), "bytes": len(body), "rows": text.count(b"<tr") - 1}
    return told | interleaved(calls, times, backends())


def main() -> None:
    cases, times = int(sys.argv[1]), int(sys.argv[2])
    filled = fill(cases)
    result = {"database": connection.vendor, "cases": cases, "filled_in": round(filled, 1)}
    print(json.dumps(result | {"pages": measure(times)}))


if __name__ == "__main__":
    main()
