"""The worker beside the server: its jobs, its keeper, its end. Real processes, on the test's database."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from pishkhan.audit.models import Seal
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.parents import PARENT
from pishkhan.web.management.commands.serve import check_address
from pishkhan.web.management.commands.worker import Job, work

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [sys.executable, "-P", "-m"]
WORKER = [*PYTHON, "pishkhan", "worker"]


def eventually(true: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
    return found


def database_url() -> str:
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    return f"postgres://{held['USER']}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


def environment(**more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name != PARENT}
    told = {"PYTHONPATH": str(ROOT), "PISHKHAN_DATA_DIR": str(settings.DATA_DIR)}
    return {**plain, **told, "DJANGO_SETTINGS_MODULE": "pishkhan.settings", **more}


@pytest.fixture
def processes():
    """Starts processes, and ends those that a test leaves."""
    started: list[subprocess.Popen] = []

    def start(*command: str, **variables: str) -> subprocess.Popen:
        # Who runs the tests in the background of a shell passes on that SIGINT is ignored.
        child = subprocess.Popen(
            ["env", "--default-signal=INT", *command],
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        with suppress(ProcessLookupError):  # with all that came from it, which would keep its output open
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def children_of(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.exists() else []


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


# The loop


def run_jobs(*jobs: Job, until: Callable[[], bool]) -> None:
    stop = threading.Event()
    loop = threading.Thread(target=work, args=(jobs, stop))
    loop.start()
    try:
        eventually(until)
    finally:
        stop.set()
        loop.join(10)
    assert not loop.is_alive()


def test_a_job_that_fails_is_told_and_does_not_stop_the_others(caplog):
    done: list[str] = []

    def fails() -> None:
        done.append("x")
        raise OperationalError("the server went away")

    jobs = (Job("breaking", 0.01, fails), Job("counting", 0.01, lambda: done.append("o")))
    run_jobs(*jobs, until=lambda: done.count("o") > 5)
    assert "breaking: OperationalError: the server went away" in caplog.text


def test_a_job_that_fails_again_and_again_is_tried_more_and_more_rarely():
    job = Job("breaking", 1, lambda: 1 / 0)
    pauses = []
    for _ in range(9):
        job.due = 0.0
        before = time.monotonic()
        job.run_if_due()
        pauses.append(round(job.due - before))
    assert pauses == [2, 4, 8, 8, 8, 8, 8, 8, 8]
    job.run, job.due = lambda: None, 0.0
    job.run_if_due()
    assert round(job.due - time.monotonic()) == 1


def test_a_job_is_done_every_so_often_and_not_more():
    done: list[float] = []
    run_jobs(
        Job("often", 0.01, lambda: done.append(time.monotonic())),
        Job("rarely", 3600, lambda: done.append(0.0)),
        until=lambda: len(done) > 20,
    )
    assert done.count(0.0) == 1


# The command


@pytest.mark.django_db(transaction=True)
def test_the_worker_seals_what_was_written_and_anchors_before_it_ends(processes, tmp_path):
    anchors = tmp_path / "elsewhere.log"
    first = record("one", by=SYSTEM)
    worker = processes(*WORKER, PISHKHAN_DATABASE_URL=database_url(), PISHKHAN_AUDIT_ANCHOR=str(anchors))
    eventually(lambda: Seal.objects.filter(entry_id=first.pk).exists())
    second = record("two", by=SYSTEM)
    seal = eventually(lambda: Seal.objects.filter(entry_id=second.pk).first())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0, worker.stdout.read()
    last = anchors.read_text().splitlines()[-1]
    assert f'"place": {seal.place}, "digest": "{seal.digest}"' in last
    assert worker.stdout.read() == ""


def test_the_worker_waits_for_a_database_that_is_not_there(processes, tmp_path):
    url = f"sqlite:///{tmp_path}/later.sqlite3"
    worker = processes(*WORKER, PISHKHAN_DATABASE_URL=url, PISHKHAN_AUDIT_ANCHOR=str(tmp_path / "anchors"))
    assert "sealing the trail: OperationalError: no such table" in worker.stdout.readline()
    made = subprocess.run(
        [*PYTHON, "pishkhan", "migrate", "--verbosity", "0"],
        env=environment(PISHKHAN_DATABASE_URL=url),
        check=True,
    )
    assert made.returncode == 0
    subprocess.run(
        [*PYTHON, "pishkhan", "prepare"],
        env=environment(PISHKHAN_DATABASE_URL=url, PISHKHAN_DEMO="0"),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    eventually((tmp_path / "anchors").exists)
    assert worker.poll() is None


# The keeper


def kept(processes: Callable, tmp_path: Path) -> tuple[subprocess.Popen, int]:
    """A stand-in for the server that has started the keeper of a command; returns it and the keeper's id."""
    script = (
        "import os, subprocess, sys, time\n"
        f"keeper = subprocess.Popen({[*PYTHON, 'pishkhan.web.keeper', 'sleep', '1000']!r},"
        f" env={{**os.environ, {PARENT!r}: str(os.getpid())}})\n"
        "print(keeper.pid, flush=True)\n"
        "time.sleep(1000)\n"
    )
    server = processes(sys.executable, "-c", script)
    return server, int(server.stdout.readline())


