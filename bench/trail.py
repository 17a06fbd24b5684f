"""What the trail costs: `python -m bench.trail`, or `script/postgres -- python -m bench.trail`.

An entry with its code against the plain insert that it was, how fast the worker seals, how long
`pishkhan audit verify` takes, and the senior user's questions. CPU is that of this process alone.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

AT_ONCE = 5000
ROUNDS, EACH = 40, 50
ACTIONS = ("case viewed", "scan opened", "case send", "signed in", "answers saved")


def timed(name: str, what: Callable[[], Any], count: int = 0) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    result = what()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rate = f", {count / wall:,.0f} a second" if count else ""
    print(f"{name}: {wall:.3f} s (CPU {cpu:.3f}){rate}", flush=True)
    return result


def fill(entries: int) -> None:
    """Entries of ten years and two hundred users about half a million cases, as `record` writes them."""
    from django.utils import timezone  # noqa: PLC0415

    from pishkhan.audit.chain import mac_of  # noqa: PLC0415
    from pishkhan.audit.models import Entry  # noqa: PLC0415

    chance, start = random.Random(1), timezone.now() - timedelta(days=3650)
    step = timedelta(days=3650) / entries
    made: list[Entry] = []
    for number in range(entries):
        user = chance.randrange(200)
        entry = Entry(
            at=start + number * step,
            user_id=user,
            author=f"user{user}",
            action=chance.choice(ACTIONS) if number % 50_000 else "stamp set",
            about=f"case:{chance.randrange(500_000)}",
            source="a" * 32,
            details={"kind": "photo"},
        )
        entry.mac = mac_of(vars(entry))
        made.append(entry)
        if len(made) == AT_ONCE or number == entries - 1:
            Entry.objects.bulk_create(made)
            made = []


def compare_writing() -> None:
    """`record` and the insert alone in turns, each in a transaction of its own, medians of the rounds."""
    from django.db import transaction  # noqa: PLC0415

    from pishkhan.audit.models import Entry  # noqa: PLC0415
    from pishkhan.audit.operations import Author, record  # noqa: PLC0415

    by = Author(7, "clerk", "a" * 32)

    def plain() -> None:
        Entry.objects.create(
            user_id=7,
            author="clerk",
            source=by.source,
            action="case viewed",
            about="case:1",
            details={"kind": "x"},
        )

    taken: dict[str, list[float]] = {"plain": [], "record": []}
    ways: dict[str, Callable[[], object]] = {
        "plain": plain,
        "record": lambda: record("case viewed", by=by, about="case:1", kind="x"),
    }
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.process_time()
            for _ in range(EACH):
                with transaction.atomic():
                    way()
                    transaction.set_rollback(True)
            taken[name].append((time.process_time() - start) / EACH)
    before, after = (sorted(taken[name])[ROUNDS // 2] * 1000 for name in ("plain", "record"))
    print(
        f"an entry: plain {before:.3f} ms CPU, record() {after:.3f}, ratio {after / before:.2f}", flush=True
    )


def ask() -> None:
    """The pages of «رویدادها», by what is asked."""
    from django.utils import timezone  # noqa: PLC0415

    from pishkhan.audit.reading import entries, state  # noqa: PLC0415

    ago = timezone.now() - timedelta(days=1800)
    questions: dict[str, dict[str, Any]] = {
        "everything": {},
        "by a user": {"by": 7},
        "a rare action": {"action": "stamp set"},
        "a rare action of a user": {"by": 7, "action": "stamp set"},
        "about three": {"about": ["case:1", "case:2", "person:3"]},
        "of a user until then": {"by": 7, "until": ago},
        "an action in a week": {"action": "signed in", "since": ago, "until": ago + timedelta(days=7)},
        "of a user about one": {"by": 7, "about": ["case:77"]},
    }
    for name, asked in questions.items():
        page = entries(**asked).order_by("-at", "-id").values()[:26]
        timed(f"page: {name}", partial(list, page))
    timed("page: state", state)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    wanted = parser.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="pishkhan-bench-trail-") as folder:
        os.environ["PISHKHAN_DATA_DIR"] = folder
        os.environ["PISHKHAN_DATABASE_URL"] = os.environ.get("PISHKHAN_POSTGRES_URL", "")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
        measure(wanted, Path(folder))


def measure(wanted: int, folder: Path) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, connections  # noqa: PLC0415

    from pishkhan.audit.anchors import anchor_head  # noqa: PLC0415
    from pishkhan.audit.sealing import seal_every_entry, seal_new_entries  # noqa: PLC0415
    from pishkhan.demo.tables import hurry  # noqa: PLC0415

    print(f"{connection.vendor}, {wanted:,} entries", flush=True)
    call_command("migrate", verbosity=0)
    with hurry():
        timed("filling", partial(fill, wanted), wanted)
    timed("sealing", seal_every_entry, wanted)
    anchor_head()
    compare_writing()
    timed("the worker's round with nothing to do", seal_new_entries)
    timed("the hourly look for what came late", seal_every_entry)
    connections.close_all()
    verify = [
        sys.executable,
        "-P",
        "-m",
        "pishkhan",
        "audit",
        "verify",
    ]  # by itself, to see what memory it takes
    timed("pishkhan audit verify", partial(subprocess.run, verify, check=True), wanted)
    print(f"its memory: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB", flush=True)
    ask()
    connections.close_all()


if __name__ == "__main__":
    main()
