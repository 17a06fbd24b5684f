"""A prepared query answers like the query it was made from, whatever it is asked with."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, models, transaction
from django.db.transaction import TransactionManagementError

from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.cases.models import Case, CaseScan, Event
from pishkhan.documents.models import Document
from pishkhan.people.models import Person
from pishkhan.prepared import Prepared, insert, update
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


def written(row: models.Model) -> dict:
    """What the database holds in its columns, but for what is never the same twice."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    columns = [field.attname for field in fields if field.attname not in ("at", "created_at")]
    return type(row)._base_manager.values(*columns).get(pk=row.pk)


def test_a_row_is_written_as_django_writes_it(world: World, django_assert_num_queries):
    at = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)
    times = {"waiting_since": at, "submitted_at": at}
    place = {"workshop": world.a, "branch": world.branch, "service_code": "main-registration", **times}
    case = Case.objects.create(**place, waiting_on="drafter", begun_by="workshop")
    picture = {"size": 1, "width": 2, "height": 3}
    for model, first, second in [
        (Entry, {"author": "«'", "details": {"a": ["%s", None]}}, {"author": ""}),
        (Case, place | {"answers": {"نام": 1}}, place | {"assignee": world.ali.user}),
        (Event, {"case": case, "marks": [{"target": "x"}]}, {"case": case, "user": world.ali.user}),
        (Document, picture | {"doubts": ["dark"], "wrapped_key": b"\x00%s"}, picture | {"owner": "case:1"}),
    ]:
        for values in (first, second, first):
            row = model(**values)
            with django_assert_num_queries(1):
                assert insert(row) is row
            assert row.pk and not row._state.adding
            assert written(row) == written(model.objects.create(**values))


def test_a_row_comes_in_the_place_of_the_one_with_the_same_unique_fields(world: World):
    case = insert(Case(workshop=world.a, branch=world.branch, service_code="main-registration"))
    first, second, other = (insert(Document(size=1, width=2, height=3)) for _ in "123")
    old = insert(CaseScan(case=case, kind="photo", document=first, on_file=True), instead=("case", "kind"))
    new = insert(CaseScan(case=case, kind="photo", document=second), instead=("case", "kind"))
    insert(CaseScan(case=case, kind="passport", document=other), instead=("case", "kind"))
    assert new.pk == old.pk and new.attached_at > old.attached_at
    held = CaseScan.objects.order_by("id").values_list("kind", "document", "on_file", "attached_at")
    assert held[0] == ("photo", second.pk, False, new.attached_at)
    assert [kind for kind, *_ in held] == ["photo", "passport"]


def test_a_row_that_is_refused_ends_the_transaction(world: World):
    with pytest.raises(TransactionManagementError), transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(User(username=world.ali.user.username))
        insert(Entry(author="later"))
    assert not Entry.objects.filter(author="later").exists()


def test_a_row_that_is_written_already_is_not_written_again(world: World):
    entry = insert(Entry(author="once"))
    with pytest.raises(AssertionError):
        insert(entry)
    assert Entry.objects.filter(author="once").count() == 1


def test_a_row_is_not_written_without_the_one_it_leans_on(world: World):
    place = {"workshop": world.a, "branch": world.branch, "service_code": "main-registration"}
    with pytest.raises(ValueError, match="unsaved related object"):
        insert(Case(**place, subject=Person()))
    assert not Case.objects.exists()


def test_what_is_updated_is_what_its_save_would_write(world: World, django_assert_num_queries):
    at = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)
    place = {"workshop": world.a, "branch": world.branch, "service_code": "main-registration"}
    own, saved = (insert(Case(**place, waiting_since=at, submitted_at=at)) for _ in "12")
    filled = {"answers": {"job": "جوشکار «۱»"}, "note": "%s", "archived_by_desk": True, "ended_at": at}
    empty = {"answers": {}, "note": "", "archived_by_desk": False, "ended_at": None}
    for values in (filled, empty, filled):
        for case in (own, saved):
            vars(case).update(values | {"search_key": "which nobody named"})
        with django_assert_num_queries(1):
            assert update(own, [*values])
        saved.save(update_fields=values)
        assert written(own) == written(saved)
        assert written(own).items() >= {**values, "search_key": ""}.items()


def test_a_row_that_changed_meanwhile_is_not_updated(world: World):
    case = insert(Case(workshop=world.a, branch=world.branch, service_code="main-registration"))
    case.note = "first"
    assert update(case, ["note"], version=0, state=case.state)
    case.note = "second"
    assert not update(case, ["note"], version=1)
    case.pk += 1
    assert not update(case, ["note"])
    assert Case.objects.get().note == "first"


def test_an_update_that_is_refused_ends_the_transaction(world: World):
    with pytest.raises(TransactionManagementError), transaction.atomic():
        world.ali.user.username = world.sara.user.username
        with pytest.raises(IntegrityError):
            update(world.ali.user, ["username"])
        insert(Entry(author="later"))
    assert not Entry.objects.filter(author="later").exists()
