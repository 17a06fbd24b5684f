"""`pishkhan verify`: rows, files and trail of this portal, or of a backup; exit code 1 if wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from pishkhan.keeping.backup_key import given_key
from pishkhan.keeping.restoring import check_backup
from pishkhan.keeping.verifying import counts, troubles


class Command(BaseCommand):
    help = "Looks whether everything that is stored is there, can be opened and fits together."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=int, default=0, help="only so many scans and letters (all)")
        parser.add_argument("--backup", type=Path, metavar="FOLDER", help="look at a backup instead")
        parser.add_argument("--at", metavar="STAMP", help="which run of it (the last)")

    def handle(self, *args: Any, **options: Any) -> None:
        backup = options["backup"]
        found = check_backup(backup, given_key(), options["at"]) if backup else troubles(options["sample"])
        try:
            wrong = self.tell(found)
        except DatabaseError as error:
            raise CommandError(f"the database cannot be read: {str(error).strip()}") from error
        if wrong:
            raise CommandError(f"{wrong} things are wrong: see the lines above")
        if not backup:
            self.stdout.write(", ".join(f"{name} {rows}" for name, rows in counts().items() if rows))
        self.stdout.write("everything is sound")

    def tell(self, found: Iterator[str]) -> int:
        """How many things are wrong; each is told as soon as it is found."""
        wrong = 0
        for line in found:
            self.stderr.write(line)
            wrong += 1
        return wrong
