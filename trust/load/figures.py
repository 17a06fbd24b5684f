"""What was measured, as lines of text."""

from .judge import Limit, judge
from .samples import Watch, limit_of
from .visitors import Book

FEWEST = 4
SHOWN = 8  # failures that are written out


def at(seconds: list[float], share: float) -> float:
    """The time that this share of the answers did not exceed; 0 without any."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def spread(seconds: list[float]) -> str:
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "slowest": 1.0}
    return ", ".join(f"{name} {at(seconds, share):.3f} s" for name, share in parts.items())


def tell_book(book: Book) -> None:
    """A line for everything that was asked, and the first failures."""
    for what, seconds in sorted(book.seconds.items()):
        print(f"  {what:<12} {len(seconds):>7}  {spread(seconds)}")
    print(f"  {'all':<12} {len(book.all):>7}  {spread(book.all)}", flush=True)
    for line in book.failed[:SHOWN]:
        print(f"✗ {line}")
    if len(book.failed) > SHOWN:
        print(f"✗ … and {len(book.failed) - SHOWN} more")


def tell_growth(watch: Watch, memory: Limit) -> list[str]:
    """A line for everything that was watched; what was not flat."""
    found = []
    print(
        "  what is held: level in the second half, the most in both halves, growth in the second of allowed"
    )
    for name, points in sorted(watch.points.items()):
        if len(points) < FEWEST:  # a process that came and went
            continue
        verdict = judge(points, limit_of(name, memory))
        mark = " " if verdict.flat else "✗"
        most = f"at most {verdict.most_before:.1f} and {verdict.most_after:.1f}"
        growth = f"{verdict.growth:+.1f} of {verdict.allowed:.1f}"
        print(f"{mark} {name:<26} {verdict.level:8.1f}; {most}; {growth}")
        if not verdict.flat:
            found.append(f"{name} grew by {verdict.growth:.1f} in the second half")
    return found
