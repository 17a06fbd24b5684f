"""A portal of its own for a scan: demo data in a folder that is gone afterwards, planted pages beside it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 600  # a busy machine takes its time over the demo data

FAILED = re.compile(r"Internal Server Error: (?!/planted/)(\S+)")
TOLD = 6000  # characters of a traceback


@dataclass(frozen=True)
class Portal:
    """A running portal: `host` is name and port, `log` what it wrote."""

    host: str
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    """Of the authenticator apps, by visitor."""

    @property
    def address(self) -> str:
        return f"http://{self.host}"

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def requests(self) -> int:
        """How many requests it has answered."""
        return (self.folder / "requests").stat().st_size

    def errors(self) -> list[str]:
        """What it answered with an error of its own, the planted pages left out."""
        return sorted(set(FAILED.findall(self.log())))

    def first_error(self) -> str:
        """What the log says of the first of them: no value that was sent is in it."""
        found = FAILED.search(self.log())
        return self.log()[found.start() :].partition("\n\n")[0][:TOLD] if found else ""

    def ask(self, code: str) -> str:
        """What a piece of Python prints that runs beside the server, on its database."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pishkhan", "shell", "--no-imports", "-c", code],
            env=environment(self.folder),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PISHKHAN_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "trust.tools.planted.settings",
        "PYTHONPATH": str(ROOT),
        "PISHKHAN_DATA_DIR": str(folder),
        "PISHKHAN_WORKER": "0",
        "PISHKHAN_DATABASE_URL": os.environ.get("PISHKHAN_TEST_DATABASE_URL", ""),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[Portal]:
    with tempfile.TemporaryDirectory(prefix="pishkhan-tools-") as folder:
        portal = Portal(f"localhost:{free_port()}", Path(folder))  # a name: passkeys need one
        with (portal.folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-P", "-m", "pishkhan", "serve"],
                env=environment(portal.folder) | {"PORT": portal.host.partition(":")[2]},
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(portal, server)
            yield portal
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=120)


def wait_for(portal: Portal, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            link = HTTPConnection(portal.host, timeout=10)
            link.request("GET", "/healthz")
            if link.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"the server did not start:\n{portal.log()}")
