"""`pishkhan check`: everybody knows the demo accounts' passwords: they must not exist in production."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning, register
from django.db import DatabaseError

from pishkhan.accounts.factors import MANDATORY, POLICY
from pishkhan.accounts.models import Side, User
from pishkhan.policy.operations import policy

from .accounts import HOLDERS, accounts_file

HINT = (
    "حساب‌های نمایشی با رمزهای شناخته‌شده در این سامانه هستند؛ برای کار واقعی با PISHKHAN_DEMO=0 و پوشهٔ دادهٔ"
    " تازه (PISHKHAN_DATA_DIR) و پایگاه دادهٔ خالی آغاز کنید."
    " Start with PISHKHAN_DEMO=0 on an empty data folder and an empty database, then run"
    " `pishkhan create_staff USERNAME --senior`."
)
OPTIONAL = (
    "با دادهٔ نمایشی، گام دوم ورود به همه پیشنهاد و از هیچ‌کس خواسته نمی‌شود؛"
    " در کار واقعی کارکنان باید آن را داشته باشند."
    " Demo data do this; without them the staff must set one up at the first sign-in."
)


@register()
def check_demo_accounts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warns where people come in from outside."""
    return warnings() if in_production() else []


@register(deploy=True)
def check_demo_accounts_before_deploying(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warns wherever `--deploy` is asked; what the other check says is not said twice."""
    return [] if in_production() else warnings()


@register()
def check_second_factor(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Says, everywhere, when the staff sign in with a password alone."""
    try:
        required = policy(POLICY, MANDATORY)
    except DatabaseError:
        return []
    if Side.DESK in required:
        return []
    return [Info("The second factor is offered to all, required of none.", hint=OPTIONAL, id="pishkhan.I001")]


def in_production() -> bool:
    return bool(settings.HTTPS) and not settings.DEBUG


def warnings() -> list[CheckMessage]:
    if not (accounts_file().exists() or demo_users_exist()):
        return []
    return [
        Warning("Demo accounts exist, with passwords that everybody knows.", hint=HINT, id="pishkhan.W001")
    ]


def demo_users_exist() -> bool:
    """Whether somebody can sign in with a demo account; False where there is no database to ask."""
    passwords = {holder.account.username: holder.account.password for holder in HOLDERS}
    try:
        users = list(User.objects.filter(username__in=passwords))
    except DatabaseError:
        return False
    return any(user.check_password(passwords[user.username]) for user in users)
