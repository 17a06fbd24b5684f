"""`script/bench`: what every page costs, at every size and on both databases."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from typing import Any

from .report import report, write

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE = 10_000, 1_000_000
ROUNDS = 10
Process = subprocess.Popen[str]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help=f"only {SMALL:,} cases")
    parser.add_argument(
        "--databases", default="sqlite,postgres", help="sqlite, postgres or both, with a comma"
    )
    parser.add_argument("--pages", type=int, default=200, help="how often each thing is measured")
    parser.add_argument("--cases", default="", help="other sizes, with commas")
    parser.add_argument("--keep", type=Path, help="keep the databases in this folder, and use them again")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    parser.add_argument("--write", type=Path, help="put the table into this Markdown file (docs/speed.md)")
    return parser.parse_args()


def sizes(options: argparse.Namespace) -> list[int]:
    if options.cases:
        return [int(size) for size in options.cases.split(",")]
    return [SMALL] if options.small else [SMALL, LARGE]


def folder(stack: ExitStack, keep: Path | None, name: str) -> Path:
    """Where a database lives: kept, or gone at the end."""
    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"pishkhan-bench-{name}-")))
    (keep / name).mkdir(parents=True, exist_ok=True)
    return keep.resolve() / name


def start(database: str, cases: int, options: argparse.Namespace, stack: ExitStack) -> "Process | None":
    """A process with a filled database, waiting to measure; None, and a word on it, when it failed."""
    place = folder(stack, options.keep, f"{database}-{cases}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PISHKHAN_")}
    environment |= {
        "PISHKHAN_POSTGRES_DURABLE": "1",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PISHKHAN_DATA_DIR": str(place),
    }
    environment["PYTHONPATH"] = str(ROOT)
    if options.keep:
        environment["PISHKHAN_POSTGRES_KEEP"] = f"{place}-cluster"
    command = [sys.executable, "-m", "bench.measure", str(cases)]
    if database == "postgres":
        # The shell puts the private cluster's address where the portal looks for its database.
        passed = 'PISHKHAN_DATABASE_URL=$PISHKHAN_POSTGRES_URL exec "$0" "$@"'
        command = [str(ROOT / "script" / "postgres"), "--", "sh", "-c", passed, *command]
    print(f"• {database}, {cases:,} cases", file=sys.stderr)
    process = stack.enter_context(
        subprocess.Popen(command, env=environment, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True)
    )
    if answer(process) == "ready":
        return process
    print(f"✗ {database}, {cases:,} cases: not measured", file=sys.stderr)
    return None


def answer(process: Process) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def measure(database: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """All sizes of one database, measured in turns: a machine that slows down meanwhile slows all of them."""
    with ExitStack() as stack:
        processes = [start(database, cases, options, stack) for cases in sizes(options)]
        ready = [process for process in processes if process]
        for _ in range(ROUNDS):
            for process in ready:
                assert process.stdin
                print(max(1, options.pages // ROUNDS), file=process.stdin, flush=True)
                answer(process)
        return [json.loads(process.communicate()[0]) for process in ready]


def main() -> None:
    options = arguments()
    results = [result for database in options.databases.split(",") for result in measure(database, options)]
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    if options.write and results:
        write(results, options.write, options.cases)
    print(report(results))


if __name__ == "__main__":
    main()
