from typing import Any

from django.db import models
from django.utils import timezone


class TrailIsAppendOnlyError(Exception):
    """An entry of the trail is never changed and never removed."""


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_account(self, user_id: int, at_most: int, before: int | None = None) -> "list[Entry]":
        """What was done to an account and with it, the latest first: each walks an index of its own."""
        older = self.filter(pk__lt=before) if before else self
        to_it = older.filter(about=f"user:{user_id}").order_by("-id")[:at_most]
        with_it = older.filter(user_id=user_id).order_by("-id")[:at_most]
        found = {entry.pk: entry for entry in [*to_it, *with_it]}
        return [found[pk] for pk in sorted(found, reverse=True)[:at_most]]

    def update(self, **kwargs: Any) -> int:
        raise TrailIsAppendOnlyError

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TrailIsAppendOnlyError

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts"):
            raise TrailIsAppendOnlyError
        return super().bulk_create(objs, *args, **kwargs)


class Entry(models.Model):
    """One thing that somebody did. Refers to rows by `kind:id`, so that it outlives them."""

    at = models.DateTimeField(default=timezone.now)
    user_id = models.BigIntegerField(null=True)
    author = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    about = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=32, blank=True)
    details = models.JSONField(default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["about", "id"], name="entry_about"),
            models.Index(fields=["user_id", "id"], name="entry_by"),
            models.Index(fields=["action", "source", "at"], name="entry_attempts"),
            models.Index(fields=["action", "about", "at"], name="entry_tries"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TrailIsAppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TrailIsAppendOnlyError
