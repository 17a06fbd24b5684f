"""Slow clients, many at once, an hour of work; exit code 1 when the portal does not hold."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

from .crowd import crowd
from .place import ROOT
from .slow import slow
from .soak import soak

PARTS: dict[str, Callable[..., list[str]]] = {"slow": slow, "crowd": crowd, "soak": soak}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m trust.load", description=__doc__)
    parser.add_argument("parts", nargs="+", choices=PARTS, metavar="|".join(PARTS))
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    return parser.parse_args()


def postgres() -> str:
    """The address of a private PostgreSQL; begins again under `script/postgres` when there is none."""
    script = str(ROOT / "script" / "postgres")
    if "PISHKHAN_POSTGRES_URL" not in os.environ:
        os.execv(script, [script, "--", sys.executable, "-m", "trust.load", *sys.argv[1:]])
    return os.environ["PISHKHAN_POSTGRES_URL"]


def main() -> int:
    asked = arguments()
    database = postgres() if asked.database == "postgres" else ""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers end and folders go
    setrlimit(RLIMIT_NOFILE, (getrlimit(RLIMIT_NOFILE)[1],) * 2)
    found: list[str] = []
    for part in asked.parts:
        print(f"── {part}", flush=True)
        broken = PARTS[part](long=asked.long, database=database)
        found += [f"{part}: {each}" for each in broken]
    for line in found:
        print(f"✗ {line}")
    print("it does not hold" if found else "it holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
