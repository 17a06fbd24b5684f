"""Processes that end with the one that started them, however that ends (Linux)."""

import ctypes
import os
import signal

PARENT = "PISHKHAN_PARENT"
"""The process that this one must not outlive."""

PR_SET_PDEATHSIG = 1


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """This signal for this process when the one that started it, named by `PARENT`, dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != int(os.environ[PARENT]):  # dead already
        os.kill(os.getpid(), number)
