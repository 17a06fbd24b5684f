"""Prepared queries and threads; apart from the tests that share a world, which keep a transaction open."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.test_prepared import JOINED
from tests.world import World


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_over_its_own_connection(committed_world: World):
    ali, code = committed_world.ali, committed_world.a.code

    def ask(_: int) -> int:
        try:
            return JOINED(ali.user.pk, code)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(40)))) == 1
