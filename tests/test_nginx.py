"""docs/nginx.conf, run by nginx: what it sends on, what it keeps to itself, and that it fits the portal."""

import gzip
import http.client
import re
import socket
import ssl
import subprocess
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

from pishkhan import settings as portal
from pishkhan.documents.pictures import LIMIT
from pishkhan.web.access import visitor_address
from pishkhan.web.management.commands.serve import SILENT_SECONDS
from pishkhan.web.uploads import LARGEST_REQUEST
from trust.load.nginx import DOCUMENTED, in_front, prepared
from trust.load.place import HOST, free_port

OFFICE = "127.0.0.5"
DIES = "/dies/"
SIZES = {"k": 1024, "m": 1024 * 1024}


class Behind(BaseHTTPRequestHandler):
    """Notes what nginx sends on; at one address it ends without an answer."""

    protocol_version = "HTTP/1.1"
    seen: list[SimpleNamespace] = []

    def do_GET(self):
        # One of these serves several requests of a connection; noted before the body is there.
        noted = SimpleNamespace(path=self.path, headers=self.headers, body=b"")
        self.seen.append(noted)
        noted.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == DIES:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815 http.server's name

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with in_front(tmp_path_factory.mktemp("nginx") / "front", server.server_port) as running:
        yield running
    server.shutdown()


@pytest.fixture(autouse=True)
def seen():
    Behind.seen.clear()
    return Behind.seen


def connected(front, address="127.0.0.1", name=HOST) -> HTTPConnection:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    link = HTTPConnection("127.0.0.1", front.https)
    bare = socket.create_connection(("127.0.0.1", front.https), 30, (address, 0))
    link.sock = context.wrap_socket(bare, server_hostname=name)
    return link


def asked(front, path, method="GET", body=None, headers=None, address="127.0.0.1"):
    link = connected(front, address)
    link.request(method, path, body, {"Host": HOST, **(headers or {})})
    answer = link.getresponse()
    answer.content = answer.read()
    link.close()
    return answer


def read_one(reader) -> tuple[int, str]:
    """One of several answers on a connection."""
    status = int(reader.readline().split()[1])
    head = http.client.parse_headers(reader)
    return status, reader.read(int(head["Content-Length"])).decode()


