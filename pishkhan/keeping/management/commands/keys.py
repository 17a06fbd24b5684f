"""`pishkhan keys list|rotate|retire`: the keys that scans and letters are sealed with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.approvals.models import Action
from pishkhan.approvals.operations import ask_as_operator, do_in_emergency, use_as_operator
from pishkhan.documents.keyring import LostKeyError, current_key, load, used_keys
from pishkhan.documents.rotation import Rewrapped, retire, rotate


class Command(BaseCommand):
    help = (
        "Shows, changes and removes the keys that stored files are sealed with; the portal may be in use."
        " Changing and removing waits for a senior user's approval."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            choices=["list", "rotate", "retire"],
            help="list: which there are; rotate: a new one for every file; retire: remove those not needed",
        )
        parser.add_argument("--reason", default="", help="what the senior user reads beside the question")
        parser.add_argument(
            "--emergency", metavar="REASON", default="", help="without approval; every senior user is told"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            current_key()
            if options["what"] == "list":
                self.list()
                return
            self.require_approval(Action(options["what"]), options["reason"], options["emergency"])
            {"rotate": self.rotate, "retire": self.retire}[options["what"]]()
        except LostKeyError as lost:
            raise CommandError(str(lost)) from lost

    def require_approval(self, action: Action, reason: str, emergency: str) -> None:
        """Goes on with a rotation that was broken off, with what was approved, or in an emergency."""
        ring = load()
        if action == Action.ROTATE and ring and ring.rotating:
            return
        if emergency.strip():
            do_in_emergency(action, emergency.strip()[:200])
        elif not use_as_operator(action):
            asked = ask_as_operator(action, reason.strip()[:300])
            raise CommandError(
                f"در انتظار تأیید دوم — waiting for approval {asked.pk}: a senior user approves it in"
                " «تأیید دوم»; then run this command again, within a day"
            )

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
