"""The power goes under load, again and again: what was acknowledged must be on the disk.

    python -m trust.power [--long] [--database sqlite|postgres]        as root

Database, documents and keys lie on an ext4 file system of a loop device, which is shut down while employers
and officers work: from that moment nothing reaches it, and what was not synced is gone. Everything is killed,
the file system mounted again (its journal replayed), PostgreSQL recovers, and all that was ever acknowledged
is counted, as in `trust.kills`. At the end the same with a portal that waits for no disk: that loss must be
found.

What a disk itself promises and does not keep (a cache that lies about being written) is not tried here.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from .crash.asking import asked, on_each
from .crash.counting import Verdict, judge
from .crash.disk import Disk
from .crash.load import Load
from .crash.servers import SETTINGS, Site
from .crash.visitor import PAIRS

SHORT, LONG = 2, 30
LIGHT = (2.0, 6.0)  # seconds of work before the power goes
LEAST = 4 * PAIRS  # operations in that time, on a busy machine
STUCK = 300.0  # seconds for these
CARELESS = "trust.crash.careless"
FIRST, FIRST_CARELESS = 999_000_100, 999_500_100


class House:
    """A disk with a portal on it."""

    def __init__(self, folder: Path, database: str) -> None:
        folder.chmod(0o755)  # PostgreSQL's own user passes through
        self.disk = Disk(folder)
        self.disk.make()
        self.site = Site.at(self.disk.place, database, folder / "log")

    def power_cut(self) -> None:
        """And the power comes back: the disk and the database, but not yet the portal."""
        self.disk.cut()
        self.site.kill()
        self.disk.unmount()
        self.disk.mount()
        self.site.start_database()

    def begin(self, first: int) -> Load:
        load = Load(self.site.portal.port, first)
        load.begin()
        return load

    def remove(self) -> None:
        self.site.remove()
        self.disk.remove()


def holds(database: str, options: argparse.Namespace) -> bool:
    """Whether the promise holds on that database; prints its figures."""
    with tempfile.TemporaryDirectory(prefix="pishkhan-power-") as name:
        house = House(Path(name), database)
        try:
            house.site.make()
            held = honest(house, database, options)
            return careless(house) and held
        finally:
            house.remove()


def honest(house: House, database: str, options: argparse.Namespace) -> bool:
    load, random, verdict = house.begin(FIRST), Random(options.seed), Verdict()
    cuts, wrong, began = 0, 0, time.monotonic()
    while cuts < options.number and time.monotonic() < began + 60 * options.minutes:
        verdict = cut_and_count(house, load, random.uniform(*LIGHT))
        cuts, wrong = cuts + 1, wrong + (not verdict)
        for line in verdict.lines():
            print(f"  cut {cuts}: {line}", flush=True)
        if cuts % 10 == 0:
            print(f"  … {cuts} cuts, {load.history.begun:,} operations", flush=True)
        house.site.portal.start(house.site.log)
    load.end()
    outcomes = load.history.outcomes()
    print(f"{database}: {cuts} cuts in {time.monotonic() - began:.0f} s, {load.history.begun:,} operations")
    print(f"  acknowledged {outcomes['saved']:,}, without an answer {outcomes['unknown']:,}")
    print(f"  {verdict}; {wrong} cuts after which something was wrong", flush=True)
    for line in load.history.refusals[:5]:
        print(f"  ✗ refused: {line}")
    return wrong == 0 and not load.history.refusals


def cut_and_count(house: House, load: Load, light: float) -> Verdict:
    """After so many seconds of work; what was acknowledged by then is counted."""
    begun = load.history.begun
    time.sleep(light)
    deadline = time.monotonic() + STUCK
    while load.history.begun < begun + LEAST:
        if time.monotonic() > deadline or not load.working():
            raise SystemExit(f"nobody works any more; {house.site.log} tells more")
        time.sleep(0.1)
    house.power_cut()
    facts = house.site.portal.facts()
    return judge(load.history.so_far(), facts)


def careless(house: House) -> bool:
    """Whether the loss is found of a portal that waits for no disk.

    Rows without their files, or acknowledged rows: which of them depends on when SQLite last synced its log.
    """
    portal = house.site.portal
    portal.kill()
    portal.settings = CARELESS
    portal.start(house.site.log)
    load = house.begin(FIRST_CARELESS)
    portal.settings = SETTINGS
    verdict = cut_and_count(house, load, LIGHT[0])
    load.stop.set()
    print(f"  without syncing, one cut: {len(verdict.lost)} lost, {len(verdict.broken)} broken", flush=True)
    return bool(verdict.lost or verdict.broken)


if __name__ == "__main__":
    sys.exit(on_each(asked(__doc__, "cuts", short=SHORT, long=LONG), holds))
