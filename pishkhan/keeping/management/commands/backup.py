"""`pishkhan backup FOLDER`: everything, encrypted, while the portal is in use."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.keeping.backing_up import back_up
from pishkhan.keeping.backup_key import given_key, new_key

KEEP = 14


class Command(BaseCommand):
    help = "Backs up database, scans, letters and keys, encrypted, into a folder: of files only the new ones."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path)
        parser.add_argument("--keep", type=int, default=KEEP, help=f"how many runs stay ({KEEP})")
        parser.add_argument(
            "--new-key", action="store_true", help="print a new backup key, and do nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(new_key())
            return
        if options["folder"] is None or options["keep"] < 1:
            raise CommandError("give the folder of the backups, and keep at least one")
        try:
            done = back_up(options["folder"], given_key(), options["keep"])
        except OSError as error:
            raise CommandError(f"the backup was not made: {error}") from error
        self.stdout.write(
            f"backed up as {done.stamp}: {done.files} files,"
            f" {done.new_files} of them new ({done.new_bytes / 1e6:.1f} MB)"
        )
