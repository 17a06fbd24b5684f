"""A prepared query answers like the query it was made from, whatever it is asked with."""

import pytest

from pishkhan.accounts.models import User
from pishkhan.prepared import Prepared
from pishkhan.workshops.models import Representation
from tests.world import World

JOINED = Prepared(
    lambda user, code: (
        Representation.objects.filter(user=user, workshop__code=code, ended_at=None)
        .select_related("user", "workshop__branch")
        .order_by("-id")
    ),
    int,
    str,
)


def test_it_gives_the_rows_of_its_arguments_with_what_was_joined(world: World, django_assert_num_queries):
    for actor in (world.ali, world.sara, world.ali):
        with django_assert_num_queries(1):
            [held] = JOINED(actor.user.pk, actor.workshop.code)
            assert (held.user, held.workshop) == (actor.user, actor.workshop)
            assert held.workshop.branch.name == world.branch.name
            assert held.workshop.closed_at is None and held.started_at.tzinfo


def test_an_argument_is_never_part_of_the_sql(world: World):
    assert JOINED(world.ali.user.pk, "' OR 1=1 --") == []
    assert JOINED(world.ali.user.pk, "?1") == JOINED(-1, world.a.code) == []


def test_rows_are_as_they_are_now(world: World):
    Representation.objects.filter(user=world.ali.user).update(ended_at=world.ali.user.created_at)
    assert JOINED(world.ali.user.pk, world.a.code) == []


def test_what_would_not_reach_the_database_as_it_is_cannot_be_an_argument(world: World):
    changed = Prepared(lambda text: User.objects.filter(username__contains=text), str)
    with pytest.raises(AssertionError):
        changed("a")
