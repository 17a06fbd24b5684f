"""A small disk that can be filled and made read-only: ext4 in a file, on a loop device."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

SIZE = 192 * 1024**2  # bytes
HOLE = 1024**2  # the file that fills the disk grows by so much at a time, and by less at the end


class SmallDisk:
    def __init__(self, file: Path, place: Path) -> None:
        self.file, self.place, self.filler = file, place, place / "filler"

    def make(self) -> None:
        """Raises `SystemExit` where it cannot be done."""
        if os.geteuid() != 0:
            raise SystemExit("trust.faults mounts a disk of its own: run it as root")
        with self.file.open("wb") as out:
            out.truncate(SIZE)
        self.place.mkdir(parents=True)
        run("mkfs.ext4", "-q", "-F", "-m", "0", str(self.file))
        self.mount()

    def mount(self) -> None:
        run("mount", "-o", "loop", str(self.file), str(self.place))

    def unmount(self) -> None:
        self._again_and_again("umount", str(self.place))

    def fill(self) -> None:
        """To the last block."""
        with self.filler.open("wb") as out:
            step, size = HOLE, 0
            while step >= 512:
                try:
                    os.posix_fallocate(out.fileno(), size, step)
                    size += step
                except OSError:
                    step //= 2

    def empty(self) -> None:
        self.filler.unlink(missing_ok=True)

    def freeze(self, *, by_files: bool) -> None:
        """Read-only; `by_files` where a program holds some open, which a mount would wait for."""
        if by_files:
            run("chattr", "-R", "-f", "+i", str(self.place))
            return
        self._again_and_again("mount", "-o", "remount,ro", str(self.place))

    def _again_and_again(self, *command: str) -> None:
        for _ in range(200):  # a file that is being written just now
            if quietly(*command):
                return
            time.sleep(0.02)
        raise RuntimeError(f"{self.place} is always being written to")

    def thaw(self) -> None:
        quietly("mount", "-o", "remount,rw", str(self.place))
        quietly("chattr", "-R", "-f", "-i", str(self.place))

    def remove(self) -> None:
        with suppress(OSError):
            self.thaw()
        for _ in range(100):
            if not self.place.is_mount() or quietly("umount", str(self.place)):
                return
            time.sleep(0.1)


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def quietly(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
