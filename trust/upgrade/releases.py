"""Two releases: the tree as it is or was, and copies of it with more migrations; each can serve."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from trust.crash.processes import below, free_port, gone, kill, until

from .planted import Step, plant

ROOT = Path(__file__).resolve().parents[2]
BEGINNING = 180.0  # seconds until a server answers, on a busy machine
ENDING = 30.0
MIGRATING = "pishkhan-migrate"
"""How PostgreSQL names the session of the migration."""


@dataclass
class Place:
    """What both releases share: the data directory, and the database's URL ("": SQLite in it)."""

    data: Path
    database: str = ""

    @property
    def vendor(self) -> str:
        return "postgresql" if self.database else "sqlite"


@dataclass
class Release:
    """A tree of its own, and the server that runs from it."""

    tree: Path
    place: Place
    log: Path
    port: int = field(default_factory=free_port)
    server: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def of(cls, commit: str, tree: Path, place: Place, log: Path) -> "Release":
        """The product at that commit; "": as it lies here, committed or not."""
        tree.mkdir()
        if commit:
            archive = subprocess.run(
                ["git", "archive", commit, "pishkhan"], cwd=ROOT, stdout=subprocess.PIPE, check=True
            )
            subprocess.run(["tar", "-x"], cwd=tree, input=archive.stdout, check=True)
        else:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / "pishkhan", tree / "pishkhan", ignore=ignored)
        for beside in ("build", "docs"):
            (tree / beside).symlink_to(ROOT / beside)
        return cls(tree, place, log)

    def with_more(self, tree: Path, step: Step, *, pause: float) -> "Release":
        shutil.copytree(self.tree, tree, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        plant(tree, step, pause=pause)
        return Release(tree, self.place, self.log)

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PISHKHAN_")}
        own |= {"PISHKHAN_DATA_DIR": str(self.place.data), "PISHKHAN_DATABASE_URL": self.place.database}
        return own | {"PYTHONPATH": str(self.tree), "PORT": str(self.port), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *arguments: str) -> float:
        """A `pishkhan` command; the seconds it took."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            subprocess.run(
                [sys.executable, "-P", "-m", "pishkhan", *arguments],
                cwd=self.tree,
                env=self.environment() | {"PGAPPNAME": MIGRATING},
                stdout=log,
                stderr=log,
                check=True,
            )
        return time.monotonic() - began

    def serve(self) -> None:
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-P", "-m", "pishkhan", "serve"],
                cwd=self.tree,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not until(self.is_well, BEGINNING):
            raise SystemExit(f"the release in {self.tree} did not begin:\n{self.log.read_text()[-2000:]}")

    def is_well(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        return False

    def end(self) -> None:
        """As `systemctl stop` does."""
        if self.server is None:
            return
        everything = [self.server.pid, *below(self.server.pid)]
        self.server.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.server.wait(ENDING)
        if not gone(everything, 5):
            kill(everything)
        self.server.wait()
        self.server = None
