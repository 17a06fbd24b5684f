"""Watches the process that reads damaged files: what kills it or keeps it busy is found and written down."""

import os
import resource
import select
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .damage import damaged
from .reading import READ_PICTURE

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 2.0  # seconds for one file
BEGINNING = 60.0  # seconds until a process is ready
HUNG, DIED = "hang", "crash"


@dataclass
class Report:
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds of processor time."""

    @property
    def files(self) -> int:
        return self.outcomes.total()

    @property
    def peak_mb(self) -> int:
        """The most memory that any process used which has ended."""
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024

    def counts(self) -> list[str]:
        return [f"{count:,} {outcome}" for outcome, count in self.outcomes.most_common()]


class Reader:
    """A process of `fuzz.reading`; each answer is waited for, but not for ever."""

    def __init__(self, reader: str, seed: int, first: int, count: int) -> None:
        command = [sys.executable, "-m", "fuzz.reading", reader, *map(str, (seed, first, count))]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, start_new_session=True
        )
        self.lines: list[str] = []
        self.rest = b""
        if (told := self.answer(BEGINNING)) != "ready":
            raise RuntimeError(f"the reading process did not begin: {told}")

    def answer(self, patience: float) -> str:
        """The next line; `HUNG` when none comes in time, `DIED` when none can come any more."""
        assert self.process.stdout
        while not self.lines:
            if not select.select([self.process.stdout], [], [], patience)[0]:
                return HUNG
            part = os.read(self.process.stdout.fileno(), 65_536)
            if not part:
                return DIED
            *lines, self.rest = (self.rest + part).split(b"\n")
            self.lines += [line.decode() for line in lines]
        return self.lines.pop(0)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def watch(
    seed: int, first: int, count: int, keep: Path, reader: str = READ_PICTURE, patience: float = PATIENCE
) -> Report:
    """Reads that many damaged files, one process after the other; Ctrl-C ends it with what it found."""
    report, end, number = Report(), first + count, first
    try:
        while number < end:
            number = _until_a_finding(report, seed, number, end, keep, reader, patience)
    except KeyboardInterrupt:
        pass
    return report


def _until_a_finding(
    report: Report, seed: int, number: int, end: int, keep: Path, reader: str, patience: float
) -> int:
    """Goes on from `number`; returns the number behind the finding, or the end."""
    child = Reader(reader, seed, number, end - number)
    try:
        for at in range(number, end):
            answer = child.answer(patience)
            if answer in (HUNG, DIED):
                _judge(report, seed, at, keep, reader, patience)
                return at + 1
            _count(report, seed, at, keep, answer)
    finally:
        child.end()
    return end


def _judge(report: Report, seed: int, number: int, keep: Path, reader: str, patience: float) -> None:
    """Once more, alone: a machine that was busy for two seconds is no finding."""
    child = Reader(reader, seed, number, 1)
    try:
        _count(report, seed, number, keep, child.answer(patience))
    finally:
        child.end()


def _count(report: Report, seed: int, number: int, keep: Path, answer: str) -> None:
    if answer in (HUNG, DIED):
        outcome = f"!{answer}"
    else:
        seconds, _, outcome = answer.partition(" ")
        report.slowest = max(report.slowest, float(seconds))
    report.outcomes[outcome.partition(":")[0]] += 1
    if outcome.startswith("!"):
        report.findings.append(f"{outcome[1:]}: {_written(seed, number, keep)}")


def _written(seed: int, number: int, keep: Path) -> Path:
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{seed}-{number}.jpg"
    file.write_bytes(damaged(seed, number))
    return file
