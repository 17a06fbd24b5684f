"""`pishkhan renew_password`: a way back in for whoever forgot the password, the senior user included."""

from django.core.management.base import CommandError
from django.db import transaction

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import PasswordChangedMeanwhileError, reset_password
from pishkhan.audit.operations import SYSTEM
from pishkhan.workshops.operations import tell_of_operator

from ..of_account import AccountCommand


class Command(AccountCommand):
    help = "Gives an account a new one-time password, which is shown this once; its open sessions end."

    def act(self, user: User) -> str:
        try:
            with transaction.atomic():
                password = reset_password(user, by=SYSTEM)
                tell_of_operator(user, "رمز عبور تازه گرفت")
        except PasswordChangedMeanwhileError:
            raise CommandError(
                "رمز همین اکنون از جای دیگری عوض شد؛ دوباره اجرا کنید — changed meanwhile: run it again"
            ) from None
        return f"رمز یک‌بارمصرف — one-time password: {password}"
