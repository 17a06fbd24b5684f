from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Lenient(CompressedManifestStaticFilesStorage):
    """The admin's own files are not collected: it names them as they are."""

    def stored_name(self, name: str) -> Any:
        return name if name.startswith("admin/") else super().stored_name(name)
