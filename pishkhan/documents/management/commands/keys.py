"""`pishkhan keys list|rotate|retire`: the keys that scans and letters are sealed with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.documents.keyring import LostKeyError, current_key, load, used_keys
from pishkhan.documents.rotation import Rewrapped, retire, rotate


class Command(BaseCommand):
    help = "Shows, changes and removes the keys that stored files are sealed with; the portal may be in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            choices=["list", "rotate", "retire"],
            help="list: which there are; rotate: a new one for every file; retire: remove those not needed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            current_key()
            {"list": self.list, "rotate": self.rotate, "retire": self.retire}[options["what"]]()
        except LostKeyError as lost:
            raise CommandError(str(lost)) from lost

    def list(self) -> None:
        ring, used = load(), used_keys()
        for name, key in ring.keys.items() if ring else ():
            state = "current" if ring and name == ring.current else f"replaced {key.replaced_at}"
            state += "" if name in used else ", not in use"
            self.stdout.write(f"{name}  made {key.made_at}, {state}")

    def rotate(self) -> None:
        done = rotate()
        self.stdout.write(f"{done.files} files have the new key; back up, and `pishkhan keys retire` later")
        self.complain(done)

    def retire(self) -> None:
        gone = retire()
        self.stdout.write(
            f"removed: {', '.join(gone) or 'none'}; what is in use, or was an hour ago, is kept"
        )

    def complain(self, done: Rewrapped) -> None:
        if done.broken:
            lines = "\n".join(done.broken[:20])
            raise CommandError(f"{len(done.broken)} files could not be opened and keep their key:\n{lines}")
