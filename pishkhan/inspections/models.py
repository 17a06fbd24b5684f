import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.catalogue.parties import Unit
from pishkhan.documents.models import Document
from pishkhan.persian.letters import search_key
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Branch, Workshop

from .states import Party, State, Transition, Verb, find_transition


class Kind(models.TextChoices):
    INITIAL = "initial", "نخستین"
    PERIODIC = "periodic", "دوره‌ای"
    REQUEST = "request", "به درخواست"
    COMPLAINT = "complaint", "در پی شکایت"


class Found(models.TextChoices):
    """How the inspector found the workshop."""

    OPEN = "open", "دایر"
    CLOSED = "closed", "تعطیل"
    RELOCATED = "relocated", "جابه‌جاشده"


def inspects(actor: Actor) -> bool:
    """Whether somebody may write reports: the inspection unit, and the senior user."""
    return actor.at_desk and (actor.is_senior or actor.unit == Unit.INSPECTION)


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, actor: Actor) -> "InspectionQuerySet":
        """A workshop sees its own once they are published; who inspects sees those of the branch."""
        if actor.at_workshop:
            return self.filter(workshop=actor.workshop, notified_at__isnull=False)
        return self.filter(branch=actor.branch) if inspects(actor) else self.none()

    def search(self, text: str) -> "InspectionQuerySet":
        """By the workshop's name or code, or the visit's number; any digits and letters."""
        key = search_key(text)
        if key.replace("/", "").replace("-", "").isdigit():
            return self.filter(Q(workshop__code__startswith=key) | Q(number=key))
        return self.filter(workshop__search_key__contains=key)


class Inspection(models.Model):
    """The report of one visit to a workshop (art. 47), told to the employer when it is published.

    The employer may object until `objection_deadline`, that day included (art. 42).
    """

    branch = models.ForeignKey(Branch, models.PROTECT)
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="inspections")
    number = models.CharField("شماره بازدید", max_length=20)
    visited_at = models.DateTimeField("زمان بازدید")
    kind = models.CharField("نوع بازرسی", max_length=10, choices=Kind)
    inspector_name = models.CharField("نام بازرس", max_length=100)
    inspector_code = models.CharField("کد بازرس", max_length=10, blank=True)
    employer_present = models.BooleanField("کارفرما حاضر بود")
    present_name = models.CharField("نام شخص حاضر", max_length=100, blank=True)
    present_role = models.CharField("سمت شخص حاضر", max_length=100, blank=True)
    workshop_state = models.CharField("وضعیت کارگاه", max_length=10, choices=Found)
    observed_count = models.PositiveIntegerField("شمار کارگران دیده‌شده")
    on_list_count = models.PositiveIntegerField("شمار در آخرین لیست بیمه")
    documents_seen = models.CharField("مدارک دیده‌شده", max_length=500, blank=True)
    remarks = models.CharField("توضیحات", max_length=1000, blank=True)
    state = models.CharField("وضعیت", max_length=20, default=State.DRAFT)
    notified_at = models.DateTimeField("ابلاغ", null=True)
    objection_deadline = models.DateField("مهلت اعتراض", null=True)
    acknowledged_at = models.DateTimeField("رؤیت", null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)  # since then the workers have no names (`pishkhan.retention`)
    version = models.PositiveIntegerField(default=0)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "number"], name="one_inspection_of_a_number")
        ]
        indexes = [
            models.Index(fields=["workshop", "-visited_at", "-id"], name="inspections_of_workshop"),
            models.Index(fields=["branch", "-visited_at", "-id"], name="inspections_of_branch"),
            models.Index(fields=["branch", "state", "-visited_at", "-id"], name="inspections_by_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def difference(self) -> int:
        """So many more were at work than the last list names; negative when the list names more."""
        return self.observed_count - self.on_list_count

    @property
    def state_label(self) -> str:
        return State(self.state).label

    @property
    def remaining_days(self) -> int:
        """Days left to object, 0 on the last; negative once it is too late, or when nothing was told yet."""
        if self.objection_deadline is None:
            return -1
        return (self.objection_deadline - timezone.localdate()).days

    @property
    def too_late_to_object(self) -> bool:
        return self.remaining_days < 0

    def transition(self, actor: Actor, verb: Verb) -> Transition | None:
        """What `verb` would do in the hands of `actor`, or None when it is not theirs to do now."""
        found = find_transition(self.state, verb)
        if found is None:
            return None
        allowed = inspects(actor) if found.by == Party.INSPECTORS else actor.at_workshop
        return found if allowed else None

    def verbs(self, actor: Actor) -> list[Verb]:
        """What `actor` may do now: the buttons of its page."""
        late = self.too_late_to_object
        return [v for v in Verb if self.transition(actor, v) and not (v == Verb.OBJECT and late)]


class SeenWorker(models.Model):
    """Somebody whom the inspector found at work, as told on the spot: not a row of the register."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="workers")
    position = models.PositiveSmallIntegerField()
    name = models.CharField("نام و نام خانوادگی", max_length=100)
    father_name = models.CharField("نام پدر", max_length=60, blank=True)
    national_code = models.CharField("کد ملی", max_length=10, blank=True)
    insurance_number = models.CharField("شماره بیمه", max_length=10, blank=True)
    job = models.CharField("شغل", max_length=100, blank=True)
    start_date = models.DateField("شروع به کار", null=True)
    stated_wage = models.BigIntegerField("مزد ماهانه (ریال)", null=True)
    hours = models.PositiveSmallIntegerField("ساعت کار در روز", null=True)
    on_last_list = models.BooleanField("در آخرین لیست بیمه", default=False)
    signed = models.BooleanField("امضا کرده", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "position"], name="one_worker_at_a_position")
        ]

    def __str__(self) -> str:
        return self.name


class Objection(models.Model):
    """The employer's one objection to a report, and the unit's answer to it."""

    inspection = models.OneToOneField(Inspection, models.CASCADE, related_name="objection")
    text = models.CharField(max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"objection to {self.inspection_id}"


class ObjectionScan(models.Model):
    """A picture that the employer sent with an objection."""

    objection = models.ForeignKey(Objection, models.CASCADE, related_name="scans")
    position = models.PositiveSmallIntegerField()
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["objection", "position"], name="one_scan_at_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.position}"


def last_day_to_object(notified: datetime.date, days: int) -> datetime.date:
    return notified + datetime.timedelta(days=days)
