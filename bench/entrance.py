"""Thirty-two sign-ins at once at a real `pishkhan serve`: how long they take, and how much memory the server.

    script/bench entrance [--at-once 32] [--port 8397] [--write docs/speed.md]

Starts a server of its own with demo data in a temporary folder; nobody needs an account for this.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlencode

from trust.load.place import end, processes

from .clock import pace, paced
from .report import put


def resident(pid: int) -> int:
    """Megabytes that the processes hold now."""
    total = 0
    for each in processes(pid):
        line = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{each}/status").read_text(), re.MULTILINE)
        total += int(line.group(1)) if line else 0
    return total // 1024


def try_once(port: int, name: str, start: Barrier, took: list[tuple[int, float]]) -> None:
    """Opens the page, waits for the others, sends a wrong password."""
    link = HTTPConnection("127.0.0.1", port, timeout=120)
    link.request("GET", "/login/?next=/dashboard/")
    answer = link.getresponse()
    cookie = re.search(r"csrf=\w+", answer.getheader("Set-Cookie") or "")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token and cookie
    typed = {"csrfmiddlewaretoken": token[1], "username": name, "password": "wrong"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie[0]}
    start.wait()
    began = time.perf_counter()
    link.request("POST", "/login/", urlencode(typed), headers)
    took.append((link.getresponse().status, time.perf_counter() - began))


def started(port: int, folder: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PISHKHAN_DATA_DIR": folder, "PORT": str(port)}
    command = [sys.executable, "-P", "-m", "pishkhan", "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    for _ in range(600):
        try:
            link = HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/healthz")
            if link.getresponse().status == 200:
                return server
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--port", type=int, default=8397)
    parser.add_argument("--write", type=Path, help="put the figures into this Markdown file (docs/speed.md)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = started(asked.port, folder)
        try:
            told = measure(server.pid, asked.port, asked.at_once)
        finally:
            end(server)
    print(told)
    if asked.write:
        put(asked.write, "bench.entrance", "script/bench entrance --write FILE", [told])


def measure(pid: int, port: int, at_once: int) -> str:
    before, most, paces = resident(pid), 0, [pace()]
    start, took = Barrier(at_once), list[tuple[int, float]]()
    names = [f"name-{number}" for number in range(at_once)]
    threads = [Thread(target=try_once, args=(port, name, start, took)) for name in names]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        most = max(most, resident(pid))
        time.sleep(0.005)
    seconds = sorted(each for _, each in took)
    statuses = ", ".join(sorted({str(status) for status, _ in took}))
    took_long = f"the median after {seconds[len(seconds) // 2]:.2f} s, the last after {seconds[-1]:.2f} s"
    held = f"{before} MB before, {most} MB at most, {resident(pid)} MB afterwards"
    answered = f"{at_once} at once: {len(took)} answers ({statuses}), {took_long}."
    return f"{answered} All processes held {held}. {paced([*paces, pace()])}"


if __name__ == "__main__":
    main()
