"""Readers with a fault, for `test_fuzz.py`: what `script/fuzz` must find."""

import ctypes
import time
from typing import BinaryIO

from pishkhan.documents.pictures import Picture, read_picture


def faulty(upload: BinaryIO) -> bool:
    """Of some files, always the same."""
    content = upload.read()
    upload.seek(0)
    return sum(content) % 7 == 3


def hang(upload: BinaryIO) -> Picture:
    while faulty(upload):
        time.sleep(1)
    return read_picture(upload)


def crash(upload: BinaryIO) -> Picture:
    if faulty(upload):
        ctypes.string_at(0)  # reads where nothing is: a segmentation fault
    return read_picture(upload)


def error(upload: BinaryIO) -> Picture:
    if faulty(upload):
        raise ZeroDivisionError("planted\nin two lines")
    return read_picture(upload)


def nothing(upload: BinaryIO) -> Picture | None:
    return None if faulty(upload) else read_picture(upload)
