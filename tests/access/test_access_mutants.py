"""Without any single check of a right, something of the access tests fails.

A sixteenth of the checks, always the same so that a run can be repeated; all with PISHKHAN_ALL_MUTANTS=1.
"""

import os
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest

from tests.access import mutants
from tests.access.applied import WITHOUT
from tests.access.kills import Cell, door_holds, entered, every_cell, reaching
from tests.access.objects import Objects
from tests.access.operating import ATTEMPTS
from tests.access.table import DOOR, TABLE
from tests.access.unnoticed import UNNOTICED, Noticed

ROOT = Path(__file__).parents[2]
PART = 1 if os.environ.get("PISHKHAN_ALL_MUTANTS") else 16


def chosen(name: str) -> bool:
    return crc32(name.encode()) % PART == 0


@pytest.mark.parametrize("what", list(ATTEMPTS))
def test_an_operation_refuses_by_itself(what: str, made: Objects, db: None):
    cell = next(cell for cell in every_cell() if cell.name == ("operation", what))
    assert not cell.fails(made)


def test_without_any_one_check_something_fails(made: Objects, db: None):
    """A new check needs a test; `UNNOTICED` only becomes shorter."""
    every = mutants.every_mutant()
    assert set(UNNOTICED) <= {mutant.name for mutant in every}, "listed is what no longer exists"
    sample = [mutant for mutant in every if chosen(mutant.name)]
    cells = reaching({(m.module, m.function) for m in sample}, made)
    survivors = {m.name for m in sample if not killed(m, cells[m.module, m.function], made)}
    print(*sorted(survivors), sep="\n")  # noqa: T201
    print(f"{len(sample)} of {len(every)} checks taken away, {len(survivors)} unnoticed")  # noqa: T201
    assert survivors <= set(UNNOTICED)


ELSEWHERE = [name for name, why in UNNOTICED.items() if isinstance(why, Noticed) and chosen(name)]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_said_to_be_noticed_elsewhere_is(name: str):
    """A run of its own, of a portal without the check."""
    why = UNNOTICED[name]
    assert isinstance(why, Noticed)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:xdist",
        "-p",
        "tests.access.applied",
        why.by,
    ]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PISHKHAN", "PYTEST"))}
    done = subprocess.run(
        command, cwd=ROOT, env=plain | {WITHOUT: name}, capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-3000:]


def killed(mutant: mutants.Mutant, cells: list[Cell], o: Objects) -> bool:
    with mutants.applied(mutant):
        return any(cell.fails(o) for cell in cells)


def test_every_page_lets_in_those_of_its_door_and_no_check_of_the_door_may_go(made: Objects, db: None):
    doors = {name: mutants.doors(name) for name in ("for_audience", "own")}
    survivors = []
    guarded = {name: mutants.view_of(name) for name in TABLE if DOOR[name] and chosen(name)}
    for name, (guard, view) in guarded.items():
        with mutants.swapped(view, entered.__code__):
            assert door_holds(name, made), f"{name} lets in others than its door says"
            for check, code in doors["own" if DOOR[name] == "own" else "for_audience"].items():
                if check == ("allows" if DOOR[name] in ("desk", "workshop") else "audience"):
                    continue  # nothing more is asked there; whom the others allow is at the desk
                with mutants.swapped(guard, code):
                    if door_holds(name, made):
                        survivors.append((name, check))
    print(f"{len(guarded)} doors without each of their checks, {len(survivors)} unnoticed")  # noqa: T201
    assert survivors == []
