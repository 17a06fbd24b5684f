"""A disk that can lose its power: an ext4 file system in a file, on a loop device."""

import fcntl
import os
import struct
import subprocess
import time
from pathlib import Path

SHUTDOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN: from now on nothing more reaches the disk, and every write fails."""

NO_LOG_FLUSH = 2
"""Not even what the journal holds in memory: what was not synced is gone."""

SIZE = 3 * 1024**3  # bytes; the file takes only what is written


class Disk:
    def __init__(self, folder: Path) -> None:
        self.file, self.place = folder / "disk.img", folder / "disk"

    def make(self) -> None:
        """Raises `SystemExit` where it cannot be done."""
        if os.geteuid() != 0:
            raise SystemExit("trust.power cuts the power of a loop device: run it as root")
        with self.file.open("wb") as out:
            out.truncate(SIZE)
        self.place.mkdir()
        try:
            run("mkfs.ext4", "-q", "-F", str(self.file))
            self.mount()
        except (OSError, subprocess.CalledProcessError) as error:
            why = getattr(error, "stderr", b"") or str(error).encode()
            raise SystemExit(
                f"trust.power needs mkfs.ext4 and a free loop device (/dev/loop*): {why.decode().strip()}"
            ) from None

    def mount(self) -> None:
        run("mount", "-o", "loop", str(self.file), str(self.place))

    def cut(self) -> None:
        handle = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(handle)

    def unmount(self) -> None:
        """Once nobody uses it any more; the loop device goes with it."""
        for _ in range(100):
            if subprocess.run(["umount", self.place], check=False, capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{self.place} is still in use: fuser -vm {self.place} tells by whom")

    def remove(self) -> None:
        if self.place.is_mount():
            self.unmount()


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
