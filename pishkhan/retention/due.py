"""Which requests are over their time now."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from pishkhan.audit.models import Entry
from pishkhan.cases.models import Case, CaseQuerySet
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience

from .models import not_held
from .periods import Kept, Period, periods

BEGUN_BY = {Kept.VISITOR_DRAFT: Audience.PUBLIC, Kept.DRAFT: Audience.WORKSHOP}


def due_cases(now: datetime) -> CaseQuerySet:
    """Those whose period is over and that no hold keeps, in the order of their ids."""
    rules = periods()
    over = Q(pk__in=[])
    for rule in rules:
        if rule.days is not None:
            over |= _services(rule, rules) & _over(rule.state, now - timedelta(days=rule.days))
    return not_held(Case.objects.filter(over, erased_at=None)).order_by("pk")


def _services(rule: Period, rules: list[Period]) -> Q:
    """The service that the rule names; for the general one, all that no other rule of that state names."""
    if rule.service:
        return Q(service_code=rule.service)
    named = [other.service for other in rules if other.state == rule.state and other.service]
    return ~Q(service_code__in=named)


def _over(state: str, since: datetime) -> Q:
    if state in BEGUN_BY:
        begun_by = BEGUN_BY[Kept(state)]
        return Q(state=State.DRAFT, begun_by=begun_by, submitted_at__lt=since) & ~_touched(since)
    return Q(state=state, ended_at__lt=since)


def _touched(since: datetime) -> Q:
    """Whether anything was done with the draft since then: the trail tells."""
    reference = Concat(Value("case:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    return Q(Exists(Entry.objects.filter(about=reference, at__gte=since)))
