"""Keyset pages: a page costs the same wherever it is, and nobody counts the table."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, DateTimeField, Model, Q, QuerySet

from pishkhan.prepared import Value
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

PAGE = 25
TEXT = "s"
KINDS: dict[str, type[Value]] = {"t": datetime.datetime, "d": datetime.date, TEXT: str}
"""What a column holds, by the first letter of its cursors."""


@dataclass(frozen=True)
class Rows:
    """One page of plain rows, and the cursor of the page after it ("" at the end)."""

    rows: list[dict[str, Any]]
    after: str


def page_of(
    queryset: "QuerySet[Any]", column: str, *columns: str, after: str = "", descending: bool = True
) -> Rows:
    """The 25 rows after the cursor, ordered by (`column`, id), as dictionaries of `columns`.

    `column` is a column of times, dates or texts without nulls; a broken cursor gives the first page.
    Texts are people's names, which stand in no address: their cursor names the row, if it is still there.
    """
    order = _Order(queryset.model, column, columns, descending)
    start = order.start(lambda: queryset, after)
    return order.page(order.beyond(queryset, *start) if start else order.first(queryset))


class Pages:
    """The pages of a list of what an actor may see: its queries are built once, those of `among` each time.

    `shown` gives the queryset of what an actor sees, and takes one more argument of each of `kinds`.
    """

    def __init__(
        self,
        shown: Callable[..., Any],
        model: type[Model],
        column: str,
        *columns: str,
        descending: bool = True,
        kinds: tuple[type[Value], ...] = (),
    ) -> None:
        self.shown, self.kinds, self.order = shown, kinds, _Order(model, column, columns, descending)
        self._first = PreparedFor(lambda *given: self.order.first(shown(*given)), *kinds)
        self._beyond = PreparedFor(
            lambda *given: self.order.beyond(shown(*given[:-2]), *given[-2:]),
            *(*kinds, KINDS[self.order.kind], int),
        )

    def of(self, actor: Actor, *values: Value, after: str = "") -> Rows:
        """The rows after the cursor, as `page_of` gives them."""
        start = self.order.start(lambda: self.shown(actor, *values), after) if after else None
        rows = self._beyond(actor, *values, *start) if start else self._first(actor, *values)
        return self.order.page(rows)

    def narrowed(self, narrow: Callable[..., Any], *more: type[Value]) -> "Pages":
        """The pages of what `narrow` leaves of `shown`, given one more argument of each of `more`."""

        def shown(*given: Any) -> Any:
            return narrow(self.shown(*given[: -len(more)]), *given[-len(more) :])

        order, kinds = self.order, (*self.kinds, *more)
        columns = (order.column, *order.columns)
        return Pages(shown, order.model, *columns, descending=order.descending, kinds=kinds)

    def among(self, narrowed: "QuerySet[Any]", after: str = "") -> Rows:
        """The rows of what is left of `shown`."""
        order = self.order
        return page_of(narrowed, order.column, *order.columns, after=after, descending=order.descending)


@dataclass(frozen=True)
class _Order:
    model: type[Model]
    column: str
    columns: tuple[str, ...]
    descending: bool

    @property
    def kind(self) -> str:
        """The first letter of a cursor: t for times, d for dates, s for texts."""
        column = self.model._meta.get_field(self.column)
        if isinstance(column, DateTimeField):
            return "t"
        return "d" if isinstance(column, DateField) else TEXT

    def first(self, queryset: "QuerySet[Any]") -> "QuerySet[Any, dict[str, Any]]":
        """As many as stand on a page, and one more."""
        sign = "-" if self.descending else ""
        ordered = queryset.order_by(f"{sign}{self.column}", f"{sign}id")
        return ordered.values("id", self.column, *self.columns)[: PAGE + 1]

    def beyond(self, queryset: "QuerySet[Any]", value: Any, pk: int) -> "QuerySet[Any, dict[str, Any]]":
        """The same after the row of that value and number."""
        column, compare = self.column, "lt" if self.descending else "gt"
        beyond = Q(**{f"{column}__{compare}": value}) | Q(**{column: value, f"id__{compare}": pk})
        return self.first(queryset.filter(beyond, **{f"{column}__{compare}e": value}))

    def start(self, shown: "Callable[[], QuerySet[Any]]", after: str) -> tuple[Any, int] | None:
        """Value and number of the row that a cursor names; None if it is broken or the row is gone."""
        cursor = _read(after) if after.startswith(self.kind) else None
        if cursor is None or self.kind != TEXT:
            return cursor
        value = shown().filter(pk=cursor[1]).values_list(self.column, flat=True).first()
        return None if value is None else (value, cursor[1])

    def page(self, found: "Iterable[dict[str, Any]]") -> Rows:
        rows = list(found)
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        return Rows(rows[:PAGE], _write(last[self.column], last["id"]) if last else "")


def _write(value: Any, pk: int) -> str:
    if isinstance(value, datetime.datetime):
        return f"t{value.astimezone(datetime.UTC).timestamp():.6f}~{pk}"
    if isinstance(value, datetime.date):
        return f"d{value.isoformat()}~{pk}"
    return f"{TEXT}~{pk}"


def _read(cursor: str) -> tuple[Any, int] | None:
    value, _, pk = cursor[1:].rpartition("~")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    if cursor[0] == TEXT:
        return None, int(pk)
    try:
        if cursor[0] == "d":
            return datetime.date.fromisoformat(value), int(pk)
        return datetime.datetime.fromtimestamp(float(value), datetime.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
