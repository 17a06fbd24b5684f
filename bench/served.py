"""What a served portal bears: pages a second at 1, 8 and 32 connections, whole submissions, a branch's day.

    script/bench served [--database postgres] [--cases 10000] [--seconds 8] [--write docs/speed.md]

Server, database, wrk and the people who submit share one machine: compare within a run. What a submission is
stands in `submitting`. The day is that of a branch of 300 requests and 8,000 pages, by sixty people, as fast
as they come. wrk is Debian's package of that name.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from trust.load.figures import at
from trust.load.place import HOST, ROOT, Place, Size, installed, processes
from trust.load.samples import processor_time
from trust.load.visitors import Book, Way
from trust.load.working import gathered, work_on

from .clock import pace, paced
from .report import put, table
from .submitting import HIS_SCANS, WARMING, heavy, submissions

CONNECTIONS = (1, 8, 32)
PAGES = {"cartable": "/cartable/?tab=all", "insured": "/insured/", "desk": "/desk/queue/"}
MEGABYTE = 1024 * 1024
PEOPLE, THINKING, DAY_SECONDS = 60, 1.0, 150.0  # some 8,000 pages and 300 requests
Rows = Iterator[tuple[str, ...]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench served", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("--write", type=Path, help="put the tables into this Markdown file (docs/speed.md)")
    return parser.parse_args()


def postgres() -> str:
    """The address of a private PostgreSQL; begins again under `script/postgres` when there is none."""
    if "PISHKHAN_POSTGRES_URL" not in os.environ:
        script = str(ROOT / "script" / "postgres")
        os.environ["PISHKHAN_POSTGRES_DURABLE"] = "1"
        os.execv(script, [script, "--", sys.executable, "-m", "bench.served", *sys.argv[1:]])
    return os.environ["PISHKHAN_POSTGRES_URL"]


def spent(server: int) -> tuple[float, float]:
    """Seconds of processor time that the portal and all of PostgreSQL's processes have used."""
    databases = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/comm")
        if path.exists() and path.read_text().strip() == "postgres"
    ]
    return sum(map(processor_time, processes(server))), sum(map(processor_time, databases))


def pages(place: Place, server: int, told: dict[str, Any], seconds: int) -> Rows:
    sessions = {"desk": told["officers"][0]["session"]}
    yield (
        *("page", "connections", "pages/s", "p50 ms", "p99 ms"),
        *("portal ms a page", "database ms a page", "failed"),
    )
    for name, path in PAGES.items():
        session = sessions.get(name) or told["representatives"][0]["session"]
        wrk(place.port, path, session, max(CONNECTIONS), WARMING)
        for connections in CONNECTIONS:
            before = spent(server)
            said = wrk(place.port, path, session, connections, seconds)
            portal, database = (after - was for after, was in zip(spent(server), before, strict=True))
            total = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
            failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
            yield (
                *(name, str(connections), f"{total / seconds:.0f}"),
                *(f"{milliseconds(said, part):.1f}" for part in ("50%", "99%")),
                *(f"{1000 * portal / total:.1f}", f"{1000 * database / total:.1f}"),
                failed[1] if failed else "0",
            )


def wrk(port: int, path: str, session: str, connections: int, seconds: int) -> str:
    """What wrk says of one page asked again and again, as from behind nginx."""
    headers = {
        "Host": HOST,
        "Cookie": f"__Host-session={session}; __Host-csrf={'a' * 32}",
        "Accept-Encoding": "gzip",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "https",
    }
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s"]
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    )
    return done.stdout


def milliseconds(said: str, part: str) -> float:
    found = re.search(rf"{part}\s+([\d.]+)(us|ms|s)", said)
    assert found
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


def first_page(port: int) -> float:
    """Seconds until a page is answered."""
    began = time.monotonic()
    while True:
        with suppress(OSError, HTTPException):
            link = HTTPConnection("127.0.0.1", port, timeout=10)
            link.request("GET", "/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            if link.getresponse().status == 200:
                return time.monotonic() - began
        time.sleep(0.02)


async def days_work(place: Place, told: dict[str, Any]) -> Book:
    book = Book()
    async with AsyncExitStack() as stack:
        people = await gathered(stack, Way(place.port, tls=False), book, told, PEOPLE)
        await work_on(people, DAY_SECONDS, think=THINKING)
    return book


def days(place: Place, server: int, told: dict[str, Any], at_rest: float) -> Rows:
    """Two days, one after the other; memory is of the whole portal, `at_rest` what it was after the start."""
    yield (
        *("day", "requests sent", "pages and files", "p50 ms", "p95 ms", "slowest ms"),
        *("portal ms each", "database ms each", "failed", "memory MB at rest", "before", "after"),
    )
    for number in (1, 2):
        before, held = spent(server), memory(server)
        book = asyncio.run(days_work(place, told))
        portal, database = (after - was for after, was in zip(spent(server), before, strict=True))
        asked = len(book.all)
        yield (
            *(str(number), f"{book.sent:,}", f"{asked:,}"),
            *(f"{1000 * at(book.all, part):.0f}" for part in (0.5, 0.95, 1.0)),
            *(f"{1000 * portal / asked:.1f}", f"{1000 * database / asked:.1f}", str(len(book.failed))),
            *(f"{at_rest:.0f}", f"{held:.0f}", f"{memory(server):.0f}"),
        )


def memory(server: int) -> float:
    """Megabytes that only the portal's processes hold (shared pages are counted once)."""
    held = 0
    for pid in processes(server):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        held += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1])  # type: ignore[index]
    return held * 1024 / MEGABYTE


def main() -> None:
    if not shutil.which("wrk"):
        sys.exit("bench.served asks with wrk: install Debian's package of that name (apt-get install wrk)")
    asked = arguments()
    database = postgres() if asked.database == "postgres" else ""
    size = Size(workshops=max(80, asked.cases // 100), insured=asked.cases * 6 // 100, cases=asked.cases)
    told, paces = [], []

    def tell(*lines: str) -> None:  # and how fast the machine was just now
        print(*lines, sep="\n", flush=True)
        told.extend(lines)
        paces.append(pace())

    with installed(size, database) as place:
        people = heavy(place.people(PEOPLE))
        began = time.monotonic()
        with place.served() as server:
            first = time.monotonic() - began + first_page(place.port)
            tell(f"{asked.database}, {asked.cases:,} cases. First page {first:.1f} s after the start.", "")
            at_rest = memory(server.pid)
            tell(*table(list(pages(place, server.pid, people, asked.seconds))), "")
            tell(f"A day's work by {PEOPLE} people in {DAY_SECONDS:.0f} s, twice:", "")
            tell(*table(list(days(place, server.pid, people, at_rest))), "")
        sizes = [Path(file).stat().st_size for kind in HIS_SCANS for file in people["pictures"][kind]]
        tell(f"Three pictures of {min(sizes) // 1024} to {max(sizes) // 1024} kB a case:", "")
        with place.served("bench.settings") as server:
            clock = partial(spent, server.pid)
            tell(*table(list(submissions(place, people, CONNECTIONS, asked.seconds, clock))), "")
        tell(paced(paces))
        place.tell_log()
    if asked.write:
        which = f"--database {asked.database} --cases {asked.cases}"
        put(asked.write, f"bench.served {which}", f"script/bench served {which} --write FILE", told)


if __name__ == "__main__":
    main()
