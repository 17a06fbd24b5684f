"""A query that a page asks every time: built and compiled once a process, asked again with other values.

Django builds a query's SQL each time it is asked, which for a join of three tables costs several times what
the database needs to answer it, as does writing one row (docs/speed.md).
"""

import datetime
from collections.abc import Callable, Sequence
from copy import copy
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, connections, transaction
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

Row = TypeVar("Row")
New = TypeVar("New", bound=Model)
Value = int | str | datetime.date
Query = tuple[str, tuple[Any, ...]]

STAND_INS: dict[type, Callable[[int], Value]] = {
    int: lambda place: -1 - place,
    str: lambda place: f"?{place}",
    datetime.date: lambda place: datetime.date(1, 1, 1 + place),
    datetime.datetime: lambda place: datetime.datetime(1, 2, 1 + place, tzinfo=datetime.UTC),
}
"""What stands for an argument of each kind while a query is built, by the argument's place."""


class _Asked:
    """As much of a queryset, and of its query, as makes rows of a compiled query's answer."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.compiler, self.query, self.model, self.db = (
            compiler,
            self,
            compiler.query.model,
            connection.alias,
        )

    def get_compiler(self, using: str) -> Any:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.compiler.query, name)


class Prepared(Generic[Row]):
    """`build` makes the query from one stand-in for each argument, all of the given kinds.

    The arguments must reach the database as they are, or as their column's times and dates do.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]", *kinds: type[Value]) -> None:
        self.build = build
        self.stand_ins = [STAND_INS[kind](place) for place, kind in enumerate(kinds)]

    @cached_property
    def compiled(self) -> tuple[Any, Any, str, tuple[Any, ...]]:
        """What makes rows; Django's compiler, having worked; the SQL; its parameters with the stand-ins."""
        built = self.build(*self.stand_ins)
        compiler = built.query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        missing = {_sent(stand_in) for stand_in in self.stand_ins} - set(params)
        assert not missing, "an argument does not reach the database as it is"
        # What makes Python's values of the columns is looked for once too, and not for every answer.
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        converters, composite = compiler.get_converters(columns), compiler.has_composite_fields(columns)
        compiler.get_converters = lambda columns: converters
        compiler.has_composite_fields = lambda columns: composite
        return built._iterable_class, compiler, sql, tuple(params)

    def __call__(self, *values: Value) -> list[Row]:
        """The rows, as the queryset would give them."""
        rows, compiler, _, _ = self.compiled
        asking = copy(compiler)
        asking.connection = connections[compiler.using]  # of this thread
        asking.as_sql = lambda: self.asked(*values)
        return list(rows(_Asked(asking)))

    def asked(self, *values: Value) -> Query:
        """The SQL and its parameters, to stand inside other SQL."""
        _, _, sql, params = self.compiled
        given = {_sent(old): _sent(new) for old, new in zip(self.stand_ins, values, strict=True)}
        return sql, tuple(given.get(param, param) for param in params)


def sql_of(queryset: "QuerySet[Any, Any]") -> Query:
    """The SQL of one and its parameters, to stand inside other SQL.

    One that can have no rows too: Django would not ask at all, but there it stands among others.
    """
    compiler = queryset.query.get_compiler(connection=connection, elide_empty=False)
    sql, params = compiler.as_sql()
    return sql, tuple(params)


def insert(row: New, instead: tuple[str, ...] = ()) -> New:
    """Writes a new row whose columns hold values, not expressions; without signals and its own `save`.

    `instead`: fields that are unique together. The row that has the same in them becomes this one.
    """
    assert row._state.adding, "it is written already"
    row._prepare_related_fields_for_save("insert")  # type: ignore[attr-defined]
    fields, compiler, sql = _insertion(type(row), instead)
    asking = copy(compiler)
    asking.connection = now = connections[compiler.using]  # of this thread
    values = tuple(field.get_db_prep_save(field.pre_save(row, add=True), now) for field in fields)
    asking.as_sql = lambda: [(sql, values)]
    with transaction.mark_for_rollback_on_error(now.alias):
        for given in asking.execute_sql(row._meta.db_returning_fields):
            for field, value in zip(row._meta.db_returning_fields, given, strict=True):
                setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, now.alias
    return row


def update(row: Model, names: Sequence[str], **seen: Any) -> bool:
    """Writes the columns of these fields of a row, as `insert` does and without the row's own `save`.

    False when there is no such row any more, or the columns of `seen` hold something else by now.
    """
    fields, sql = _updating(type(row), tuple(names), tuple(seen))
    with connection.cursor() as cursor, transaction.mark_for_rollback_on_error(connection.alias):
        written = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        cursor.execute(sql, (*written, *seen.values(), row.pk))
        return bool(cursor.rowcount)


@cache
def _updating(
    model: type[Model], names: tuple[str, ...], seen: tuple[str, ...]
) -> "tuple[list[Field[Any, Any]], str]":
    """The fields that are written, and the SQL."""
    known = {field.name: field for field in model._meta.local_concrete_fields}
    fields, quoted = [known[name] for name in names], connection.ops.quote_name
    written = ", ".join(f"{quoted(str(field.column))} = %s" for field in fields)
    asked = [known[name] for name in seen] + [field for field in known.values() if field.primary_key]
    are = " AND ".join(f"{quoted(str(field.column))} = %s" for field in asked)
    return fields, f"UPDATE {quoted(model._meta.db_table)} SET {written} WHERE {are}"  # noqa: S608 our names


@cache
def _insertion(model: type[Model], instead: tuple[str, ...]) -> tuple[list["Field[Any, Any]"], Any, str]:
    """The columns that are given; Django's compiler, having worked; the SQL."""
    fields = [field for field in model._meta.local_concrete_fields if field is not model._meta.auto_field]
    query = InsertQuery(model)
    if instead:
        unique = [field for field in fields if field.name in instead]
        others = [field for field in fields if field.name not in instead]
        query = InsertQuery(model, on_conflict=OnConflict.UPDATE, update_fields=others, unique_fields=unique)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection.alias)
    compiler.returning_fields = model._meta.db_returning_fields
    ((sql, _),) = compiler.as_sql()
    return fields, compiler, sql


def _sent(value: Value) -> Any:
    """As a time or a date is sent to this database."""
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, datetime.date) else value
