"""Files of any size that only the backup key opens, written and read in pieces.

A salt, then chunks of compressed content, each AES-256-GCM under a key derived from the backup key, the salt
and the file's purpose. A chunk's nonce is its place and whether it is the last: none can be moved or cut off.
"""

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pishkhan.documents.files import sync_folders, writing

CHUNK = 1024 * 1024  # bytes of content in a chunk
TAG, SALT = 16, 32  # bytes


class DamagedBackupError(Exception):
    """Something in a backup is not what was written; the message names the file."""


def put(path: Path, pieces: Iterable[bytes], key: bytes, purpose: str) -> str:
    """Writes a file, durably, whole or not at all; returns the SHA-256 of what is on the disk."""
    digest = hashlib.sha256()
    with writing(path, durable=True) as out:
        for block in _sealed(pieces, key, purpose):
            digest.update(block)
            out.write(block)
    sync_folders({path.parent}, path.parent)
    return digest.hexdigest()


def take(path: Path, key: bytes, purpose: str) -> Iterator[bytes]:
    """The pieces of the content, each genuine when it is given. Raises `DamagedBackupError`."""
    unpacker = zlib.decompressobj()
    try:
        for packed in _opened(path, key, purpose):
            yield unpacker.decompress(packed, CHUNK)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, CHUNK)
        yield unpacker.flush()
    except OSError as error:
        raise DamagedBackupError(f"{path} cannot be read ({error.strerror})") from error
    except (InvalidTag, zlib.error) as error:
        raise DamagedBackupError(f"{path} has changed since it was written") from error


def _sealed(pieces: Iterable[bytes], key: bytes, purpose: str) -> Iterator[bytes]:
    salt = os.urandom(SALT)
    yield salt
    cipher, waiting, place = _cipher(key, salt, purpose), bytearray(), 0
    for piece in _packed(pieces):
        waiting += piece
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(place), bytes(waiting[:CHUNK]), None)
            del waiting[:CHUNK]
            place += 1
    yield cipher.encrypt(_nonce(place, last=True), bytes(waiting), None)


def _opened(path: Path, key: bytes, purpose: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        cipher = _cipher(key, file.read(SALT), purpose)
        block, place = file.read(CHUNK + TAG), 0
        while True:
            following = file.read(CHUNK + TAG)
            yield cipher.decrypt(_nonce(place, last=not following), block, None)
            if not following:
                return
            block, place = following, place + 1


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _cipher(key: bytes, salt: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, purpose.encode()).derive(key))


def _nonce(place: int, last: bool = False) -> bytes:
    return place.to_bytes(11) + bytes([last])
