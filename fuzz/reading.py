"""Reads damaged files, and may crash or hang: python -m fuzz.reading MODULE:FUNCTION SEED FIRST COUNT.

After each file one line: what became of it, and the seconds of processor time that it took.
"""

import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from io import BytesIO

from pishkhan.documents.pictures import LIMIT, Picture, RefusedPicture

from .damage import bases, damaged

READ_PICTURE = "pishkhan.documents.pictures:read_picture"


def outcome(read: Callable[[BytesIO], object], content: bytes) -> str:
    """ "accepted", the refusal's code, or an error behind "!"."""
    try:
        picture = read(BytesIO(content))
    except RefusedPicture as refused:
        return str(refused.code)
    except BaseException as error:  # this is what is looked for
        return f"!{type(error).__name__}: {error}".replace("\n", " ")
    sound = (
        isinstance(picture, Picture) and picture.content[-2:] == b"\xff\xd9" and len(picture.content) <= LIMIT
    )
    return "accepted" if sound else f"!not a picture: {type(picture).__name__}"


def main(reader: str, seed: int, first: int, count: int) -> None:
    module, _, name = reader.partition(":")
    read = getattr(import_module(module), name)
    bases()
    warnings.simplefilter("ignore")  # Pillow's, of damaged EXIF
    print("ready", flush=True)
    for number in range(first, first + count):
        content = damaged(seed, number)
        started = time.process_time()
        told = outcome(read, content)
        print(f"{time.process_time() - started:.3f} {told}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
