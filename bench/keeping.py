"""How long a backup and its restoring take, of a portal of that size, and how large they are.

python -m bench.keeping [CASES [SCANS]]                      SQLite; 100,000 cases and 50,000 scans
script/postgres -- .venv/bin/python -m bench.keeping         the same on PostgreSQL
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

FILL = """
from io import BytesIO
from PIL import Image
from bench.fill import fill
from pishkhan.cases.models import CaseScan
from pishkhan.documents.drawn import draw_scan
from pishkhan.documents.operations import store_pictures
from pishkhan.documents.pictures import make_picture

cases, scans = {cases}, {scans}
fill(cases)
drawn = [make_picture(Image.open(BytesIO(draw_scan("نمونه", seed, (400, 250))))) for seed in range(40)]
places = CaseScan.objects.order_by("id").values_list("id", flat=True)[:scans]
for at in range(0, scans, 500):
    batch = range(at, min(at + 500, scans))
    documents = store_pictures([drawn[n % 40] for n in batch], "bench", durable=False)
    rows = [CaseScan(pk=pk, document=one) for pk, one in zip(places[at : at + 500], documents)]
    CaseScan.objects.bulk_update(rows, ["document"])
"""


def environment(folder: Path, database: str) -> dict[str, str]:
    server = os.environ.get("PISHKHAN_POSTGRES_URL", "")
    address = f"{server.rpartition('/')[0]}/{database}" if server else ""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "pishkhan.settings",
        "PISHKHAN_DATA_DIR": str(folder),
        "PISHKHAN_DATABASE_URL": address,
        "PISHKHAN_KEYS": "",
    }


def timed(title: str, there: dict[str, str], *arguments: str) -> str:
    started, busy = time.perf_counter(), used()
    command = [sys.executable, "-m", "pishkhan", *arguments]
    done = subprocess.run(command, env=there, check=True, stdout=subprocess.PIPE, text=True)
    took = time.perf_counter() - started
    print(f"{title}: {took:.0f} s, of CPU {used() - busy:.0f} s", flush=True)
    return done.stdout.strip()


def used() -> float:
    """Seconds of CPU of all processes that were started and have ended; PostgreSQL's are not among them."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def megabytes(folder: Path) -> str:
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:,.0f} MB"


def main(cases: int, scans: int) -> None:
    if server := os.environ.get("PISHKHAN_POSTGRES_URL"):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
    with tempfile.TemporaryDirectory(prefix="pishkhan-bench-keeping-") as name:
        folder = Path(name)
        portal, other = environment(folder / "portal", "pishkhan"), environment(folder / "other", "restored")
        backups = folder / "backups"
        key = folder / "key"
        key.write_text(timed("new key", portal, "backup", "--new-key"))
        portal["PISHKHAN_BACKUP_KEY"] = other["PISHKHAN_BACKUP_KEY"] = str(key)
        timed("filling", portal, "shell", "-v", "0", "-c", FILL.format(cases=cases, scans=scans))
        print(f"portal: {megabytes(folder / 'portal')}")
        print(timed("first backup", portal, "backup", str(backups)))
        print(f"backups: {megabytes(backups)}")
        print(timed("next backup", portal, "backup", str(backups)))
        print(f"backups: {megabytes(backups)}")
        print(timed("checking the backup", portal, "verify", "--backup", str(backups)))
        print(timed("restoring and verifying", other, "restore", str(backups)))


if __name__ == "__main__":
    main(*[int(number) for number in [*sys.argv[1:], *("100000", "50000")[len(sys.argv) - 1 :]]])
