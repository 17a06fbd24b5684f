"""What every test shares: how hard hypothesis tries."""

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    deadline=None,
    max_examples=int(os.environ.get("PISHKHAN_EXAMPLES", "50")),
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    print_blob=True,
)
settings.load_profile("ci")


OWN_CONNECTIONS = ("tests/upgrades/", "tests/access/")
ON_EITHER = (
    *("tests/access/test_access_mutants.py", "tests/fuzz/", "tests/web/test_web_digits.py"),
    *("tests/web/test_web_fuzz.py", "tests/web/test_web_headers.py", "tests/web/test_web_next.py"),
    *("tests/web/test_web_payloads.py", "tests/web/test_web_timing.py", "tests/web/test_web_uploads.py"),
)
"""What these look at (a form, a page's text, a picture, a check in Python) comes before any database."""
DATABASE = {"db", "transactional_db", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, files whose tests ask for no database are left out: they were run on SQLite already.

    Also those that are the same on either, unless PISHKHAN_ALL_TESTS is set.
    """
    if not os.environ.get("PISHKHAN_TEST_DATABASE_URL"):
        return
    left_out = () if os.environ.get("PISHKHAN_ALL_TESTS") else ON_EITHER
    asking = {item.path for item in items if _asks_for_database(item)}
    kept = [item for item in items if item.path in asking or item.nodeid.startswith(OWN_CONNECTIONS)]
    kept = [item for item in kept if not item.nodeid.startswith(left_out)]
    config.hook.pytest_deselected(items=list({*items} - {*kept}))
    items[:] = kept


def _asks_for_database(item: pytest.Item) -> bool:
    asked = DATABASE & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def made_once(blocker: Any, make: Callable[[], Any]) -> Iterator[Any]:
    """For a fixture of a module: what `make` makes is there in each of its tests, which run inside one
    transaction around their own; a copy each, because tests change what they hold. Tests with connections of
    their own (`transaction=True`) do not see it and need a module of their own."""
    from django.db import transaction  # noqa: PLC0415 - models need Django to be ready

    around = transaction.atomic()
    with blocker.unblock():
        around.__enter__()
        made = make()
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="session", autouse=True)
def _listening():
    from tests import canaries  # noqa: PLC0415 - settings need Django to be ready

    canaries.listen()


@pytest.fixture(autouse=True)
def _nobody_is_named(request, _listening):
    """No address, log line or mail of any test says who somebody is (`tests.canaries`)."""
    from tests import canaries  # noqa: PLC0415

    canaries.found()
    yield
    found = canaries.found()
    if not request.node.get_closest_marker("names_somebody"):
        assert not found[:10], "somebody is named:\n" + "\n".join(one[:300] for one in found[:10])


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    """A process of the server keeps counts for an hour; a test begins without them."""
    cache.clear()


@pytest.fixture(scope="module")
def made_world(django_db_setup, django_db_blocker):
    from tests.world import build_world  # noqa: PLC0415 - models need Django to be ready

    yield from made_once(django_db_blocker, build_world)


@pytest.fixture
def world(made_world, db):
    """Two workshops, a branch with its staff, another branch (`tests.world`)."""
    return deepcopy(made_world)


@pytest.fixture
def committed_world(transactional_db):
    """The same for tests that use more than one connection."""
    from tests.world import build_world  # noqa: PLC0415

    return build_world()
