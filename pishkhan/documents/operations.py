"""Storing and reading scans. The file is durable before its row exists, so a power cut can leave
a file without a row (harmless) but never a row without its file."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from pishkhan.documents.models import Document
from pishkhan.documents.pictures import LIMIT, Picture, read_picture
from pishkhan.policy.operations import policy


class DamagedDocument(Exception):  # noqa: N818
    """The file of a document is missing or is not the one that was stored."""


LIMIT_KEY = "upload"
LIMITS = (50, LIMIT // 1024)  # kilobytes: what a branch may set


def upload_limit() -> int:
    """How many bytes an upload may have at this branch: 200 kB, unless it wants less (R8)."""
    return min(int(policy(LIMIT_KEY, LIMITS[1])), LIMITS[1]) * 1024


def store_document(upload: UploadedFile | BinaryIO) -> Document:
    """Check, re-encode and store an upload; raises `RefusedPicture`."""
    return store_picture(read_picture(upload, upload_limit()))


def store_picture(picture: Picture) -> Document:
    return store_pictures([picture])[0]


def store_pictures(pictures: Iterable[Picture], durable: bool = True) -> list[Document]:
    """Store all or none, in the order given; `durable=False` only for data that can be made again."""
    documents: list[Document] = []
    try:
        for picture in pictures:
            document = Document(
                sha256=picture.sha256,
                size=len(picture.content),
                width=picture.width,
                height=picture.height,
                likeness=picture.likeness,
                doubts=picture.doubts,
            )
            documents.append(document)
            write_file(document.path, picture.content, durable)
        if durable:
            sync_folders({document.path.parent for document in documents}, Path(settings.DOCUMENTS_DIR))
        return Document.objects.bulk_create(documents)
    except BaseException:
        for document in documents:
            document.path.unlink(missing_ok=True)
        raise


def load_content(document: Document) -> bytes:
    """The bytes of the scan, exactly as stored; raises `DamagedDocument`."""
    try:
        content = document.path.read_bytes()
    except OSError as error:
        raise DamagedDocument(f"the file of document {document.id} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise DamagedDocument(f"the file of document {document.id} has changed")
    return content


def write_file(path: Path, content: bytes, durable: bool) -> None:
    """Whole or not at all; readable by its owner alone."""
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            if durable:
                os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def sync_folders(folders: set[Path], top: Path) -> None:
    """Make the names durable: the folders themselves and all above up to the one that holds `top`.

    Not only the new ones: another process may have made a folder a moment ago and not synced it yet.
    """
    above = {parent for folder in folders for parent in folder.parents if parent.is_relative_to(top)}
    for folder in sorted(folders | above | {top.parent}, reverse=True):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
