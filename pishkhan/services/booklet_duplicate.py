"""صدور المثنی دفترچه (R13, R38; penalty and reports: domain guide, section 3)."""

from typing import Any

from django.db.models import TextChoices

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.scans import when
from pishkhan.catalogue.service import About, Asked, Page, Service, Step
from pishkhan.people.booklets import LOST, issue_booklet, not_offered, told_about
from pishkhan.people.forms import BookletForm, asked_at_age, choose
from pishkhan.people.models import Booklet


class Reason(TextChoices):
    LOST = "lost", LOST
    STOLEN = "stolen", "سرقت"
    DISASTER = "disaster", "حادثه (سیل، آتش‌سوزی، …)"
    WORN_OUT = "worn_out", "فرسودگی"


class DuplicateForm(BookletForm):
    reason = choose("علت المثنی", Reason.choices)
    field_order = ["reason", "kind", "remarks"]


class BookletDuplicate(Service):
    code = "booklet-duplicate"
    title = "صدور المثنی دفترچه"
    lead = "دفترچه گم، دزدیده، فرسوده یا در حادثه از بین رفته است."
    icon = "files"
    place = 5
    about = About.COVERED
    offered_to = frozenset({Audience.WORKSHOP})
    pages = (Page("booklet", "دفترچه", DuplicateForm),)
    scans = (
        scans.PHOTO,
        scans.NATIONAL_CARD_FRONT,
        when(scans.UNDERTAKING, lambda answers: answers.get("reason") == Reason.LOST),
        when(scans.PENALTY_RECEIPT, lambda answers: answers.get("reason") == Reason.LOST),
        when(
            scans.POLICE_REPORT,
            lambda answers: answers.get("reason") in (Reason.STOLEN, Reason.DISASTER),
        ),
        when(scans.OLD_BOOKLET, lambda answers: answers.get("reason") == Reason.WORN_OUT),
    )
    steps = (Step("review", "بررسی واحد نام‌نویسی", by=Unit.REGISTRATION),)
    letters = ("booklet",)
    example = {"kind": "general", "reason": "lost", "remarks": "در اتوبوس گم شد"}

    def prefill(self, person: Any) -> Answers:
        current = Booklet.objects.current(person).first()
        return {"kind": current.kind} if current else {}

    def needed_scans(self, answers: Answers, person: Any) -> set[str]:
        by_reason = super().needed_scans(answers, person) - {"photo", "national_card_front"}
        return by_reason | asked_at_age(person)

    def obstacles(self, case: Asked) -> dict[str, str]:
        return not_offered(case.answers["kind"])

    def warnings(self, case: Asked) -> list[str]:
        if Booklet.objects.current(case.subject).exists():
            return []
        return ["دفترچه‌ای که المثنی آن خواسته شده در این سامانه ثبت نیست."]

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        return told_about(case.subject)

    def complete(self, case: Any, *, by: Author) -> None:
        """The lost or spoilt booklet ends, and its duplicate is issued."""
        because = Reason(case.answers["reason"]).label
        issue_booklet(case.subject, case.answers["kind"], because=because, by=by, case_id=case.pk)
