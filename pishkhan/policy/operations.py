"""Reading and deciding the branch's policies. Whoever asks for a key gives the default of the program."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from django.db import transaction
from django.utils import timezone

from pishkhan.audit.operations import Author, record
from pishkhan.prepared import Prepared

from .models import Policy

T = TypeVar("T")


_decided = Prepared(
    lambda key, on: Policy.objects.filter(key=key).in_force(on).values_list("value", flat=True)[:1],
    *(str, datetime.date),
)


_all_decided = Prepared(lambda on: Policy.objects.in_force(on).values_list("key", "value"), datetime.date)

_held: ContextVar[tuple[datetime.date, dict[str, Any]] | None] = ContextVar("_held", default=None)


def policy(key: str, default: T, on: datetime.date | None = None) -> T:
    """The value of `key` on a day (today unless told); `default` when nobody ever decided otherwise."""
    if (held := _held.get()) and on in (None, held[0]):
        return cast(T, held[1].get(key, default))
    decided = _decided(key, on or timezone.localdate())
    return decided[0] if decided else default


@contextmanager
def holding_policies() -> Iterator[None]:
    """Meanwhile `policy` answers from what is in force now, and the database is not asked again."""
    today = timezone.localdate()
    token = _held.set((today, _latest(_all_decided(today))))
    try:
        yield
    finally:
        _held.reset(token)


def policies(prefix: str, on: datetime.date | None = None) -> dict[str, Any]:
    """All decided values whose keys begin with `prefix`, in one query."""
    decisions = Policy.objects.filter(key__startswith=prefix).in_force(on or timezone.localdate())
    return _latest(list(decisions.values_list("key", "value")))


def _latest(decisions: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of each key the decision that comes first, by being written here last."""
    return dict(reversed(decisions))


def last_decision(prefix: str) -> int:
    """The number of the last one on a key that begins with `prefix`; 0 before the first."""
    decisions = Policy.objects.filter(key__startswith=prefix)
    return decisions.order_by("-id").values_list("pk", flat=True).first() or 0


@transaction.atomic
def decide_policy(key: str, value: Any, *, valid_from: datetime.date, by: Author) -> Policy:
    """From that day on `key` has `value`; what was decided before stays on record."""
    decided = Policy.objects.create(key=key, value=value, valid_from=valid_from, set_by=by.label)
    record("policy decided", by=by, about=f"policy:{decided.pk}", key=key, valid_from=str(valid_from))
    return decided
