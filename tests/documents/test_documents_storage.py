import hashlib
import os
import stat
from io import BytesIO
from pathlib import Path

import pytest
from django.db import OperationalError

from pishkhan.documents import operations
from pishkhan.documents.keyring import current_key
from pishkhan.documents.models import Document
from pishkhan.documents.operations import (
    DamagedDocument,
    load_content,
    store_document,
    store_picture,
    store_pictures,
)
from pishkhan.documents.pictures import RefusedPicture, read_picture
from tests.documents.generated import jpeg

pytestmark = pytest.mark.django_db
PICTURE = read_picture(BytesIO(jpeg()))
OWNER = "case:1"


@pytest.fixture(autouse=True)
def folder(db, tmp_path, settings) -> Path:
    settings.DOCUMENTS_DIR = tmp_path / "data" / "documents"
    settings.KEYS_FILE = tmp_path / "data" / "keys.json"
    (tmp_path / "data").mkdir()
    current_key()  # the first one is made here, and not among the steps that are looked at
    return settings.DOCUMENTS_DIR


@pytest.fixture
def steps(monkeypatch) -> list[str]:
    """What happens on the disk and in the database, in order."""
    done: list[str] = []
    fsync, replace, bulk_create = os.fsync, Path.replace, Document.objects.bulk_create

    def noted_fsync(handle):
        done.append(f"fsync {Path(f'/proc/self/fd/{handle}').readlink().name}")
        fsync(handle)

    def noted_replace(self, target):
        done.append(f"name {target.name}")
        return replace(self, target)

    def noted_bulk_create(rows):
        done.append("row")
        return bulk_create(rows)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    monkeypatch.setattr(Document.objects, "bulk_create", noted_bulk_create)
    return done


@pytest.fixture
def lost_answer(monkeypatch) -> None:
    """The database does what it is told, and the connection breaks before it says so."""
    insert = Document.objects.bulk_create

    def insert_and_break(rows):
        insert(rows)
        raise OperationalError("the connection was lost")

    monkeypatch.setattr(Document.objects, "bulk_create", insert_and_break)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_stored_document_is_found_again_by_its_row(folder):
    document = Document.objects.get(pk=store_document(BytesIO(jpeg()), OWNER).pk)
    content = load_content(document)
    assert content == PICTURE.content
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.size, document.width, document.height) == (len(content), 240, 160)
    assert document.created_at
    assert files(folder) == [document.path]
    assert str(document) == f"{document.id} (240×160)"


def test_the_path_is_made_of_the_id_alone(folder):
    document = store_picture(PICTURE, OWNER)
    name = str(document.id)
    assert document.path == folder / name[:2] / name[2:4] / f"{name}.sealed"


def test_file_and_folders_are_durable_before_the_row_is_inserted(steps):
    document = store_picture(PICTURE, OWNER)
    name = str(document.id)
    part = steps[0]
    assert part.startswith("fsync ")
    assert part.endswith(".part")
    assert steps[1:] == [
        f"name {name}.sealed",
        f"fsync {name[2:4]}",
        f"fsync {name[:2]}",
        "fsync documents",
        "fsync data",
        "row",
    ]


def test_folders_that_exist_already_are_made_durable_too(steps):
    """Another process may have made them a moment ago without having synced them yet."""
    store_picture(PICTURE, OWNER)
    del steps[:]
    store_picture(PICTURE, OWNER)
    assert sum(step.startswith("fsync") for step in steps) == 5


def test_only_the_owner_may_read_files_and_folders(folder):
    path = store_picture(PICTURE, OWNER).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for parent in (path.parent, path.parent.parent, folder):
        assert stat.S_IMODE(parent.stat().st_mode) == 0o700


def test_a_row_whose_insertion_was_not_answered_keeps_its_file(lost_answer):
    with pytest.raises(OperationalError):
        store_pictures([PICTURE, PICTURE], OWNER)
    assert [load_content(document) for document in Document.objects.all()] == [PICTURE.content] * 2


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_file_that_cannot_be_made_durable_leaves_neither_file_nor_row(failing, monkeypatch, folder):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="disk full"):
        store_picture(PICTURE, OWNER)
    assert files(folder) == []
    assert not Document.objects.exists()


def test_a_folder_that_cannot_be_made_durable_leaves_neither_file_nor_row(monkeypatch, folder):
    def fail(folders, top):
        raise OSError("disk full")

    monkeypatch.setattr(operations, "sync_folders", fail)
    with pytest.raises(OSError, match="disk full"):
        store_picture(PICTURE, OWNER)
    assert files(folder) == []
    assert not Document.objects.exists()


def test_a_refused_picture_leaves_neither_file_nor_row(folder):
    with pytest.raises(RefusedPicture):
        store_document(BytesIO(jpeg()[:300]), OWNER)
    assert files(folder) == []
    assert not Document.objects.exists()


def test_the_same_picture_twice_is_two_documents():
    first, second = store_picture(PICTURE, OWNER), store_picture(PICTURE, OWNER)
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert first.path != second.path


def test_many_pictures_are_stored_in_their_order_by_few_queries(django_assert_max_num_queries):
    many = [read_picture(BytesIO(jpeg((100 + n, 100)))) for n in range(20)]
    with django_assert_max_num_queries(4):
        documents = store_pictures(many, OWNER)
    assert [document.width for document in documents] == [picture.width for picture in many]
    assert Document.objects.count() == 20
    assert [load_content(document) for document in documents] == [picture.content for picture in many]


def test_no_pictures_make_no_documents():
    assert store_pictures([], OWNER) == []


def test_data_that_can_be_made_again_may_be_stored_without_syncing(steps):
    document = store_pictures([PICTURE], OWNER, durable=False)[0]
    assert steps == [f"name {document.path.name}", "row"]
    assert load_content(document) == PICTURE.content


def test_a_missing_file_is_noticed():
    document = store_picture(PICTURE, OWNER)
    document.path.unlink()
    with pytest.raises(DamagedDocument, match=str(document.id)):
        load_content(document)


@pytest.mark.parametrize("at", [0, 100, -1])
def test_a_single_changed_bit_is_noticed(at):
    document = store_picture(PICTURE, OWNER)
    content = bytearray(document.path.read_bytes())
    content[at] ^= 1
    document.path.write_bytes(content)
    with pytest.raises(DamagedDocument):
        load_content(document)


@pytest.mark.parametrize("length", [-1, 20, 5, 0])
def test_a_cut_file_is_noticed(length):
    document = store_picture(PICTURE, OWNER)
    document.path.write_bytes(document.path.read_bytes()[:length])
    with pytest.raises(DamagedDocument):
        load_content(document)
