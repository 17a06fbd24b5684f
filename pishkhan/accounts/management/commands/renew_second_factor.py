"""`pishkhan renew_second_factor`: a way back in for who lost the phone, the last senior user included."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.accounts.factors import remove_second_factor
from pishkhan.accounts.models import User, canonical_username
from pishkhan.audit.operations import SYSTEM


class Command(BaseCommand):
    help = "Takes the second factor of an account away and ends its sessions; its user sets up a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=canonical_username(options["username"])).first()
        if user is None:
            raise CommandError(f"کاربری با نام {options['username']} نیست — there is no such user")
        if not remove_second_factor(user, by=SYSTEM):
            raise CommandError(f"{user.username} گام دومی ندارد — this account has no second factor")
        self.stdout.write("گام دوم ورود برداشته شد — the second factor was removed")
