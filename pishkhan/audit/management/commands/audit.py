"""`pishkhan audit verify` and `pishkhan audit head`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.audit.anchors import AnchorsUnreadableError
from pishkhan.audit.chain import KeyMissingError
from pishkhan.audit.models import Seal
from pishkhan.audit.verifying import WrongTrailError, verify


class Command(BaseCommand):
    help = (
        "verify: reads the whole trail and tells the first thing that is wrong with it. head: the last seal."
    )
    requires_system_checks = []  # they say the same, and would stand in the way of finding out where

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "head"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "head":
            self.head()
        else:
            self.verify()

    def head(self) -> None:
        head = Seal.objects.order_by("place").last()
        if head is None:
            raise CommandError("nothing is sealed yet: is the worker running?")
        self.stdout.write(f"place {head.place}, head {head.digest}")

    def verify(self) -> None:
        try:
            found = verify()
        except (WrongTrailError, AnchorsUnreadableError, KeyMissingError) as wrong:
            raise CommandError(f"WRONG: {wrong}") from None
        anchored = "never anchored"
        if found.anchored:
            anchored = f"anchored to place {found.anchored.place} on {found.anchored.at.isoformat(sep=' ')}"
        self.stdout.write(
            f"ok: {found.sealed + found.unsealed} entries, sealed to place {found.sealed}, {anchored},"
            f" head {found.digest or '—'}"
        )
