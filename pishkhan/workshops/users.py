"""The users of a branch, as its senior user sees them (R47): whose row may be seen, and how it is found."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from pishkhan.accounts.models import User
from pishkhan.persian.letters import search_key

from .actors import Actor
from .models import Representation, StaffPost, Workshop


def visible_to(actor: Actor) -> "QuerySet[User]":
    """The branch's staff, who acts for one of its workshops, and who did and now acts for none anywhere."""
    if not actor.is_senior:
        return User.objects.none()
    held = Representation.objects.filter(user=OuterRef("pk"))
    here, now = held.filter(workshop__branch=actor.branch), held.filter(ended_at=None)
    staff = Exists(StaffPost.objects.filter(user=OuterRef("pk"), branch=actor.branch))
    acts_here = Exists(here.filter(ended_at=None))
    return User.objects.filter(staff | acts_here | (Exists(here) & ~Exists(now)))


def search(actor: Actor, text: str) -> "QuerySet[User]":
    """Those whose name, user name or national code has every word, or who act for a workshop found by it."""
    named = Q()
    for word in search_key(text).split():
        named &= Q(search_key__contains=word)
    workshops = Workshop.objects.visible_to(actor).search(text)
    held = Representation.objects.filter(user=OuterRef("pk"), ended_at=None, workshop__in=workshops)
    return visible_to(actor).filter(named | Exists(held))
