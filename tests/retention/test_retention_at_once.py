"""While somebody erases, somebody else begins a request with the same pictures."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from pishkhan.cases import drafts
from pishkhan.cases.drafts import start_draft
from pishkhan.cases.models import CaseScan
from pishkhan.cases.states import State
from pishkhan.catalogue.service import find
from pishkhan.people.models import KnownScan
from pishkhan.retention.applying import apply_retention
from pishkhan.retention.erasing import erase_known_pictures
from pishkhan.retention.operations import put_hold
from tests import world as w
from tests.simultaneous import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_that_is_written_in_while_retention_comes_to_it_stays(committed_world):
    """Who saved a word was told that it is saved."""
    world = committed_world
    draft = w.drafted(world)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        saved, gone = meanwhile(
            lambda: drafts.save_answers(world.ali, draft.pk, {"remarks": "تازه"}), apply_retention
        )
    assert not isinstance(saved, Exception) and "cases" not in gone
    assert w.fresh(draft).answers["remarks"] == "تازه"


def test_a_hold_that_is_being_put_keeps_the_request(committed_world):
    world = committed_world
    case = w.filled_case(world, State.REJECTED, answers=w.answers_for(7))
    with time_machine.travel(timezone.now() + timedelta(days=4000)):
        hold, gone = meanwhile(lambda: put_hold(world.senior, case, "نامهٔ دادگاه"), apply_retention)
    assert hold.case_id == case.pk and "cases" not in gone
    assert w.fresh(case).erased_at is None


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
