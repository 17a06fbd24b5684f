"""A question that is answered in rows: one plain Django form a row (R41)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe

from pishkhan.persian.digits import to_persian

from .answers import as_stored, as_typed, shown, typed

Row = dict[str, Any]


class RowsWidget(forms.Widget):
    """Reads `name-0-field`, `name-1-field`, …; pages draw the rows themselves (`field.row_forms`)."""

    def __init__(self, field: "RowsField") -> None:
        super().__init__()
        self.field = field

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The rows one below the other, for whoever prints the form as a whole."""
        rows = self.field.row_forms(name, value, judged=False)
        return mark_safe("".join(form.as_div() for form in rows))  # noqa: S308 Django's own HTML

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:  # stored rows
            return data[name] if isinstance(data[name], list) else []
        rows = [
            {
                cell: asked.widget.value_from_datadict(data, files, f"{name}-{index}-{cell}")
                for cell, asked in self.field.fields()
            }
            for index in range(self.field.most + 1)
        ]
        return [row for row in rows if any(map(_written, row.values()))]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}-") for key in data)


def _written(cell: Any) -> bool:
    return bool(cell.strip() if isinstance(cell, str) else cell)


class RowsField(forms.Field):
    """From `least` to `most` rows of `form`, cleaned to a list of dictionaries as JSON holds them.

    Rows that are wholly empty do not count. A wrong cell is told with the number of its row, and each row's
    own form (`row_forms`) holds its message beside it.
    """

    default_error_messages = {
        "too_few": "دست‌کم %(least)s ردیف بنویسید.",
        "too_many": "بیش از %(most)s ردیف نمی‌شود.",
    }

    def __init__(self, form: type[forms.Form], *, least: int = 1, most: int = 20, **options: Any) -> None:
        self.form, self.least, self.most = form, least, most
        options.setdefault("required", least > 0)
        options["widget"] = RowsWidget(self)
        super().__init__(**options)

    @property
    def is_rows(self) -> bool:
        return True

    def to_python(self, value: Any) -> list[Row]:
        rows = [row for row in value or [] if isinstance(row, dict)]
        if len(rows) > self.most:
            raise self._counted("too_many")
        if len(rows) < self.least:
            raise self._counted("too_few")
        cleaned, wrong = [], []
        for number, form in enumerate(self._bound(rows), 1):
            if form.is_valid():
                cleaned.append({name: as_stored(cell) for name, cell in form.cleaned_data.items()})
            else:
                name, messages = next(iter(form.errors.items()))
                label = form.fields[name].label if name in form.fields else ""
                wrong.append(f"ردیف {to_persian(number)}، {label}: {messages[0]}")
        if wrong:
            raise ValidationError(wrong)
        return cleaned

    def validate(self, value: Any) -> None:
        """Counted already."""

    def prepare_value(self, value: Any) -> list[Row]:
        """Rows as they are typed, from rows as they are stored."""
        rows = value if isinstance(value, list) else []
        return [{n: typed(f, row.get(n)) for n, f in self.fields()} for row in rows if isinstance(row, dict)]

    def fields(self) -> Iterator[tuple[str, forms.Field]]:
        yield from self.form.base_fields.items()

    def as_typed(self, value: Any) -> list[Row]:
        """What was typed wrong, fit to be kept."""
        rows = value if isinstance(value, list) else []
        return [{n: as_typed(f, row.get(n)) for n, f in self.fields()} for row in rows[: self.most]]

    def shown(self, value: Any) -> str:
        """The rows in one text, so that two versions of them can be compared."""
        return "\n".join("، ".join(cell for cell in row if cell) for row in self.table(value)["rows"])

    def table(self, value: Any) -> dict[str, Any]:
        """The rows as people read them: {head, rows}."""
        rows = value if isinstance(value, list) else []
        return {
            "head": [str(field.label) for _, field in self.fields()],
            "rows": [
                [shown(f, row.get(n)) for n, f in self.fields()] for row in rows if isinstance(row, dict)
            ],
        }

    def row_forms(self, name: str, value: Any, *, judged: bool) -> list[forms.Form]:
        """The rows that a page draws, the last one blank to be written in; with messages when `judged`."""
        rows = self.prepare_value(value)
        shown: list[forms.Form] = [
            self.form(_prefixed(row, f"{name}-{i}"), prefix=f"{name}-{i}")
            if judged
            else self.form(initial=row, prefix=f"{name}-{i}")
            for i, row in enumerate(rows)
        ]
        blank = [self.form(prefix=f"{name}-{len(rows)}")] if len(rows) < self.most else []
        return [*shown, *blank]

    def _bound(self, rows: list[Row]) -> list[forms.Form]:
        return [self.form({n: typed(f, row.get(n)) for n, f in self.fields()}) for row in rows]

    def _counted(self, code: str) -> ValidationError:
        numbers = {"least": to_persian(self.least), "most": to_persian(self.most)}
        return ValidationError(self.error_messages[code], code=code, params=numbers)


def _prefixed(row: Row, prefix: str) -> Row:
    return {f"{prefix}-{name}": value for name, value in row.items()}
