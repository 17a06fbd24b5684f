from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)


class TrailIsAppendOnlyError(Exception):
    """An entry of the trail is never changed and never removed."""


class AppendOnlyQuerySet(models.QuerySet[Row]):
    def update(self, **kwargs: Any) -> int:
        raise TrailIsAppendOnlyError

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TrailIsAppendOnlyError

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts"):
            raise TrailIsAppendOnlyError
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TrailIsAppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TrailIsAppendOnlyError


class EntryQuerySet(AppendOnlyQuerySet["Entry"]):
    def of_account(self, user_id: int, at_most: int, before: int | None = None) -> "list[Entry]":
        """What was done to an account and with it, the latest first: each walks an index of its own."""
        older = self._older_than(before) if before else self
        latest = older.order_by("-at", "-id")
        to_it, with_it = latest.filter(about=f"user:{user_id}"), latest.filter(user_id=user_id)
        found = {entry.pk: entry for entry in [*to_it[:at_most], *with_it[:at_most]]}
        return sorted(found.values(), key=lambda entry: (entry.at, entry.pk), reverse=True)[:at_most]

    def _older_than(self, pk: int) -> "EntryQuerySet":
        at = self.filter(pk=pk).values_list("at", flat=True).first() or timezone.now()
        return self.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)

    def unsealed(self) -> "EntryQuerySet":
        return self.filter(~models.Exists(Seal.objects.filter(entry_id=models.OuterRef("pk"))))


class Entry(AppendOnly):
    """One thing that somebody did. Refers to rows by `kind:id`, so that it outlives them."""

    at = models.DateTimeField(default=timezone.now)
    user_id = models.BigIntegerField(null=True)
    author = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    about = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=32, blank=True)
    details = models.JSONField(default=dict)
    mac = models.CharField(max_length=64, editable=False)  # `chain.mac_of`

    objects = EntryQuerySet.as_manager()

    class Meta:
        # One for each way of reading the trail on its page: the latest first, however long it is.
        indexes = [
            models.Index(fields=["at", "id"], name="entry_list"),
            models.Index(fields=["about", "at", "id"], name="entry_list_about"),
            models.Index(fields=["user_id", "at", "id"], name="entry_list_by"),
            models.Index(fields=["action", "at", "id"], name="entry_list_what"),
            models.Index(fields=["user_id", "action", "at", "id"], name="entry_list_by_what"),
            models.Index(fields=["action", "source", "at"], name="entry_attempts"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.about}"


class Seal(AppendOnly):
    """The place of an entry in the chain: its digest covers the entry and the seal before (`chain`).

    Made by the worker a moment after the entry. No foreign key: a seal outlives an entry that is taken away.
    """

    place = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without a gap
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet["Seal"].as_manager()

    def __str__(self) -> str:
        return f"{self.place}: entry {self.entry_id}"
