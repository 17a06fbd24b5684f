"""Answers between a Django form, the database and the reader's eye.

Stored answers are JSON: dates as ISO text, everything else as the form cleaned it. What is typed wrong
in a draft is stored as typed, so that it can be shown again beside its message.
"""

import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.fields import JalaliDateField
from pishkhan.persian.letters import clean_text

Answers = dict[str, Any]

LONGEST_TYPED = 2000  # characters


def stored(form: forms.Form) -> Answers:
    """The answers of a bound form: cleaned where they are right, as typed where they are not."""
    form.full_clean()
    return {
        name: _to_json(form.cleaned_data[name]) if name in form.cleaned_data else _as_typed(form[name])
        for name in form.fields
    }


def bound(form_class: type[forms.Form], answers: Answers) -> forms.Form:
    """The form filled in with stored answers, ready to be checked."""
    fields = form_class.base_fields
    return form_class({name: _typed(field, answers.get(name)) for name, field in fields.items()})


def unbound(form_class: type[forms.Form], answers: Answers) -> forms.Form:
    """The form showing stored answers without judging them."""
    fields = form_class.base_fields
    return form_class(initial={n: _from_json(f, answers[n]) for n, f in fields.items() if n in answers})


def shown(field: forms.Field, answer: Any) -> str:
    """An answer as people read it: labels for choices, Jalali dates, Persian digits."""
    value = _from_json(field, answer)
    if value in (None, ""):
        return ""
    if isinstance(value, datetime.date):
        return show_date(value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(field, forms.EmailField):
        return str(value)
    return to_persian(value)


def _as_typed(field: BoundField) -> str:
    """Typed text that a database takes: no control characters, and no more than anybody types.

    A wrong date is kept in Persian digits, which no ISO date has: one is never taken for the other.
    """
    typed = clean_text(str(field.data or "")[:LONGEST_TYPED])
    return to_persian(typed) if isinstance(field.field, JalaliDateField) else typed


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _from_json(field: forms.Field, answer: Any) -> Any:
    if isinstance(field, JalaliDateField) and isinstance(answer, str):
        try:
            return datetime.date.fromisoformat(answer)
        except ValueError:
            return answer
    return answer


def _typed(field: forms.Field, answer: Any) -> Any:
    return field.prepare_value(_from_json(field, answer))
