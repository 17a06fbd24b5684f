"""A process that stores and reads documents until a file appears: python -m tests.documents.loading FILE

Prints how many it stored and read, and which it could not read.
"""

import json
import random
import sys
from io import BytesIO
from pathlib import Path

import django

django.setup()

from pishkhan.documents.models import Document  # noqa: E402
from pishkhan.documents.operations import (  # noqa: E402
    DamagedDocument,
    load_content,
    store_picture,
)
from pishkhan.documents.pictures import read_picture  # noqa: E402
from tests.documents.generated import jpeg  # noqa: E402


def main(stop: Path) -> None:
    pictures = [read_picture(BytesIO(jpeg((120 + n, 110)))) for n in range(5)]
    stored, ids, unreadable = 0, list(Document.objects.values_list("pk", flat=True)[:500]), []
    reads = 0
    while not stop.exists():
        picture = random.choice(pictures)
        document = store_picture(picture, f"case:{stored}")
        stored += 1
        ids.append(document.pk)
        for pk in [document.pk, *random.sample(ids, 5)]:
            reads += 1
            try:
                load_content(Document.objects.get(pk=pk))
            except DamagedDocument as damaged:
                unreadable.append(str(damaged))
    sys.stdout.write(json.dumps({"stored": stored, "reads": reads, "unreadable": unreadable}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
