"""A case as the pages of both sides open it."""

from django.db.models import BigIntegerField
from django.http import Http404

from pishkhan.cases.models import Case
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

_opened = PreparedFor(
    lambda actor, pk: (
        Case.objects.visible_to(actor)
        .filter(pk=pk)
        .select_related("workshop", "branch", "assignee", "subject")
    ),
    int,
)


def load(actor: Actor, pk: int) -> Case:
    """The case through the one door; what is not the actor's to see does not exist."""
    found = _opened(actor, pk) if pk <= BigIntegerField.MAX_BIGINT else []
    if not found:
        raise Http404
    return found[0]
