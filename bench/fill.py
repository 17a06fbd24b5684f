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

from pishkhan.cases.models import Case  # noqa: E402

SIZES = {10_000: (100, 600), 1_000_000: (10_000, 60_000)}
"""Workshops and insured persons by the number of cases."""


def fill(cases: int) -> float:
    """Loads the demo data unless they are there; returns the seconds it took."""
    call_command("migrate", verbosity=0)
    if Case.objects.exists():
        return 0.0
    started = time.perf_counter()
    workshops, insured = SIZES.get(cases, (max(3, cases // 100), max(10, cases * 6 // 100)))
    call_command("demo", workshops=workshops, insured=insured, cases=cases, stdout=io.StringIO())
    if connection.vendor == "postgresql":  # what autovacuum does within a minute
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


if __name__ == "__main__":
    print(round(fill(int(sys.argv[1])), 1))
