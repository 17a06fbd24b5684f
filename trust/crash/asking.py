"""The options that both harnesses have."""

import argparse
import signal
import sys
from collections.abc import Callable
from random import SystemRandom

DATABASES = ["sqlite", "postgres"]


def asked(told: str, what: str, *, short: int, long: int) -> argparse.Namespace:
    """`--long`, `--database`, `--seed`, and the number of `what`; `told` is the help."""
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help=f"{long:,} {what} on each database")
    parser.add_argument("--database", choices=DATABASES, help="one of them alone")
    parser.add_argument("--number", type=int, help=f"of {what}, on each database ({short:,})")
    parser.add_argument("--minutes", type=float, default=240, help="at most, on each database (240)")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    options = parser.parse_args()
    options.number = options.number or (long if options.long else short)
    return options


def on_each(options: argparse.Namespace, holds: Callable[[str, argparse.Namespace], bool]) -> int:
    """The exit code: 0 when it holds on every database that was asked for."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended all the same
    print(f"chosen by chance, again with --seed {options.seed}", flush=True)
    databases = [options.database] if options.database else DATABASES
    held = [holds(database, options) for database in databases]
    print("it holds" if all(held) else "it does not hold")
    return 0 if all(held) else 1
