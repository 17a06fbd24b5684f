"""What sealing costs: storing and loading a scan as the portal does, beside the same without a seal.

python -m bench.vault [TIMES]: medians of so many (300), measured in turns, in a data folder of its own.
"""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median

FOLDER = tempfile.TemporaryDirectory(prefix="pishkhan-bench-vault-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "pishkhan.settings", "PISHKHAN_DATA_DIR": FOLDER.name}
os.environ.pop("PISHKHAN_DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from PIL import Image  # noqa: E402

from pishkhan.documents.files import sync_folders, write_file  # noqa: E402
from pishkhan.documents.models import Document  # noqa: E402
from pishkhan.documents.operations import load_content, store_pictures  # noqa: E402
from pishkhan.documents.pictures import Picture, make_picture  # noqa: E402


def noisy(size: tuple[int, int]) -> Picture:
    """A picture of about 200 kB, as a photographed paper is."""
    noise = Image.effect_noise(size, 40).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=50)
    return make_picture(Image.open(BytesIO(out.getvalue())))


def store_plain(picture: Picture, durable: bool) -> Document:
    """What `store_pictures` does, without the seal."""
    document = Document(
        sha256=picture.sha256, size=len(picture.content), width=picture.width, height=picture.height
    )
    write_file(document.path, picture.content, durable)
    if durable:
        sync_folders({document.path.parent}, Path(settings.DOCUMENTS_DIR))
    return Document.objects.bulk_create([document])[0]


def load_plain(document: Document) -> bytes:
    content = document.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == document.sha256
    return content


def milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def main(times: int) -> None:
    call_command("migrate", verbosity=0)
    picture = noisy((800, 560))
    sealed, plain = store_pictures([picture], "bench")[0], store_plain(picture, True)
    ways: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "load": (lambda: load_content(sealed), lambda: load_plain(plain)),
        "store, synced": (lambda: store_pictures([picture], "bench"), lambda: store_plain(picture, True)),
        "store, not synced": (
            lambda: store_pictures([picture], "bench", durable=False),
            lambda: store_plain(picture, False),
        ),
    }
    print(f"A scan of {len(picture.content) // 1000} kB, medians of {times}:")
    for name, (with_seal, without) in ways.items():
        pairs = [(milliseconds(with_seal), milliseconds(without)) for _ in range(times)]
        one, other = (median(column) for column in zip(*pairs, strict=True))
        print(f"{name}: {one:.2f} ms sealed, {other:.2f} ms without: {one / other:.2f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
