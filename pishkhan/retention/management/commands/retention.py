"""`pishkhan retention apply`: erases what is over its time; once a day, from cron."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...applying import apply_retention


class Command(BaseCommand):
    help = "Erases what is over its time (docs/operating.md, «Retention»). Twice is once; it may be stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["apply"])
        parser.add_argument("--dry-run", action="store_true", help="only tells how much that would be")

    def handle(self, *args: Any, **options: Any) -> None:
        gone = apply_retention(dry=options["dry_run"])
        told = ", ".join(f"{number} {what}" for what, number in sorted(gone.items()))
        verb = "would be erased" if options["dry_run"] else "erased"
        self.stdout.write(f"{verb}: {told or 'nothing'}")
