from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from pishkhan.cases.models import Case
from pishkhan.documents.models import SealedFile
from pishkhan.people.models import Person
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Branch, Workshop


class Kind(models.TextChoices):
    """What letters there are."""

    CREDENTIALS = "credentials", "نامهٔ نام کاربری و رمز عبور"
    RECEIPT = "receipt", "رسید درخواست"
    FORM = "form", "فرم درخواست"
    RETURN = "return", "برگشت برای رفع نقص"
    REJECTION = "rejection", "اعلام رد درخواست"
    DECISION = "decision", "اعلام نتیجهٔ درخواست"
    BOOKLET = "booklet", "گواهی صدور دفترچهٔ درمان"
    STATEMENT = "statement", "صورت سوابق بیمه"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, actor: Actor) -> "LetterQuerySet":
        """A workshop's own; those of the desk's branch; a visitor's, of the cases that the session holds."""
        if actor.at_workshop:
            return self.filter(workshop=actor.workshop)
        if actor.at_desk:
            return self.filter(branch=actor.branch)
        return self.filter(case_id__in=actor.case_ids)


class Letter(SealedFile):
    """One letter that was issued: never changed, its PDF served as it was made.

    `occasion` is what the letter is issued for, once. `facts` are the labelled rows exactly as printed:
    a list of {title, rows: [{label, shown}], table: None or {head, rows}}.
    `is_stored` is False for a letter with a secret: its PDF was given out once and exists nowhere else; and
    for one that was destroyed (`operations.destroy_letters`), whose `facts` are empty.
    """

    number = models.CharField(max_length=30, unique=True)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    occasion = models.CharField(max_length=60, unique=True, null=True)  # noqa: DJ001 null: as often as asked
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    branch = models.ForeignKey(Branch, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="letters")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="letters")
    workshop = models.ForeignKey(Workshop, models.PROTECT, null=True, related_name="letters")
    facts = models.JSONField()
    is_stored = models.BooleanField(default=True)

    objects = LetterQuerySet.as_manager()

    class Meta(SealedFile.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=Kind.CREDENTIALS) | Q(is_stored=False), name="passwords_are_not_stored"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def identity(self) -> str:
        return f"letter:{self.code}"

    @property
    def path(self) -> Path:
        """Where the PDF is; named after the code, which is known before there is a row."""
        return Path(settings.LETTERS_DIR) / self.code[:2] / f"{self.code}.sealed"

    def set_owner(self) -> None:
        """Whom the letter is for, before it is sealed."""
        of = {"case": self.case_id, "person": self.person_id, "workshop": self.workshop_id}
        self.owner = next(f"{kind}:{pk}" for kind, pk in of.items() if pk)

    @property
    def file_name(self) -> str:
        """ASCII, for whoever saves it."""
        return f"letter-{self.number.replace('/', '-')}.pdf"


class LetterSequence(models.Model):
    """The last number given to a letter of a branch in a Jalali year."""

    branch = models.ForeignKey(Branch, models.CASCADE)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "year"], name="one_letter_sequence_a_year")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.year}: {self.last}"
