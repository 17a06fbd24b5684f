from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils.functional import cached_property

from pishkhan.documents.models import Document
from pishkhan.persian.letters import search_key, sort_key
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop


class Gender(models.TextChoices):
    MALE = "male", "مرد"
    FEMALE = "female", "زن"


class Relation(models.TextChoices):
    """What a dependent is to the main insured person (Social Security Act art. 58)."""

    WIFE = "wife", "همسر (زن)"
    HUSBAND = "husband", "شوهر"
    SON = "son", "پسر"
    DAUGHTER = "daughter", "دختر"
    FATHER = "father", "پدر"
    MOTHER = "mother", "مادر"


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """A workshop sees those who work or worked there, and the dependents of those who work there now;
        staff see those of their branch's workshops and their dependents."""
        if actor.at_workshop:
            at = Employment.objects.filter(workshop=actor.workshop)
            current = at.filter(has_left__in=[False])
        elif actor.at_desk:
            current = at = Employment.objects.filter(workshop__branch=actor.branch)
        else:
            return self.none()
        return self.filter(_there_is(at.filter(person=OuterRef("pk"))) | _there_is(_through(current)))

    def insured_at(self, workshop: Workshop) -> "PersonQuerySet":
        """The main insured persons who work there now."""
        there = Employment.objects.filter(workshop=workshop, has_left__in=[False], person=OuterRef("pk"))
        return self.filter(Exists(there))

    def covered_at(self, workshop: Workshop) -> "PersonQuerySet":
        """Those who work there now, and their dependents."""
        there = Employment.objects.filter(workshop=workshop, has_left__in=[False])
        return self.filter(_there_is(there.filter(person=OuterRef("pk"))) | _there_is(_through(there)))


def _through(employments: "models.QuerySet[Employment]") -> "models.QuerySet[Dependent]":
    """How the person is the dependent of somebody with one of these employments."""
    main = employments.filter(person=OuterRef("main"))
    return Dependent.objects.filter(Exists(main), person=OuterRef("pk"), ended_on=None)


def _there_is(rows: "models.QuerySet[Any]") -> Q:
    """Whether there is one, looked up for each person.

    Not as EXISTS: of two with OR between them PostgreSQL makes lists of everybody, to show 25.
    """
    return Q(IsNull(Subquery(rows.values("pk")[:1]), False))


class Person(models.Model):
    """Somebody on the branch's register: a main insured person (بیمه‌شدهٔ اصلی), a dependent, or both."""

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

    class Meta:
        indexes = [models.Index(fields=["sort_key", "id"], name="person_list")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @cached_property
    def covered_through(self) -> "Dependent | None":
        """How the person is covered now through a main insured person."""
        return self.sponsorships.filter(ended_on=None).order_by("id").first()

    def make_keys(self) -> None:
        self.search_key = search_key(f"{self.first_name} {self.last_name}")[:320]
        self.sort_key = sort_key(self.last_name) + sort_key(self.first_name)


class Employment(models.Model):
    """A person works at a workshop, from a day until another.

    `has_left` says the same as `ended_on`, and the two keys are the person's: with them a workshop's list is
    filtered and sorted by one index.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments")
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="employments")
    job = models.CharField("شغل", max_length=100)
    started_on = models.DateField("شروع به کار")
    ended_on = models.DateField("پایان کار", null=True)
    has_left = models.BooleanField(default=False)
    search_key = models.CharField(max_length=320, editable=False)
    sort_key = models.CharField(max_length=440, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "workshop"], condition=Q(ended_on=None), name="works_at_a_workshop_once"
            )
        ]
        indexes = [
            models.Index(fields=["workshop", "has_left", "sort_key", "id"], name="insured_list"),
            models.Index(fields=["workshop", "has_left", "started_on", "id"], name="insured_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.workshop_id}"


class Dependent(models.Model):
    """A person is covered through a main insured person (بیمه‌شدهٔ تبعی), from a day until another.

    `conditions` are what was claimed and confirmed beside the relation: codes of `eligibility.Condition`.
    """

    main = models.ForeignKey(Person, models.PROTECT, related_name="dependents")
    person = models.ForeignKey(Person, models.PROTECT, related_name="sponsorships")
    relation = models.CharField("نسبت", max_length=10, choices=Relation)
    conditions = models.JSONField(default=list)
    started_on = models.DateField("شروع کفالت")
    ended_on = models.DateField("پایان کفالت", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["main", "person"], condition=Q(ended_on=None), name="depends_on_somebody_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} ← {self.main_id}: {self.relation}"


class BookletQuerySet(models.QuerySet["Booklet"]):
    def current(self, person: Person) -> "BookletQuerySet":
        return self.filter(person=person, ended_on=None)


class Booklet(models.Model):
    """A treatment booklet (دفترچهٔ درمان) issued to a person; at most one of them is current.

    `kind` is a code of the branch's table of kinds (`booklets.kinds`), `title` its name on the day of issue.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="booklets")
    kind = models.CharField(max_length=40)
    title = models.CharField("نوع دفترچه", max_length=100)
    serial = models.CharField("سریال", max_length=20, unique=True, null=True)  # noqa: DJ001 made from the id
    issued_on = models.DateField("تاریخ صدور")
    valid_until = models.DateField("اعتبار تا")
    ended_on = models.DateField("پایان", null=True)
    ended_because = models.CharField("علت پایان", max_length=100, blank=True)
    case_id = models.BigIntegerField(null=True)  # the request that it was issued for

    objects = BookletQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on=None), name="one_current_booklet_a_person"
            )
        ]

    def __str__(self) -> str:
        return self.serial or f"booklet {self.pk}"


class RecordSource(models.TextChoices):
    """Where a contribution record comes from."""

    LIST = "list", "لیست بیمه"
    DESK = "desk", "ثبت شعبه"
    FILE = "file", "فایل اکسل"
    CLAIM = "claim", "ادعای پذیرفته‌شده"


class ContributionRecord(models.Model):
    """A time for which contributions were paid for a person (سابقه): both days are part of it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="records")
    workshop_code = models.CharField("کد کارگاه", max_length=10, blank=True)
    workshop_name = models.CharField("نام کارگاه", max_length=200)
    started_on = models.DateField("از")
    ended_on = models.DateField("تا")
    days = models.PositiveIntegerField("روزهای پرداخت")
    source = models.CharField("منبع", max_length=10, choices=RecordSource)
    remarks = models.CharField("توضیحات", max_length=300, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["person", "started_on", "id"], name="records_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.started_on}–{self.ended_on}"


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
