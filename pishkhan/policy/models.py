import datetime

from django.db import models
from django.utils import timezone


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, on: datetime.date) -> "PolicyQuerySet":
        """What was decided for that day, the latest decision first."""
        return self.filter(valid_from__lte=on).order_by("-valid_from", "-id")


class Policy(models.Model):
    """One decision: from `valid_from` on, `key` has `value`. Never changed, only followed by another."""

    key = models.CharField(max_length=80)
    value = models.JSONField()
    valid_from = models.DateField()
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.CharField(max_length=150)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["key", "-valid_from", "-id"], name="policy_in_force")]

    def __str__(self) -> str:
        return f"{self.key} from {self.valid_from}"
