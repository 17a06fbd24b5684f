"""درخواست سابقه (R15): the branch answers with a statement of the contribution records."""

from typing import Any

from django import forms
from django.db.models import TextChoices

from pishkhan.audit.operations import Author
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import About, Asked, Page, Service, Step
from pishkhan.people.forms import choose, remarks_field
from pishkhan.people.history import summary, troubles


class Purpose(TextChoices):
    INFORMATION = "information", "اطلاع بیمه‌شده"
    RETIREMENT = "retirement", "بازنشستگی"
    LOAN = "loan", "وام یا ضمانت"
    TRANSFER = "transfer", "نقل و انتقال سوابق"
    OTHER = "other", "موارد دیگر"


class HistoryForm(forms.Form):
    purpose = choose("برای چه", Purpose.choices)
    remarks = remarks_field()


class HistoryRequest(Service):
    code = "history-request"
    title = "درخواست سابقه"
    lead = "گواهی سوابق بیمه از شعبه؛ پاسخ در همین کارتابل می‌آید."
    icon = "clock-history"
    letters = ("statement",)
    place = 6
    about = About.INSURED
    offered_to = frozenset({Audience.WORKSHOP})
    pages = (Page("history", "درخواست", HistoryForm),)
    steps = (Step("review", "صدور گواهی سابقه", by=Unit.REGISTRATION),)
    example = {"purpose": "loan", "remarks": "برای بانک"}

    def warnings(self, case: Asked) -> list[str]:
        return troubles(case.subject)

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        return summary(case.subject)

    def complete(self, case: Any, *, by: Author) -> None:
        """Nothing on the register changes: what was confirmed are the records as they are now."""
