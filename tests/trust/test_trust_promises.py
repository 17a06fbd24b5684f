"""docs/trust.md is what script/trust runs: no promise without a command, no command that is not there."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from trust.__main__ import PROMISES, ROOT, Command, promises

ROWS = list(promises(PROMISES.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("section", "promise", "commands"), ROWS, ids=[row[1][:60] for row in ROWS])
def test_a_promise_is_shown_by_a_command(section: str, promise: str, commands: list[Command]):
    assert commands, f"«{promise}» under «{section}» names no command"


@pytest.mark.parametrize(
    "command", list(dict.fromkeys(c for row in ROWS for c in row[2])), ids=lambda c: c.line
)
def test_what_a_command_names_exists(command: Command):
    words = command.words
    assert words[0] in ("pytest", "python", "pishkhan") or (ROOT / words[0]).is_file()
    if words[0] == "python":
        assert words[1] == "-m"
        assert find_spec(words[2]), f"no module {words[2]}"
    missing = [word for word in words[1:] if "/" in word and not Path(ROOT, word.split("::")[0]).exists()]
    assert not missing


def test_a_row_without_a_command_is_seen():
    rows = [
        "| promise | shown by |",
        "|---|---|",
        "| kept | `pytest a`; long: `python -m b` |",
        "| not | kept |",
    ]
    shown, bare = promises("\n".join(["## Here", "", *rows]))
    assert [(c.section, c.line, c.long) for c in shown[2]] == [
        ("here", "pytest a", False),
        ("here", "python -m b", True),
    ]
    assert bare[2] == []
