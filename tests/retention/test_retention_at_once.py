"""While somebody erases, somebody else begins a request with the same pictures."""

import threading

import pytest
from django.db import connection, transaction

from pishkhan.cases.drafts import start_draft
from pishkhan.cases.models import CaseScan
from pishkhan.cases.states import State
from pishkhan.catalogue.service import find
from pishkhan.people.models import KnownScan
from pishkhan.retention.erasing import erase_known_pictures
from tests import world as w

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_picture_on_file_that_a_draft_is_taking_over_is_not_destroyed(committed_world):
    """Erasing waits until the draft is there, and then the picture is in use."""
    world = committed_world
    old = w.filled_case(world, State.COMPLETED, answers=w.answers_for(7))
    person = KnownScan.objects.first().person
    taken, told = threading.Event(), threading.Event()

    def erase() -> None:
        taken.wait()
        try:
            with transaction.atomic():
                CaseScan.objects.filter(case=old).delete()
                erase_known_pictures(person)
        finally:
            told.set()
            connection.close()

    erasing = threading.Thread(target=erase)
    erasing.start()
    with transaction.atomic():
        case = start_draft(world.ali, find("booklet-duplicate"), old.workshop, {}, person)
        taken.set()
        assert not told.wait(1), "erasing did not wait"
    erasing.join()
    kept = [scan.document for scan in case.scans.select_related("document")]
    assert kept and all(document.key_id for document in kept)
