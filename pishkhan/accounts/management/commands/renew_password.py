"""`pishkhan renew_password`: a way back in for whoever forgot the password, the senior user included."""

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import reset_password
from pishkhan.audit.operations import SYSTEM

from ..of_account import AccountCommand


class Command(AccountCommand):
    help = "Gives an account a new one-time password, which is shown this once; its open sessions end."

    def act(self, user: User) -> str:
        return f"رمز یک‌بارمصرف — one-time password: {reset_password(user, by=SYSTEM)}"
