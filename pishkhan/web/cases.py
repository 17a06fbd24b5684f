"""A case as the pages of both sides open it."""

from django.db.models import BigIntegerField
from django.http import Http404

from pishkhan.cases.drafts import find
from pishkhan.cases.models import Case
from pishkhan.workshops.actors import Actor


def load(actor: Actor, pk: int) -> Case:
    """The case through the one door; what is not the actor's to see does not exist."""
    if pk > BigIntegerField.MAX_BIGINT:
        raise Http404
    try:
        return find(actor, pk)
    except Case.DoesNotExist as error:
        raise Http404 from error
