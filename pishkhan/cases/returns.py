"""Why requests come back: the reasons an officer names, and how often each was named."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone

from pishkhan.catalogue.service import find
from pishkhan.workshops.actors import Actor

from .models import Case, Event
from .states import Verb

LATEST = 2000
"""So many returns are counted at most, the latest: the cost does not grow with the table."""


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
    counted = Counter(
        (code, mark["label"], reason_of(mark["reason"])) for code, marks in returns for mark in marks
    )
    rows = [Returned(_title(code), label, reason, n) for (code, label, reason), n in counted.most_common()]
    return Report(len(returns), rows)


def _title(code: str) -> str:
    service = find(code)
    return service.title if service else code
