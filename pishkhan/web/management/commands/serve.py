"""`pishkhan serve`: migrate, prepare, and hand the process over to the web server."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from pishkhan.documents.models import Document
from pishkhan.mounted import MOUNT, mount_point
from pishkhan.parents import PARENT

CONNECT_SECONDS = 5
MEGABYTE = 1024 * 1024
MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(4 * MEGABYTE),
    "MALLOC_TRIM_THRESHOLD_": str(8 * MEGABYTE),
}
"""How the C library of a web process holds memory (decision 31): for all threads together; what is free goes
back to the system where it is larger than most pictures, or more than a few of them."""
SILENT_SECONDS = 30  # a connection without a whole header is closed; docs/nginx.conf does so before
STOP_SECONDS = 2  # no request takes longer; Ctrl-C reaches the workers twice and can leave one hanging


def whole_number(name: str, default: int, highest: int) -> int:
    """An environment variable as a number from 1 to `highest`."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= highest):
        raise CommandError(f"{name}={text} is not a number from 1 to {highest}")
    return int(text)


def check_address(host: str, port: int) -> None:
    """Refuse before anything is started when nobody could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"درگاه {port} را برنامهٔ دیگری گرفته است؛ درگاه دیگری بدهید: PORT={port + 1}"
                f" — port {port} is taken; choose another with PORT={port + 1}"
            ) from None
        raise CommandError(
            f"cannot listen on {host}, port {port} ({error.strerror}): see PISHKHAN_HOST and PORT"
        ) from None


def check_folder(folder: Path) -> None:
    """Make it when it is not there; refuse when nobody could write to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CommandError(
            f"the folder {folder} cannot be written: give it to this user, or set PISHKHAN_DATA_DIR"
        )


def check_documents() -> None:
    """Refuse to begin an empty folder for a database that has documents: the disk is elsewhere."""
    if not settings.DOCUMENTS_DIR.exists() and Document.objects.exists():
        raise CommandError(
            f"the database knows documents, and the folder {settings.DOCUMENTS_DIR} does not exist:"
            " mount its disk, or set PISHKHAN_DATA_DIR"
        )
    check_folder(settings.DOCUMENTS_DIR)


def check_database() -> None:
    """One connection past the pool, which would keep trying and say less."""
    if connection.vendor != "postgresql":
        connection.ensure_connection()
        return
    wanted = ("dbname", "user", "password", "host", "port")
    given = {name: value for name, value in connection.get_connection_params().items() if name in wanted}
    try:
        psycopg.connect(**given, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.Error as error:
        raise DatabaseError(error) from None


def start_worker() -> None:
    """Beside the server that this process becomes, and ended with it."""
    connections.close_all()
    python = [sys.executable, "-P", "-m"]
    command = [*python, "pishkhan.web.keeper", *python, "pishkhan", "worker"]
    subprocess.Popen(command, env={**os.environ, PARENT: str(os.getpid())})  # noqa: S603 ours


class Command(BaseCommand):
    help = "Migrates and prepares the database when needed, then serves the portal until Ctrl-C."
    # The checks look into the database, so they come after it is migrated.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        host = os.environ.get("PISHKHAN_HOST") or "127.0.0.1"
        port = whole_number("PORT", 8000, 65535)
        workers = whole_number("PISHKHAN_WORKERS", 2, 64)
        check_address(host, port)
        check_folder(settings.DATA_DIR)
        try:
            check_database()
            self.migrate()
            check_documents()
            call_command("prepare", stdout=self.stdout, stderr=self.stderr)
            self.check(display_num_errors=False)
        except DatabaseError as error:
            message = str(error).strip().splitlines() or ["no reason given"]
            raise CommandError(
                f"the database cannot be used: {message[0]} — is it running, is PISHKHAN_DATABASE_URL right?"
            ) from error
        self.announce(host, port)
        os.environ[MOUNT] = str(mount_point(settings.DATA_DIR))
        if os.environ.get("PISHKHAN_WORKER") != "0":
            start_worker()
        self.hand_over(host, port, workers)

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return
        self.stdout.write(f"• migrating the database: {len(plan)} steps")
        call_command("migrate", verbosity=0, interactive=False)

    def announce(self, host: str, port: int) -> None:
        visible = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 only shown
        visible = f"[{visible}]" if ":" in visible else visible
        self.stdout.write(f"پیشخوان آماده است — Pishkhan: http://{visible}:{port}/  (Ctrl-C stops it)")

    def hand_over(self, host: str, port: int, workers: int) -> NoReturn:
        """Become the server: signals reach it directly, and its exit code is ours."""
        connections.close_all()
        options = {
            "--interface": "wsgi",
            "--http": "1",
            "--host": host,
            "--port": str(port),
            "--workers": str(workers),
            # A request holds a thread to its end: some compute while others wait for the database.
            "--blocking-threads": "8",
            "--blocking-threads-idle-timeout": "600",  # each new one connects anew, with nothing in its cache
            "--http1-header-read-timeout": str(1000 * SILENT_SECONDS),
            "--respawn-interval": "1",
            "--workers-kill-timeout": str(STOP_SECONDS),
            "--log-level": "warning",
        }
        command = [sys.executable, "-P", "-m", "granian", "--no-ws", "--respawn-failed-workers"]
        for name, value in options.items():
            command += [name, value]
        for name, value in MEMORY.items():
            os.environ.setdefault(name, value)
        os.environ[PARENT] = str(os.getpid())  # its web processes end with it (`pishkhan.wsgi`)
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [*command, "pishkhan.wsgi:application"])  # noqa: S606 no shell is meant
