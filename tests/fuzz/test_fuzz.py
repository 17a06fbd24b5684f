"""`script/fuzz` finds what it looks for, and finds nothing in the reading of uploads."""

import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest

from fuzz import __main__ as command
from fuzz import bombs, watching
from fuzz.damage import BASES, damaged
from pishkhan.documents.pictures import read_picture
from tests.documents import generated as g
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


def test_an_interrupted_run_reports_what_it_reached(tmp_path, monkeypatch):
    answer, asked = watching.Reader.answer, []

    def interrupted(self, patience):
        asked.append(patience)
        if len(asked) > 4:  # "ready" and three files
            raise KeyboardInterrupt
        return answer(self, patience)

    monkeypatch.setattr(watching.Reader, "answer", interrupted)
    assert watching.watch(SEED, 0, 50, tmp_path).files == 3


def test_a_reader_that_cannot_begin_is_an_error_and_no_finding(tmp_path):
    with pytest.raises(RuntimeError, match="did not begin"):
        watched(tmp_path, "missing", 3)


def test_the_same_seed_makes_the_same_files_and_another_seed_others():
    first = [damaged(SEED, number) for number in range(50)]
    assert first == [damaged(SEED, number) for number in range(50)]
    assert len({*first, *(damaged(SEED + 1, number) for number in range(50))}) > 95


def test_a_base_is_the_same_whatever_the_process_made_before():
    """Its noise once came from a generator without a seed."""
    assert [make() for make in BASES] == [make() for make in BASES]


def test_every_base_is_a_sound_picture():
    assert len(BASES) >= 12
    for make in BASES:
        assert read_picture(BytesIO(make()))


# Bombs


def waits(page: float = 0.2, good: float = 0.3) -> bombs.Waits:
    return bombs.Waits(pages=[0.1, page], uploads=[good], bombs=[7.0])


@pytest.mark.parametrize(
    ("growth", "measured", "why"),
    [
        (301, waits(), "301 MB more, of 300 allowed"),
        (10, waits(page=1.2), "somebody else waited 1.20 s"),
        (10, waits(good=1.3), "somebody else waited 1.30 s"),
    ],
)
def test_memory_that_grows_or_somebody_who_waits_fails_the_command(growth, measured, why, capsys):
    bombs.told("a bomb", growth, measured)
    assert bombs.judged(measured.failed) == 1
    assert f"✗ a bomb: {why}" in capsys.readouterr().out


def test_bombs_may_wait_themselves(capsys):
    measured = waits()
    bombs.told("a bomb", 299, measured)
    assert bombs.judged(measured.failed) == 0
    assert "it holds" in capsys.readouterr().out


def test_the_memory_of_a_process_counts_those_below_it():
    here = memory_of(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    both = memory_of(subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE))
    assert both > here * 1.5 > 0


def memory_of(process: "subprocess.Popen[bytes]") -> float:
    """What it has once it has begun, MB; the process is ended."""
    before = -1.0
    while (now := bombs.memory(process.pid, "VmRSS")) != before or now < 5:
        before = now
        time.sleep(0.3)
    process.communicate(b"\n")
    return now


def test_the_worst_files_are_those_of_the_table():
    assert len(bombs.BOMBS) >= bombs.AT_ONCE
    assert set(bombs.BOMBS) <= set(g.FILES)
    for name in bombs.REFUSED:
        assert g.FILES[name].code
