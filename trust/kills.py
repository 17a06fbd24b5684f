"""kill -9 of the server, its web processes, its worker and PostgreSQL at random, under load.

    python -m trust.kills [--long] [--database sqlite|postgres]

Employers and officers work at a real `pishkhan serve`; whatever is killed, a supervisor starts again. At the end
everything is counted as Jepsen counts: nothing acknowledged is lost, nothing is there that nobody sent, nothing
twice, and every document is there with its SHA-256. Then flaws are planted, and must be found.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom

from .crash.counting import Verdict, judge
from .crash.load import Load
from .crash.pictures import pictures
from .crash.processes import kill, until
from .crash.servers import Site

PAIRS = 6
SHORT, LONG = 2_500, 25_000
"""Operations on each database."""

PASSWORD = "gav-e-kouhi-58-sabz"
EVERY = 250  # operations, about, between two kills
VICTIMS = {"web": 6, "worker": 3, "server": 2, "everything": 1}
OF_POSTGRES = {"backend": 5, "postmaster": 2}
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""What was written survives kill -9 wherever it was written; waiting for a disk would only make the load small."""

STUCK = 600.0  # seconds for so many operations as lie between two kills


class Killer:
    """Kills one thing, and starts again what a supervisor would."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.random = site, Random(seed)
        self.killed: Counter[str] = Counter()
        self.outlived = 0
        weights = VICTIMS | (OF_POSTGRES if site.cluster else {})
        self.victims = [name for name, weight in weights.items() for _ in range(weight)]

    def strike(self) -> None:
        victim = self.random.choice(self.victims)
        if getattr(self, f"_{victim}")():
            self.killed[victim] += 1

    def _web(self) -> bool:
        return self._one_of(self.site.portal.processes()["web"])

    def _worker(self) -> bool:
        return self._one_of(self.site.portal.processes()["worker"])

    def _one_of(self, pids: list[int]) -> bool:
        if pids:
            kill([self.random.choice(pids)])
        time.sleep(1)
        self.site.portal.start(self.site.log)  # it may have ended: a web process died twice in five seconds
        return bool(pids)

    def _server(self) -> bool:
        self.outlived += len(self.site.portal.kill_server_alone())
        self.site.portal.start(self.site.log)
        return True

    def _everything(self) -> bool:
        self.site.kill()
        self.site.start_database()
        self.site.portal.start(self.site.log)
        return True

    def _backend(self) -> bool:
        assert self.site.cluster
        found = self.site.cluster.backends()
        if found:
            kill([self.random.choice(found)])
        time.sleep(0.5)
        return bool(found)

    def _postmaster(self) -> bool:
        assert self.site.cluster
        self.site.cluster.kill_postmaster()
        self.site.cluster.start()
        return True


def torment(site: Site, load: Load, killer: Killer, wanted: int) -> None:
    """Until so many operations were begun; `SystemExit` when none is any more."""
    following = killer.random.randrange(2 * EVERY)
    while load.history.begun < wanted:
        aim = min(following, wanted)
        if not until(lambda: load.history.begun >= aim or not load.working(), STUCK):  # noqa: B023 called at once
            raise SystemExit(f"not {EVERY} operations in {STUCK:.0f} s; {site.log} tells more")
        if not load.working():
            raise SystemExit("somebody met what nobody should: see above")
        killer.strike()
        following = load.history.begun + killer.random.randrange(2 * EVERY)


def run(database: str, operations: int, seed: int) -> bool:
    """Whether the promise holds on that database; prints its figures."""
    with tempfile.TemporaryDirectory(prefix="pishkhan-kills-", dir=IN_MEMORY) as name:
        folder = Path(name)
        site = Site.at(folder, database, folder / "log")
        try:
            site.make(PAIRS, PASSWORD)
            load = Load(site.portal.port, PAIRS, PASSWORD, pictures(), first=999_000_100)
            killer, began = Killer(site, seed), time.monotonic()
            load.begin()
            torment(site, load, killer, operations)
            load.end()
            told(database, load, killer, time.monotonic() - began)
            return counted(site, load, killer)
        finally:
            site.remove()


def told(database: str, load: Load, killer: Killer, seconds: float) -> None:
    outcomes = load.history.outcomes()
    print(f"{database}: {load.history.begun:,} operations in {seconds:.0f} s, {dict(load.history.kinds())}")
    print(
        f"  acknowledged {outcomes['saved']:,}, without an answer {outcomes['unknown']:,},"
        f" sent again {load.history.sent_again():,}, refused {outcomes['refused']:,}"
    )
    print(f"  killed: {dict(killer.killed)}; processes that outlived their server: {killer.outlived}")


def counted(site: Site, load: Load, killer: Killer) -> bool:
    site.kill()
    site.start_database()
    facts = site.portal.facts()
    verdict = judge(load.history.asked, facts)
    print(f"  {len(facts.requests):,} requests, {facts.documents:,} documents opened: {verdict}")
    for line in [*verdict.lines(), *load.history.refusals[:5]]:
        print(f"  {line}")
    found = planted(site, load)
    return bool(verdict) and not load.history.refusals and not killer.outlived and found


def planted(site: Site, load: Load) -> bool:
    """Whether the counting finds what is wrong, with a flaw of every kind in these very data."""
    site.portal.run("trust.crash.planting")
    verdict = judge(load.history.asked, site.portal.facts())
    print(f"  with planted flaws: {verdict}")
    return every_kind(verdict)


def every_kind(verdict: Verdict) -> bool:
    told = " ".join(verdict.broken)
    return all((verdict.lost, verdict.invented, verdict.twice, "document:" in told, "trail:" in told))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} operations on each database")
    parser.add_argument("--database", choices=["sqlite", "postgres"], help="one of them alone")
    parser.add_argument("--operations", type=int, help="another number of them")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    operations = asked.operations or (LONG if asked.long else SHORT)
    databases = [asked.database] if asked.database else ["sqlite", "postgres"]
    print(f"kills chosen with --seed {asked.seed}", flush=True)
    held = [run(database, operations, asked.seed) for database in databases]
    print("it holds" if all(held) else "it does not hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
