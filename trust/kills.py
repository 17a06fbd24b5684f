"""kill -9 of the server, its web processes, its worker and PostgreSQL at random, under load.

    python -m trust.kills [--long] [--database sqlite|postgres]

Employers and officers work at a real `pishkhan serve`; whatever is killed, a supervisor starts again. At the
end everything is counted as Jepsen counts: nothing acknowledged is lost, nothing is there that nobody sent,
nothing twice, and every document is there with its SHA-256. Then flaws are planted, and must be found.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from .crash.asking import asked, on_each
from .crash.counting import Verdict, judge
from .crash.load import Load
from .crash.processes import kill, until
from .crash.servers import Site

SHORT, LONG = 2_500, 25_000
EVERY = 250  # operations, about, between two kills
VICTIMS = {"web": 6, "worker": 3, "server": 2, "everything": 1}
OF_POSTGRES = {"backend": 5, "postmaster": 2}
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""What was written survives kill -9 wherever it was written: a disk would but make the load small."""

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
        self.site.portal.start(self.site.log)  # the server gives up when a web process dies again at once
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


def holds(database: str, options: argparse.Namespace) -> bool:
    """Whether the promise holds on that database; prints its figures."""
    with tempfile.TemporaryDirectory(prefix="pishkhan-kills-", dir=IN_MEMORY) as name:
        folder = Path(name)
        site = Site.at(folder, database, folder / "log")
        try:
            site.make()
            load, killer = Load(site.portal.port, first=999_000_100), Killer(site, options.seed)
            load.begin()
            began = time.monotonic()
            torment(load, killer, options.number, began + 60 * options.minutes)
            load.end()
            told(database, load, killer, time.monotonic() - began)
            return counted(load, killer)
        finally:
            site.remove()


def torment(load: Load, killer: Killer, wanted: int, deadline: float) -> None:
    """Until so many operations were begun; `SystemExit` when none is any more."""
    while load.history.begun < wanted and time.monotonic() < deadline:
        aim = min(load.history.begun + killer.random.randrange(2 * EVERY), wanted)
        if not until(lambda: load.history.begun >= aim or not load.working(), STUCK):  # noqa: B023 at once
            raise SystemExit(f"not {2 * EVERY} operations in {STUCK:.0f} s; {killer.site.log} tells more")
        if not load.working():
            raise SystemExit("somebody met what nobody should: see above")
        killer.strike()
        if killer.killed.total() % 20 == 0:
            print(f"  … {load.history.begun:,} operations, {killer.killed.total()} kills", flush=True)


def told(database: str, load: Load, killer: Killer, seconds: float) -> None:
    outcomes = load.history.outcomes()
    print(f"{database}: {load.history.begun:,} operations in {seconds:.0f} s, {dict(load.history.kinds())}")
    print(
        f"  acknowledged {outcomes['saved']:,}, without an answer {outcomes['unknown']:,},"
        f" sent again {load.history.sent_again():,}, refused {outcomes['refused']:,}"
    )
    print(f"  killed: {dict(killer.killed)}; processes that outlived their server: {killer.outlived}")


def counted(load: Load, killer: Killer) -> bool:
    site = killer.site
    site.kill()
    site.start_database()
    facts = site.portal.facts()
    verdict = judge(load.history.so_far(), facts)
    print(f"  {len(facts.requests):,} requests, {facts.documents:,} documents opened: {verdict}")
    for line in [*verdict.lines(), *load.history.refusals[:5]]:
        print(f"  {line}")
    found = planted(site, load)
    return bool(verdict) and not load.history.refusals and not killer.outlived and found


def planted(site: Site, load: Load) -> bool:
    """Whether the counting finds what is wrong, with a flaw of every kind in these very data."""
    site.portal.run("trust.crash.planting")
    verdict = judge(load.history.so_far(), site.portal.facts())
    print(f"  with planted flaws: {verdict}", flush=True)
    return every_kind(verdict)


def every_kind(verdict: Verdict) -> bool:
    told = " ".join(verdict.broken)
    return all((verdict.lost, verdict.invented, verdict.twice, "document:" in told, "trail:" in told))


if __name__ == "__main__":
    sys.exit(on_each(asked(__doc__, "operations", short=SHORT, long=LONG), holds))
