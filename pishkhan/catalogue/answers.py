"""Answers between a Django form, the database and the reader's eye.

Stored answers are JSON: dates as ISO text, everything else as the form cleaned it. What is typed wrong
in a draft is stored as typed, so that it can be shown again beside its message.
"""

import datetime
from typing import Any

from django import forms

from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.fields import JalaliDateField
from pishkhan.persian.letters import clean_text

Answers = dict[str, Any]

LONGEST_TYPED = 2000  # characters
MOST_CHOSEN = 20


def stored(form: forms.Form) -> Answers:
    """The answers of a bound form: cleaned where they are right, as typed where they are not.

    A form's `clean` may not take an answer away without an error beside it.
    """
    wrong = form.errors
    return {
        name: as_typed(field, form[name].data) if name in wrong else as_stored(form.cleaned_data[name])
        for name, field in form.fields.items()
    }


def bound(form_class: type[forms.Form], answers: Answers) -> forms.Form:
    """The form filled in with stored answers, ready to be checked."""
    fields = form_class.base_fields
    return form_class({name: typed(field, answers.get(name)) for name, field in fields.items()})


def unbound(form_class: type[forms.Form], answers: Answers) -> forms.Form:
    """The form showing stored answers without judging them."""
    fields = form_class.base_fields
    return form_class(initial={n: _from_json(f, answers[n]) for n, f in fields.items() if n in answers})


def shown(field: forms.Field, answer: Any) -> str:
    """An answer as people read it: labels for choices, Jalali dates, Persian digits."""
    if is_rows(field):
        return str(field.shown(answer))  # type: ignore[attr-defined]
    value = _from_json(field, answer)
    if value in (None, "", []):
        return ""
    if isinstance(value, datetime.date):
        return show_date(value)
    if isinstance(field, forms.ChoiceField):
        labels = dict(field.choices)  # type: ignore[arg-type]
        chosen = value if isinstance(field, forms.MultipleChoiceField) else [value]
        return "، ".join(str(labels.get(each, each)) for each in chosen)
    return str(value) if isinstance(field, forms.EmailField) else to_persian(value)


def is_rows(field: forms.Field) -> bool:
    """Whether the question is answered in rows (`rows.RowsField`)."""
    return getattr(field, "is_rows", False)


def as_typed(field: forms.Field, value: Any) -> Any:
    """What was typed wrong, fit for a database: no control characters, no more than anybody types.

    A wrong date is kept in Persian digits, which no ISO date has: one is never taken for the other.
    """
    if is_rows(field):
        return field.as_typed(value)  # type: ignore[attr-defined]
    if isinstance(field, forms.MultipleChoiceField):
        chosen = value if isinstance(value, list) else [value or ""]
        cleaned = (clean_text(str(each)[:LONGEST_TYPED]) for each in chosen[:MOST_CHOSEN])
        return [each for each in cleaned if each]
    text = clean_text(str(value or "")[:LONGEST_TYPED])
    return to_persian(text) if isinstance(field, JalaliDateField) else text


def as_stored(value: Any) -> Any:
    """A cleaned value as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def typed(field: forms.Field, answer: Any) -> Any:
    """A stored answer as somebody would have typed it."""
    return field.prepare_value(_from_json(field, answer))


def _from_json(field: forms.Field, answer: Any) -> Any:
    if isinstance(field, JalaliDateField) and isinstance(answer, str):
        try:
            return datetime.date.fromisoformat(answer)
        except ValueError:
            return answer
    return answer
