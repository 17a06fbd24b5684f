"""Many visits from one Excel sheet: rows with the same number are one visit with several workers.

What belongs to the visit need stand in its first row alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import forms

from pishkhan.persian.digits import to_persian
from pishkhan.sheets.tables import Column, Problem, SheetRow
from pishkhan.workshops.actors import Actor

from .forms import MOST_WORKERS, InspectionForm, WorkerForm, same_number
from .operations import Errors, Visit, check_visits

WORKER = "worker-"
VISIT_COLUMNS = tuple(Column(name, str(f.label), f) for name, f in InspectionForm.base_fields.items())
WORKER_COLUMNS = tuple(Column(WORKER + n, str(f.label), f) for n, f in WorkerForm.base_fields.items())
COLUMNS = (*VISIT_COLUMNS, *WORKER_COLUMNS)
TITLES = {column.name: column.title for column in COLUMNS}


@dataclass(frozen=True)
class Plan:
    """The visits that an import would record, and what is wrong row by row; only one of the two counts."""

    visits: list[Visit]
    problems: list[Problem]


def plan_import(actor: Actor, rows: Sequence[SheetRow], problems: Sequence[Problem] = ()) -> Plan:
    """Nothing is written. `problems` are those that reading the file has found already."""
    found = list(problems)
    begun: list[tuple[int, Visit]] = []
    for group in _grouped(rows):
        visit, wrong = _visit(group)
        found += wrong
        if visit:
            begun.append((group[0].number, visit))
    visits = [visit for _, visit in begun]
    for (number, _), errors in zip(begun, check_visits(actor, visits), strict=True):
        found += _told(number, errors)
    return Plan(visits, sorted(found, key=lambda problem: problem.row))


def _grouped(rows: Sequence[SheetRow]) -> Iterator[list[SheetRow]]:
    """The rows of each visit; those without a number each by itself."""
    groups: dict[str, list[SheetRow]] = {}
    for row in rows:
        key = same_number(row.cells["number"]) or f"row {row.number}"
        groups.setdefault(key, []).append(row)
    yield from groups.values()


def _visit(rows: list[SheetRow]) -> tuple[Visit | None, list[Problem]]:
    """The visit of some rows, or None, and what is wrong with them."""
    form = InspectionForm({column.name: rows[0].cells[column.name] for column in VISIT_COLUMNS})
    problems = _told(rows[0].number, _first(form))
    workers = []
    for row in rows:
        problems += [] if row is rows[0] else _contradictions(rows[0], row)
        cells = {c.name.removeprefix(WORKER): row.cells[c.name] for c in WORKER_COLUMNS}
        if any(cells.values()):
            worker = WorkerForm(cells)
            problems += _told(row.number, {WORKER + n: told for n, told in _first(worker).items()})
            workers.append(worker.cleaned_data)
    if len(workers) > MOST_WORKERS:
        told = f"یک بازدید بیش از {to_persian(MOST_WORKERS)} کارگر ندارد."
        problems.append(Problem(rows[0].number, TITLES["number"], told))
    return (Visit(form.cleaned_data, workers) if form.is_valid() else None), problems


def _contradictions(first: SheetRow, row: SheetRow) -> list[Problem]:
    """What a later row of a visit says otherwise than the first."""
    return [
        Problem(row.number, c.title, f"با ردیف {to_persian(first.number)} همین بازدید یکی نیست.")
        for c in VISIT_COLUMNS
        if c.name != "number" and row.cells[c.name] and row.cells[c.name] != first.cells[c.name]
    ]


def _first(form: forms.Form) -> Errors:
    """Each wrong field with its first message."""
    return {name: str(messages[0]) for name, messages in form.errors.items()}


def _told(row: int, errors: Errors) -> list[Problem]:
    return [Problem(row, TITLES[name], message) for name, message in errors.items()]
