"""Eight of the worst files at once at a real server: what memory grows by, and how long others wait."""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.documents import generated as g
from trust.load.place import end

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 8
MOST_GROWTH = 300  # MB
LONGEST_WAIT = 1.0  # seconds
PAUSE = 0.05  # seconds between the requests of those who go on with their work
BEGINNING = 120.0  # seconds until the server answers
WORKSHOP = "1462319012"  # the first of the demo data
START = "/apply/main-registration/"
REFUSED = (
    "claims 65,500×65,500, progressive",
    "2,000 passes",
    "magic bytes and 200 kB of FF",
    "50,000 comments",
    "much noise under a larger header",
)
BOMBS = (*g.HEAVY, *REFUSED)
GOOD = g.noisy((900, 600), 30)


class Visitor:
    """Somebody with a session and a draft, who sends a picture or looks at a page.

    Each comes from an address of its own, as a proxy would tell it: an hour takes so many from one.
    """

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}
        self.get(f"{START}workshop/")
        status, _ = self.post(f"{START}workshop/", {"workshop_code": WORKSHOP, "confirmed": "1"})
        if status != 302:
            raise RuntimeError(f"no draft could be begun: {status}")

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {
            "X-Forwarded-For": self.address,
            "X-CSRFToken": self.cookies.get("csrf", ""),
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        if kind:
            headers |= {"Content-Type": kind, "Accept": "application/json"}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = response.read().decode("utf-8", "replace")
        connection.close()
        return response.status, text

    def get(self, path: str) -> tuple[int, str]:
        return self.request("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        return self.request("POST", path, body.encode(), "application/x-www-form-urlencoded")

    def send(self, content: bytes, kind: str = "photo") -> tuple[int, str]:
        head = f'--x\r\nContent-Disposition: form-data; name="scan:{kind}"; filename="a.jpg"\r\n\r\n'
        body = head.encode() + content + b"\r\n--x--\r\n"
        return self.request("POST", f"{START}scans/{kind}/", body, "multipart/form-data; boundary=x")


@dataclass
class Waits:
    """How long ordinary requests took while bombs were worked on, in seconds."""

    pages: list[float] = field(default_factory=list)
    uploads: list[float] = field(default_factory=list)
    bombs: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def processes(parent: int) -> list[int]:
    """The process and everything below it."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *(below for child in children for below in processes(int(child)))]


def memory(parent: int, line: str) -> float:
    """MB of all processes together: VmRSS now, or VmHWM at the most since it was forgotten."""
    status = [Path(f"/proc/{pid}/status").read_text() for pid in processes(parent)]
    return sum(int(found[1]) for text in status if (found := re.search(rf"{line}:\s+(\d+)", text))) / 1024


def forget_most(parent: int) -> None:
    for pid in processes(parent):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(folder: str, port: int) -> "subprocess.Popen[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PISHKHAN_")}
    environment |= {"PISHKHAN_DATA_DIR": folder, "PORT": str(port), "PYTHONPATH": str(ROOT)}
    environment["PISHKHAN_PROXIES"] = "1"
    command = [sys.executable, "-P", "-m", "pishkhan", "serve"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + BEGINNING
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return server
        except OSError:
            time.sleep(0.2)
    end(server)
    raise RuntimeError("the server did not begin")


class Siege:
    """A server under eight bombs, and two others who go on with their work."""

    def __init__(self, port: int) -> None:
        visitors = [Visitor(port, f"10.0.0.{number + 1}") for number in range(AT_ONCE + 2)]
        self.reader, self.sender, *self.senders = visitors
        self.waits = Waits()
        self.over = threading.Event()

    def warm_up(self) -> None:
        """Everybody once, so that what is measured is not the loading of the program."""
        for visitor in (*self.senders, self.sender) * 2:
            self._good_upload(visitor, [])
        self.reader.get(START)

    def round(self, names: list[str]) -> None:
        """All bombs of the round at the same moment; pages and good pictures until the last is answered."""
        self.over.clear()
        with ThreadPoolExecutor(AT_ONCE + 2) as pool:
            others = [pool.submit(self._read_pages), pool.submit(self._send_pictures)]
            bombs = [pool.submit(self._bomb, *pair) for pair in zip(self.senders, names, strict=True)]
            for bomb in bombs:
                bomb.result()
            self.over.set()
            for other in others:
                other.result()

    def _bomb(self, visitor: Visitor, name: str) -> None:
        started = time.monotonic()
        status, text = visitor.send(g.made(name))
        self.waits.bombs.append(time.monotonic() - started)
        if status != (422 if g.FILES[name].code else 200):
            self.waits.failed.append(f"{name}: {status} {text[:200]}")

    def _read_pages(self) -> None:
        while not self.over.is_set():
            started = time.monotonic()
            status, _ = self.reader.get(START)
            self.waits.pages.append(time.monotonic() - started)
            if status != 200:
                self.waits.failed.append(f"a page: {status}")
            time.sleep(PAUSE)

    def _send_pictures(self) -> None:
        while not self.over.is_set():
            self._good_upload(self.sender, self.waits.uploads)
            time.sleep(PAUSE)

    def _good_upload(self, visitor: Visitor, waits: list[float]) -> None:
        started = time.monotonic()
        status, text = visitor.send(GOOD)
        waits.append(time.monotonic() - started)
        if status != 200:
            self.waits.failed.append(f"a good picture: {status} {text[:200]}")


def bombard(rounds: int) -> int:
    """Rounds of eight times the same of the worst files, then of eight different ones; figures of each."""
    for name in BOMBS:
        g.made(name)
    volleys = {name: [name] * AT_ONCE for name in BOMBS}
    volleys |= {f"different ones, {at + 1}": list((BOMBS * 2)[at : at + AT_ONCE]) for at in (0, AT_ONCE)}
    with tempfile.TemporaryDirectory(prefix="pishkhan-bombs-") as folder:
        port = free_port()
        server = serve(folder, port)
        try:
            siege = Siege(port)
            siege.warm_up()
            before = memory(server.pid, "VmRSS")
            print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
            print(f"{'MB more':>8} {'bomb':>6} {'page':>6} {'good':>6} seconds at the longest")
            for name, bombs in volleys.items():
                siege.waits = Waits(failed=siege.waits.failed)
                forget_most(server.pid)
                for _ in range(rounds):
                    siege.round(bombs)
                growth = memory(server.pid, "VmHWM") - before
                told(name, growth, siege.waits)
        finally:
            end(server)
    return judged(siege.waits.failed)


def told(name: str, growth: float, waits: Waits) -> None:
    """A line of figures; what does not hold is noted."""
    longest = [max(waits.bombs), max(waits.pages), max(waits.uploads)]
    print(f"{growth:8.0f} " + " ".join(f"{seconds:6.2f}" for seconds in longest) + f" {name}", flush=True)
    if growth > MOST_GROWTH:
        waits.failed.append(f"{name}: {growth:.0f} MB more, of {MOST_GROWTH} allowed")
    if max(longest[1:]) > LONGEST_WAIT:
        waits.failed.append(f"{name}: somebody else waited {max(longest[1:]):.2f} s")


def judged(failed: list[str]) -> int:
    for line in failed:
        print(f"✗ {line}")
    print("it does not hold" if failed else f"it holds: at most {MOST_GROWTH} MB and {LONGEST_WAIT:.0f} s")
    return 1 if failed else 0
