"""One wrong byte or row is found, and named."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pishkhan.cases.models import CaseScan
from pishkhan.documents.keyring import keys_file
from pishkhan.documents.models import Document
from pishkhan.letters.models import Letter
from tests.keeping.test_keeping_backup import back_up

pytestmark = pytest.mark.django_db(transaction=True)


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def refused(capsys, *arguments: str) -> str:
    with pytest.raises(CommandError):
        call_command("verify", *arguments)
    return capsys.readouterr().err


def test_a_sound_portal_is_called_sound_with_its_numbers(world, capsys):
    call_command("verify")
    out = capsys.readouterr().out
    assert "everything is sound" in out
    assert f"documents.Document {Document.objects.count()}" in out


def test_one_flipped_byte_of_a_file_is_found_and_its_row_named(world, capsys):
    for model in (Document, Letter):
        row = model.objects.filter(wrapped_key__gt=b"").order_by("?").first()
        for place in (0, 40, -1):
            flip(row.path, place)
            assert row.identity in refused(capsys)
            flip(row.path, place)
    call_command("verify")


def test_a_missing_file_and_a_changed_row_are_found(world, capsys):
    one, other = Document.objects.all()[:2]
    one.path.unlink()
    Document.objects.filter(pk=other.pk).update(owner="case:99999")
    said = refused(capsys)
    assert f"{one.identity}: its file is missing" in said
    assert f"{other.identity}: its row has changed" in said
    assert len(said.splitlines()) == 2


def test_a_document_whose_key_was_emptied_is_found_while_its_file_is_there(world, capsys):
    one = Document.objects.first()
    Document.objects.filter(pk=one.pk).update(wrapped_key=b"", key_id="")
    assert one.identity in refused(capsys)
    one.path.unlink()
    call_command("verify")


def test_lost_keys_are_found(world, capsys):
    keys_file().unlink()
    assert len(refused(capsys).splitlines()) == (
        Document.objects.count() + Letter.objects.filter(is_stored=True).count()
    )


def test_a_row_that_refers_to_nothing_is_found_and_named(world, capsys):
    scan = CaseScan.objects.first()
    off, on = ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
    if connection.vendor == "postgresql":
        off, on = ("SET session_replication_role=replica", "SET session_replication_role=DEFAULT")
    with connection.cursor() as cursor:
        cursor.execute(off)
        Document.objects.filter(pk=scan.document_id)._raw_delete("default")
        cursor.execute(on)
    try:
        assert f"cases.CaseScan {scan.pk}: document_id {scan.document_id} does not exist" in refused(capsys)
    finally:
        CaseScan.objects.filter(document_id=scan.document_id).delete()


def test_a_sample_looks_at_so_many(world, capsys, monkeypatch):
    opened = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: opened.append(self.suffix) or read(self))
    call_command("verify", "--sample", "1")
    assert opened.count(".sealed") == 2  # a document and a letter


PARTS = {
    "manifest": lambda folder: next((folder / "manifest").iterdir()),
    "database": lambda folder: next((folder / "database").iterdir()),
    "document": lambda folder: next((folder / "files" / "documents").rglob("*.sealed")),
    "letter": lambda folder: next((folder / "files" / "letters").rglob("*.sealed")),
}


def test_one_flipped_byte_of_a_backup_is_found(world, backups, capsys):
    back_up(backups)
    for part in PARTS.values():
        for place in (3, 100, -1):
            flip(part(backups), place)
            said = refused(capsys, "--backup", str(backups))
            assert part(backups).name in said and len(said.splitlines()) == 1
            flip(part(backups), place)
    call_command("verify", "--backup", backups)


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_restored_from_a_backup_with_one_flipped_byte(part, world, backups, elsewhere):
    back_up(backups)
    flip(PARTS[part](backups), 100)
    done = elsewhere.run("restore", backups)
    assert done.returncode == 1 and "has changed since it was written" in done.stderr
    assert not list(elsewhere.folder.glob("*.sqlite3")) and not (elsewhere.folder / "keys.json").exists()


def test_a_missing_part_of_a_backup_is_found(world, backups, capsys):
    back_up(backups)
    for part in PARTS.values():
        file = part(backups)
        file.rename(backups / "away")
        with pytest.raises(CommandError):
            call_command("verify", "--backup", backups)
        (backups / "away").rename(file)
    call_command("verify", "--backup", backups)


def test_a_damaged_manifest_does_not_stop_the_next_backup(world, backups):
    back_up(backups)
    flip(PARTS["manifest"](backups), 50)
    back_up(backups)
    call_command("verify", "--backup", backups)
    for _ in range(3):
        back_up(backups, keep=2)
    assert len(list((backups / "manifest").iterdir())) == 2


def test_a_portal_without_its_tables_is_not_called_sound(data, elsewhere):
    done = elsewhere.run("verify")
    assert done.returncode == 1
    assert "the database cannot be read" in done.stderr and "Traceback" not in done.stderr


def test_a_database_that_cannot_be_reached_is_told_in_words(world, backups, elsewhere):
    back_up(backups)
    elsewhere.folder.mkdir()
    (elsewhere.folder / "pishkhan.sqlite3").write_bytes(b"no database at all" * 100)
    elsewhere.database = "is_not_there"
    done = elsewhere.run("restore", backups)
    assert done.returncode == 1
    assert "CommandError: nothing useful was restored" in done.stderr and "Traceback" not in done.stderr
