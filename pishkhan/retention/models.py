from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from pishkhan.cases.models import Case, CaseQuerySet
from pishkhan.people.models import Person
from pishkhan.prepared import Prepared


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> "HoldQuerySet":
        return self.filter(lifted_at=None)

    def on_case(self, case: Case) -> "HoldQuerySet":
        """Those in force that keep the case from being erased: its own, and those of whom it is about."""
        return self.keeping(case.pk, *_named_by(case))

    def keeping(self, case: int, person: int, *national_codes: str) -> "HoldQuerySet":
        """Those in force on a case, on a person by number, and on persons by code."""
        people = _people(person, *national_codes)
        return self.in_force().filter(Q(case=case) | Q(person__in=people))


def people_of(case: Case) -> "models.QuerySet[Person]":
    """Whom of the register the case is about, and through whom they are covered."""
    return _people(*_named_by(case))


def _people(person: int, *national_codes: str) -> "models.QuerySet[Person]":
    return Person.objects.filter(Q(national_code__in=national_codes) | Q(pk=person))


def _named_by(case: Case) -> tuple[int, str, str]:
    """Number and code of whom the case is about, and the code of the main insured; 0 and "" for nobody."""
    main = case.answers.get("main_national_code")
    return case.subject_id or 0, case.national_code, main if isinstance(main, str) else ""


def is_held(case: Case) -> bool:
    """Whether something keeps the case from being erased."""
    return bool(_kept(case.pk, *_named_by(case)))


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


_kept = Prepared(
    lambda case, person, code, main: Hold.objects.keeping(case, person, code, main).values_list("pk")[:1],
    *(int, int, str, str),
)


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
