"""`pishkhan renew_password`: a way back in for whoever forgot the password, the senior user included."""

from django.db import transaction

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import reset_password
from pishkhan.audit.operations import SYSTEM
from pishkhan.workshops.operations import tell_of_operator

from ..of_account import AccountCommand


class Command(AccountCommand):
    help = "Gives an account a new one-time password, which is shown this once; its open sessions end."

    def act(self, user: User) -> str:
        with transaction.atomic():
            password = reset_password(user, by=SYSTEM)
            tell_of_operator(user, "رمز عبور تازه گرفت")
        return f"رمز یک‌بارمصرف — one-time password: {password}"
