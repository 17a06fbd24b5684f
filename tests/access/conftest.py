from copy import deepcopy

import pytest

from tests.conftest import made_once


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The objects of a module, for tests that leave them as they are."""
    from tests.access.objects import make_objects  # noqa: PLC0415 - models need Django to be ready

    yield from made_once(django_db_blocker, make_objects)


@pytest.fixture
def objects(made, db):
    return deepcopy(made)
