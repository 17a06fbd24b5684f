"""What is killed: `pishkhan serve` with its web processes and its worker, and PostgreSQL."""

import http.client
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import facts
from .processes import alive, below, called, free_port, gone, kill

ROOT = Path(__file__).resolve().parents[2]
BEGINNING = 180.0  # seconds until a server answers, on a busy machine
SETTINGS = "pishkhan.settings"


@dataclass
class Portal:
    """`pishkhan serve` with a data directory and a database of its own."""

    folder: Path
    database: str = ""  # a URL; "" is SQLite in the folder
    port: int = field(default_factory=free_port)
    settings: str = SETTINGS
    server: "subprocess.Popen[bytes] | None" = None

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PISHKHAN_")}
        own |= {"PISHKHAN_DATA_DIR": str(self.folder), "PISHKHAN_DATABASE_URL": self.database}
        own |= {"PISHKHAN_DEMO": "0", "PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        return own | {"DJANGO_SETTINGS_MODULE": self.settings}

    def run(self, *arguments: str) -> str:
        """What a command of this portal prints."""
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, check=True)
        return done.stdout.decode()

    def start(self, log: Path) -> None:
        """As a supervisor does: again when it ends at once, since what was killed may still hold the port."""
        deadline = time.monotonic() + BEGINNING
        while time.monotonic() < deadline:
            if self.server is None or self.server.poll() is not None:
                self.server = self._launch(log)
            if self.answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"the portal did not begin within {BEGINNING:.0f} s; {log} tells more")

    def _launch(self, log: Path) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", "pishkhan", "serve"]
        with log.open("ab") as out:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=out, stderr=out, start_new_session=True
            )

    def answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        return False

    def processes(self) -> dict[str, list[int]]:
        """The ids of what runs now: server, web, keeper, worker."""
        assert self.server
        main, found = self.server.pid, dict[str, list[int]](server=[], web=[], keeper=[], worker=[])
        found["server"] = [main] if alive(main) else []
        for pid in below(main):
            line = called(pid)
            kind = "keeper" if "web.keeper" in line else "worker" if "pishkhan worker" in line else "web"
            found[kind].append(pid)
        return found

    def kill(self) -> None:
        """All of it at once, as when the machine goes down."""
        if self.server is not None:
            everything = [self.server.pid, *below(self.server.pid)]
            kill(everything)
            self.server.wait()
            gone(everything, 10)

    def kill_server_alone(self) -> list[int]:
        """The process that a supervisor watches; returns what outlived it, which nothing should."""
        assert self.server
        others = below(self.server.pid)
        kill([self.server.pid])
        self.server.wait()
        # The worker ends by itself, after what it is doing.
        return [] if gone(others, 60) else [pid for pid in others if alive(pid)]

    def facts(self) -> facts.Facts:
        return facts.parse(self.run("trust.crash.facts"))


class Cluster:
    """PostgreSQL as it comes, with its data where they are wanted."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
        if not found:
            raise SystemExit("no PostgreSQL server here; install the Debian package postgresql")
        self.programs, self.folder, self.port = found[-1].parent, folder, free_port()
        self.sockets = Path(tempfile.mkdtemp(prefix="pishkhan-pg-", dir="/tmp"))
        self.server: subprocess.Popen[bytes] | None = None
        self.owner: dict[str, int] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            entry = pwd.getpwnam("postgres")
            self.owner = {"user": entry.pw_uid, "group": entry.pw_gid}
            os.chown(self.sockets, entry.pw_uid, entry.pw_gid)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/pishkhan"

    def make(self) -> None:
        self.folder.mkdir(parents=True)
        if self.owner:
            os.chown(self.folder, self.owner["user"], self.owner["group"])
        self.call(
            *("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            *("--locale=C.UTF-8", "--no-instructions"),
        )
        self.start()
        self.call("createdb", "-h", str(self.sockets), "-p", str(self.port), "-U", "postgres", "pishkhan")

    def call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.sockets,
            check=True,
            stdout=subprocess.DEVNULL,
            **self.owner,  # type: ignore[arg-type]
        )

    def start(self) -> None:
        """Again and again: what was killed may not have ended yet."""
        deadline = time.monotonic() + BEGINNING
        while time.monotonic() < deadline:
            if self.server is None or self.server.poll() is not None:
                self.server = self._launch()
            if self.accepts():
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not begin; {self.sockets / 'log'} tells more")

    def _launch(self) -> "subprocess.Popen[bytes]":
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100"]
        with (self.sockets / "log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(self.programs / "postgres", "-D", self.folder, "-k", self.sockets),
                    *("-p", str(self.port), *options),
                ],
                cwd=self.sockets,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.owner,  # type: ignore[arg-type]
            )

    def accepts(self) -> bool:
        ready = [self.programs / "pg_isready", "-q", "-h", str(self.sockets), "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def backends(self) -> list[int]:
        """The processes that answer the portal's connections."""
        assert self.server
        return [pid for pid in below(self.server.pid) if "127.0.0.1(" in called(pid)]

    def kill(self) -> None:
        assert self.server
        everything = [self.server.pid, *below(self.server.pid)]
        kill(everything)
        self.server.wait()
        gone(everything, 10)

    def kill_postmaster(self) -> None:
        """The others notice and end by themselves."""
        assert self.server
        others = below(self.server.pid)
        kill([self.server.pid])
        self.server.wait()
        gone(others, 20)

    def remove(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.kill()
        shutil.rmtree(self.sockets, ignore_errors=True)


@dataclass
class Site:
    """A portal and, on PostgreSQL, its cluster; everything below one folder."""

    folder: Path
    portal: Portal
    cluster: Cluster | None
    log: Path

    @classmethod
    def at(cls, folder: Path, database: str, log: Path) -> "Site":
        cluster = Cluster(folder / "postgres") if database == "postgres" else None
        if cluster:
            folder.chmod(0o755)
        portal = Portal(folder / "portal", cluster.url if cluster else "")
        return cls(folder, portal, cluster, log)

    def make(self) -> None:
        """An empty portal with the accounts of the load, serving."""
        if self.cluster:
            self.cluster.make()
        self.portal.run("pishkhan", "migrate", "-v", "0")
        self.portal.run("trust.crash.world")
        self.portal.start(self.log)

    def start_database(self) -> None:
        if self.cluster:
            self.cluster.start()

    def kill(self) -> None:
        self.portal.kill()
        if self.cluster:
            self.cluster.kill()

    def remove(self) -> None:
        self.portal.kill()
        if self.cluster:
            self.cluster.remove()
