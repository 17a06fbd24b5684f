from django.db import models
from django.utils import timezone


class NotificationQuerySet(models.QuerySet["Notification"]):
    def for_recipient(self, recipient: str) -> "NotificationQuerySet":
        return self.filter(recipient=recipient).order_by("-id")


class Notification(models.Model):
    """A line on somebody's dashboard. `recipient` is `workshop:ID` or `unit:BRANCH_ID:UNIT`.

    It leads to a case of the reader's side, or to the page at `path`.
    """

    recipient = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    case_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["recipient", "-id"], name="notification_latest")]

    def __str__(self) -> str:
        return self.text
