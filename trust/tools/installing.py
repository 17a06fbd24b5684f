"""Puts a tool in place: a virtual environment of its own, since they do not agree on versions."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from .serving import ROOT

TOOLS = ROOT / "build" / "tools"
REQUIREMENTS = ROOT / "requirements" / "tools"


def installed(package: str) -> Path:
    """The folder of the package's commands; installs it when its requirements have changed since."""
    wanted = REQUIREMENTS / f"{package}.txt"
    digest, folder = hashlib.sha256(wanted.read_bytes()).hexdigest(), TOOLS / package
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"• installing {package}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", wanted], check=True, stderr=subprocess.DEVNULL)
        stamp.write_text(digest)
    return folder / "bin"


def version(package: str) -> str:
    """The version that its requirements pin here."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.check_output([installed(package) / "python", "-c", code], text=True).strip()
