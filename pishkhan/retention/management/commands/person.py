"""`pishkhan person export|erase`: one person's data; the national code is never an argument."""

import os
import sys
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.audit.operations import SYSTEM
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.persian.identifiers import national_code
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Branch

from ...operations import erase_person, export_person
from ...refusals import RefusedErasureError


def asked_code() -> str:
    """From the keyboard unseen, or from standard input: a command line stands in histories and in `ps`."""
    typed = getpass("national code: ") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return national_code(typed)
    except ValidationError:
        raise CommandError("این کد ملی درست نیست — this is not a national code") from None


class Command(BaseCommand):
    help = "Exports or erases what is held of one person; asks for the national code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["export", "erase"])
        parser.add_argument("--to", type=Path, help="export: the ZIP file, which must not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        code = asked_code()
        # The operator of the portal does it for its branch, with the right of a senior user there.
        branch = Branch.objects.home()
        office = Actor(Audience.DESK, branch=branch, unit=Unit.MANAGEMENT, is_senior=True)
        if options["action"] == "export":
            self.export(office, code, options["to"])
            return
        try:
            done = erase_person(office, code, by=SYSTEM)
        except RefusedErasureError as refused:
            raise CommandError(refused.message) from None
        told = ", ".join(f"{number} {what}" for what, number in sorted(done.gone.items()))
        self.stdout.write(
            "\n".join([f"erased: {told or 'nothing'}", *(f"می‌ماند: {kept}" for kept in done.kept)])
        )

    def export(self, office: Actor, code: str, to: Path | None) -> None:
        if to is None:
            raise CommandError("say where: --to FILE.zip")
        try:
            handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"cannot write {to}: {error.strerror}") from None
        with os.fdopen(handle, "wb") as out:
            for part in export_person(office, code, by=SYSTEM):
                out.write(part)
        self.stdout.write(f"written: {to} — hand it over and delete it here")
