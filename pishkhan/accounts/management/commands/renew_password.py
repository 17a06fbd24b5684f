"""`pishkhan renew_password`: a way back in for whoever forgot the password, the senior user included."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.accounts.models import User, canonical_username
from pishkhan.accounts.operations import reset_password
from pishkhan.audit.operations import SYSTEM


class Command(BaseCommand):
    help = "Gives an account a new one-time password, which is shown this once; its open sessions end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=canonical_username(options["username"])).first()
        if user is None:
            raise CommandError(f"کاربری با نام {options['username']} نیست — there is no such user")
        self.stdout.write(f"رمز یک‌بارمصرف — one-time password: {reset_password(user, by=SYSTEM)}")
