"""`script/trust`: shows the promises of docs/trust.md by running the commands that stand beside them."""

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMISES = ROOT / "docs" / "trust.md"
HEADING = "| promise | shown by |"
COMMAND = re.compile(r"(long: )?`([^`]+)`")


@dataclass(frozen=True)
class Command:
    """One way to show a promise; `section` is the heading it stands under, lower case."""

    section: str
    line: str
    long: bool

    @property
    def words(self) -> list[str]:
        """Without the settings that stand before it: `pytest`, `python`, `script/…` or `pishkhan`."""
        return [word for word in shlex.split(self.line) if "=" not in word.split("/")[0]]

    @property
    def is_test(self) -> bool:
        return self.words[0] == "pytest"


def promises(text: str) -> Iterator[tuple[str, str, list[Command]]]:
    """Section, promise and commands of each row of the tables with the heading `promise | shown by`."""
    section, inside = "", False
    for line in text.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").lower()
        inside = line == HEADING or (inside and line.startswith("|"))
        if inside and line != HEADING and not line.startswith("|---"):
            promise, shown = (cell.strip() for cell in line.strip("|").rsplit("|", 1))
            yield section, promise, [Command(section, c[2], bool(c[1])) for c in COMMAND.finditer(shown)]


def chosen(options: argparse.Namespace) -> list[Command]:
    every = [c for _, _, commands in promises(PROMISES.read_text(encoding="utf-8")) for c in commands]
    return [
        command
        for command in dict.fromkeys(every)
        if options.section.lower() in command.section
        and (options.long or not command.long)
        and not (options.no_tests and command.is_test)
    ]


def holds(command: Command) -> bool:
    print(f"\n── {command.line}", flush=True)
    began = time.monotonic()
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command.line], cwd=ROOT, env={**os.environ, "PATH": path}, check=False
    )
    print(f"{'✓' if done.returncode == 0 else '✗'} {time.monotonic() - began:.0f} s")
    return done.returncode == 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/trust", description=__doc__)
    parser.add_argument("section", nargs="?", default="", help="a part of the heading it stands under")
    parser.add_argument("--long", action="store_true", help="also what takes hours")
    parser.add_argument("--no-tests", action="store_true", help="without what script/test runs already")
    parser.add_argument("--list", action="store_true", help="print the commands, run none")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    commands = chosen(options)
    if options.list or not commands:
        print("\n".join(command.line for command in commands) or "no promise stands under such a heading")
        return 0 if commands else 2
    broken = [command.line for command in commands if not holds(command)]
    print(f"\n{len(commands) - len(broken)} of {len(commands)} commands show what they promise")
    print("\n".join(f"✗ {line}" for line in broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
