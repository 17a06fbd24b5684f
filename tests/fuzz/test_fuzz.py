"""`script/fuzz` finds what it looks for, and finds nothing in the reading of uploads."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from fuzz import __main__ as command
from fuzz import watching
from fuzz.damage import BASES, damaged
from pishkhan.documents.pictures import read_picture
from tests.fuzz import planted

ROOT = Path(__file__).resolve().parents[2]
SEED = 11


def faults(count: int) -> list[int]:
    """The numbers of the files that a planted fault concerns."""
    return [number for number in range(count) if planted.faulty(BytesIO(damaged(SEED, number)))]


def watched(folder: Path, fault: str, count: int) -> watching.Report:
    return watching.watch(SEED, 0, count, folder, f"tests.fuzz.planted:{fault}", patience=0.5)


def test_the_short_run_finds_nothing(tmp_path):
    done = subprocess.run(
        [ROOT / "script" / "fuzz", "--keep", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{command.FILES:,} files" in done.stdout
    assert "accepted" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("hang", "hang"),
        ("crash", "crash"),
        ("error", "ZeroDivisionError: planted in two lines"),
        ("nothing", "not a picture: NoneType"),
    ],
)
def test_a_planted_fault_is_found_and_its_file_written_down(tmp_path, fault, told):
    count = 12
    expected = [tmp_path / f"{SEED}-{number}.jpg" for number in faults(count)]
    assert len(expected) in range(1, 6)
    report = watched(tmp_path, fault, count)
    assert report.findings == [f"{told}: {file}" for file in expected]
    assert report.files == count, "the files behind a finding are read too"
    assert {file: file.read_bytes() for file in expected} == {
        file: damaged(SEED, number) for file, number in zip(expected, faults(count), strict=True)
    }


def test_a_finding_fails_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fuzz", "--files", "12", "--seed", str(SEED), "--keep", str(tmp_path)])
    monkeypatch.setattr(watching.watch, "__defaults__", ("tests.fuzz.planted:crash", 2.0))
    assert command.main() == 1
    told = capsys.readouterr().out
    assert f"crash: {tmp_path / f'{SEED}-{faults(12)[0]}.jpg'}" in told


def test_a_machine_that_was_busy_for_a_while_is_no_finding(tmp_path, monkeypatch):
    """What did not answer in time is read once more, alone."""
    answer, kept = watching.Reader.answer, []

    def late_once(self, patience):
        told = answer(self, patience)
        if told != "ready" and not kept:
            kept.append(told)
            return watching.HUNG
        return told

    monkeypatch.setattr(watching.Reader, "answer", late_once)
    report = watching.watch(SEED, 0, 5, tmp_path)
    assert kept and report.files == 5 and report.findings == []


def test_a_reader_that_cannot_begin_is_an_error_and_no_finding(tmp_path):
    with pytest.raises(RuntimeError, match="did not begin"):
        watched(tmp_path, "missing", 3)


def test_the_same_seed_makes_the_same_files_and_another_seed_others():
    first = [damaged(SEED, number) for number in range(50)]
    assert first == [damaged(SEED, number) for number in range(50)]
    assert len({*first, *(damaged(SEED + 1, number) for number in range(50))}) > 95


def test_every_base_is_a_sound_picture():
    assert len(BASES) >= 12
    for make in BASES:
        assert read_picture(BytesIO(make()))
