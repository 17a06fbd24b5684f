"""What the tests of the screens share: everybody's password is known and was changed long ago."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from tests.conftest import made_once


def signed_up_world():
    """The world of the domain's tests, where everybody has signed in before."""
    from pishkhan.accounts.factors import POLICY  # noqa: PLC0415
    from pishkhan.accounts.models import User  # noqa: PLC0415
    from pishkhan.audit.operations import SYSTEM  # noqa: PLC0415
    from pishkhan.policy.operations import decide_policy  # noqa: PLC0415
    from tests.web.browsing import PASSWORD  # noqa: PLC0415
    from tests.world import build_world  # noqa: PLC0415

    settings.DOCUMENTS_DIR.mkdir(parents=True, exist_ok=True)
    world = build_world()
    # As with demo data; who must have one is tested in test_web_second_factor.py.
    decide_policy(POLICY, [], valid_from=timezone.localdate(), by=SYSTEM)
    User.objects.update(must_change_password=False, password=make_password(PASSWORD))
    return world


@pytest.fixture(scope="module")
def made_world(django_db_setup, django_db_blocker):
    yield from made_once(django_db_blocker, signed_up_world)
