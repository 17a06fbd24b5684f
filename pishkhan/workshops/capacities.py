"""Queries of what an actor may see, built once for each capacity (`pishkhan.prepared`)."""

from collections.abc import Callable
from typing import Any, Generic

from django.db.models import QuerySet

from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.prepared import Prepared, Query, Row, Value

from .actors import Actor
from .models import Branch, Workshop

Capacity = tuple[Audience, Unit | None, bool]


class PreparedFor(Generic[Row]):
    """`build` makes the query from an actor with an account and one stand-in for each argument.

    That actor has the audience, the unit and the senior right of whoever asks, and nothing else but a
    workshop or a branch by its number: what is to be seen may depend on nothing more. For a visitor, who sees
    what the session holds, it is built each time.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]", *kinds: type[Value]) -> None:
        self.build, self.kinds = build, kinds
        self.prepared: dict[Capacity, Prepared[Row]] = {}

    def __call__(self, actor: Actor, *values: Value) -> list[Row]:
        """The rows that `actor` sees."""
        if actor.audience == Audience.PUBLIC:
            return list(self.build(actor, *values))
        return self._for(actor)(_place(actor), *values)

    def asked(self, actor: Actor, *values: Value) -> Query:
        """Its SQL and parameters."""
        return self._for(actor).asked(_place(actor), *values)

    def _for(self, actor: Actor) -> Prepared[Row]:
        capacity = (actor.audience, actor.unit, actor.is_senior)
        if capacity not in self.prepared:
            self.prepared[capacity] = Prepared(
                lambda place, *values: self.build(_somebody(place, *capacity), *values), int, *self.kinds
            )
        return self.prepared[capacity]


def _place(actor: Actor) -> int:
    """The number of the workshop, or of the branch, that the actor works for."""
    place = actor.workshop if actor.at_workshop else actor.branch
    assert place, "a visitor's cases are not asked for so"
    return place.pk


def _somebody(place: int, audience: Audience, unit: Unit | None, is_senior: bool) -> Actor:
    if audience == Audience.WORKSHOP:
        return Actor(audience, workshop=Workshop(pk=place))
    return Actor(audience, branch=Branch(pk=place), unit=unit, is_senior=is_senior)
