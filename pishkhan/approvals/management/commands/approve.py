"""`pishkhan approve [NUMBER]`: the second pair of eyes of a branch that has one senior user."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pishkhan.approvals.models import Approval
from pishkhan.approvals.operations import approve_as_operator
from pishkhan.workshops.refusals import RefusedChangeError


class Command(BaseCommand):
    help = "Lists what waits for a second person; with a number, approves it. Never what was asked for here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["number"] is None:
            self.list()
            return
        try:
            asked = approve_as_operator(options["number"])
        except Approval.DoesNotExist as missing:
            raise CommandError("چنین شماره‌ای نیست — nobody of the portal asked for that number") from missing
        except RefusedChangeError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"تأیید شد — approved: {self.line(asked)}")

    def list(self) -> None:
        waiting = Approval.objects.waiting().filter(asked_by__isnull=False)
        for asked in waiting.select_related("subject", "workshop", "asked_by").order_by("id"):
            self.stdout.write(self.line(asked))

    def line(self, asked: Approval) -> str:
        whom = asked.subject.username if asked.subject else asked.workshop.code if asked.workshop else ""
        by = asked.asked_by.username if asked.asked_by else ""
        return f"{asked.pk}  {asked.action} ({asked.title})  {whom}  asked by {by}"
