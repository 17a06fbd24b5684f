from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from pishkhan.accounts.models import User
from pishkhan.catalogue.parties import Unit
from pishkhan.documents.models import Document
from pishkhan.persian.letters import search_key, sort_key

if TYPE_CHECKING:
    from .actors import Actor


class BranchQuerySet(models.QuerySet["Branch"]):
    def home(self) -> "Branch":
        """The branch whose portal this is (its code is a setting)."""
        return self.get(code=settings.BRANCH["code"])


class Branch(models.Model):
    """A branch of the organization."""

    code = models.CharField("کد شعبه", max_length=6, unique=True)
    name = models.CharField("نام شعبه", max_length=100)
    address = models.CharField("نشانی", max_length=300, blank=True)
    phone = models.CharField("تلفن", max_length=20, blank=True)

    objects = BranchQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def open_at(self, branch: Branch) -> "WorkshopQuerySet":
        return self.filter(branch=branch, closed_at=None)

    def visible_to(self, actor: "Actor") -> "WorkshopQuerySet":
        """A representative's own workshop; for staff every workshop of their branch."""
        if actor.branch and actor.at_desk:
            return self.filter(branch=actor.branch)
        return self.filter(pk=actor.workshop.pk) if actor.workshop else self.none()

    def search(self, text: str) -> "WorkshopQuerySet":
        key = search_key(text)
        return self.filter(Q(code__startswith=key) if key.isdigit() else Q(search_key__contains=key))


class Workshop(models.Model):
    """A registered establishment whose insured persons this branch serves."""

    branch = models.ForeignKey(Branch, models.PROTECT)
    code = models.CharField("کد کارگاه", max_length=10, unique=True)
    name = models.CharField("نام کارگاه", max_length=200)
    employer_name = models.CharField("نام کارفرما", max_length=200, blank=True)
    activity = models.CharField("فعالیت", max_length=200, blank=True)
    legal_national_id = models.CharField("شناسه ملی", max_length=11, blank=True)
    economic_code = models.CharField("کد اقتصادی", max_length=14, blank=True)
    address = models.CharField("نشانی", max_length=300, blank=True)
    postal_code = models.CharField("کد پستی", max_length=10, blank=True)
    phone = models.CharField("تلفن", max_length=15, blank=True)
    signature = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    stamp = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField("علت بسته شدن", max_length=300, blank=True)
    search_key = models.CharField(max_length=420, editable=False)
    sort_key = models.CharField(max_length=220, editable=False)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["branch", "sort_key", "id"], name="workshop_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def can_send(self) -> bool:
        """Requests may be sent once both pictures are on record (R24)."""
        return self.signature_id is not None and self.stamp_id is not None

    def make_keys(self) -> None:
        self.search_key = search_key(f"{self.name} {self.employer_name}")[:420]
        self.sort_key = sort_key(self.name)


class Representation(models.Model):
    """A user acts for a workshop, from a day on until it is ended."""

    user = models.ForeignKey(User, models.CASCADE, related_name="representations")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="representations")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "workshop"], condition=Q(ended_at=None), name="represents_a_workshop_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.workshop_id}"


class StaffPost(models.Model):
    """Where a member of staff works; a senior user also manages the branch's accounts (R47)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="post")
    branch = models.ForeignKey(Branch, models.PROTECT)
    unit = models.CharField("واحد", max_length=20, choices=Unit, blank=True)
    is_senior = models.BooleanField("کاربر ارشد", default=False)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.get_unit_display()}"
