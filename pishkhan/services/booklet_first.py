"""صدور دفترچه برای اولین بار (R13, R34–R37)."""

from typing import Any

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import About, Asked, Page, Service, Step
from pishkhan.people.booklets import issue_booklet, not_offered, told_about
from pishkhan.people.forms import BookletForm, asked_at_age
from pishkhan.people.models import Booklet


class BookletFirst(Service):
    code = "booklet-first"
    title = "صدور دفترچه برای اولین بار"
    lead = "برای بیمه‌شدهٔ اصلی یا تبعی که هنوز دفترچه ندارد."
    icon = "journal-plus"
    place = 3
    about = About.COVERED
    offered_to = frozenset({Audience.WORKSHOP})
    pages = (Page("booklet", "دفترچه", BookletForm),)
    scans = (scans.PHOTO, scans.NATIONAL_CARD_FRONT)
    steps = (Step("review", "بررسی واحد نام‌نویسی", by=Unit.REGISTRATION),)
    letters = ("booklet",)
    example = {"kind": "general", "remarks": "کارگر تازه‌وارد"}

    def needed_scans(self, answers: Answers, person: Any) -> set[str]:
        """The photo and the national card (R35); what is on file is attached already."""
        return asked_at_age(person)

    def has_been_given(self, person: Any) -> bool:
        return Booklet.objects.current(person).exists()

    def obstacles(self, case: Asked) -> dict[str, str]:
        if self.has_been_given(case.subject):
            return {"kind": "این شخص دفترچه دارد؛ «تجدید دفترچه» یا «المثنی» بخواهید."}
        return not_offered(case.answers["kind"])

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        return told_about(case.subject)

    def complete(self, case: Any, *, by: Author) -> None:
        """The person's first booklet is issued."""
        issue_booklet(case.subject, case.answers["kind"], because="", by=by, case_id=case.pk)
