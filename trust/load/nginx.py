"""docs/nginx.conf as it is, but for files and ports: it runs beside anything and as anybody."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .place import HOST, ROOT, Process, await_port, end, free_port

DOCUMENTED = ROOT / "docs" / "nginx.conf"
PROGRAM = which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
BESIDE = ("fastcgi", "uwsgi", "scgi")
"""Other modules' folders: nginx makes them at its start, where only root may."""


@dataclass(frozen=True)
class Front:
    """A running nginx."""

    process: Process
    folder: Path
    https: int
    http: int


def certificate(folder: Path) -> None:
    """A self-signed certificate of the documented name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    chain = signed.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "fullchain.pem").write_bytes(chain)
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


def substituted(folder: Path, portal: int, https: int, http: int) -> str:
    """The documented text with this machine's files and ports; every name to be replaced must be in it."""
    text = re.sub(r"^ +listen \[::\].*\n", "", DOCUMENTED.read_text(), flags=re.MULTILINE)
    replaced = {
        "user www-data;": "user root;" if os.geteuid() == 0 else "",  # folders are the harness's own
        "/run/nginx.pid": f"{folder}/pid",
        "/var/log/nginx/": f"{folder}/",
        "/var/lib/nginx/": f"{folder}/",
        "/etc/letsencrypt/live/portal.example.ir/": f"{folder}/",
        "/srv/pishkhan/": f"{ROOT}/",
        "127.0.0.1:8000": f"127.0.0.1:{portal}",
        "listen 443": f"listen 127.0.0.1:{https}",
        "listen 80": f"listen 127.0.0.1:{http}",
        "http {\n": "http {\n" + "".join(f"{each}_temp_path {folder}/{each};\n" for each in BESIDE),
    }
    for documented, here in replaced.items():
        if documented not in text:
            raise SystemExit(f"docs/nginx.conf does not say {documented!r} any more")
        text = text.replace(documented, here)
    return text


def prepared(folder: Path, portal: int) -> tuple[list[str], int, int]:
    """The command that starts nginx in that folder, and its ports."""
    if PROGRAM is None:
        raise SystemExit("nginx is not installed: script/install.sh test")
    folder.mkdir()
    certificate(folder)
    https, http = free_port(), free_port()
    (folder / "nginx.conf").write_text(substituted(folder, portal, https, http))
    command = [PROGRAM, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    return command, https, http


@contextmanager
def in_front(folder: Path, portal: int) -> Iterator[Front]:
    """nginx in front of the portal at that port."""
    command, https, http = prepared(folder, portal)
    process = subprocess.Popen([*command, "-g", "daemon off;"], start_new_session=True)
    try:
        await_port(https, process, folder / "error.log")
        time.sleep(0.2)
        yield Front(process, folder, https, http)
    finally:
        end(process)
