"""What a table from an Excel file is: columns with a form field each, rows, and what is wrong with them."""

from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class Column:
    """A column, found by its title; the field tells what kind of cells it has."""

    name: str
    title: str
    field: forms.Field


@dataclass(frozen=True)
class SheetRow:
    """One row. `number` is Excel's own; `cells` are as somebody would have typed them into a form."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Problem:
    """A wrong cell: Excel's row number, the column's title, what is wrong."""

    row: int
    title: str
    message: str


@dataclass(frozen=True)
class Table:
    """What was read. The rows count only when there are no problems."""

    rows: list[SheetRow]
    problems: list[Problem]


class RefusedTable(Exception):  # noqa: N818 - it is an answer, named as one
    """A file that is not a table to be read at all; `messages` are for whoever sent it."""

    def __init__(self, *messages: str) -> None:
        self.messages = messages
        super().__init__(" ".join(messages))
