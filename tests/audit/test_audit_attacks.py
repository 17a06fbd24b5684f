"""Seven ways of changing the trail with the database's password: `pishkhan audit verify` finds each."""

import datetime
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
import time_machine

from pishkhan.audit import chain
from pishkhan.audit.models import Entry, Seal
from pishkhan.audit.sealing import TrailBrokenError, seal_new_entries

from .sealed import START, anchor_lines, rows, sealed_and_anchored, sql, verdict, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apart")]

LATER = START + datetime.timedelta(hours=1)
ACTIONS = ("one", "two", "three", "four", "five", "six")
COLUMNS = "at, user_id, author, action, about, source, details, mac"


@pytest.fixture
def ids() -> list[int]:
    """Six entries, sealed and anchored in two parts of three."""
    first = sealed_and_anchored(*ACTIONS[:3])
    return first + sealed_and_anchored(*ACTIONS[3:], at=START + datetime.timedelta(minutes=10))


def test_a_trail_that_nobody_touched_is_found_sound(ids, capsys):
    head = Seal.objects.get(place=6).digest
    said = verdict(capsys)
    assert said.startswith("ok: 6 entries, sealed to place 6, anchored to place 6 on 2026-11-24 09:10:02")
    assert said.endswith(f"head {head}")


# Edit

EDITS = {
    "at": "2026-11-24 09:00:01+00:00",
    "user_id": 8,
    "author": "colleague",
    "action": "other",
    "about": "case:2",
    "source": "b" * 32,
    "details": '{"number": 5}',
    "mac": "0" * 64,
}


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_entry_is_found(column, ids, capsys):
    sql(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", EDITS[column], ids[3])
    assert f"place 4, entry {ids[3]}: the entry was edited" in verdict(capsys)


def test_an_entry_edited_before_it_was_sealed_is_found_and_never_sealed(ids, capsys):
    waiting = written("seven", at=LATER)[0]
    sql("UPDATE audit_entry SET author = 'nobody' WHERE id = %s", waiting)
    assert seal_new_entries() == 0
    assert verdict(capsys).startswith(f"WRONG: entry {waiting}: not sealed, and not written by this portal")


# Delete


def test_a_deleted_entry_is_found(ids, capsys):
    sql("DELETE FROM audit_entry WHERE id = %s", ids[1])
    assert f"place 2, entry {ids[1]}: the entry is missing" in verdict(capsys)


def test_an_entry_deleted_with_its_seal_is_found(ids, capsys):
    delete_with_seal(ids[1])
    assert "place 2: missing" in verdict(capsys)


def test_an_entry_deleted_with_its_seal_is_found_when_the_others_close_the_ranks(ids, capsys):
    delete_with_seal(ids[1])
    for place in (3, 4, 5, 6):
        sql("UPDATE audit_seal SET place = %s WHERE place = %s", place - 1, place)
    assert f"place 2, entry {ids[2]}: not what was sealed here" in verdict(capsys)


def delete_with_seal(pk: int) -> None:
    sql("DELETE FROM audit_entry WHERE id = %s", pk)
    sql("DELETE FROM audit_seal WHERE entry_id = %s", pk)


# Insert


def inserted(**changes: object) -> int:
    """An entry put in by hand, like the first but for `changes`."""
    before = set(Entry.objects.values_list("pk", flat=True))
    first = rows(f"SELECT {COLUMNS} FROM audit_entry ORDER BY id")[0]
    values = dict(zip(COLUMNS.split(", "), first, strict=True)) | changes
    values["details"] = '{"number": 0}'
    marks = ", ".join(["%s"] * len(values))
    sql(f"INSERT INTO audit_entry ({COLUMNS}) VALUES ({marks})", *values.values())
    return (set(Entry.objects.values_list("pk", flat=True)) - before).pop()


def test_an_inserted_entry_is_found_and_never_sealed(ids, capsys, caplog):
    forged, genuine = inserted(action="forged", mac="1" * 64), written("seven", at=LATER)[0]
    assert [seal_new_entries(), seal_new_entries()] == [1, 0]
    assert Seal.objects.get(place=7).entry_id == genuine
    assert caplog.text.count(f"entry {forged} of the trail was not written by this portal") == 1
    assert f"WRONG: entry {forged}: not sealed, and not written by this portal" in verdict(capsys)


def test_a_copy_of_a_genuine_entry_is_found_though_it_is_sealed(ids, capsys):
    copy = inserted()
    assert seal_new_entries() == 1
    assert f"WRONG: entry {copy}: a copy of entry {ids[0]}" in verdict(capsys)


def test_an_entry_inserted_with_a_seal_between_others_is_found(ids, capsys):
    forged = inserted(action="forged", mac="1" * 64)
    for place in (6, 5, 4):
        sql("UPDATE audit_seal SET place = %s WHERE place = %s", place + 1, place)
    sql("INSERT INTO audit_seal (place, entry_id, digest) VALUES (4, %s, %s)", forged, "2" * 64)
    assert f"place 4, entry {forged}: the entry was edited" in verdict(capsys)


# Swap


def test_two_entries_that_changed_their_contents_are_found(ids, capsys):
    swap("audit_entry", COLUMNS, "id", ids[1], ids[4])
    assert f"place 2, entry {ids[1]}: not what was sealed here" in verdict(capsys)


@pytest.mark.parametrize("columns", ["entry_id", "digest", "entry_id, digest"])
def test_two_seals_that_changed_places_are_found(columns, ids, capsys):
    swap("audit_seal", columns, "place", 2, 5)
    assert "place 2, entry " in verdict(capsys)


def swap(table: str, columns: str, key: str, one: int, other: int) -> None:
    names = columns.split(", ")
    held = {pk: rows(f"SELECT {columns} FROM {table} WHERE {key} = %s", pk)[0] for pk in (one, other)}
    if "entry_id" in names:  # it is unique
        sql(f"UPDATE {table} SET entry_id = -1 WHERE {key} = %s", one)
    for pk, values in ((other, held[one]), (one, held[other])):
        given = [json_text(value) for value in values]
        sql(f"UPDATE {table} SET {', '.join(f'{n} = %s' for n in names)} WHERE {key} = %s", *given, pk)


def json_text(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


# Truncate


def cut_off(place: int) -> None:
    """Entries and seals from that place on are gone."""
    sql("DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_seal WHERE place >= %s)", place)
    sql("DELETE FROM audit_seal WHERE place >= %s", place)


@pytest.mark.parametrize("place", [6, 4, 3, 1])
def test_a_trail_that_was_cut_off_is_found(place, ids, capsys):
    cut_off(place)
    assert f"WRONG: place {place}: missing, with all that followed: the chain reached place 6" in verdict(
        capsys
    )


# Truncate and append


@pytest.mark.parametrize("place", [6, 4, 2])
def test_a_trail_that_was_cut_off_is_not_sealed_on(place, ids, capsys):
    cut_off(place)
    written("seven", "eight", at=LATER)
    with pytest.raises(TrailBrokenError, match=r"place 6\) is not in the database"):
        seal_new_entries()
    assert f"WRONG: place {place}: missing, with all that followed: the chain reached place 6" in verdict(
        capsys
    )


@pytest.mark.parametrize("place", [6, 4, 2])
@pytest.mark.parametrize("more", [1, 12])
def test_a_trail_that_was_cut_off_and_sealed_on_is_found(place, more, ids, capsys, settings):
    """As by a worker that was shown other anchors: shorter than before, or longer."""
    cut_off(place)
    new = written(*(f"new {number}" for number in range(more)), at=LATER)
    anchors, settings.AUDIT_ANCHORS = settings.AUDIT_ANCHORS, settings.AUDIT_ANCHORS.with_name("others")
    with time_machine.travel(LATER, tick=False):
        assert seal_new_entries() == more
    settings.AUDIT_ANCHORS = anchors
    assert verdict(capsys).startswith(f"WRONG: place {place}, entry {new[0]}: ")


def test_a_chain_that_is_put_together_from_two_pasts_is_found(ids, capsys, settings):
    """Each seal is genuine and fits its entry, and one of them was not there when the next was made."""
    kept = {
        "audit_entry": rows(f"SELECT id, {COLUMNS} FROM audit_entry WHERE id = %s", ids[4])[0],
        "audit_seal": rows("SELECT place, entry_id, digest FROM audit_seal WHERE place = 5")[0],
    }
    cut_off(5)
    written("another five", "another six", at=LATER)
    settings.AUDIT_ANCHORS = settings.AUDIT_ANCHORS.with_name("others")
    assert seal_new_entries() == 2
    sql("DELETE FROM audit_entry WHERE id = (SELECT entry_id FROM audit_seal WHERE place = 5)")
    sql("DELETE FROM audit_seal WHERE place = 5")
    for table, columns in (("audit_entry", f"id, {COLUMNS}"), ("audit_seal", "place, entry_id, digest")):
        values = [json_text(value) for value in kept[table]]
        sql(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(values))})", *values)
    another = Seal.objects.get(place=6).entry_id
    assert f"WRONG: place 6, entry {another}: not what was sealed here" in verdict(capsys)


