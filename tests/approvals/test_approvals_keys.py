"""The keys of stored files change when a senior user agrees, or in an emergency that all of them hear of."""

from io import StringIO
from shutil import copy

import pytest
from django.core.management import CommandError, call_command

from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Action, Approval, State
from pishkhan.approvals.refusals import NotWaitingError
from pishkhan.audit.models import Entry
from pishkhan.documents import keyring, rotation
from pishkhan.documents.keyring import current_key, keys_file
from pishkhan.notifications.models import Notification
from pishkhan.workshops.recipients import senior_recipient
from tests import world as w

from .asking import long_ago


@pytest.fixture(autouse=True)
def _keys_of_its_own(world, settings, tmp_path):
    current_key()
    settings.KEYS_FILE = copy(keys_file(), tmp_path)


def keys(*arguments: str) -> str:
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def waiting(*arguments: str) -> Approval:
    with pytest.raises(CommandError, match="waiting for approval"):
        keys(*arguments)
    return Approval.objects.latest("id")


@pytest.mark.parametrize("what", ["rotate", "retire"])
def test_a_key_operation_waits_for_a_senior_user_and_is_done_once(what: str, world):
    before = keyring.load()
    asked = waiting(what, "--reason", "سالگرد کلید")
    assert waiting(what) == asked, "asked for once"
    assert keyring.load() == before and asked.reason == "سالگرد کلید"
    approvals.approve(world.senior, asked.pk)
    assert keyring.load() == before, "the approval itself does nothing"
    keys(what)
    assert Approval.objects.get(pk=asked.pk).state == State.DONE
    after = keyring.load()
    assert waiting(what) != asked
    assert keyring.load() == after


def test_a_yes_to_one_operation_is_none_to_the_other(world):
    approvals.approve(world.senior, waiting("retire").pk)
    assert waiting("rotate").action == Action.ROTATE


def test_a_yes_is_good_for_a_day(world):
    asked = waiting("rotate")
    approvals.approve(world.senior, asked.pk)
    long_ago(asked)
    assert waiting("rotate") != asked


def test_only_a_senior_user_of_the_portals_branch_says_yes(world):
    asked = waiting("rotate")
    for actor in (world.clerk, world.far_senior, world.ali):
        with pytest.raises(Approval.DoesNotExist):
            approvals.approve(actor, asked.pk)
    with pytest.raises(CommandError, match="nobody of the portal"):
        call_command("approve", str(asked.pk))


def test_what_was_refused_is_not_done(world):
    asked = waiting("rotate")
    approvals.refuse(world.senior, asked.pk, "اکنون نه.")
    with pytest.raises(NotWaitingError):
        approvals.approve(world.senior, asked.pk)
    assert waiting("rotate") != asked


def test_an_emergency_goes_on_and_every_senior_user_reads_why(world):
    before = current_key()
    keys("rotate", "--emergency", "کلید فاش شده است.")
    assert current_key() != before
    entry = Entry.objects.get(action="done in an emergency")
    assert entry.details == {"what": "rotate", "reason": "کلید فاش شده است."}
    told = Notification.objects.for_recipient(senior_recipient(world.branch.pk)).get()
    assert "کلید فاش شده است." in told.text


def test_an_emergency_without_a_reason_is_none(world):
    before = current_key()
    waiting("rotate", "--emergency", " ")
    assert current_key() == before


def test_a_rotation_that_was_broken_off_goes_on_without_asking_again(world):
    def broken_off(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(broken_off)
    middle = keyring.load()
    assert middle.rotating
    keys("rotate")
    assert keyring.load().current == middle.current and not keyring.load().rotating
    assert waiting("rotate").state == State.WAITING


def test_to_look_at_the_keys_nobody_is_asked(world):
    w.filled_case(world, w.State.DRAFT)
    assert "current" in keys("list")
    assert not Approval.objects.exists()
