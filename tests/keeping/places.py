"""Another machine: a data folder and a database of its own, reached through the command line alone."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.states import State
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_statement
from tests import world as w
from tests.letters.reading import letter_of

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Place:
    folder: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        there, address = connection.settings_dict, ""
        if connection.vendor == "postgresql":
            address = f"postgres://{there['USER']}@{there['HOST']}:{there['PORT']}/{self.database}"
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "pishkhan.settings",
            "PISHKHAN_DATA_DIR": str(self.folder),
            "PISHKHAN_DATABASE_URL": address,
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pishkhan", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def value(self, expression: str) -> str:
        """What the portal there has."""
        done = self.run("shell", "-v", "0", "-c", f"print({expression})")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def some_work(world: w.World) -> None:
    """Cases with scans, and letters about one of them."""
    case = w.filled_case(world, State.COMPLETED)
    letter_of(case, Kind.DECISION)
    issue_statement(case.subject, case=case, by=SYSTEM)
    w.drafted(world, answers=w.answers_for(2))
