"""The demo accounts: always the same, known to everybody, and so worth nothing outside a demonstration."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.catalogue.parties import Unit

FIRST_WORKSHOP, SECOND_WORKSHOP = "1462319012", "1461719001"
ALSO_OF_FIRST = 2
"""The place of one more workshop that the first one's representative acts for."""


@dataclass(frozen=True)
class Account:
    """One line of `demo-accounts.json`."""

    username: str
    password: str
    role: str
    workshop_code: str | None = None
    must_change_password: bool = False


@dataclass(frozen=True)
class Holder:
    """An account with what its user is called and where the user works."""

    account: Account
    first_name: str
    last_name: str
    unit: str = ""


HOLDERS = (
    Holder(Account(FIRST_WORKSHOP, "shalizar-sabz-27", "representative", FIRST_WORKSHOP), "مریم", "پوررضا"),
    Holder(
        Account(
            SECOND_WORKSHOP, "hcmp-w4zr-9tyk", "representative", SECOND_WORKSHOP, must_change_password=True
        ),
        "کیومرث",
        "فلاح‌زاده",
    ),
    Holder(Account("registration", "daftar-abi-31", "staff"), "لیلا", "شفتی", Unit.REGISTRATION),
    Holder(Account("registration2", "daftar-zard-32", "staff"), "مجید", "رودباری", Unit.REGISTRATION),
    Holder(Account("inspection", "kargah-roshan-33", "staff"), "سعید", "خمامی", Unit.INSPECTION),
    Holder(Account("senior", "miz-e-bozorg-34", "senior"), "معصومه", "کوچک‌پور"),
    Holder(Account("senior2", "panjare-boland-35", "senior"), "بهرام", "رودسری"),
)

ROLES = {"representative": "نمایندهٔ کارفرما", "staff": "کارمند شعبه", "senior": "کاربر ارشد"}


def hashed() -> list[str]:
    """The stored form of every holder's password; side by side, since each takes a sixth of a second."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(make_password, [holder.account.password for holder in HOLDERS]))


def accounts_file() -> Path:
    return Path(settings.DATA_DIR) / "demo-accounts.json"


def write_accounts() -> None:
    """Readable by the portal's own user alone, whole or not at all."""
    text = json.dumps([asdict(holder.account) for holder in HOLDERS], ensure_ascii=False, indent=2)
    target, part = accounts_file(), accounts_file().with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text + "\n")
    part.replace(target)


def read_accounts() -> list[Account]:
    """What `demo-accounts.json` holds; nothing when there is no such file."""
    try:
        return [Account(**entry) for entry in json.loads(accounts_file().read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def renew_first_passwords(accounts: list[Account]) -> None:
    """At each start of a demonstration the term of its one-time passwords begins anew."""
    names = [account.username for account in accounts if account.must_change_password]
    waiting = User.objects.filter(username__in=names, must_change_password=True)
    waiting.update(password_set_at=timezone.now(), one_time_used_at=None)


def table(accounts: list[Account]) -> str:
    """The accounts as lines for a terminal; of a first password that was changed since, that it was."""
    names = [account.username for account in accounts if account.must_change_password]
    unchanged = User.objects.filter(username__in=names, must_change_password=True)
    waiting = set(unchanged.values_list("username", flat=True))
    lines = [f"  {'نام کاربری':<14} {'رمز عبور':<20} نقش"]
    for account in accounts:
        more = "؛ نخستین ورود، رمز باید عوض شود" if account.must_change_password else ""
        if account.username in set(names) - waiting:
            more = "؛ رمز نخستین آن عوض شده است"
        lines.append(f"  {account.username:<14} {account.password:<20} {ROLES[account.role]}{more}")
    return "\n".join(["حساب‌های نمایشی — demo accounts:", *lines])
