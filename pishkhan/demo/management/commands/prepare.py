"""`pishkhan prepare`: what a migrated database needs before the portal opens; run at every start."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from pishkhan.accounts.models import User
from pishkhan.demo.accounts import read_accounts, renew_first_passwords, table
from pishkhan.workshops.models import StaffPost, Workshop
from pishkhan.workshops.operations import prepare_branch

NO_SENIOR = (
    "هنوز کاربر ارشدی نیست؛ نخستین کاربر ارشد را با این فرمان بسازید:"
    " pishkhan create_staff USERNAME --senior\n"
    "There is no senior user yet; make the first one with: pishkhan create_staff USERNAME --senior"
)


class Command(BaseCommand):
    help = "Prepares the branch; at the first start, unless PISHKHAN_DEMO=0, loads the demo data."
    requires_system_checks = []  # checks come after this, once there is something to check

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_branch()
        if settings.DEMO and not (Workshop.objects.exists() or User.objects.exists()):
            self.stdout.write("• دادهٔ نمایشی ساخته می‌شود — making demo data")
            call_command("demo", stdout=self.stdout, stderr=self.stderr)
        elif settings.DEMO and (accounts := read_accounts()):
            renew_first_passwords(accounts)
            self.stdout.write(table(accounts))
        elif not StaffPost.objects.filter(is_senior=True).exists():
            self.stdout.write(NO_SENIOR)
