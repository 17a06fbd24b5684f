"""A second factor in the hands of a test: the app's secret with its code of now, a device with a passkey."""

import json
import time
from hashlib import sha256
from os import urandom

import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from pishkhan.accounts import totp
from pishkhan.accounts.factors import add_factor
from pishkhan.accounts.models import Factor, Kind, User
from pishkhan.audit.operations import SYSTEM


def with_app(user: User) -> str:
    """The user has an authenticator app with this secret."""
    secret = totp.new_secret()
    app = Factor(kind=Kind.TOTP, secret=totp.sealed(secret, user.pk))
    add_factor(user, app, by=SYSTEM, session=None)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half-minutes later."""
    return pyotp.TOTP(secret).at(int(time.time()), counter_offset=steps)


class Device:
    """A device with one passkey, as a browser speaks for it (WebAuthn, ES256, no attestation)."""

    def __init__(self, host: str = "portal.example.ir", origin: str = "https://portal.example.ir") -> None:
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.count = b"device-" + urandom(16), 1

    def creates(self, options: str) -> str:
        """What it answers to `creation_options`."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        content = self._authenticator(0x45) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": content})
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def signs(self, options: str) -> str:
        """What it answers to `request_options`; it counts one further each time."""
        self.count += 1
        content, client = self._authenticator(0x05), self._client("webauthn.get", options)
        signed = self.key.sign(content + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=content, signature=signed)

    def _authenticator(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded})
