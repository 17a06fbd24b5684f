"""An upgrade while the old release serves, on SQLite and on PostgreSQL, with real rows and real visitors.

    python -m trust.upgrade [--long] [--from COMMIT] [--databases sqlite,postgres]

With `--from` first the migrations of the tree as it lies here, on the rows of that release and beside it.
Then the steps that docs/operating.md allows: no request may fail, nobody may wait for a lock for more than a
second; then the new release takes over behind nginx; then migrations that break the rules, each of which must
be noticed. `--long` has a million cases; short, a flaw sleeps for the time that its rows would take.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from math import inf
from pathlib import Path

from trust.crash.processes import free_port
from trust.crash.servers import Cluster

from .filling import DEMO_CASES, fill
from .front import Front
from .planted import FLAWS, GOOD, Step
from .releases import Place, Release
from .visitors import Crowd, Figures
from .watching import watch

LIMIT = 1.0  # seconds that anybody may wait for a lock
CASES, MANY_CASES = DEMO_CASES, 1_000_000
QUIET, LONG_QUIET = 2.0, 20.0  # seconds in which the visitors are looked at before anything is done
STANDS_FOR_ROWS = 2.5  # seconds
UNDER_WAY = 2.0  # seconds: more than a request takes
AFTERWARDS = 1.0  # seconds in which is met what was waiting


def say(text: str) -> None:
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m trust.upgrade",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--long", action="store_true", help=f"{MANY_CASES:,} cases instead of {CASES:,}")
    parser.add_argument(
        "--from", dest="commit", default="", help="the old release (the tree as it lies here)"
    )
    parser.add_argument("--databases", default="sqlite,postgres")
    return parser.parse_args()


@contextmanager
def place(database: str) -> Iterator[tuple[Path, Place]]:
    """A folder for everything, and an empty database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pishkhan-upgrade-")))
        data = folder / "data"
        data.mkdir()
        if database == "sqlite":
            yield folder, Place(data)
            return
        folder.chmod(0o755)
        cluster = Cluster(folder / "postgres")
        stack.callback(cluster.remove)
        cluster.make()
        yield folder, Place(data, cluster.url)


class Upgrade:
    """One database: who serves, who asks, and what was wrong."""

    def __init__(self, old: Release, crowd: Crowd, front: Front, *, long: bool) -> None:
        self.serving, self.newest, self.crowd, self.front, self.long = old, old, crowd, front, long
        self.broken: list[str] = []

    def steps(self, planted: list[Step]) -> Iterator[Step]:
        """Each has become a release of its own, the newest, whose migration waits to be applied."""
        for step in planted:
            if step.only in ("", self.newest.place.vendor):
                number = len(list(self.newest.tree.parent.glob("release-*")))
                tree = self.newest.tree.with_name(f"release-{number}")
                pause = 0.0 if self.long else STANDS_FOR_ROWS
                self.newest = self.newest.with_more(tree, step, pause=pause)
                yield step

    def meanwhile(self, name: str, happens: Callable[[], None]) -> tuple[Figures, float]:
        """What the visitors met while that happened, and the longest wait for a lock, seconds."""
        began = time.monotonic()
        with watch(self.serving.place) as watched:
            happens()
            took = time.monotonic() - began
            time.sleep(AFTERWARDS)
        met = self.crowd.since(began)
        say(f"  {name}: {took:.1f} s; {met}; longest wait for a lock {watched.longest:.2f} s")
        return met, watched.longest

    def judge(self, name: str, happens: Callable[[], None], *, limit: float = LIMIT) -> None:
        met, waited = self.meanwhile(name, happens)
        if not met.requests:
            self.broken.append(f"{name}: nobody was served")
        self.broken += [f"{name}: {each.what}: {each.trouble}" for each in met.failed[:5]]
        if waited > limit:
            self.broken.append(f"{name}: somebody waited {waited:.2f} s for a lock")

    def migrate(self) -> None:
        self.newest.run("migrate")

    def take_over(self) -> None:
        """As docs/operating.md tells: the new one beside the old one, nginx leads to it, the old one ends."""
        old, new = self.serving, self.newest
        new.port = free_port()
        new.serve()
        self.front.lead_to(new.port)
        time.sleep(UNDER_WAY)
        old.end()
        self.serving = new

    def notice(self, flaw: Step) -> None:
        self.recover()
        met, waited = self.meanwhile(f"flaw, {flaw.name}", self.migrate)
        if met.failed:
            say(f"    noticed: {met.failed[0].what}: {met.failed[0].trouble}")
        elif waited <= LIMIT:
            self.broken.append(f"the planted flaw was not noticed: {flaw.name}")

    def recover(self) -> None:
        """What the flaw before this one broke is not this one's doing."""
        began = time.monotonic()
        time.sleep(AFTERWARDS)
        if self.crowd.since(began).failed:
            self.serving.end()
            self.serving.serve()
            time.sleep(UNDER_WAY)

    def end(self) -> None:
        self.serving.end()
        self.newest.end()

    def run(self, tree: Release | None) -> None:
        """`tree` is the release as it lies here, when another one serves."""
        quiet = LONG_QUIET if self.long else QUIET
        self.judge("before", lambda: time.sleep(quiet), limit=inf)  # nothing is migrated
        if tree:
            self.newest = tree
            self.judge("the migrations of the tree", self.migrate)
        if self.long:
            for step in self.steps(GOOD):
                self.judge(step.name, self.migrate)
        else:
            named = ", ".join(step.name for step in self.steps(GOOD))
            self.judge(named, self.migrate)
        self.judge("the new release takes over", self.take_over, limit=inf)
        for flaw in self.steps(FLAWS):
            self.notice(flaw)


def upgrade(database: str, options: argparse.Namespace) -> list[str]:
    """What was broken."""
    cases = MANY_CASES if options.long else CASES
    with ExitStack() as stack:
        folder, shared = stack.enter_context(place(database))
        old = Release.of(options.commit, folder / "release-0", shared, folder / "log")
        say(f"{shared.vendor}, {cases:,} cases")
        fill(old, cases)
        old.serve()
        front = Front(folder / "nginx", old.port)
        crowd = Crowd(front.port)
        upgrading = Upgrade(old, crowd, front, long=options.long)
        stack.callback(upgrading.end)
        stack.callback(front.end)
        stack.callback(crowd.end)
        crowd.begin()
        here = Release.of("", folder / "release-1", shared, folder / "log") if options.commit else None
        upgrading.run(here)
        return [f"{shared.vendor}: {each}" for each in upgrading.broken]


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and everything is cleaned up
    broken = [each for database in options.databases.split(",") for each in upgrade(database, options)]
    for each in broken:
        say(f"✗ {each}")
    say("broken" if broken else "kept: nobody was refused, nobody waited; every planted flaw was noticed")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
