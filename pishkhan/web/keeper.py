"""Keeps a command running beside the server: `python -m pishkhan.web.keeper COMMAND ARGUMENT…`.

Started again when it dies, ended when the server ends, however that ends. No Django: it costs few megabytes.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType

PARENT = "PISHKHAN_PARENT"
"""The process that this one must not outlive."""

PR_SET_PDEATHSIG = 1
SIGNALS = (signal.SIGTERM, signal.SIGINT)
PAUSE = 1  # seconds before a command that died is started again
PATIENCE = 20  # seconds for a command to end by itself


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """This signal for this process when the one that started it, named by `PARENT`, dies (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != int(os.environ[PARENT]):  # dead already
        os.kill(os.getpid(), number)


def keep(command: list[str]) -> None:
    for number in SIGNALS:
        signal.signal(number, leave)
    end_with_parent()
    while True:
        child = subprocess.Popen(command, env={**os.environ, PARENT: str(os.getpid())})  # noqa: S603 given by serve
        try:
            child.wait()
        finally:
            end(child)
        time.sleep(PAUSE)


def leave(number: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(0)


def end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    keep(sys.argv[1:])
