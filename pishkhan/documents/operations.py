"""Storing and reading scans. The file is durable before its row exists, so a power cut can leave
a file without a row (harmless) but never a row without its file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from pishkhan.documents.models import Document
from pishkhan.documents.pictures import LIMIT, Picture, read_picture
from pishkhan.policy.operations import policy
from pishkhan.prepared import insert

from .files import sync_folders, write_file
from .vault import BrokenSealError, seal, unseal


class DamagedDocument(Exception):  # noqa: N818
    """The file of a document is missing or is not the one that was stored."""


LIMIT_KEY = "upload"
LIMITS = (50, LIMIT // 1024)  # kilobytes: what a branch may set


def upload_limit() -> int:
    """How many bytes an upload may have at this branch: 200 kB, unless it wants less (R8)."""
    return min(int(policy(LIMIT_KEY, LIMITS[1])), LIMITS[1]) * 1024


def store_document(upload: UploadedFile | BinaryIO, owner: str) -> Document:
    """Check, re-encode and store an upload; raises `RefusedPicture`."""
    return store_picture(read_picture(upload, upload_limit()), owner)


def write_document(upload: UploadedFile | BinaryIO, owner: str) -> Document:
    """The same without the row, for which there is `entered`; only the file is on the disk."""
    return _write_files([read_picture(upload, upload_limit())], owner)[0]


@contextmanager
def entered(document: Document) -> Iterator[None]:
    """Inside the caller's transaction: the row of a written document, and its file goes if that fails."""
    try:
        insert(document)
        yield
    except BaseException:
        document.path.unlink(missing_ok=True)
        raise


def store_picture(picture: Picture, owner: str) -> Document:
    return store_pictures([picture], owner)[0]


def store_pictures(pictures: Iterable[Picture], owner: str, durable: bool = True) -> list[Document]:
    """Store all or none, in the order given; `durable=False` only for data that can be made again.

    `owner`: on whose behalf, as `case:17`; the files are sealed for it and open for no other.
    """
    documents = _write_files(pictures, owner, durable)
    # From here on no file is taken back: a commit that was not answered may have been one all the same.
    return Document.objects.bulk_create(documents)


def _write_files(pictures: Iterable[Picture], owner: str, durable: bool = True) -> list[Document]:
    documents: list[Document] = []
    try:
        for picture in pictures:
            document = Document(
                sha256=picture.sha256,
                size=len(picture.content),
                width=picture.width,
                height=picture.height,
                owner=owner,
                likeness=picture.likeness,
                doubts=picture.doubts,
            )
            documents.append(document)
            write_file(document.path, seal(document, picture.content), durable)
        if durable:
            sync_folders({document.path.parent for document in documents}, Path(settings.DOCUMENTS_DIR))
    except BaseException:
        for document in documents:
            document.path.unlink(missing_ok=True)
        raise
    return documents


def destroy_unused(pictures: Iterable[UUID]) -> int:
    """Destroys those of the documents that nothing refers to any more; returns how many.

    Their keys go with the transaction, after which no file opens; files and rows when it is committed.
    """
    gone = _unused().filter(pk__in=list(pictures)).exclude(key_id="")
    count = gone.update(key_id="", wrapped_key=b"", likeness="", doubts=[])
    transaction.on_commit(sweep_destroyed)
    return count


def _unused() -> "QuerySet[Document]":
    """Documents without a row that refers to them, in whatever table."""
    unused = Document.objects.all()
    for link in Document._meta.get_fields(include_hidden=True):
        if isinstance(link, ForeignObjectRel):
            referring = link.related_model._base_manager.filter(**{link.field.attname: OuterRef("pk")})
            unused = unused.filter(~Exists(referring))
    return unused


def forgotten(before: datetime) -> list[UUID]:
    """Stored before then for something that failed: nothing refers to them (decision 54)."""
    return list(_unused().filter(created_at__lt=before).exclude(key_id="").values_list("pk", flat=True))


def sweep_destroyed() -> None:
    """Removes what is left of documents whose keys are gone; again after it was interrupted."""
    for document in _unused().filter(key_id=""):
        document.path.unlink(missing_ok=True)
        document.delete()


def load_content(document: Document) -> bytes:
    """The bytes of the scan, exactly as stored.

    Raises `DamagedDocument`; `LostKeyError` or `OSError` while keys or disk are away.
    """
    try:
        return unseal(document)
    except BrokenSealError as broken:
        raise DamagedDocument(f"document {document.id}: {broken}") from broken
