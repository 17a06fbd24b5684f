"""The branch's digital seal: a key of its own, made at the first use, and PDF signatures made with it."""

import datetime
from io import BytesIO
from pathlib import Path

from asn1crypto import keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pishkhan.keys import made_once

YEARS = 10
KEY_BITS = 3072


def sealed(pdf: bytes) -> bytes:
    """The PDF with the branch's signature over every byte of it."""
    code = settings.BRANCH["code"]
    about = signers.PdfSignatureMetadata(field_name="Seal", name=f"Branch {code}", md_algorithm="sha256")
    out = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), about, signer=signer())
    return bytes(out.getbuffer())


def signer() -> signers.SimpleSigner:
    """The branch's key with its certificate."""
    blocks = {kind: block for kind, _, block in pem.unarmor(_key(), multiple=True)}
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(blocks["CERTIFICATE"]),
        signing_key=keys.PrivateKeyInfo.load(blocks["PRIVATE KEY"]),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


def _key() -> bytes:
    return made_once(Path(settings.SEAL_FILE), _new_key)


def _new_key() -> bytes:
    """A private key and its self-signed certificate, as PEM. Names in ASCII: others may not be read."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    code = settings.BRANCH["code"]
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pishkhan"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Branch {code} seal"),
        ]
    )
    now = timezone.now()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
