"""`pishkhan worker`: what has to be done now and then, beside the server."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand

from pishkhan.audit.anchors import anchor_head
from pishkhan.audit.sealing import mail_head, seal_every_entry, seal_new_entries
from pishkhan.parents import PARENT, end_with_parent
from pishkhan.patience import renew_connection

from ...keeper import SIGNS_OF_LIFE, give_signs_of_life

LONGEST_PAUSE = 8  # seconds until a job that failed again and again is tried once more

log = logging.getLogger("pishkhan.worker")


@dataclass
class Job:
    """Something done every so many seconds; after failures ever more rarely."""

    name: str
    every: float
    run: Callable[[], object]
    due: float = 0.0
    failures: int = 0

    def run_if_due(self) -> None:
        if self.due > time.monotonic():
            return
        try:
            self.run()
        except Exception as error:  # whatever it is must not stop the other jobs
            self.failures += 1
            log.error("%s: %s: %s", self.name, type(error).__name__, error)
            renew_connection(error)
        else:
            self.failures = 0
        pause = min(LONGEST_PAUSE, 2**self.failures) if self.failures else self.every
        self.due = time.monotonic() + pause


def jobs() -> list[Job]:
    """In this order whenever several are due."""
    return [
        Job("sealing the trail", 1, seal_new_entries),
        Job("sealing what was committed late", 3600, seal_every_entry),
        Job("anchoring the trail", 1, anchor_head),
        Job("mailing the trail's head", 600, mail_head),
    ]


def work(wanted: Sequence[Job], stop: threading.Event) -> None:
    """Until `stop` is set; what is running then is finished."""
    while not stop.is_set():
        for job in wanted:
            job.run_if_due()
        stop.wait(max(0.0, min(job.due for job in wanted) - time.monotonic()))


class Command(BaseCommand):
    help = (
        "Seals and anchors the audit trail, until SIGTERM or Ctrl-C. `pishkhan serve` starts one of its own."
    )
    requires_system_checks = []  # the database may come up later than this process

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if os.environ.get(PARENT):
            end_with_parent()
        if os.environ.get(SIGNS_OF_LIFE):
            give_signs_of_life()
        work(jobs(), stop)
        try:
            seal_new_entries()
            anchor_head(at_once=True)
        except Exception as error:
            log.error("at the end: %s: %s", type(error).__name__, error)
