"""Which signature and stamp a workshop had: what was sent keeps what it was sent with."""

import datetime

from pishkhan.documents.models import Document
from pishkhan.workshops.models import Workshop

from .models import Approval, State


def image_at(workshop: Workshop, name: str, at: datetime.datetime) -> Document | None:
    """The picture at that moment: the one that the first replacement after it took away, else today's."""
    replaced = Approval.objects.filter(workshop=workshop, action=name, state=State.DONE, decided_at__gt=at)
    first = replaced.select_related("earlier").order_by("decided_at", "id").first()
    if first:
        return first.earlier
    current: Document | None = getattr(workshop, name)
    return current