def log_with(file: Path, paths: list[str]) -> str:
    """The log once these paths are in it: nginx writes a line after the visitor has had the answer."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        log = file.read_text()
        if set(paths) <= {line.split()[3] for line in log.splitlines() if line.count(" ") == 6}:
            return log
        time.sleep(0.02)
    raise AssertionError(f"not in the log: {paths}\n{log}")


def said(directive: str) -> str:
    """What the documented file says once."""
    found = re.findall(rf"^ *{directive} ([^;]+);", DOCUMENTED.read_text(), re.MULTILINE)
    assert len(found) == 1, directive
    return found[0]


def size(text: str) -> int:
    return int(text[:-1]) * SIZES[text[-1]]


def test_nginx_takes_the_documented_file_without_a_warning(tmp_path):
    command, _, _ = prepared(tmp_path / "front", 8000)
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_address_and_scheme_are_what_nginx_saw_whatever_the_visitor_says(front, seen, settings):
    lies = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "http", "X_Forwarded_For": "8.8.8.8"}
    asked(front, "/", headers=lies, address=OFFICE)
    sent = dict(seen[0].headers.items())
    assert sent["Host"] == HOST
    assert "X_Forwarded_For" not in sent
    settings.TRUSTED_PROXIES = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = RequestFactory().get("/", headers=sent)
    assert visitor_address(request) == OFFICE
    assert request.is_secure()


def test_a_form_reaches_the_portal_when_all_of_it_is_there(front, seen):
    link = connected(front)
    link.putrequest("POST", "/slow/", skip_host=True)
    link.putheader("Host", HOST)
    link.putheader("Content-Length", "6")
    link.endheaders(b"one")
    asked(front, "/meanwhile/")
    assert [request.path for request in seen] == ["/meanwhile/"]
    link.send(b"two")
    assert link.getresponse().status == 200
    assert seen[-1].body == b"onetwo"


def test_a_form_without_an_answer_is_never_sent_again(front, seen):
    asked(front, "/before/")  # so that there is a connection to be used again
    answer = asked(front, DIES, "POST", b"once")
    assert [request.body for request in seen if request.path == DIES] == [b"once"]
    assert answer.status == 502
    assert "نخست ببینید رسیده است یا نه" in answer.content.decode()


def test_the_log_has_no_query_no_referrer_and_no_code_of_a_letter(front):
    asked(front, "/follow-up/?code=5190000012", headers={"Referer": f"https://{HOST}/?s=5190000012"})
    asked(front, "/letters/abcd-efgh/?x=1")
    asked(front, "/letters/")
    log = log_with(front.folder / "access.log", ["/follow-up/", "/letters/*", "/letters/"])
    assert "5190000012" not in log and "abcd" not in log


def test_an_office_of_fifty_is_let_in_and_a_flood_is_told_so(tmp_path):
    # Nobody behind it: what nginx lets in is a bad gateway, at once.
    with in_front(tmp_path / "front", free_port()) as alone:
        link = connected(alone)
        request = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        threading.Thread(target=link.sock.sendall, args=(request * 900,)).start()
        reader = link.sock.makefile("rb")
        answers = [read_one(reader) for _ in range(900)]
        again = asked(alone, "/", address=OFFICE)
    assert {status for status, _ in answers[:300]} == {502}
    refused = [text for status, text in answers if status == 429]
    assert refused and "درخواست‌ها پی‌درپی است" in refused[0]
    assert again.status == 502


def test_what_is_too_large_for_the_portal_is_refused_in_persian(front, seen):
    link = connected(front)
    link.putrequest("POST", "/large/", skip_host=True)
    link.putheader("Host", HOST)
    link.putheader("Content-Length", str(LARGEST_REQUEST + 1))
    link.endheaders()
    answer = link.getresponse()
    assert (answer.status, "یکی‌یکی" in answer.read().decode()) == (413, True)
    assert seen == []


def test_another_name_gets_no_handshake_and_plain_http_is_led_to_the_documented_name(front):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connected(front, name="other.example.ir")
    link = HTTPConnection("127.0.0.1", front.http)
    link.request("GET", "/login/?next=/x", headers={"Host": "other.example.ir"})
    assert link.getresponse().getheader("Location") == f"https://{HOST}/login/?next=/x"


def static_files() -> list[str]:
    """Of every ending a file with its digest in the name and one without."""
    root = Path(portal.STATIC_ROOT)
    files = [file for file in root.rglob("*.*") if file.suffix not in (".gz", ".br", ".json", ".html")]
    by_kind = {(file.suffix, bool(re.search(r"\.[0-9a-f]{12}\.", file.name))): file for file in files}
    return sorted(str(file.relative_to(root)) for file in by_kind.values())


@pytest.mark.parametrize("name", static_files() or ["script/install.sh test collects them"])
def test_static_files_come_as_the_portal_itself_sends_them(front, seen, settings, name):
    settings.STORAGES, settings.STATIC_ROOT = portal.STORAGES, portal.STATIC_ROOT
    middleware = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404), settings=settings)
    own = middleware(RequestFactory().get(f"/static/{name}"))
    sent = asked(front, f"/static/{name}")
    assert (sent.status, sent.content) == (200, b"".join(own))
    for header in ("Content-Security-Policy", "Cache-Control"):
        assert sent.getheader(header) == own.headers.get(header), header
    # Two names of one type are in use for scripts.
    kinds = [
        kind.partition(";")[0].replace("application/java", "text/java")
        for kind in (sent.getheader("Content-Type"), own.headers["Content-Type"])
    ]
    assert kinds[0] == kinds[1]
    assert sent.getheader("X-Content-Type-Options") == "nosniff"
    packed = asked(front, f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    if (Path(portal.STATIC_ROOT) / f"{name}.gz").exists():
        assert packed.getheader("Content-Encoding") == "gzip"
        assert gzip.decompress(packed.content) == sent.content
    assert seen == []


def test_what_nginx_serves_is_readable_for_its_own_user():
    root = Path(portal.STATIC_ROOT)
    closed = [path for path in (root, *root.rglob("*")) if path.stat().st_mode & 0o005 not in (0o004, 0o005)]
    assert closed == [], "run script/install.sh"


def test_its_sizes_and_times_fit_the_portals():
    assert size(said("client_max_body_size")) == LARGEST_REQUEST
    assert size(said("client_body_buffer_size")) > LIMIT + 16 * 1024  # a scan with its form stays in memory
    upstream = DOCUMENTED.read_text().partition("upstream pishkhan")[2].partition("}")[0]
    idle = re.search(r"keepalive_timeout (\d+)s", upstream)
    assert idle and int(idle[1]) < SILENT_SECONDS
    for name in ("PISHKHAN_HTTPS=1", "PISHKHAN_PROXIES=1", "PISHKHAN_HOSTS=", "PISHKHAN_ADDRESS="):
        assert name in DOCUMENTED.read_text()
        assert name.partition("=")[0] in portal.ENVIRONMENT


def test_pages_are_not_compressed_by_nginx(front):
    answer = asked(front, "/", headers={"Accept-Encoding": "gzip, br"})
    assert answer.getheader("Content-Encoding") is None
