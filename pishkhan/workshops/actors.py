"""Who does something, and in which capacity: what every `visible_to` and every operation is asked with."""

from dataclasses import dataclass

from django.conf import settings

from pishkhan.accounts.models import Side, User
from pishkhan.audit.operations import Author
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.prepared import Prepared

from .models import Branch, Representation, StaffPost, Workshop


@dataclass(frozen=True)
class Actor:
    """One person in one capacity.

    `case_ids` are the cases that a visitor without an account holds: own drafts and a case followed by
    its tracking code.
    """

    audience: Audience
    user: User | None = None
    workshop: Workshop | None = None
    workshops: tuple[Workshop, ...] = ()
    branch: Branch | None = None
    unit: Unit | None = None
    is_senior: bool = False
    case_ids: frozenset[int] = frozenset()
    source: str = ""

    @property
    def at_desk(self) -> bool:
        return self.audience == Audience.DESK

    @property
    def at_workshop(self) -> bool:
        return self.audience == Audience.WORKSHOP

    def decides_for(self, unit: str) -> bool:
        """Whether this actor confirms what that unit confirms; for the management every senior user does."""
        return self.at_desk and (self.is_senior if unit == Unit.MANAGEMENT else self.unit == unit)

    @property
    def keeps_workshops(self) -> bool:
        """The registration unit and the senior user keep the register of workshops."""
        return self.at_desk and (self.is_senior or self.unit == Unit.REGISTRATION)

    @property
    def reads_trail(self) -> bool:
        """The trail is the portal's: senior users of the branch whose portal this is read it."""
        here = self.branch is not None and self.branch.code == settings.BRANCH["code"]
        return self.at_desk and self.is_senior and here

    @property
    def label(self) -> str:
        return self.user.username if self.user else "public"

    @property
    def author(self) -> Author:
        return Author(self.user.pk if self.user else None, self.label, self.source)


def visitor(case_ids: frozenset[int] = frozenset(), source: str = "") -> Actor:
    """Somebody without an account (R6)."""
    return Actor(Audience.PUBLIC, case_ids=case_ids, source=source)


def actor_for(user: User, *, workshop_id: int | None = None, source: str = "") -> Actor | None:
    """The capacity in which `user` acts now, or None when every right was taken away."""
    if not user.is_active:
        return None
    if user.side == Side.DESK:
        return _officer(user, source)
    return _representative(user, workshop_id, source)


_post_of = Prepared(lambda user: StaffPost.objects.select_related("branch").filter(user=user), int)


def _officer(user: User, source: str) -> Actor | None:
    posts = _post_of(user.pk)
    if not posts:
        return None
    post = posts[0]
    unit = Unit(post.unit) if post.unit else Unit.MANAGEMENT if post.is_senior else None
    return Actor(Audience.DESK, user, branch=post.branch, unit=unit, is_senior=post.is_senior, source=source)


_held_by = Prepared(
    lambda user: (
        Representation.objects.filter(user=user, ended_at=None, workshop__closed_at=None)
        .select_related("workshop__branch")
        .order_by("id")
    ),
    int,
)


def _representative(user: User, workshop_id: int | None, source: str) -> Actor | None:
    """A representative of several workshops acts for one at a time: the chosen, else the first."""
    workshops = tuple(held.workshop for held in _held_by(user.pk))
    if not workshops:
        return None
    chosen = next((w for w in workshops if w.pk == workshop_id), workshops[0])
    return Actor(
        Audience.WORKSHOP, user, workshop=chosen, workshops=workshops, branch=chosen.branch, source=source
    )
