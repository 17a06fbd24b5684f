"""A query that every page asks: built and compiled once a process, asked again with other values.

Django builds a query's SQL each time it is asked, which for a join of three tables costs several times what
the database needs to answer it (docs/speed.md).
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)


class _Asked:
    """As much of a queryset as makes rows of a compiled query's answer."""

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


class Prepared(Generic[Row]):
    """`build` makes the query from one stand-in for each argument, all of the given kinds.

    The arguments must reach the database as they are: texts and whole numbers do, dates do not.
    """

    def __init__(self, build: Callable[..., "QuerySet[Row]"], *kinds: type[int] | type[str]) -> None:
        self.build = build
        self.stand_ins = [-1 - place if kind is int else f"?{place}" for place, kind in enumerate(kinds)]

    @cached_property
    def compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        """Django's compiler of the query, having worked; the SQL; its parameters with the stand-ins."""
        compiler = self.build(*self.stand_ins).query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        assert set(self.stand_ins) <= set(params), "an argument does not reach the database as it is"
        return compiler, sql, tuple(params)

    def __call__(self, *values: int | str) -> list[Row]:
        """The rows, with everything that `select_related` joined."""
        compiler, sql, params = self.compiled
        given = dict(zip(self.stand_ins, values, strict=True))
        asking = copy(compiler)
        asking.connection = connection  # of this thread
        asking.as_sql = lambda: (sql, tuple(given.get(param, param) for param in params))
        return list(ModelIterable(_Asked(asking)))  # type: ignore[arg-type]
