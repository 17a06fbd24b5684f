from django.db import models
from django.db.models import Q

from pishkhan.documents.models import Document
from pishkhan.persian.letters import search_key, sort_key
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop


class Gender(models.TextChoices):
    MALE = "male", "مرد"
    FEMALE = "female", "زن"


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """A workshop sees those who work or worked there; staff see those of their branch's workshops."""
        if actor.at_workshop:
            at = Employment.objects.filter(person=models.OuterRef("pk"), workshop=actor.workshop)
        elif actor.at_desk:
            at = Employment.objects.filter(person=models.OuterRef("pk"), workshop__branch=actor.branch)
        else:
            return self.none()
        return self.filter(models.Exists(at))


class Person(models.Model):
    """A main insured person (بیمه‌شدهٔ اصلی) on the branch's register."""

    national_code = models.CharField("کد ملی", max_length=10, unique=True)
    insurance_number = models.CharField("شماره بیمه", max_length=10, blank=True, db_index=True)
    first_name = models.CharField("نام", max_length=100)
    last_name = models.CharField("نام خانوادگی", max_length=100)
    father_name = models.CharField("نام پدر", max_length=100)
    gender = models.CharField("جنسیت", max_length=6, choices=Gender)
    birth_date = models.DateField("تاریخ تولد")
    birth_certificate_no = models.CharField("شماره شناسنامه", max_length=10)
    birth_certificate_serial = models.CharField("سریال شناسنامه", max_length=20, blank=True)
    issue_place = models.CharField("محل صدور", max_length=100, blank=True)
    mobile = models.CharField("تلفن همراه", max_length=11, blank=True)
    landline = models.CharField("تلفن ثابت", max_length=11, blank=True)
    postal_code = models.CharField("کد پستی", max_length=10, blank=True)
    address = models.CharField("نشانی", max_length=300, blank=True)
    search_key = models.CharField(max_length=320, editable=False)
    sort_key = models.CharField(max_length=440, editable=False)
    registered_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def make_keys(self) -> None:
        self.search_key = search_key(f"{self.first_name} {self.last_name}")[:320]
        self.sort_key = sort_key(self.last_name) + sort_key(self.first_name)


class Employment(models.Model):
    """A person works at a workshop, from a day until another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments")
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="employments")
    job = models.CharField("شغل", max_length=100)
    started_on = models.DateField("شروع به کار")
    ended_on = models.DateField("پایان کار", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "workshop"], condition=Q(ended_on=None), name="works_at_a_workshop_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.workshop_id}"


class KnownScanQuerySet(models.QuerySet["KnownScan"]):
    def current(self, person: Person) -> "KnownScanQuerySet":
        return self.filter(person=person, replaced_at=None).select_related("document")


class KnownScan(models.Model):
    """A scan of a known kind, kept with the person and offered again (R35)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="scans")
    kind = models.CharField(max_length=40)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True)

    objects = KnownScanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(replaced_at=None), name="one_current_scan_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"
