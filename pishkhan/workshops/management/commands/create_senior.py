"""`pishkhan create_senior`: the first senior user, from whom all other accounts come."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.accounts.models import User
from pishkhan.workshops.operations import create_senior


class Command(BaseCommand):
    help = "Makes a senior user and prints the one-time password, which is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        if User.objects.filter(username=username).exists():
            raise CommandError(f"کاربر {username} هست — the user name {username} is taken")
        user, password = create_senior(username)
        self.stdout.write(f"نام کاربری — user name: {user.username}")
        self.stdout.write(f"رمز یک‌بارمصرف — one-time password: {password}")
