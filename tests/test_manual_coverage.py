"""docs/manual-coverage.md tells the truth: every requirement, screens that exist, tests that exist."""

import ast
import re
from pathlib import Path

import pytest
from django.urls import resolve

ROOT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"^\| (R\d+) \| (.+?) \| `(.+?)` \| `(.+?)` \|$", re.MULTILINE)
ROWS = LINE.findall((ROOT / "docs" / "manual-coverage.md").read_text("utf-8"))


def named_in(file: Path) -> set[str]:
    """The tests of a file: functions by name, methods with their class."""
    found = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {f"{prefix}{each.name}" for each in inner if isinstance(each, ast.FunctionDef)}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def test_every_requirement_of_the_manual_has_its_line():
    assert [number for number, *_ in ROWS] == [f"R{number}" for number in range(1, 49)]


@pytest.mark.parametrize(("number", "words", "address", "test"), ROWS, ids=[row[0] for row in ROWS])
def test_the_screen_and_the_test_of_a_requirement_exist(number, words, address, test):
    assert words.strip()
    assert resolve(address)
    file, _, name = test.partition("::")
    assert name in named_in(ROOT / file)
