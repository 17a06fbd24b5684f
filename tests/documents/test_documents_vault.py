"""Nothing on the disk tells what it is, and no file opens for another row."""

import json
import stat
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db.models import F

from pishkhan.documents import keyring
from pishkhan.documents.keyring import LostKeyError, current_key, keys_file
from pishkhan.documents.models import Document
from pishkhan.documents.operations import DamagedDocument, load_content, store_document, store_picture
from pishkhan.documents.pictures import read_picture
from tests.documents.generated import jpeg
from tests.simultaneous import at_once

PICTURE, OTHER = read_picture(BytesIO(jpeg())), read_picture(BytesIO(jpeg((120, 110))))


@pytest.fixture(autouse=True)
def folder(tmp_path, settings) -> Path:
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    settings.KEYS_FILE = tmp_path / "keys.json"
    return tmp_path


def again(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


@pytest.mark.django_db
def test_a_file_looks_like_noise_and_two_of_the_same_picture_share_nothing(folder):
    first, second = (store_picture(PICTURE, "case:1").path.read_bytes() for _ in range(2))
    assert len(zlib.compress(first, 9)) > len(first)
    assert first != second and first[:12] != second[:12]
    assert PICTURE.content[:16] not in first and PICTURE.content[-16:] not in first
    assert load_content(Document.objects.first()) == PICTURE.content


@pytest.mark.django_db
def test_every_document_has_a_key_of_its_own_of_256_bits():
    documents = [store_picture(PICTURE, "case:1") for _ in range(20)]
    assert len({bytes(document.wrapped_key) for document in documents}) == 20
    assert {len(document.wrapped_key) for document in documents} == {12 + 32 + 16}
    assert {document.key_id for document in documents} == {current_key()[0]}


MOVED = {
    "the file of another": lambda one, other: one.path.write_bytes(other.path.read_bytes()),
    "the key of another": lambda one, other: change(one, wrapped_key=other.wrapped_key),
    "file and key of another": lambda one, other: (
        one.path.write_bytes(other.path.read_bytes()),
        change(one, wrapped_key=other.wrapped_key, sha256=other.sha256),
    ),
    "another owner": lambda one, other: change(one, owner="case:2"),
    "no owner": lambda one, other: change(one, owner=""),
    "another digest": lambda one, other: change(one, sha256=other.sha256),
    "another key of the ring": lambda one, other: change(one, key_id=keyring.add_key().current),
    "a key that is nowhere": lambda one, other: change(one, key_id="00000000"),
    "a cut key": lambda one, other: change(one, wrapped_key=one.wrapped_key[:5]),
    "a destroyed key": lambda one, other: change(one, wrapped_key=b""),
}


def change(document: Document, **columns) -> None:
    Document.objects.filter(pk=document.pk).update(**columns)


@pytest.mark.django_db
@pytest.mark.parametrize("what", MOVED)
def test_what_was_moved_or_changed_opens_nothing_and_never_another_picture(what: str):
    one, other = store_picture(PICTURE, "case:1"), store_picture(OTHER, "case:1")
    MOVED[what](one, other)
    with pytest.raises(DamagedDocument, match=str(one.id)):
        load_content(again(one))
    assert load_content(again(other)) == OTHER.content


@pytest.mark.django_db
def test_a_row_that_was_given_another_id_opens_nothing():
    document = store_picture(PICTURE, "case:1")
    there = Document(**{field.attname: getattr(document, field.attname) for field in Document._meta.fields})
    there.id = Document().id
    there.path.parent.mkdir(parents=True)
    there.path.write_bytes(document.path.read_bytes())
    with pytest.raises(DamagedDocument):
        load_content(there)


@pytest.mark.django_db
def test_every_flipped_byte_of_file_and_key_is_noticed():
    document = store_picture(OTHER, "case:1")
    sealed, wrapped = document.path.read_bytes(), document.wrapped_key
    for place in [*range(0, len(sealed), 97), *range(12), *range(len(sealed) - 17, len(sealed))]:
        document.path.write_bytes(flipped(sealed, place))
        with pytest.raises(DamagedDocument):
            load_content(document)
    document.path.write_bytes(sealed)
    for place in range(len(wrapped)):
        document.wrapped_key = flipped(wrapped, place)
        with pytest.raises(DamagedDocument):
            load_content(document)
    document.wrapped_key = wrapped
    assert load_content(document) == OTHER.content


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.django_db
def test_the_keys_are_in_one_file_for_their_owner_alone(folder):
    assert not keys_file().exists()
    name, key = current_key()
    assert stat.S_IMODE(keys_file().stat().st_mode) == 0o600
    data = json.loads(keys_file().read_text())
    assert data["current"] == name and list(data["keys"]) == [name] and len(key.secret) == 32
    assert [path.name for path in folder.iterdir()] == ["keys.json"]


@pytest.mark.django_db
def test_no_column_of_the_database_holds_a_key_in_the_clear():
    document = store_picture(PICTURE, "case:1")
    _, key = current_key()
    assert key.secret not in b"".join(bytes(str(value), "utf-8") for value in vars(document).values())
    assert key.secret not in document.wrapped_key


@pytest.mark.django_db(transaction=True)
def test_those_who_make_the_first_key_at_once_use_the_same(folder):
    keys = at_once(*[current_key] * 8)
    assert len({name for name, _ in keys}) == 1
    assert [path.name for path in folder.iterdir()] == ["keys.json"]


@pytest.mark.django_db
def test_a_key_that_another_process_added_is_found(folder):
    document = store_picture(PICTURE, "case:1")
    name, _ = current_key()
    elsewhere = keyring.Keyring("aa", {"aa": keyring.Key(b"k" * 32, "2026-01-01T00:00:00+00:00")})
    whole = keyring.Keyring(name, keyring.load().keys | elsewhere.keys)
    temporary = folder / "new"
    temporary.write_bytes(keyring.dump(whole))
    temporary.replace(keys_file())
    assert keyring.find_key("aa").secret == b"k" * 32
    assert load_content(document) == PICTURE.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [None, b"", b"{}", b"[]", b"nonsense", b'{"current": "a", "rotating": false, "keys": {}}']
)
def test_no_new_key_is_made_silently_where_files_need_a_lost_one(content: bytes | None):
    document = store_picture(PICTURE, "case:1")
    keys_file().unlink()
    if content is not None:
        keys_file().write_bytes(content)
    with pytest.raises(LostKeyError, match="restore it from the backup"):
        store_document(BytesIO(jpeg()), "case:1")
    assert keys_file().exists() == (content is not None)
    with pytest.raises(LostKeyError):
        load_content(document)
    assert Document.objects.count() == 1
    assert [path for path in document.path.parents[2].rglob("*") if path.is_file()] == [document.path]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command", [["check"], ["keys", "list"], ["keys", "rotate", "--emergency", "a key was seen"]]
)
def test_lost_keys_are_told_to_the_operator(command: list[str], capsys):
    store_picture(PICTURE, "case:1")
    call_command(*command)
    keys_file().rename(keys_file().with_suffix(".away"))
    with pytest.raises((SystemCheckError, CommandError), match="from the backup"):
        call_command(*command)
    keys_file().with_suffix(".away").rename(keys_file())
    call_command(*command)


