"""Receiving files: never more of one in memory than a scan or a table may have, and nothing on disk."""

import hashlib
from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from pishkhan.documents.pictures import LIMIT
from pishkhan.sheets.reading import LARGEST as LARGEST_TABLE

TABLE = "table"
"""The name of every field that takes an Excel file; all others take pictures."""

LARGEST_REQUEST = 64 * 1024 * 1024


class CappedFile(InMemoryUploadedFile):
    """The first bytes of an upload, and the SHA-256 of all of it."""

    sha256 = ""


class CappedUploadHandler(FileUploadHandler):
    """Keeps one byte more than the limit, so that the check can tell what is too large (R8)."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > LARGEST_REQUEST:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept, self.digest = BytesIO(), hashlib.sha256()
        self.limit = LARGEST_TABLE if self.field_name == TABLE else LIMIT

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)
        self.kept.write(raw_data[: max(0, self.limit + 1 - start)])

    def file_complete(self, file_size: int) -> CappedFile:
        self.kept.seek(0)
        kind = self.content_type or ""
        size = self.kept.getbuffer().nbytes
        file = CappedFile(self.kept, self.field_name, self.file_name, kind, size, self.charset)
        file.sha256 = self.digest.hexdigest()
        return file
