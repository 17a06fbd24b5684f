"""Prepared queries and threads; apart from the tests that share a world, which keep a transaction open."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from pishkhan.audit.models import Entry
from pishkhan.prepared import insert
from tests.test_prepared import JOINED
from tests.world import World


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_over_its_own_connection(committed_world: World):
    ali, code = committed_world.ali, committed_world.a.code

    def ask(_: int) -> int:
        try:
            assert insert(Entry(author="thread")).pk
            return JOINED(ali.user.pk, code)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(40)))) == 1
    assert Entry.objects.filter(author="thread").count() == 40
