"""Why requests come back: the reasons an officer names, and how often each was named."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import TextChoices
from django.utils import timezone

from pishkhan.catalogue.service import find
from pishkhan.workshops.actors import Actor

from .models import Case, Event
from .states import Verb

LATEST = 2000
"""So many returns are counted at most, the latest: the cost does not grow with the table."""


LOOKED_BACK = datetime.timedelta(days=90)
REMINDED, OFTEN = 3, 3
REMEMBERED = 3600  # seconds


class Reason(TextChoices):
    """The standard reasons; their words are what the sender reads."""

    UNREADABLE = "unreadable", "تصویر تار یا ناخواناست؛ تصویر تازه بفرستید."
    CUT_OFF = "cut_off", "گوشه‌های مدرک بریده شده است؛ از کل مدرک عکس بگیرید."
    DIFFERS = "differs", "با مدرک پیوست یکی نیست؛ از روی مدرک بنویسید."
    ANOTHER_PERSON = "another_person", "مدرک مربوط به شخص دیگری است."
    NOT_SIGNED = "not_signed", "مهر یا امضای کارگاه ندارد."
    EXPIRED = "expired", "اعتبار مدرک گذشته است."
    OTHER = "other", "ایراد دیگر"


STANDARD = [reason for reason in Reason if reason != Reason.OTHER]


def reason_of(words: str) -> Reason:
    """The standard reason that was chosen, or `OTHER` for somebody's own words."""
    return next((reason for reason in STANDARD if reason.label == words), Reason.OTHER)


@dataclass(frozen=True)
class Returned:
    """One answer or scan of a service, and how often it was named with that reason."""

    service: str
    target: str
    label: str
    reason: Reason
    times: int


@dataclass(frozen=True)
class Report:
    """How many returns were looked at, and what they named, the most frequent first."""

    returns: int
    rows: list[Returned]


def report(actor: Actor, unit: str, days: int) -> Report:
    """The returns of a unit of the actor's branch in the last `days` days."""
    since = timezone.now() - datetime.timedelta(days=days)
    seen = Case.objects.visible_to(actor).filter(unit=unit)
    events = Event.objects.filter(verb__in=[Verb.RETURN], at__gte=since, case__in=seen).order_by("-at")
    returns = list(events.values_list("case__service_code", "marks")[:LATEST])
    return Report(len(returns), _rows(_counted(returns)))


def frequent(case: Case) -> list[Returned]:
    """What the branch returns such requests for most often: its sender looks at that once more.

    Counted anew every hour: it is shown on pages that are opened often.
    """
    key = f"returns:{case.branch_id}"
    found: list[Returned] | None = cache.get(key)
    if found is None:
        found = _often(case.branch_id)
        cache.set(key, found, REMEMBERED)
    return [row for row in found if row.service == case.service.title][:REMINDED]


def _often(branch_id: int) -> list[Returned]:
    latest = Event.objects.filter(verb__in=[Verb.RETURN], at__gte=timezone.now() - LOOKED_BACK).order_by(
        "-at"
    )
    columns = latest.values_list("case__branch", "case__service_code", "marks")[:LATEST]
    counted = _counted((code, marks) for branch, code, marks in columns if branch == branch_id)
    return [row for row in _rows(counted) if row.times >= OFTEN and row.reason != Reason.OTHER]


def _rows(counted: Counter[tuple[str, str, str, Reason]]) -> list[Returned]:
    return [
        Returned(_title(code), target, label, reason, times)
        for (code, target, label, reason), times in counted.most_common()
    ]


def _counted(returns: Iterable[tuple[str, list[dict[str, str]]]]) -> Counter[tuple[str, str, str, Reason]]:
    return Counter(
        (code, mark["target"], mark["label"], reason_of(mark["reason"]))
        for code, marks in returns
        for mark in marks
    )


def _title(code: str) -> str:
    service = find(code)
    return service.title if service else code
