"""Passkeys (WebAuthn) as a second factor: what the browser is asked for, and whether its answer is right."""

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pishkhan.audit.operations import Author, record

from .factors import add_factor, attempt
from .models import Factor, Kind, User

NAME = "پیشخوان"
Challenge = dict[str, Any]
"""What the session keeps between asking the browser and reading its answer; good for one answer."""


@dataclass(frozen=True)
class Site:
    """Where the portal is: a passkey belongs to `host` and answers pages of `origin` alone."""

    host: str
    origin: str

    @property
    def server(self) -> Fido2Server:
        rp = PublicKeyCredentialRpEntity(id=self.host, name=NAME)
        return Fido2Server(rp, verify_origin=lambda origin: origin == self.origin)


def creation_options(user: User, site: Site) -> tuple[str, Challenge]:
    """What `navigator.credentials.create` is asked with, as JSON, and its challenge."""
    handle = hashlib.sha256(f"pishkhan.accounts.passkey:{user.pk}".encode()).digest()
    options, challenge = site.server.register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=user.username, display_name=str(user)),
        [_credential(factor) for factor in _passkeys(user)],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return json.dumps(dict(options.public_key)), challenge


def request_options(user: User, site: Site) -> tuple[str, Challenge]:
    """What `navigator.credentials.get` is asked with, as JSON, and its challenge."""
    credentials = [_credential(factor) for factor in _passkeys(user)]
    options, challenge = site.server.authenticate_begin(credentials, UserVerificationRequirement.PREFERRED)
    return json.dumps(dict(options.public_key)), challenge


def add_passkey(
    user: User, site: Site, challenge: Challenge, answer: str, name: str, *, by: Author, session: str | None
) -> list[str] | None:
    """The passkey that the browser made, under a name of the user's.

    Returns as `factors.add_app` does: None when the answer is not right.
    """
    try:
        made = site.server.register_complete(challenge, json.loads(answer))
        credential = AttestedCredentialData(bytes(made.credential_data or b""))
        _require_key(credential)
    except Exception:  # whatever a browser may send: the library has an error for every byte of it
        return None
    secret = b64encode(credential).decode()
    passkey = Factor(kind=Kind.PASSKEY, name=name, secret=secret, counter=made.counter)
    return add_factor(user, passkey, by=by, session=session)


def check_passkey(user: User, site: Site, challenge: Challenge, answer: str, *, by: Author) -> str:
    """Whether one of the user's passkeys answered: "passkey" or ""; counted as `factors.attempt` does."""
    return attempt(user, lambda: _use(user, site, challenge, answer, by=by), by=by)


def _use(user: User, site: Site, challenge: Challenge, answer: str, *, by: Author) -> str:
    passkeys = {bytes(_credential(factor).credential_id): factor for factor in _passkeys(user)}
    credentials = [_credential(factor) for factor in passkeys.values()]
    try:
        given = AuthenticationResponse.from_dict(json.loads(answer))
        used = site.server.authenticate_complete(challenge, credentials, given)
        count = given.response.authenticator_data.counter
    except Exception:  # as above
        return ""
    factor = passkeys[bytes(used.credential_id)]
    if (count or factor.counter) and count <= factor.counter:
        # Two devices count with one key: it was copied (WebAuthn, 6.1.1). Synchronized ones never count.
        record("passkey copied", by=by, about=f"user:{user.pk}", factor=factor.pk)
        return ""
    Factor.objects.filter(pk=factor.pk).update(counter=count, used_at=timezone.now())
    return Kind.PASSKEY


def _require_key(credential: AttestedCredentialData) -> None:
    """Raises unless its public key can judge a signature; the library does not look at it before."""
    try:
        credential.public_key.verify(b"", b"")
    except InvalidSignature:
        return


def _passkeys(user: User) -> list[Factor]:
    return list(user.factors.filter(kind=Kind.PASSKEY).order_by("id"))


def _credential(factor: Factor) -> AttestedCredentialData:
    return AttestedCredentialData(b64decode(factor.secret))
