"""bandit over the portal's code; what ruff's S rules also find is marked there with its reason."""

import json
import subprocess

from .accepting import Accepted, judged
from .installing import installed, version
from .serving import ROOT

PLANTED = "trust/tools/planted/views.py"
ACCEPTED: Accepted = {
    ("B104", "pishkhan/web/management/commands/serve.py"): (1, "compares the address, binds none"),
    ("B308", "pishkhan/catalogue/rows.py"): (1, "joins what Django's own forms have rendered"),
    ("B703", "pishkhan/catalogue/rows.py"): (1, "the same"),
    ("B608", "pishkhan/counting.py"): (1, "the SQL is the ORM's, its parameters stay parameters"),
    ("B608", "pishkhan/cases/words.py"): (2, "the SQL is the ORM's, the words are parameters"),
    ("B703", "pishkhan/web/reporting.py"): (1, "plain text of a mail: no page shows it"),
    ("B608", "pishkhan/demo/tables.py"): (1, "names of our own tables and columns"),
    ("B608", "pishkhan/upgrades.py"): (1, "names of our own tables and columns, in a migration"),
    ("B608", "pishkhan/prepared.py"): (1, "names of our own tables and columns, the values are parameters"),
}


def found_in(folder: str) -> list[tuple[str, str, int]]:
    """Findings of medium severity and above: (rule, file, line)."""
    command = [installed("bandit") / "bandit", "--quiet", "-ll", "--recursive", "--format=json", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    results = json.loads(done.stdout)["results"]
    return [(each["test_id"], each["filename"], each["line_number"]) for each in results]


def run(long: bool) -> bool:
    planted = {rule for rule, _, _ in found_in(PLANTED)}
    print(f"bandit {version('bandit')} on planted code: {', '.join(sorted(planted)) or 'nothing'}")
    if not {"B602", "B608"} <= planted:
        print("✗ bandit is blind: it does not find a shell and SQL from what was typed")
        return False
    found = found_in("pishkhan")
    wrong = judged(found, ACCEPTED)
    print(
        f"  {len(found)} findings above low, {len(ACCEPTED)} accepted with their reasons",
        *wrong,
        sep="\n  ✗ ",
    )
    return not wrong
