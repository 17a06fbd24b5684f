"""Keeps a command running beside the server: `python -m pishkhan.web.keeper COMMAND ARGUMENT…`.

Started again when it dies or gives no sign of life, ended when the server ends, however that ends. No Django:
it costs few megabytes.
"""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from pishkhan.parents import PARENT, end_with_parent

SIGNS_OF_LIFE = "PISHKHAN_SIGNS_OF_LIFE"
"""The number of the pipe that the command writes to every `BEAT` seconds."""

BEAT = 2
SILENCE = 8  # seconds without a sign of life: it hangs
SIGNALS = (signal.SIGTERM, signal.SIGINT)
PAUSE = 1  # seconds before a command that died is started again
PATIENCE = 20  # seconds for a command to end by itself


def keep(command: list[str]) -> None:
    for number in SIGNALS:
        signal.signal(number, leave)
    end_with_parent()
    while True:
        heard, told = os.pipe()
        given = {PARENT: str(os.getpid()), SIGNS_OF_LIFE: str(told)}
        # Told to leave between the child's beginning and its name here, it would leave the child behind.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        child = subprocess.Popen(  # noqa: S603 given by serve
            command,
            env={**os.environ, **given},
            pass_fds=[told],
            preexec_fn=hear_again,  # noqa: PLW1509 no threads here
        )
        os.close(told)
        try:
            hear_again()
            listen(child, heard)
        finally:
            end(child)
            os.close(heard)
        time.sleep(PAUSE)


def hear_again() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def listen(child: "subprocess.Popen[bytes]", heard: int) -> None:
    """Until it has ended; one that falls silent is killed. Before its first sign it may take its time."""
    patience = None
    while select.select([heard], [], [], patience)[0]:
        if not os.read(heard, 1024):
            child.wait()
            return
        patience = SILENCE
    print("no sign of life from the worker: it is started again", file=sys.stderr, flush=True)  # noqa: T201 no logging here
    child.kill()


def give_signs_of_life() -> None:
    """In a thread of its own: it stops with the process, whatever its jobs are doing."""
    threading.Thread(target=_beat, args=(int(os.environ[SIGNS_OF_LIFE]),), daemon=True).start()


def _beat(pipe: int) -> None:
    while True:
        os.write(pipe, b".")
        time.sleep(BEAT)


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