# Rewrite


def plain(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def guessed(text: bytes) -> str:
    return hmac.digest(b"pishkhan", text, "sha256").hex()


@pytest.mark.parametrize("digest", [plain, guessed])
def test_a_chain_that_was_computed_anew_without_the_key_is_found(
    digest: Callable[[bytes], str], ids, capsys, monkeypatch
):
    sql("UPDATE audit_entry SET author = 'nobody' WHERE id = %s", ids[2])
    with monkeypatch.context() as without_key:
        without_key.setattr(
            chain,
            "_hmac",
            lambda said: digest(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()),
        )
        rewrite_from(3)
    assert f"place 3, entry {ids[2]}: the entry was edited" in verdict(capsys)


def test_a_chain_computed_anew_behind_the_true_entries_is_found(ids, capsys, monkeypatch):
    """The entries stay, so that their own codes fit; one of them is left out."""
    delete_with_seal(ids[2])
    for place in (4, 5, 6):
        sql("UPDATE audit_seal SET place = %s WHERE place = %s", place - 1, place)
    with monkeypatch.context() as without_key:
        without_key.setattr(chain, "_hmac", lambda said: guessed(json.dumps(said, sort_keys=True).encode()))
        rewrite_from(3, entries_too=False)
    assert f"place 3, entry {ids[3]}: not what was sealed here" in verdict(capsys)


def rewrite_from(place: int, *, entries_too: bool = True) -> None:
    digest = Seal.objects.get(place=place - 1).digest
    for seal in Seal.objects.filter(place__gte=place).order_by("place"):
        entry = Entry.objects.get(pk=seal.entry_id)
        mac = chain.mac_of(vars(entry)) if entries_too else entry.mac
        sql("UPDATE audit_entry SET mac = %s WHERE id = %s", mac, entry.pk)
        digest = chain.digest_of(seal.place, digest, entry.pk, mac)
        sql("UPDATE audit_seal SET digest = %s WHERE place = %s", digest, seal.place)


def test_whoever_has_the_key_too_is_found_by_the_anchors(ids, capsys):
    sql("UPDATE audit_entry SET author = 'nobody' WHERE id = %s", ids[4])
    rewrite_from(5)
    assert anchor_lines()[-1]["place"] == 6
    assert f"place 6, entry {ids[5]}: not what was anchored on 2026-11-24 09:10:02" in verdict(capsys)
