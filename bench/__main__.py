"""`script/bench`: what the cartable costs, at every size and on both databases."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from .report import report

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE = 10_000, 1_000_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help=f"only {SMALL:,} cases")
    parser.add_argument(
        "--databases", default="sqlite,postgres", help="sqlite, postgres or both, with a comma"
    )
    parser.add_argument("--pages", type=int, default=200, help="how often each thing is measured")
    parser.add_argument("--cases", default="", help="other sizes, with commas")
    parser.add_argument(
        "--keep", type=Path, help="keep SQLite's databases in this folder, and use them again"
    )
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
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


def run(database: str, cases: int, options: argparse.Namespace) -> dict[str, Any] | None:
    """One measurement in a process of its own; None, and a word on why, when it failed."""
    with ExitStack() as stack:
        keep = options.keep if database == "sqlite" else None
        place = folder(stack, keep, f"{database}-{cases}")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PISHKHAN_")}
        environment |= {"DJANGO_SETTINGS_MODULE": "bench.settings", "PISHKHAN_DATA_DIR": str(place)}
        environment["PYTHONPATH"] = str(ROOT)
        command = [sys.executable, "-m", "bench.measure", str(cases), str(options.pages)]
        if database == "postgres":
            # The shell puts the private cluster's address where the portal looks for its database.
            passed = 'PISHKHAN_DATABASE_URL=$PISHKHAN_POSTGRES_URL exec "$0" "$@"'
            command = [str(ROOT / "script" / "postgres"), "--", "sh", "-c", passed, *command]
        print(f"• {database}, {cases:,} cases", file=sys.stderr)
        done = subprocess.run(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
        )
    if done.returncode:
        print(f"✗ {database}, {cases:,} cases: not measured", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    options = arguments()
    databases = options.databases.split(",")
    found = [run(database, cases, options) for database in databases for cases in sizes(options)]
    results = [result for result in found if result]
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    print(report(results))


if __name__ == "__main__":
    main()