@pytest.mark.django_db
def test_a_ring_without_the_needed_key_is_told_too():
    document = store_picture(PICTURE, "case:1")
    keys_file().unlink()
    Document.objects.update(key_id="")
    current_key()
    Document.objects.update(key_id=document.key_id)
    with pytest.raises(SystemCheckError, match=f"their keys {document.key_id} are not in"):
        call_command("check")


@pytest.mark.django_db
def test_keys_that_others_can_read_are_told_to_the_operator():
    current_key()
    keys_file().chmod(0o640)
    with pytest.raises(SystemCheckError, match="chmod 600"):
        call_command("check")


@pytest.mark.django_db
def test_the_keys_may_be_elsewhere(folder, settings):
    settings.KEYS_FILE = folder / "token" / "pishkhan.json"
    document = store_picture(PICTURE, "case:1")
    assert settings.KEYS_FILE.exists() and not (folder / "keys.json").exists()
    assert load_content(document) == PICTURE.content


@pytest.mark.django_db
def test_a_destroyed_key_leaves_nothing_that_could_open_the_file(folder):
    """What retention relies on: the row's wrapped key is the only copy."""
    document = store_picture(PICTURE, "case:1")
    Document.objects.update(wrapped_key=b"", key_id="", size=F("size"))
    with pytest.raises(DamagedDocument, match="destroyed"):
        load_content(again(document))
    assert document.path.stat().st_size == len(PICTURE.content) + 28
