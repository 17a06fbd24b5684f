"""semgrep with the laws of this project (trust/rules), each with examples that it must find."""

import json
import os
import re
import subprocess

from .accepting import Accepted, judged
from .installing import installed, version
from .serving import ROOT

RULES = ROOT / "trust" / "rules"
WHERE = {"anywhere": "pishkhan/", "screens": "pishkhan/web/", "templates": "pishkhan/web/templates/"}
"""Where the rules of each file hold."""
ACCEPTED: Accepted = {
    ("sql-by-hand", "pishkhan/cases/words.py"): (2, "each database's own SQL; words are parameters"),
    ("sql-by-hand", "pishkhan/counting.py"): (1, "the SQL is the ORM's, its parameters stay parameters"),
    ("sql-by-hand", "pishkhan/keeping/management/commands/migrate.py"): (1, "a time limit of our own"),
    ("sql-by-hand", "pishkhan/sqlite/base.py"): (1, "a time limit of our own"),
    ("sql-by-hand", "pishkhan/upgrades.py"): (2, "names of our own indexes, a limit PostgreSQL has said"),
    ("sql-by-hand", "pishkhan/demo/tables.py"): (2, "names of our own tables and settings"),
    ("html-by-hand", "pishkhan/catalogue/rows.py"): (1, "joins what Django's own forms have rendered"),
    ("html-by-hand", "pishkhan/web/reporting.py"): (1, "plain text of a mail: no page shows it"),
    ("printed", "pishkhan/web/keeper.py"): (1, "no Django there, so no logging"),
    ("screen-that-writes", "pishkhan/web/entering.py"): (1, "the session, before its sign-in is committed"),
    ("screen-that-writes", "pishkhan/web/health.py"): (1, "changes no row: whether it could is the question"),
    ("guessable", "pishkhan/demo/"): (0, "seeded randomness is the point of synthetic data"),
    ("guessable", "pishkhan/documents/drawn.py"): (10, "draws the pictures of synthetic data"),
    ("decodes-any-picture", "pishkhan/demo/pictures.py"): (1, "reads what documents/drawn.py has drawn"),
    ("starts-a-program", "pishkhan/keeping/dumps.py"): (1, "PostgreSQL's own dump and restore, no shell"),
    ("starts-a-program", "pishkhan/keeping/management/commands/restore.py"): (1, "this program once more"),
    ("starts-a-program", "pishkhan/sheets/reading.py"): (1, "Excel files are read in a process of their own"),
    ("starts-a-program", "pishkhan/web/keeper.py"): (1, "the worker"),
    ("starts-a-program", "pishkhan/web/management/commands/serve.py"): (2, "the keeper, and the server"),
    ("believes-the-browser", "pishkhan/web/access.py"): (2, "visitor_address: the one place"),
    ("opens-a-file", "pishkhan/web/guide.py"): (1, "the guide's chapters, by names from a list"),
    ("opens-a-file", "pishkhan/web/portal/guide.py"): (1, "the guide as PDF"),
    ("past-visible-to", "pishkhan/web/desk/trail.py"): (1, "the senior user's trail; of this branch alone"),
    ("past-visible-to", "pishkhan/web/desk/viewer.py"): (2, "of a person and a case that came through it"),
    ("past-visible-to", "pishkhan/web/desk/workshop_import.py"): (1, "codes taken at another branch; no row"),
    ("past-visible-to", "pishkhan/web/desk/workshops.py"): (2, "counts of a workshop that came through it"),
    ("past-visible-to", "pishkhan/web/entering.py"): (1, "whose password was right a moment ago"),
    ("past-visible-to", "pishkhan/web/entrance.py"): (1, "whose password will be looked at"),
    ("past-visible-to", "pishkhan/web/portal/views.py"): (1, "by tracking code and national code"),
}
QUIET = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}


def semgrep(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [
        installed("semgrep") / "semgrep",
        "scan",
        "--metrics=off",
        "--disable-version-check",
        *arguments,
    ]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **QUIET}
    )


def examples() -> dict[str, int]:
    """How many planted flaws there are for each rule."""
    rules = {name: 0 for file in RULES.glob("*.yml") for name in re.findall(r"- id: (\S+)", file.read_text())}
    for file in RULES.glob("*"):
        if file.suffix != ".yml":
            for names in re.findall(r"ruleid: ([\w, -]+?)(?: -->)?\n", file.read_text()):
                rules |= {name: rules[name] + 1 for name in names.split(", ")}
    return rules


def found() -> tuple[list[tuple[str, str, int]], int]:
    """(rule, file, line) of every finding where its rule holds; and how many files were read."""
    configs = [f"--config=trust/rules/{name}.yml" for name in WHERE]
    answer = json.loads(semgrep("--quiet", "--json", *configs, "pishkhan").stdout)
    if answer["errors"]:
        raise SystemExit(f"semgrep could not read everything: {answer['errors'][0]}")
    where = {
        name: folder
        for file, folder in WHERE.items()
        for name in re.findall(r"- id: (\S+)", (RULES / f"{file}.yml").read_text())
    }
    results = [
        (each["check_id"].split(".")[-1], each["path"], each["start"]["line"]) for each in answer["results"]
    ]
    return [each for each in results if each[1].startswith(where[each[0]])], len(answer["paths"]["scanned"])


def run(long: bool) -> bool:
    planted = examples()
    tested = semgrep("--test", "trust/rules")
    passed = re.search(r"(\d+)/(\d+): All tests passed|(\d+)/(\d+): ", tested.stdout)
    print(f"semgrep {version('semgrep')}: {len(planted)} rules on {sum(planted.values())} planted flaws")
    if not all(planted.values()) or tested.returncode or not passed:
        print("✗ semgrep is blind to some of them:", tested.stdout[-2000:], sep="\n")
        return False
    results, files = found()
    wrong = judged(results, ACCEPTED)
    print(f"  {files} files, {len(ACCEPTED)} findings accepted with their reasons", *wrong, sep="\n  ✗ ")
    return not wrong
