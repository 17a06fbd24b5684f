"""Keys change while the portal is in use, and whatever happens in the middle, every file can be read.

PISHKHAN_TEST_ROTATED=20000 takes so many files and ten rotations instead of 400 and one.
"""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.documents import keyring
from pishkhan.documents.keyring import current_key, load, used_keys
from pishkhan.documents.models import Document
from pishkhan.documents.operations import DamagedDocument, load_content, store_picture, store_pictures
from pishkhan.documents.pictures import read_picture
from pishkhan.documents.rotation import GRACE, retire, rotate
from tests.documents.generated import jpeg

ROOT = Path(__file__).resolve().parents[2]
MANY = int(os.environ.get("PISHKHAN_TEST_ROTATED", "400"))
TURNS = 1 if MANY <= 400 else 10
PICTURE = read_picture(BytesIO(jpeg((120, 110))))


@pytest.fixture(autouse=True)
def folder(tmp_path, settings) -> Path:
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    settings.KEYS_FILE = tmp_path / "keys.json"
    return tmp_path


def unreadable() -> list[str]:
    found = []
    for document in Document.objects.iterator():
        try:
            load_content(document)
        except DamagedDocument as damaged:
            found.append(str(damaged))
    return found


def later(**much) -> timezone.datetime:
    return timezone.now() + timedelta(**much)


@pytest.mark.django_db
def test_a_rotation_wraps_every_key_anew_and_leaves_the_files_alone():
    before = {document.pk: document for document in store_pictures([PICTURE] * 250, "case:1", durable=False)}
    files = {pk: document.path.stat() for pk, document in before.items()}
    old, _ = current_key()
    assert rotate().files == 250
    new, _ = current_key()
    assert used_keys() == {new} != {old}
    for document in Document.objects.all():
        assert document.wrapped_key != before[document.pk].wrapped_key
        assert document.path.stat() == files[document.pk]
    assert unreadable() == []
    assert Entry.objects.get(action="keys rotated").details == {"files": 250}


@pytest.mark.django_db
def test_a_row_that_was_read_before_the_rotation_still_opens_after_it():
    document = store_picture(PICTURE, "case:1")
    rotate()
    assert load_content(document) == PICTURE.content


@pytest.mark.django_db
def test_a_key_is_removed_when_nothing_uses_it_and_an_hour_has_passed():
    document = store_picture(PICTURE, "case:1")
    old, _ = current_key()
    rotate()
    assert retire() == [] and set(load().keys) == {old, current_key()[0]}
    assert retire(later(hours=2)) == [old]
    assert set(load().keys) == {current_key()[0]}
    assert load_content(Document.objects.get()) == PICTURE.content
    with pytest.raises(DamagedDocument, match=old):
        load_content(document)
    assert Entry.objects.get(action="key retired").about == f"key:{old}"


@pytest.mark.django_db
def test_the_current_key_is_never_removed():
    current_key()
    assert retire(later(days=1000)) == []
    rotate()
    current, _ = current_key()
    retire(later(days=1000))
    assert set(load().keys) == {current}


@pytest.mark.django_db
def test_what_was_stored_with_the_old_key_behind_the_rotation_is_taken_along_later():
    """A server reads the current key, then writes file and row: the rotation may pass in between."""
    document = store_picture(PICTURE, "case:1")
    late = Document.objects.get()
    document.delete()
    old, _ = current_key()
    rotate()
    late.save(force_insert=True)
    assert used_keys() == {old}
    assert retire(timezone.now() + GRACE / 2) == []
    assert used_keys() == {current_key()[0]}
    assert retire(timezone.now() + GRACE * 2) == [old]
    assert unreadable() == []


@pytest.mark.django_db
def test_a_rotation_goes_on_where_it_was_broken_off():
    store_pictures([PICTURE] * 250, "case:1", durable=False)

    def broken_off(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(broken_off)
    middle = keyring.load()
    assert middle.rotating and used_keys() == set(middle.keys) and len(middle.keys) == 2
    assert unreadable() == []
    assert rotate().files == 150
    assert keyring.load().current == middle.current and not keyring.load().rotating
    assert rotate().files == 250  # the next one is a new one
    assert unreadable() == []


@pytest.mark.django_db
def test_a_document_that_is_broken_stops_nothing_and_is_named(capsys):
    broken, good = store_picture(PICTURE, "case:1"), store_picture(PICTURE, "case:1")
    Document.objects.filter(pk=broken.pk).update(owner="case:2")
    old, _ = current_key()
    with pytest.raises(CommandError, match=f"document:{broken.pk}"):
        call_command("keys", "rotate", emergency="نخستین")
    assert load_content(Document.objects.get(pk=good.pk)) == PICTURE.content
    assert retire(later(hours=2)) == []
    Document.objects.filter(pk=broken.pk).update(owner="case:1")
    call_command("keys", "rotate", emergency="دوم")
    call_command("keys", "list")
    assert old in capsys.readouterr().out
    assert unreadable() == []


@pytest.mark.django_db
def test_a_destroyed_document_stays_destroyed():
    store_picture(PICTURE, "case:1")
    Document.objects.update(key_id="", wrapped_key=b"")
    assert rotate().files == 0
    assert not Document.objects.get().wrapped_key


def environment(folder: Path) -> dict[str, str]:
    """For processes of the portal on the database of the tests."""
    there = connection.settings_dict
    address = f"sqlite:///{there['NAME']}"
    if connection.vendor == "postgresql":
        address = f"postgres://{there['USER']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "pishkhan.settings",
        "PISHKHAN_DATA_DIR": str(folder),
        "PISHKHAN_DATABASE_URL": address,
        "PYTHONPATH": str(ROOT),
    }


def process(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_in_the_middle(folder: Path) -> None:
    """A rotation that ends by kill -9 when some rows have the new key and some the old one."""
    before = current_key()[0]
    rotation = process(folder, "pishkhan", "keys", "rotate", "--emergency", "در آزمون")
    while rotation.poll() is None:
        if used_keys() - {before}:
            rotation.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    assert rotation.wait() == -signal.SIGKILL, rotation.communicate()
    rotation.communicate()
    assert before in used_keys() and load().rotating


@pytest.mark.django_db(transaction=True)
def test_under_load_and_through_kill_9_nothing_becomes_unreadable(folder):
    store_pictures([PICTURE] * MANY, "case:1", durable=False)
    stop = folder / "stop"
    users = [process(folder, "tests.documents.loading", str(stop)) for _ in range(2)]
    try:
        for turn in range(TURNS):
            killed_in_the_middle(folder)
            middle = load().current
            done = process(folder, "pishkhan", "keys", "rotate")
            assert done.communicate()[1] == "" and done.returncode == 0
            assert load().current == middle
            assert len(load().keys) == turn + 2
    finally:
        stop.touch()
        told = [json.loads(user.communicate()[0] or "{}") for user in users]
    for user in told:
        assert user["stored"] > 10 and user["unreadable"] == []
    assert Document.objects.count() == MANY + sum(user["stored"] for user in told)
    assert unreadable() == []
    assert len(retire(later(hours=2))) == TURNS
    assert unreadable() == [] and len(load().keys) == 1
    sys.stdout.write(f"{MANY} files, {TURNS} rotations killed and ended, {told}")
