from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from pishkhan.cases.models import Case, CaseQuerySet
from pishkhan.people.models import Person


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> "HoldQuerySet":
        return self.filter(lifted_at=None)

    def on_case(self, case: Case) -> "HoldQuerySet":
        """Those in force that keep the case from being erased: its own, and those of whom it is about."""
        return self.in_force().filter(Q(case=case) | Q(person__in=people_of(case)))


def people_of(case: Case) -> "models.QuerySet[Person]":
    """Whom of the register the case is about, and through whom they are covered."""
    codes = (case.national_code, case.answers.get("main_national_code"))
    known = [code for code in codes if isinstance(code, str) and code]
    return Person.objects.filter(Q(national_code__in=known) | Q(pk=case.subject_id))


class Hold(models.Model):
    """A legal hold (توقیف حذف): until it is lifted, nothing of the case, or of the person and of every
    request about the person, is erased; neither by retention nor on request."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="holds")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="holds")
    reason = models.CharField(max_length=300)
    put_at = models.DateTimeField(default=timezone.now)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_because = models.CharField(max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None, person__isnull=False) | Q(case__isnull=False, person=None),
                name="holds_one_thing",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(lifted_at=None), name="one_hold_a_case"),
            models.UniqueConstraint(fields=["person"], condition=Q(lifted_at=None), name="one_hold_a_person"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def about(self) -> str:
        return f"case:{self.case_id}" if self.case_id else f"person:{self.person_id}"


def cases_about(codes: list[str]) -> Q:
    """Requests about these people: as the one it is about, or as the main insured person of that one."""
    return (
        Q(national_code__in=codes)
        | Q(subject__national_code__in=codes)
        | Q(answers__main_national_code__in=codes)
    )


def not_held(cases: CaseQuerySet) -> CaseQuerySet:
    """Those that no hold keeps."""
    held = Hold.objects.in_force()
    codes = list(held.filter(person__isnull=False).values_list("person__national_code", flat=True))
    free = cases.filter(~Exists(held.filter(case=OuterRef("pk"))))
    # By id, since NOT of an answer that was never given is neither true nor false.
    return free.exclude(pk__in=Case.objects.filter(cases_about(codes)).values("pk")) if codes else free
