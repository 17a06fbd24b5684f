"""An installation of its own for a harness: `pishkhan serve` with demo data in a temporary folder."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
HOST = "portal.example.ir"
BEGINNING, ENDING = 120.0, 20.0  # seconds until the server answers, and until it has gone
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Size:
    """How much demo data; every representative signs in from another workshop."""

    workshops: int
    insured: int
    cases: int


@dataclass(frozen=True)
class Place:
    """Where it runs, and with which environment."""

    folder: Path
    port: int
    environment: dict[str, str]

    def call(self, *command: str) -> str:
        """What a Python command in this installation prints."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    @contextmanager
    def served(self, settings: str = "pishkhan.settings") -> Iterator[Process]:
        """`pishkhan serve`, ended afterwards with everything it started."""
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": settings}
        command = [sys.executable, "-P", "-m", "pishkhan", "serve"]
        with (self.folder / "log").open("ab") as log:
            server = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            await_port(self.port, server, self.folder / "log")
            yield server
        finally:
            end(server)

    def tell_log(self) -> None:
        """What the servers had to complain of: the last errors, without the way to them."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        told = [
            line for line in lines if re.match(r"\S+ \S+ (ERROR|CRITICAL)|\w[\w.]*(Error|Exception)\b", line)
        ]
        print("".join(f"  log: {line}\n" for line in told[-10:]), end="", flush=True)

    def people(self, number: int) -> dict[str, Any]:
        """Sessions of so many representatives and officers, pictures, codes (`trust.load.people`)."""
        told: dict[str, Any] = json.loads(self.call("trust.load.people", str(number)))
        return told


@contextmanager
def installed(size: Size, database: str = "") -> Iterator[Place]:
    """Demo data of that size; gone afterwards. `database`: the address of the PostgreSQL of script/postgres,
    which is emptied: an earlier harness may have filled it."""
    if database:
        with psycopg.connect(database) as link:
            link.execute("DROP SCHEMA public CASCADE")
            link.execute("CREATE SCHEMA public")
    # Below /tmp: nginx's own user must reach what is readable in it.
    with tempfile.TemporaryDirectory(prefix="pishkhan-load-", dir="/tmp") as name:
        folder, port = Path(name), free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PISHKHAN_")}
        environment |= {
            "PYTHONPATH": str(ROOT),
            "PORT": str(port),
            "PISHKHAN_DATA_DIR": str(folder / "data"),
            "PISHKHAN_DATABASE_URL": database,
            "PISHKHAN_HTTPS": "1",
            "PISHKHAN_PROXIES": "1",
            "PISHKHAN_HOSTS": HOST,
            "PISHKHAN_ADDRESS": f"https://{HOST}",
        }
        place = Place(folder, port, environment)
        place.call("pishkhan", "migrate", "-v", "0")
        wanted = {"workshops": size.workshops, "insured": size.insured, "cases": size.cases}
        place.call("pishkhan", "demo", *(f"--{name}={number}" for name, number in wanted.items()))
        yield place


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int, process: Process, log: Path) -> None:
    deadline = time.monotonic() + BEGINNING
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"it did not begin:\n{log.read_text()[-2000:]}")


def end(process: Process) -> None:
    """With its whole group, also when one of it hangs: nobody writes to its folder afterwards."""
    process.terminate()
    deadline = time.monotonic() + ENDING
    while _is_there(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_there(process: Process) -> bool:
    """Whether it or another process of its group still runs."""
    process.poll()  # else what has ended stays in the group until somebody asks
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def processes(parent: int) -> list[int]:
    """The process and everything below it that is still there."""
    found = [parent]
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:  # ended meanwhile
            continue
        found += [below for child in children for below in processes(int(child))]
    return found
