"""Codes of an authenticator app (RFC 6238: six digits, thirty seconds), and how their secrets are stored."""

import time
from base64 import b64decode, b64encode
from os import urandom

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import constant_time_compare

ISSUER = "Pishkhan"
NONCE = 12
SECONDS = 30
DRIFT = 1
"""Steps by which the telephone's clock may be ahead or behind."""


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, username: str) -> str:
    """The `otpauth:` address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code that is, within the allowed drift and later than the step `after`."""
    now = int(time.time()) // SECONDS
    steps = range(max(now - DRIFT, after + 1), now + DRIFT + 1)
    otp = pyotp.TOTP(secret)
    return next((step for step in steps if constant_time_compare(otp.generate_otp(step), code)), None)


def sealed(secret: str, user_id: int) -> str:
    """Encrypted under the installation's `secret_key`, for that user alone."""
    nonce = urandom(NONCE)
    return b64encode(nonce + _cipher(user_id).encrypt(nonce, secret.encode(), None)).decode()


def unsealed(text: str, user_id: int) -> str | None:
    """The secret again; None when the installation's key is not the one that it was sealed with."""
    content = b64decode(text)
    try:
        return _cipher(user_id).decrypt(content[:NONCE], content[NONCE:], None).decode()
    except InvalidTag:
        return None


def _cipher(user_id: int) -> AESGCM:
    about = f"pishkhan.accounts.totp:{user_id}".encode()
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=about).derive(settings.SECRET_KEY.encode()))
