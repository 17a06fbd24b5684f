"""One stored scan. What it shows, and of whom, is written where it is used."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models


class SealedFile(models.Model):
    """A row whose file only `vault` can read.

    `owner` is what first stored it (`case:17`, `workshop:5`); neither it nor `sha256` can change any more.
    A row without a `wrapped_key` has no file, or one that is lost for good.
    """

    sha256 = models.CharField(max_length=64)  # of the content, before it is sealed
    size = models.PositiveIntegerField()  # bytes of the content
    owner = models.CharField(max_length=40)
    key_id = models.CharField(max_length=16, default="")
    wrapped_key = models.BinaryField(default=b"")

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["key_id", "id"], name="%(class)s_key")]

    @property
    def identity(self) -> str:
        """Which file it is: never that of another row."""
        raise NotImplementedError

    @property
    def path(self) -> Path:
        raise NotImplementedError


class Document(SealedFile):
    """The row of a JPEG; made only by `operations`, after its file is safe on the disk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()  # pixels
    likeness = models.CharField(max_length=64)  # both told by `legibility`
    doubts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.id} ({self.width}×{self.height})"

    @property
    def identity(self) -> str:
        return f"document:{self.id}"

    @property
    def path(self) -> Path:
        name = str(self.id)
        return Path(settings.DOCUMENTS_DIR) / name[:2] / name[2:4] / f"{name}.sealed"
