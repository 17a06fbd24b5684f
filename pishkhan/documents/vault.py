"""Sealing files: AES-256-GCM with a key for each file, itself wrapped by a key outside the database.

Both are bound to what the row says of the file (which one, whose, SHA-256 of its content), so that a file or
a key that was moved to another row opens nothing. Without its `wrapped_key` a file can never be read again.
"""

import hashlib
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keyring import UnknownKeyError, current_key, find_key
from .models import SealedFile

NONCE = 12  # bytes, before the ciphertext


class BrokenSealError(Exception):
    """The file of a row can never be opened as it is: the message says why."""


def seal(row: SealedFile, content: bytes) -> bytes:
    """Gives the row its key, and returns what its file is to hold. `sha256` and `owner` are set already."""
    key = AESGCM.generate_key(256)
    _wrap(row, key)
    return encrypt(key, content, _about(row))


def unseal(row: SealedFile) -> bytes:
    """What was sealed, never anything else. Raises `BrokenSealError`, `LostKeyError`, `OSError`."""
    key = _file_key(row)
    try:
        content = decrypt(key, row.path.read_bytes(), _about(row))
    except FileNotFoundError as error:
        raise BrokenSealError("its file is missing") from error
    except InvalidTag as error:
        raise BrokenSealError("its file has changed") from error
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise BrokenSealError("its file was never what its row says")
    return content


def rewrap(row: SealedFile) -> None:
    """Wraps the file's key by the current key; the file stays as it is.

    Raises as `unseal` does.
    """
    _wrap(row, _file_key(row))


def _wrap(row: SealedFile, key: bytes) -> None:
    row.key_id, wrapping = current_key()
    row.wrapped_key = encrypt(wrapping.secret, key, _about(row))


def _file_key(row: SealedFile) -> bytes:
    if not row.wrapped_key:
        raise BrokenSealError("its key was destroyed")
    try:
        return decrypt(find_key(row.key_id).secret, bytes(row.wrapped_key), _about(row))
    except UnknownKeyError as lost:
        raise BrokenSealError(str(lost)) from lost
    except InvalidTag as error:
        raise BrokenSealError("its row has changed") from error


def _about(row: SealedFile) -> bytes:
    """What a seal is bound to."""
    return json.dumps(["pishkhan file 1", row.identity, row.owner, row.sha256]).encode()


def encrypt(key: bytes, content: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, about)


def decrypt(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """Raises `InvalidTag` when anything of the three is not what it was."""
    if len(sealed) < NONCE:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about)
