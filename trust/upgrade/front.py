"""nginx before both releases: which of the two gets the requests is a line of its configuration.

It speaks HTTP/1.1 to them and keeps connections, as docs/nginx.conf does.
"""

import os
import subprocess
from pathlib import Path
from shutil import which

from trust.crash.processes import free_port

PROGRAM = which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIGURATION = """
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    client_max_body_size 3m;
    upstream release {{ server 127.0.0.1:{release}; keepalive 32; keepalive_timeout 20s; }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://release; proxy_set_header Host $http_host; }}
    }}
}}
"""


class Front:
    def __init__(self, folder: Path, release: int) -> None:
        if PROGRAM is None:
            raise SystemExit("nginx is not installed here; install the Debian package nginx-light")
        folder.mkdir()
        self.folder, self.port = folder, free_port()
        self.command = [PROGRAM, "-p", str(folder), "-c", f"{folder}/conf", "-e", f"{folder}/error.log"]
        self.write(release)
        self.process = subprocess.Popen([*self.command, "-g", "daemon off;"], start_new_session=True)

    def write(self, release: int) -> None:
        user = "user root;" if os.geteuid() == 0 else ""  # the folders are the harness's own
        told = {"folder": self.folder, "port": self.port, "release": release, "user": user}
        (self.folder / "conf").write_text(CONFIGURATION.format(**told))

    def lead_to(self, release: int) -> None:
        """New requests go there; those under way end where they are."""
        self.write(release)
        subprocess.run([*self.command, "-s", "reload"], check=True)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)
