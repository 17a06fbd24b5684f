"""Loads the demo data of that many cases unless there are some; prints the seconds it took.

python -m bench.fill CASES
"""

import io
import sys
import time

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from bench.grow import grow  # noqa: E402
from pishkhan.cases.models import Case  # noqa: E402

MILLION = 1_000_000


def fill(cases: int) -> float:
    """Loads the demo data unless they are there; returns the seconds it took."""
    call_command("migrate", verbosity=0)
    if Case.objects.exists():
        return 0.0
    started = time.perf_counter()
    made = min(cases, MILLION)
    sizes = {"workshops": max(3, made // 100), "insured": max(10, made * 6 // 100), "cases": made}
    call_command("demo", **sizes, stdout=io.StringIO())
    if cases > made:
        grow(cases // made - 1)
    if connection.vendor == "postgresql":  # what autovacuum does within a minute
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


if __name__ == "__main__":
    print(round(fill(int(sys.argv[1])), 1))
