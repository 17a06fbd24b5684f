"""تجدید دفترچه (R13, R38)."""

from typing import Any

from django.db.models import TextChoices

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.scans import Scan, when
from pishkhan.catalogue.service import About, Asked, Page, Service, Step
from pishkhan.people import eligibility
from pishkhan.people.booklets import issue_booklet, told_about
from pishkhan.people.forms import BookletForm, choose, identity_scan_needed, today
from pishkhan.people.models import Booklet, Dependent


class Reason(TextChoices):
    FINISHED = "finished", "تمام شدن برگ‌ها"
    EXPIRED = "expired", "پایان اعتبار"
    CHANGED = "changed", "تغییر مشخصات"


class RenewalForm(BookletForm):
    reason = choose("علت تجدید", Reason.choices)
    field_order = ["reason", "kind", "remarks"]


class BookletRenewal(Service):
    code = "booklet-renewal"
    title = "تجدید دفترچه"
    lead = "برگ‌های دفترچه تمام شده، اعتبار آن گذشته یا مشخصات تغییر کرده است."
    icon = "arrow-repeat"
    place = 4
    about = About.COVERED
    offered_to = frozenset({Audience.WORKSHOP})
    pages = (Page("booklet", "دفترچه", RenewalForm),)
    scans = (
        scans.PHOTO,
        scans.NATIONAL_CARD_FRONT,
        when(scans.OLD_BOOKLET, lambda answers: answers.get("reason") == Reason.FINISHED),
        when(scans.BIRTH_CERTIFICATE_1, lambda answers: answers.get("reason") == Reason.CHANGED),
        when(scans.BIRTH_CERTIFICATE_2, scans.never),
        scans.STUDY_CERTIFICATE,
        scans.MEDICAL_OPINION,
        scans.UNDERTAKING,
    )
    steps = (Step("review", "بررسی واحد نام‌نویسی", by=Unit.REGISTRATION),)
    letters = ("booklet",)
    example = {"kind": "general", "reason": "expired", "remarks": ""}

    def prefill(self, person: Any) -> Answers:
        current = Booklet.objects.current(person).first()
        return {"kind": current.kind} if current else {}

    def needs_scan(self, scan: Scan, answers: Answers, person: Any) -> bool:
        """A photo older than five years is asked for again; a grown child shows what covers it still."""
        if scan.code in ("photo", "national_card_front"):
            return identity_scan_needed(scan, person)
        if scan.code in ("study_certificate", "medical_opinion"):
            return scan.code in self._needs_of_dependent(person)
        return scan.when(answers)

    def _needs_of_dependent(self, person: Any) -> tuple[str, ...]:
        """What the table of eligibility asks for today of somebody covered through another."""
        through = _sponsorship(person)
        if through is None:
            return ()
        return eligibility.judge(through.relation, person.birth_date, through.conditions, today()).needs

    def warnings(self, case: Asked) -> list[str]:
        through = _sponsorship(case.subject)
        if through is None:
            return []
        born, conditions = case.subject.birth_date, through.conditions
        warning = eligibility.judge(through.relation, born, conditions, today()).warning
        return [warning] if warning else []

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        return told_about(case.subject)

    def complete(self, case: Any, *, by: Author) -> None:
        """A new booklet in the place of the old one."""
        because = Reason(case.answers["reason"]).label
        issue_booklet(case.subject, case.answers["kind"], because=because, by=by)


def _sponsorship(person: Any) -> Dependent | None:
    return Dependent.objects.filter(person=person, ended_on=None).first() if person else None
