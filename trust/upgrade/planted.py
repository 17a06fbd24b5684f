"""Migrations that the harness puts into a copy of the tree: the steps of docs/operating.md, and flaws."""

import re
from dataclasses import dataclass
from pathlib import Path

HEAD = """from time import sleep

from django.db import migrations as m
from django.db import models

from pishkhan.upgrades import AddCheckOnline, AddColumn, AddIndexOnline, InBatches, ValidateCheck

SPEED = models.Index(fields=["planted_zero", "id"], name="planted_speed")
CHECK = models.CheckConstraint(condition=models.Q(planted_zero__gte=0), name="planted_check")
ROWS = m.RunPython(lambda *_: sleep({pause}))  # stands for rows that there are not


def count(rows):
    rows.filter(planted_zero=0).update(planted_zero=1)


class Migration(m.Migration):
    dependencies = [("cases", {before!r})]
    atomic = {atomic}
    operations = [{operations}]
"""


@dataclass(frozen=True)
class Step:
    """A migration of the app `cases`: its operations as code, and the databases that it is for."""

    name: str
    operations: str
    atomic: bool = True
    only: str = ""


GOOD = [
    Step("nullable column", 'AddColumn("case", "planted_null", models.IntegerField(null=True))'),
    Step("column with a default", 'AddColumn("case", "planted_zero", models.IntegerField(db_default=0))'),
    Step("column of events", 'AddColumn("event", "planted", models.CharField(max_length=9, db_default=""))'),
    Step("index", 'AddIndexOnline("case", SPEED)', atomic=False, only="postgresql"),
    Step(
        "new table",
        'm.CreateModel("Planted", [("id", models.BigAutoField(primary_key=True)),'
        ' ("case", models.ForeignKey("cases.Case", models.CASCADE))])',
    ),
    Step("check", 'AddCheckOnline("case", CHECK)'),
    Step("check of the rows", 'ValidateCheck("case", "planted_check")'),
    Step("rows", 'InBatches("cases.Case", count)', atomic=False),
]
"""What an upgrade may do."""

INDEX = 'm.AddIndex("case", models.Index(fields=["national_code", "state", "id"], name="planted_{}"))'
FLAWS = [
    Step("an index that writers wait for", ", ".join([*(INDEX.format(n) for n in range(3)), "ROWS"])),
    Step("a table written anew", 'm.AlterField("case", "step_index", models.IntegerField()), ROWS'),
    Step(
        "a type that the old release has prepared queries for",
        'm.AlterField("case", "note", models.CharField(max_length=2000, blank=True))',
        only="postgresql",
    ),
    Step("a column gone that the old release reads", 'm.RemoveField("case", "subject_name")'),
]
"""What the harness must notice, each applied after the ones before it: the last leaves nothing to serve."""


def plant(tree: Path, step: Step, *, pause: float) -> None:
    """Writes it after the tree's own migrations; `pause`: seconds that stand for a million rows."""
    folder = tree / "pishkhan" / "cases" / "migrations"
    before = max(file.stem for file in folder.glob("0*.py"))
    name = f"{int(before[:4]) + 1:04d}_planted_{re.sub('[^a-z]+', '_', step.name)}"
    told = {"before": before, "atomic": step.atomic, "operations": step.operations, "pause": pause}
    (folder / f"{name}.py").write_text(HEAD.format(**told))
