"""تجدید دفترچه (R13, R38)."""

from typing import Any

from django.db.models import TextChoices

from pishkhan.audit.operations import Author
from pishkhan.catalogue import scans
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.scans import when
from pishkhan.catalogue.service import About, Asked, Caution, Page, Service, Step
from pishkhan.people import eligibility
from pishkhan.people.booklets import issue_booklet, not_offered, told_about
from pishkhan.people.forms import BookletForm, asked_at_age, choose, today
from pishkhan.people.models import Booklet


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

    def needed_scans(self, answers: Answers, person: Any) -> set[str]:
        """By the reason; and of somebody covered through another, what may have ended since."""
        by_reason = super().needed_scans(answers, person) - {"photo", "national_card_front"}
        verdict = _verdict(person)
        shown_anew = {"study_certificate", "medical_opinion"} & set(verdict.needs if verdict else ())
        return by_reason | asked_at_age(person) | shown_anew

    def obstacles(self, case: Asked) -> dict[str, str]:
        return not_offered(case.answers["kind"])

    def cautions(self, case: Asked) -> list[Caution]:
        verdict = _verdict(case.subject)
        return [Caution("not-covered", verdict.warning)] if verdict and verdict.warning else []

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        return told_about(case.subject)

    def complete(self, case: Any, *, by: Author) -> None:
        """A new booklet in the place of the old one."""
        because = Reason(case.answers["reason"]).label
        issue_booklet(case.subject, case.answers["kind"], because=because, by=by, case_id=case.pk)


def _verdict(person: Any) -> eligibility.Verdict | None:
    """What the table of eligibility says today of somebody covered through another."""
    through = person.covered_through if person else None
    if through is None:
        return None
    return eligibility.judge(through.relation, person.birth_date, through.conditions, today())
