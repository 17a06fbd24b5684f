"""One stored scan. What it shows, and of whom, is written where it is used."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models


class Document(models.Model):
    """The row of a JPEG file; made only by `operations`, after its file is safe on the disk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()  # pixels
    likeness = models.CharField(max_length=64)  # both told by `legibility`
    doubts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.id} ({self.width}×{self.height})"

    @property
    def path(self) -> Path:
        name = str(self.id)
        return Path(settings.DOCUMENTS_DIR) / name[:2] / name[2:4] / f"{name}.jpg"
