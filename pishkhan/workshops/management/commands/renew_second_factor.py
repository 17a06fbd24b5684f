"""`pishkhan renew_second_factor`: a way back in for who lost the phone, the last senior user included."""

from django.core.management.base import CommandError
from django.db import transaction

from pishkhan.accounts.factors import remove_second_factor
from pishkhan.accounts.models import User
from pishkhan.audit.operations import SYSTEM
from pishkhan.workshops.operations import tell_of_operator

from ..of_account import AccountCommand


class Command(AccountCommand):
    help = "Takes the second factor of an account away and ends its sessions; its user sets up a new one."

    def act(self, user: User) -> str:
        with transaction.atomic():
            if not remove_second_factor(user, by=SYSTEM):
                raise CommandError(f"{user.username} گام دومی ندارد — this account has no second factor")
            tell_of_operator(user, "گام دوم ورودش برداشته شد")
        return "گام دوم ورود برداشته شد — the second factor was removed"