def test_a_worker_that_dies_is_started_again(processes, tmp_path):
    _, keeper = kept(processes, tmp_path)
    first = eventually(lambda: children_of(keeper))[0]
    os.kill(first, signal.SIGKILL)
    second = eventually(lambda: [pid for pid in children_of(keeper) if pid != first])[0]
    assert alive(second)


HANGS = """
import os, signal, time
from pishkhan.web import keeper
keeper.give_signs_of_life()
time.sleep(1)
os.kill(os.getpid(), signal.SIGSTOP)
"""


def test_a_worker_that_hangs_is_killed_and_started_again(processes):
    command = [sys.executable, "-c", HANGS]
    script = f"from pishkhan.web import keeper; keeper.SILENCE = 4; keeper.keep({command!r})"
    keeper = processes(sys.executable, "-c", script, **{PARENT: str(os.getpid())})
    first = eventually(lambda: children_of(keeper.pid))[0]
    second = eventually(lambda: [pid for pid in children_of(keeper.pid) if pid != first])[0]
    keeper.terminate()
    assert not alive(first)
    assert "no sign of life from the worker" in keeper.stdout.readline()
    eventually(lambda: not alive(second))


def test_a_worker_that_is_busy_beginning_is_not_taken_for_one_that_hangs(processes):
    script = "from pishkhan.web import keeper; keeper.SILENCE = 1; keeper.keep(['sleep', '1000'])"
    keeper = processes(sys.executable, "-c", script, **{PARENT: str(os.getpid())})
    first = eventually(lambda: children_of(keeper.pid))[0]
    time.sleep(3)
    assert children_of(keeper.pid) == [first]
    keeper.terminate()
    eventually(lambda: not alive(first))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_with_the_server(number, processes, tmp_path):
    server, keeper = kept(processes, tmp_path)
    worker = eventually(lambda: children_of(keeper))[0]
    server.send_signal(number)
    eventually(lambda: not alive(keeper) and not alive(worker))


def test_the_worker_ends_with_its_keeper_too(processes, tmp_path):
    """Else a second one would be started beside it with the next server."""
    script = [*PYTHON, "pishkhan.web.keeper", *WORKER]
    keeper = processes(
        *script, **{PARENT: str(os.getpid())}, PISHKHAN_DATABASE_URL=f"sqlite:///{tmp_path}/no"
    )
    keeper.stdout.readline()  # the worker is up: it says that there is no table
    worker = children_of(keeper.pid)[0]
    keeper.kill()
    eventually(lambda: not alive(worker))


# The server


def serving(processes: Callable, tmp_path: Path, **more: str) -> subprocess.Popen:
    """`pishkhan serve`, about to become the web server."""
    server = processes(
        *PYTHON,
        "pishkhan",
        "serve",
        PISHKHAN_DEMO="0",
        PISHKHAN_DATABASE_URL=f"sqlite:///{tmp_path}/branch.sqlite3",
        PISHKHAN_AUDIT_ANCHOR=str(tmp_path / "anchors"),
        **{"PORT": str(free_port()), "PISHKHAN_WORKERS": "1", **more},
    )
    while "Pishkhan: http" not in (line := server.stdout.readline()):
        assert line, "the server ended"
    return server


@pytest.mark.parametrize(("asked", "workers"), [("", 1), ("0", 0)])
def test_the_server_starts_a_worker_unless_told_not_to(asked, workers, processes, tmp_path):
    server = serving(processes, tmp_path, PISHKHAN_WORKER=asked)
    anchored = tmp_path / "anchors"
    if workers:
        eventually(anchored.exists)
    commands = [
        Path(f"/proc/{pid}/cmdline").read_bytes() for pid in eventually(lambda: children_of(server.pid))
    ]
    assert sum(b"pishkhan.web.keeper" in command for command in commands) == workers
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    assert anchored.exists() == bool(workers)


def test_a_server_that_is_killed_leaves_no_web_process_behind(processes, tmp_path):
    """It would hold the port, without a worker beside it, and the next server could not begin."""
    port = free_port()
    server = serving(processes, tmp_path, PORT=str(port), PISHKHAN_WORKERS="2")
    eventually(lambda: is_ready(port))
    beside = children_of(server.pid)
    assert len(beside) == 3
    server.kill()
    eventually(lambda: not any(map(alive, beside)))
    check_address("127.0.0.1", port)


def is_ready(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        return answer.status == 200
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
