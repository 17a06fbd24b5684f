"""What waits for a second person."""

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from pishkhan.accounts.factors import DOORS
from pishkhan.accounts.models import Factor, User
from pishkhan.documents.models import Document
from pishkhan.workshops.models import Branch, Workshop

if TYPE_CHECKING:
    from pishkhan.workshops.actors import Actor


class Action(models.TextChoices):
    """What needs a second person."""

    SENIOR = "senior", "نقش کاربر ارشد"
    REACTIVATION = "reactivation", "فعال کردن حساب کاربر ارشد"
    SIGNATURE = "signature", "تعویض امضای کارفرما"
    STAMP = "stamp", "تعویض مهر کارگاه"
    EXPORT = "export", "فایل اکسل بزرگ"
    ROTATE = "rotate", "عوض کردن کلید مدارک"
    RETIRE = "retire", "حذف کلیدهای قدیمی مدارک"


IMAGES = (Action.SIGNATURE, Action.STAMP)
TAKEN_LATER = (Action.EXPORT, Action.ROTATE, Action.RETIRE)
"""Approved, these may be done by the one who asked, once; everything else is done by the approval itself."""


class State(models.TextChoices):
    WAITING = "waiting", "در انتظار تأیید دوم"
    APPROVED = "approved", "تأیید شد"
    DONE = "done", "انجام شد"
    REFUSED = "refused", "پذیرفته نشد"
    WITHDRAWN = "withdrawn", "پس گرفته شد"
    EXPIRED = "expired", "مهلت آن گذشت"


OPEN = (State.WAITING, State.APPROVED)


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, actor: "Actor") -> "ApprovalQuerySet":
        """Of the branch what the actor may decide, asked by whomever; of a workshop its two pictures, and
        the own exports."""
        if actor.at_desk:
            return self.filter(branch=actor.branch, action__in=decided_by(actor))
        if actor.workshop is None:
            return self.none()
        own = Q(action=Action.EXPORT, asked_by=actor.user)
        return self.filter(Q(action__in=IMAGES) | own, workshop=actor.workshop)

    def decidable_by(self, actor: "Actor") -> "ApprovalQuerySet":
        """Nobody decides what was asked by or is about the same person; who exports decides no export."""
        return self.visible_to(actor).by_others(actor.user.pk if actor.user else 0).with_all()

    def by_others(self, user: int) -> "ApprovalQuerySet":
        """What that user may decide of what is seen: neither asked for by them nor about them."""
        return self.exclude(asked_by=user).exclude(subject=user)

    def with_all(self) -> "ApprovalQuerySet":
        """What is told of each, in one query; `second_factor`: whether the account it is about has one."""
        doors = Factor.objects.filter(user=models.OuterRef("subject"), kind__in=DOORS)
        told = self.select_related("asked_by", "decided_by", "subject__post", "workshop")
        return told.select_related("document", "earlier").annotate(second_factor=models.Exists(doors))

    def open(self) -> "ApprovalQuerySet":
        return self.filter(state__in=OPEN, expires_at__gt=timezone.now())

    def waiting(self, now: "datetime.datetime | None" = None) -> "ApprovalQuerySet":
        return self.filter(state=State.WAITING, expires_at__gt=now or timezone.now())


def decided_by(actor: "Actor") -> tuple[Action, ...]:
    """What somebody at the desk decides: senior users everything, the registration unit the pictures."""
    if actor.is_senior:
        return tuple(Action)
    return IMAGES if actor.keeps_workshops else ()


class Approval(models.Model):
    """One thing that was asked for: never changed but for its state, and executed as it was asked.

    `about` is what it is about as the trail refers to it, in a column of the same name for what is looked up:
    `subject` (a user), `workshop`, `document` and `earlier` (a new picture and the one before it);
    `parameters` is what an export is narrowed to. Nobody in `asked_by` is the operator's command line.
    """

    action = models.CharField(max_length=20, choices=Action)
    about = models.CharField(max_length=60)
    branch = models.ForeignKey(Branch, models.PROTECT)
    subject = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    workshop = models.ForeignKey(Workshop, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    earlier = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    parameters = models.JSONField(default=dict)
    reason = models.CharField("دلیل", max_length=300, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField("پاسخ", max_length=300, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "about"],
                condition=Q(state__in=OPEN) & ~Q(action=Action.EXPORT),
                name="asked_for_once",
            )
        ]
        indexes = [
            models.Index(fields=["branch", "state", "-id"], name="approval_of_branch"),
            models.Index(fields=["workshop", "state", "-id"], name="approval_of_workshop"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.about}"

    @property
    def title(self) -> str:
        return str(Action(self.action).label)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN and self.expires_at > timezone.now()

    @property
    def is_waiting(self) -> bool:
        return self.is_open and self.state == State.WAITING

    @property
    def may_be_taken(self) -> bool:
        """Approved, for the one who asked, and not done yet."""
        return self.is_open and self.state == State.APPROVED

    @property
    def state_now(self) -> State:
        """The state, its term considered."""
        return State.EXPIRED if self.state in OPEN and not self.is_open else State(self.state)
