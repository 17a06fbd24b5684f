"""`script/fuzz`: damaged JPEGs through the reading of an upload; or the worst files, at a real server."""

import argparse
import sys
import time
from pathlib import Path

from .bombs import bombard
from .watching import Report, watch

ROOT = Path(__file__).resolve().parent.parent
FILES, SEED = 5_000, 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES, help=f"how many damaged files ({FILES:,})")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed makes the same files")
    parser.add_argument("--first", type=int, default=0, help="the number of the first file")
    parser.add_argument(
        "--keep", type=Path, default=ROOT / "build" / "fuzz", help="where findings are written"
    )
    parser.add_argument(
        "--bombs", action="store_true", help="send the worst files to a server, eight at a time"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of --bombs for each of the worst files")
    return parser.parse_args()


def told(report: Report, seconds: float) -> None:
    print(f"{report.files:,} files in {seconds:.0f} s: " + ", ".join(report.counts()))
    print(f"slowest {report.slowest:.2f} s of processor time, memory at most {report.peak_mb} MB")
    for finding in report.findings:
        print(f"✗ {finding}")
    print("no crash, no hang, no error" if not report.findings else f"{len(report.findings)} findings")


def main() -> int:
    options = arguments()
    if options.bombs:
        return bombard(options.rounds)
    started = time.monotonic()
    report = watch(options.seed, options.first, options.files, options.keep)
    told(report, time.monotonic() - started)
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
