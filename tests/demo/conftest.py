"""The default demo data, loaded once for each module that looks at them."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import transaction

TODAY = dt.date(2026, 11, 24)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """20 workshops, 400 insured, 1000 cases, in a transaction that is taken back after the last test."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr("django.conf.settings.DATA_DIR", folder)
        patch.setattr("django.conf.settings.DOCUMENTS_DIR", folder / "documents")
        call_command("demo", today=TODAY, verbosity=0, stdout=(folder / "told").open("w"))
        yield folder
        transaction.set_rollback(True)
