"""What was backed up is there again on an empty machine, and nobody without the key reads any of it."""

import json
import stat
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from pishkhan.cases import operations
from pishkhan.cases.models import Case
from pishkhan.documents.keyring import current_key, keys_file
from pishkhan.documents.models import Document
from pishkhan.documents.rotation import rotate
from pishkhan.keeping import backing_up
from pishkhan.keeping.backup_key import new_key, parsed
from pishkhan.letters.models import Letter
from tests import world as w
from tests.demo.test_demo_sealed import READABLE

pytestmark = pytest.mark.django_db(transaction=True)


def back_up(folder: Path, **options) -> str:
    """The stamp of the run."""
    out = StringIO()
    call_command("backup", folder, stdout=out, **options)
    return out.getvalue().split()[3].rstrip(":")


def stamps(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "manifest").iterdir())


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_empty_machine_becomes_the_portal_again(world, data, backups, elsewhere):
    back_up(backups)
    done = elsewhere.run("restore", backups)
    assert done.returncode == 0, done.stderr
    assert "everything is sound" in done.stdout
    for name in ("secret_key", "seal.pem", "keys.json"):
        there = elsewhere.folder / name
        assert there.read_bytes() == (data / name).read_bytes()
        assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert sorted(path.name for path in elsewhere.folder.rglob("*.sealed")) == sorted(
        path.name for path in data.rglob("*.sealed")
    )
    for model in (Case, Document, Letter):
        counted = elsewhere.value(
            f"__import__('django.apps').apps.apps.get_model('{model._meta.label}').objects.count()"
        )
        assert int(counted) == model.objects.count() > 0
    told = json.loads((data / "backed-up.json").read_text())
    assert told["folder"] == str(backups) and not (elsewhere.folder / "backed-up.json").exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans without knowing the rows")
def test_what_was_restored_is_planned_for_its_rows_at_once(world, backups, elsewhere):
    back_up(backups)
    assert elsewhere.run("restore", backups).returncode == 0
    known = "SELECT count(*) FROM pg_stats WHERE tablename = 'cases_case'"
    told = elsewhere.value(f"__import__('django.db').db.connection.cursor().execute({known!r}).fetchone()[0]")
    assert int(told) > 0


def test_nothing_in_a_backup_can_be_read(world, data, backups):
    back_up(backups)
    key, _ = Path(keys_file()).read_bytes(), current_key()
    national = Case.objects.exclude(national_code="").first().national_code.encode()
    for path in files(backups):
        content = path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert national not in content and key not in content and b"SQLite" not in content
        if path.name != "key":
            assert READABLE.search(content) is None
    assert stat.S_IMODE(backups.stat().st_mode) == 0o700
    assert not list(data.glob("*.part"))


def test_the_next_run_copies_only_new_files_and_names_all(world, backups):
    back_up(backups)
    before = {path: path.stat() for path in (backups / "files").rglob("*.sealed")}
    w.drafted(world, answers=w.answers_for(3))
    out = StringIO()
    call_command("backup", backups, stdout=out)
    new = len(list((backups / "files").rglob("*.sealed"))) - len(before)
    assert f"{len(before) + new} files, {new} of them new" in out.getvalue() and new > 0
    assert {path: path.stat() for path in before} == before


def test_an_earlier_run_can_be_restored(world, backups, elsewhere):
    first, count = back_up(backups), Case.objects.count()
    w.drafted(world, answers=w.answers_for(3))
    back_up(backups)
    done = elsewhere.run("restore", backups, "--at", first)
    assert done.returncode == 0, done.stderr
    assert (
        int(elsewhere.value("__import__('pishkhan.cases.models').cases.models.Case.objects.count()")) == count
    )


def test_a_run_of_before_a_rotation_opens_with_the_keys_of_its_day(world, backups, elsewhere):
    first = back_up(backups)
    rotate()
    back_up(backups)
    done = elsewhere.run("restore", backups, "--at", first)
    assert done.returncode == 0, done.stderr


def test_keys_that_change_while_a_backup_is_made_are_in_it(world, backups, elsewhere, monkeypatch):
    """The secrets are read before the database, whose rows may have a newer key by then."""
    dump = backing_up.dump
    monkeypatch.setattr(backing_up, "dump", lambda: rotate() and dump())
    back_up(backups)
    done = elsewhere.run("restore", backups)
    assert done.returncode == 0, done.stderr


