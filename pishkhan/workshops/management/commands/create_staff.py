"""`pishkhan create_staff`: an account of the branch's staff, made where the portal runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.accounts.models import User, canonical_username
from pishkhan.catalogue.parties import Unit
from pishkhan.workshops.operations import create_staff


class Command(BaseCommand):
    help = (
        "Makes an account for a member of staff and prints the one-time password, which is shown this once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--unit", choices=Unit.values, default="", help="the unit that the person works in"
        )
        parser.add_argument("--senior", action="store_true", help="the person manages the branch's accounts")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        username = canonical_username(options["username"])
        if not (options["unit"] or options["senior"]):
            raise CommandError("واحد یا ارشد بودن را بگویید — say --unit, --senior, or both")
        if User.objects.filter(username=username).exists():
            raise CommandError(f"کاربر {username} هست — the user name {username} is taken")
        user, password = create_staff(
            username,
            options["unit"],
            senior=options["senior"],
            first_name=options["first_name"],
            last_name=options["last_name"],
        )
        self.stdout.write(f"نام کاربری — user name: {user.username}")
        self.stdout.write(f"رمز یک‌بارمصرف — one-time password: {password}")
