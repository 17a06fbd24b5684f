"""What an installation has applied never changes: whoever has it would never get the change.

The list is made anew for the first release, for the last time, and gets a line when an app is added:

    sha256sum pishkhan/*/migrations/0001_*.py > tests/upgrades/frozen.sha256
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FROZEN = Path(__file__).with_name("frozen.sha256")
CHANGED = (
    "has changed, which no installation would ever get: put the file back as it was (git checkout) and make "
    "a new migration (pishkhan makemigrations); docs/operating.md, «Upgrading», tells what it may do"
)
NEW = "is new: freeze it too, with the line that stands at the head of this test"


def digests(root: Path) -> dict[str, str]:
    files = sorted(root.glob("pishkhan/*/migrations/0001_*.py"))
    return {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def differences(root: Path) -> list[str]:
    frozen = dict(reversed(line.split()) for line in FROZEN.read_text().splitlines())
    now = digests(root)
    changed = [f"{name} {CHANGED}" for name, digest in frozen.items() if now.get(name) != digest]
    return changed + [f"{name} {NEW}" for name in now.keys() - frozen.keys()]


def test_the_first_migrations_are_those_that_were_released():
    assert differences(ROOT) == []


def test_a_first_migration_that_was_changed_is_found(tmp_path):
    for name in digests(ROOT):
        copy = tmp_path / name
        copy.parent.mkdir(parents=True)
        copy.write_bytes((ROOT / name).read_bytes())
    with (tmp_path / "pishkhan/cases/migrations/0001_initial.py").open("a") as file:
        file.write("\n")
    assert differences(tmp_path) == [f"pishkhan/cases/migrations/0001_initial.py {CHANGED}"]