def test_old_runs_go_and_what_only_they_had(world, data, backups):
    back_up(backups)
    gone = next((backups / "files" / "documents").rglob("*.sealed"))
    (data / gone.relative_to(backups / "files")).unlink()
    runs = [back_up(backups, keep=3) for _ in range(2)]
    assert gone.exists() and len(stamps(backups)) == 3
    runs.append(back_up(backups, keep=3))
    assert not gone.exists()
    assert stamps(backups) == runs == sorted(path.stem for path in (backups / "database").iterdir())


def test_a_backup_that_was_interrupted_is_not_taken_for_one(world, data, backups, elsewhere, monkeypatch):
    first = back_up(backups)
    told = (data / "backed-up.json").read_text()
    w.drafted(world, answers=w.answers_for(3))

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.sync", killed)  # after the files, before the manifest
        with pytest.raises(KeyboardInterrupt):
            back_up(backups)
    assert stamps(backups) == [first] and (data / "backed-up.json").read_text() == told
    assert elsewhere.run("restore", backups).returncode == 0
    second = back_up(backups)
    assert stamps(backups) == [first, second]
    assert sorted(path.stem for path in (backups / "database").iterdir()) == [first, second]


@pytest.mark.parametrize("what", ["file", "database"])
def test_nothing_that_is_there_is_ever_overwritten(what, world, backups, elsewhere):
    back_up(backups)
    elsewhere.folder.mkdir()
    if what == "file":
        (elsewhere.folder / "keys.json").write_text("precious")
    else:
        assert elsewhere.run("migrate").returncode == 0
    done = elsewhere.run("restore", backups)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "into an empty" in done.stderr
    assert what == "database" or (elsewhere.folder / "keys.json").read_text() == "precious"
    assert not (elsewhere.folder / "documents").exists()


def test_a_folder_takes_the_backups_of_one_key_and_says_so(world, backups, key, elsewhere):
    back_up(backups)
    key.write_text(new_key())
    with pytest.raises(CommandError, match="another key"):
        back_up(backups)
    assert "another key" in elsewhere.run("restore", backups).stderr


@pytest.mark.parametrize("text", [None, "", "nonsense", "ABCD-EFGH", "۱۲۳"])
def test_a_missing_or_mistyped_key_is_told_in_words(text, backups, key, data):
    if text is None:
        key.unlink()
    else:
        key.write_text(text)
    with pytest.raises(CommandError, match="--new-key"):
        back_up(backups)
    assert not backups.exists()


def test_a_printed_key_is_typed_again_in_any_shape_and_a_wrong_letter_is_noticed(capsys):
    call_command("backup", "--new-key")
    text = capsys.readouterr().out.strip()
    assert len(text.split("-")) == 14
    assert parsed(text) == parsed(text.lower().replace("-", " ") + "\n")
    assert new_key() != text
    for place, letter in enumerate(text):
        if letter != "-":
            with pytest.raises(ValueError):
                parsed(f"{text[:place]}{'A' if letter != 'A' else 'B'}{text[place + 1 :]}")


def test_a_backup_needs_a_folder(capsys):
    with pytest.raises(CommandError, match="folder"):
        call_command("backup")


def sending(world: w.World, first: int, stop: threading.Event, sent: list[int]) -> None:
    number = first
    while not stop.is_set():
        case = w.drafted(world, answers=w.answers_for(number))
        operations.send(world.ali, case.pk)
        sent.append(case.pk)
        number += 1
    connections.close_all()


def more_than(number: int, sent: list[int], people: list[threading.Thread]) -> None:
    """Waits until more were sent: the machine may be busy."""
    while len(sent) <= number:
        assert all(person.is_alive() for person in people), "sending has failed"
        time.sleep(0.05)


def test_a_backup_of_a_portal_in_use_is_whole(world, backups, elsewhere):
    """Two send cases with scans all the time; keys change in between."""
    stop, sent = threading.Event(), []
    people = [threading.Thread(target=sending, args=(world, 1000 * n, stop, sent)) for n in (1, 2)]
    for person in people:
        person.start()
    try:
        more_than(0, sent, people)
        back_up(backups)
        rotate()
        at_least = len(sent)
        back_up(backups)
        more_than(at_least, sent, people)
    finally:
        stop.set()
        for person in people:
            person.join()
    done = elsewhere.run("restore", backups)
    assert done.returncode == 0, done.stderr
    there = int(elsewhere.value("__import__('pishkhan.cases.models').cases.models.Case.objects.count()"))
    assert 2 + at_least <= there <= Case.objects.count() + 1
    assert len(sent) > at_least > 0
