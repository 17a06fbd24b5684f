"""The trail: appended to, never changed, never shortened; and how repeated attempts are counted from it."""

import datetime

import pytest
import time_machine
from django.db import transaction

from pishkhan.audit.models import Entry, TrailIsAppendOnlyError
from pishkhan.audit.operations import SYSTEM, Author, attempts, record, source_of

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def entry():
    return record("something done", by=Author(7, "ali", "a" * 32), about="case:1", why="آزمون")


def test_an_entry_says_who_did_what_to_what_from_where_and_when(entry):
    entry = Entry.objects.get()
    assert (entry.user_id, entry.author, entry.source) == (7, "ali", "a" * 32)
    assert (entry.action, entry.about, entry.details) == ("something done", "case:1", {"why": "آزمون"})
    assert entry.at.tzinfo


def test_the_system_itself_is_an_author_without_a_user():
    assert (SYSTEM.user_id, SYSTEM.label) == (None, "system")


def overwrite(entry):
    forged = Entry(pk=entry.pk, author="nobody", action="forged")
    Entry.objects.bulk_create(
        [forged], update_conflicts=True, unique_fields=["id"], update_fields=["author", "action"]
    )


def resave(entry):
    entry.author = "nobody"
    entry.save()


FORGERIES = {
    "saved again": resave,
    "saved by force": lambda entry: Entry(pk=entry.pk, author="nobody").save(force_update=True),
    "deleted": lambda entry: entry.delete(),
    "updated": lambda entry: Entry.objects.filter(pk=entry.pk).update(author="nobody"),
    "all updated": lambda entry: Entry.objects.update(author="nobody"),
    "all deleted": lambda entry: Entry.objects.all().delete(),
    "some deleted": lambda entry: Entry.objects.filter(action="something done").delete(),
    "bulk updated": lambda entry: Entry.objects.bulk_update([Entry(pk=entry.pk, author="x")], ["author"]),
    "updated or created": lambda entry: Entry.objects.update_or_create(
        pk=entry.pk, defaults={"author": "nobody"}
    ),
    "written over": overwrite,
}


@pytest.mark.parametrize("way", FORGERIES)
def test_an_entry_cannot_be(way, entry):
    before = Entry.objects.values().get(pk=entry.pk)
    with pytest.raises(TrailIsAppendOnlyError), transaction.atomic():
        FORGERIES[way](entry)
    assert Entry.objects.values().get(pk=entry.pk) == before
    assert Entry.objects.count() == 1


def test_an_entry_goes_with_the_transaction_of_its_change():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("something done", by=SYSTEM)
        _ = 1 / 0
    assert not Entry.objects.exists()


# Sources


def test_a_source_is_the_same_for_an_address_and_does_not_reveal_it(settings):
    source = source_of("192.0.2.7")
    assert source == source_of("192.0.2.7") != source_of("192.0.2.8")
    assert len(source) == Entry._meta.get_field("source").max_length == 32
    assert "192" not in source
    settings.SECRET_KEY = "another installation"
    assert source_of("192.0.2.7") != source


# Attempts


def test_attempts_are_counted_by_action_and_source():
    here, there = Author(None, "public", "a" * 32), Author(None, "public", "b" * 32)
    for by, action in ((here, "follow-up"), (here, "follow-up"), (there, "follow-up"), (here, "sign-in")):
        record(action, by=by)
    assert attempts("follow-up", "a" * 32, within=HOUR, at_most=10) == 2
    assert attempts("follow-up", "c" * 32, within=HOUR, at_most=10) == 0


def test_counting_attempts_stops_at_the_limit():
    for _ in range(8):
        record("follow-up", by=Author(None, "public", "a" * 32))
    assert attempts("follow-up", "a" * 32, within=HOUR, at_most=5) == 5


def test_counting_attempts_is_one_bounded_query(django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        attempts("follow-up", "a" * 32, within=HOUR, at_most=5)
    assert "LIMIT 5" in asked.captured_queries[0]["sql"]


def test_an_attempt_is_forgotten_after_its_time():
    start = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
    by = Author(None, "public", "a" * 32)
    with time_machine.travel(start, tick=False):
        record("follow-up", by=by)
    with time_machine.travel(start + HOUR, tick=False):
        assert attempts("follow-up", "a" * 32, within=HOUR, at_most=5) == 1
    with time_machine.travel(start + HOUR + datetime.timedelta(seconds=1), tick=False):
        assert attempts("follow-up", "a" * 32, within=HOUR, at_most=5) == 0
