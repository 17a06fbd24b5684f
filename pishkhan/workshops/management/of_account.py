"""What the operator's commands about one account share: finding it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.accounts.models import User, canonical_username


class AccountCommand(BaseCommand):
    """A command that is given a user name; `act` says what is done and returns what is told."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=canonical_username(options["username"])).first()
        if user is None:
            raise CommandError(f"کاربری با نام {options['username']} نیست — there is no such user")
        self.stdout.write(self.act(user))

    def act(self, user: User) -> str:
        raise NotImplementedError
