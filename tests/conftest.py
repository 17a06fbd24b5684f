"""What every test shares: how hard hypothesis tries."""

import os

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


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    """A process of the server keeps counts for an hour; a test begins without them."""
    cache.clear()


@pytest.fixture
def world(db):
    """Two workshops, a branch with its staff, another branch (`tests.world`)."""
    from tests.world import build_world  # noqa: PLC0415 - models need Django to be ready

    return build_world()
