"""Multiplies demo data by SQL: ten million cases are a million and nine copies of it.

A copy has its own workshops, users, people and cases, but all copies of the largest workshop's are its own:
with ten million it has 100,000 cases. The next largest hires 20,000 people. Codes of copies are nobody's, as
all are.
"""

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Count

from pishkhan.accounts.models import Side, User
from pishkhan.cases.models import Case, CaseScan, Event
from pishkhan.demo.tables import POSTGRES_HURRIED, execute, hurry, loose
from pishkhan.people.models import Booklet, ContributionRecord, Dependent, Employment, KnownScan, Person
from pishkhan.workshops.models import Representation, Workshop

GROWN: tuple[type[models.Model], ...] = (
    *(User, Workshop, Representation, Person, Employment, Dependent, Booklet, ContributionRecord, KnownScan),
    *(Case, Event, CaseScan),
)
"""Documents are shared: their rows are read by number, one at a time."""
MOST = 9  # copies: each has a digit of its own
HIRED = 20_000
Steps = dict[type[models.Model], int]
"""The highest number of each table: the first copy goes on from there."""
OTHER_DIGIT = "substr('234567890', {copy}, 1) || substr({column}, 2)"  # all codes begin with 1
OTHER_PREFIX = (
    "CASE WHEN {column} LIKE '999%' THEN '99' || ({copy} - 1) || substr({column}, 4) ELSE {column} END"
)
CODES = {
    User: {"username": "'copy-' || {copy} || '-' || {column}"},
    Workshop: {"code": OTHER_DIGIT},
    Person: {"national_code": OTHER_PREFIX},
    Booklet: {"serial": "{column} || '-' || {copy}"},
    Case: {"national_code": OTHER_PREFIX, "tracking_code": OTHER_DIGIT, "tracking_digits": OTHER_DIGIT},
}
"""What must differ in a copy."""


def grow(copies: int) -> None:
    """Adds so many copies of everything that is there."""
    assert 1 <= copies <= MOST
    with hurry(), transaction.atomic():
        steps = {model: _last(model) for model in GROWN}
        largest, next_largest = _largest()
        taken = [pair for model in GROWN for pair in loose(model._meta.db_table)]
        if connection.vendor == "postgresql":
            execute(*POSTGRES_HURRIED)
        execute(*(drop for drop, _ in taken))
        for model in GROWN:
            for copy in range(1, copies + 1):
                execute(_copying(model, copy, steps, largest))
        here = Employment.objects.filter(pk__gt=steps[Employment], has_left=False).order_by("pk")
        hired = list(here.values_list("pk", flat=True)[:HIRED])
        for start in range(0, len(hired), 500):
            some = Employment.objects.filter(pk__in=hired[start : start + 500])
            some.update(workshop=next_largest)
        execute(*(make for _, make in reversed(taken)))
        execute(*connection.ops.sequence_reset_sql(no_style(), list(GROWN)))


def _largest() -> list[int]:
    """The two workshops with the most cases."""
    counted = Case.objects.exclude(workshop=None).values_list("workshop").annotate(n=Count("id"))
    return [workshop for workshop, _ in counted.order_by("-n", "workshop")[:2]]


def _last(model: type[models.Model]) -> int:
    return model._default_manager.aggregate(last=models.Max("id"))["last"] or 0


def _copying(model: type[models.Model], copy: int, steps: Steps, largest: int) -> str:
    """The SQL that adds a copy of the first rows of a table."""
    columns = {field.column: _copied(field, copy, steps, largest) for field in model._meta.concrete_fields}
    names = ", ".join(f'"{name}"' for name in columns)
    only = f" AND side = '{Side.WORKSHOP}'" if model is User else ""
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(columns.values())}'
        f' FROM "{model._meta.db_table}" WHERE id <= {steps[model]}{only}'
    )


def _copied(field: "models.Field[object, object]", copy: int, steps: Steps, largest: int) -> str:
    """What a copy has in that column."""
    column, model = f'"{field.column}"', field.model
    if field.primary_key:
        return f"{column} + {copy * steps[model]}"
    if field.name in CODES.get(model, {}):
        return CODES[model][field.name].format(column=column, copy=copy)
    step = steps.get(field.related_model) if field.related_model else None  # type: ignore[call-overload]
    if not step or field.name == "assignee" or (model is Event and field.name == "user"):
        return column  # there is one desk
    other = f"{column} + {copy * step}"
    if field.related_model is Workshop:
        return f"CASE WHEN {column} = {largest} THEN {column} ELSE {other} END"
    return other
