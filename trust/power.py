"""The power goes under load, again and again: what was acknowledged must be on the disk.

    python -m trust.power [--long] [--database sqlite|postgres]        as root

Database, documents and keys lie on an ext4 file system of a loop device, which is shut down while employers and
officers work: from that moment nothing reaches it, and what was not synced is gone. Everything is killed, the
file system mounted again (its journal replayed), PostgreSQL recovers, and all that was ever acknowledged is
counted, as in `trust.kills`. At the end the same with a portal that waits for no disk: that loss must be found.

What a disk itself promises and does not keep (a cache that lies about being written) is not tried here.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random, SystemRandom

from .crash.counting import Verdict, judge
from .crash.disk import Disk
from .crash.load import Load
from .crash.pictures import pictures
from .crash.servers import Site

PAIRS = 6
SHORT, LONG = 2, 30
"""Cuts on each database."""

PASSWORD = "gav-e-kouhi-58-sabz"
LIGHT = (2.0, 6.0)  # seconds of work before the power goes
STUCK = 120.0
CARELESS = "trust.crash.careless"
FIRST, FIRST_CARELESS = 999_000_100, 999_500_100


class House:
    """A disk with a portal on it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.disk = Disk(folder)
        folder.chmod(0o755)  # PostgreSQL's own user passes through
        self.disk.make()
        self.site = Site.at(self.disk.place, database, folder / "log")

    def power_cut(self) -> None:
        """And the power comes back: the disk and the database, but not yet the portal."""
        self.disk.cut()
        self.site.kill()
        self.disk.unmount()
        self.disk.mount()
        self.site.start_database()

    def remove(self) -> None:
        self.site.remove()
        self.disk.remove()


def cut_and_count(house: House, load: Load, light: float) -> Verdict:
    """After so many seconds of work; what was acknowledged by then is counted."""
    begun = load.history.begun
    time.sleep(light)
    deadline = time.monotonic() + STUCK
    while load.history.begun < begun + 4 * PAIRS:  # on a busy machine
        if time.monotonic() > deadline or not load.working():
            raise SystemExit(f"nobody works any more; {house.site.log} tells more")
        time.sleep(0.1)
    house.power_cut()
    return judge(load.history.asked, house.site.portal.facts())


def run(database: str, cuts: int, seed: int) -> bool:
    """Whether the promise holds on that database; prints its figures."""
    with tempfile.TemporaryDirectory(prefix="pishkhan-power-") as name:
        house = House(Path(name), database)
        try:
            house.site.make(PAIRS, PASSWORD)
            held = honest(house, database, cuts, Random(seed))
            return careless(house) and held
        finally:
            house.remove()


def honest(house: House, database: str, cuts: int, random: Random) -> bool:
    load = at_work(house, FIRST)
    wrong, began, verdict = 0, time.monotonic(), Verdict()
    for number in range(1, cuts + 1):
        verdict = cut_and_count(house, load, random.uniform(*LIGHT))
        wrong += not verdict
        for line in verdict.lines():
            print(f"  cut {number}: {line}", flush=True)
        house.site.portal.start(house.site.log)
    load.end()
    outcomes = load.history.outcomes()
    print(f"{database}: {cuts} cuts in {time.monotonic() - began:.0f} s, {load.history.begun:,} operations")
    print(f"  acknowledged {outcomes['saved']:,}, without an answer {outcomes['unknown']:,}")
    print(f"  {verdict}; {wrong} cuts after which something was wrong", flush=True)
    for line in load.history.refusals[:5]:
        print(f"  ✗ refused: {line}")
    return wrong == 0 and not load.history.refusals


def careless(house: House) -> bool:
    """Whether the loss is found of a portal that waits for no disk."""
    house.site.portal.kill()
    house.site.portal.settings = CARELESS
    house.site.portal.start(house.site.log)
    load = at_work(house, FIRST_CARELESS)
    house.site.portal.settings, before = "pishkhan.settings", house.site.portal.facts()
    verdict = cut_and_count(house, load, 4.0)
    load.stop.set()
    known = {request.national_code for request in before.requests}
    lost = [line for line in verdict.lost if line.partition(":")[0] not in known]
    print(f"  without syncing, one cut: {len(lost)} lost, {len(verdict.broken)} broken", flush=True)
    return bool(lost and verdict.broken)


def at_work(house: House, first: int) -> Load:
    load = Load(house.site.portal.port, PAIRS, PASSWORD, pictures(), first)
    load.begin()
    return load


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help=f"{LONG} cuts on each database")
    parser.add_argument("--database", choices=["sqlite", "postgres"], help="one of them alone")
    parser.add_argument("--cuts", type=int, help="another number of them")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    cuts = asked.cuts or (LONG if asked.long else SHORT)
    databases = [asked.database] if asked.database else ["sqlite", "postgres"]
    print(f"moments chosen with --seed {asked.seed}", flush=True)
    held = [run(database, cuts, asked.seed) for database in databases]
    print("it holds" if all(held) else "it does not hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
