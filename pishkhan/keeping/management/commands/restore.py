"""`pishkhan restore FOLDER`: a portal as it was at a backup, on an empty machine; then `pishkhan verify`."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from pishkhan.keeping.backup_key import given_key
from pishkhan.keeping.chest import DamagedBackupError
from pishkhan.keeping.restoring import restore


class Command(BaseCommand):
    help = "Restores a backup into an empty data folder and an empty database, and verifies all of it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--at", metavar="STAMP", help="which run (the last)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["folder"], given_key(), options["at"])
        except DamagedBackupError as damaged:
            raise CommandError(f"{damaged}: choose another run (--at) or another copy") from damaged
        except (OSError, DatabaseError) as error:
            raise CommandError(f"nothing useful was restored: {str(error).strip()}") from error
        self.stdout.write(f"restored {manifest.stamp}: {len(manifest.files)} files; verifying", ending="\n")
        self.stdout.flush()
        # Anew: this process began with the keys of an empty folder.
        verified = subprocess.run([sys.executable, "-m", "pishkhan", "verify"], check=False)
        if verified.returncode:
            raise CommandError("what was restored is not sound")
