from shutil import copy

import pytest
from django.db import connection

from pishkhan.audit import chain, sealing
from pishkhan.documents.keyring import keys_file
from tests import world as w
from tests.audit.refusing import REFUSE


@pytest.fixture
def apart(settings, tmp_path):
    """A key and anchors of the test's own."""
    settings.AUDIT_KEY_FILE = tmp_path / "audit_key"
    settings.AUDIT_ANCHORS = tmp_path / "anchors.log"
    sealing._told.clear()
    yield tmp_path
    chain.key.cache_clear()


@pytest.fixture
def refused(settings):
    """The database refuses entries of one action, until told not to."""
    settings.DOCUMENTS_DIR.mkdir(parents=True, exist_ok=True)

    def refuse(action: str) -> None:
        with connection.cursor() as cursor:
            for statement in REFUSE[connection.vendor]:
                cursor.execute(statement.replace("ACTION", action))

    def allow() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refusing" + (" ON audit_entry" if not w.on_sqlite() else ""))

    return refuse, allow


@pytest.fixture
def keys_of_its_own(world, settings, tmp_path):
    """The keys of the world's files, in a file that only this test changes."""
    settings.KEYS_FILE = copy(keys_file(), tmp_path)
