"""trust.power says what it needs where it cannot have it, and does not pass."""

import subprocess
import sys

from trust.crash.servers import ROOT

AS_NOBODY = """
import os, pathlib, subprocess
from trust.crash.disk import Disk
if os.geteuid() == 0:
    os.setuid(65534)
Disk(pathlib.Path("/tmp")).make()
"""


def test_without_root_no_disk_is_made_and_it_says_so():
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "trust.power cuts the power of a loop device: run it as root\n"
