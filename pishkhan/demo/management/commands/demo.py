"""`pishkhan demo`: synthetic data to try the portal with, to test it and to measure it."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from pishkhan.demo.accounts import read_accounts, table
from pishkhan.demo.load import TooManyPeopleError, load_demo
from pishkhan.demo.plan import Wanted
from pishkhan.demo.workshops import MOST_WORKSHOPS
from pishkhan.persian.calendar import parse_date
from pishkhan.workshops.models import Workshop

LONG = 20_000
"""So many cases take seconds: progress is shown even where nobody seems to watch."""


def number(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def day(text: str) -> dt.date:
    """A Gregorian date as in 2026-11-24, or a Jalali one as in 1405/09/03."""
    try:
        return dt.date.fromisoformat(text) if text >= "1600" else parse_date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Loads synthetic demo data: invented people, drawn pictures. The same seed makes the same data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workshops", type=number, default=20)
        parser.add_argument("--insured", type=number, default=400)
        parser.add_argument("--cases", type=number, default=1000)
        parser.add_argument("--seed", type=number, default=1)
        parser.add_argument("--today", type=day, default=None, help="the day on which the data end (today)")
        parser.add_argument("--add", action="store_true", help="load into a database that has data already")

    def handle(self, *args: Any, **options: Any) -> None:
        if Workshop.objects.exists() and not options["add"]:
            raise CommandError(
                "این پایگاه داده کارگاه دارد؛ برای افزودن دادهٔ نمایشی به آن --add بدهید."
                " — this database has workshops already: give --add to load demo data beside them."
            )
        if not 1 <= options["workshops"] <= MOST_WORKSHOPS or (options["cases"] and not options["insured"]):
            raise CommandError(
                f"give at least one workshop (at most {MOST_WORKSHOPS}), and somebody insured for the cases"
            )
        counts = {name: options[name] for name in ("workshops", "insured", "cases", "seed")}
        self.load(Wanted(**counts, today=options["today"] or timezone.localdate()))
        self.stdout.write(table(read_accounts()))

    def load(self, wanted: Wanted) -> None:
        quiet = False if wanted.cases >= LONG else None  # None: shown on a terminal only
        with tqdm(total=wanted.cases, unit=" cases", disable=quiet) as bar:
            try:
                load_demo(wanted, bar.update)
            except TooManyPeopleError:
                raise CommandError("so many people have no invented national codes; ask for fewer") from None
