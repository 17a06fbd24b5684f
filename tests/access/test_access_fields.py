"""A form changes what it asks for: every field of every model is sent beside it, and counts for nothing.

Each form is sent twice from the same beginning: as it is, and with the fields of all models beside its own
(wrong values, also under the prefixes the form uses). Every table must then be the same. What differs between
two sendings of the clean form (codes made at random) is no difference, but holds nothing that was sent.
"""

import datetime as dt
import time
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from pishkhan.accounts.models import Session
from pishkhan.persian.calendar import show_date
from tests.access.asking import browser, sent
from tests.access.bodies import kwargs_of
from tests.access.objects import Objects
from tests.access.roles import BYE, ENTER, FIRST, NO, NONE
from tests.access.table import TABLE
from tests.web import pages

MODELS = [m for m in apps.get_models() if m.__module__.startswith("pishkhan.") and m is not Session]
PLANTED = "planted"
SENDERS = ("stranger", "applicant", "a", "both", "registration", "inspection", "senior")
PUBLIC = ("stranger", "applicant", "a")
Cells = dict[tuple[str, int, str], Any]

# Fields of forms that stand on another page than the address they are sent to.
OWN: dict[str, set[str]] = {"decide": {"note"}}
# Right input where `BODIES` has wrong input.
RIGHT: dict[str, dict[str, Any]] = {
    "settings_group": {"valid_from": show_date(timezone.localdate()), "kilobytes": "150"},
    "desk_person": {"workshop_name": "نمونه", "started_on": "1401/01/01", "ended_on": "1401/01/31"},
}


def wrong(field: Any, others: dict[str, int]) -> str:
    """A value that the field would take and that nobody may choose through this form."""
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.ForeignKey):
        return str(others.get(field.related_model.__name__, 1))
    if field.choices:
        return str(list(field.choices)[-1][0])
    if isinstance(field, models.DateTimeField | models.DateField):
        return show_date(timezone.localdate() - dt.timedelta(days=400))
    if isinstance(field, models.IntegerField):
        return "99"
    known = {"state": "completed", "unit": "revenue", "waiting_on": "desk", "email": "planted@example.ir"}
    return known.get(field.name, PLANTED)


def planted(o: Objects) -> dict[str, str]:
    """Every field of every model, and its column, with a wrong value."""
    others = {"Workshop": o.world.b.pk, "User": o.world.sara.user.pk, "Branch": o.world.elsewhere.pk}
    found: dict[str, str] = {}
    for model in MODELS:
        for field in model._meta.concrete_fields:
            value = wrong(field, others)
            for name in {field.name, field.attname}:
                if found.get(name, PLANTED) == PLANTED:
                    found[name] = value
    return found


def sent_fields(client: Any, address: str, body: dict[str, Any]) -> set[str]:
    """The form's own fields: those of the page at its address, and those that are sent."""
    with transaction.atomic():
        answer = client.get(address)
        transaction.set_rollback(True)  # looking is an entry of the trail
    own = set(body)
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        for form in pages.read(answer.content.decode()).all("form"):
            if form["action"] in ("", address):
                own |= {node["name"] for node in form.walk() if node["name"]}
    return own


def beside(own: set[str], o: Objects) -> dict[str, str]:
    """What is sent with the form that the form does not ask for."""
    every = planted(o)
    prefixes = {name.rpartition("-")[0] + "-" for name in own if "-" in name and ":" not in name}
    also = {f"{prefix}{name}": value for prefix in sorted(prefixes)[:2] for name, value in every.items()}
    return {name: value for name, value in (every | also).items() if name not in own}


def rows_of(model: type[models.Model]) -> Any:
    """From the oldest; a document's key is random."""
    order = ("created_at", "sha256", "owner") if model.__name__ == "Document" else ("pk",)
    return model._default_manager.order_by(*order).values()


def cells() -> Cells:
    """Every cell of every table, rows counted from the oldest."""
    return {
        (model.__name__, place, name): value
        for model in MODELS
        for place, row in enumerate(rows_of(model))
        for name, value in row.items()
    }


def after(name: str, role: str, o: Objects, *, added: bool) -> tuple[Cells, int]:
    """The tables after the form was sent; nothing of it stays."""
    with transaction.atomic():
        client, address = browser(role, o), reverse(name, kwargs=kwargs_of(name, o))
        body = RIGHT.get(name) or sent(name, o)
        extra = beside(sent_fields(client, address, body) | OWN.get(name, set()), o) if added else {}
        answer = client.post(address, extra | body)
        found = cells()
        transaction.set_rollback(True)
    return found, answer.status_code


def differing(one: Cells, other: Cells) -> set[tuple[str, int, str]]:
    return {cell for cell in one.keys() | other.keys() if one.get(cell) != other.get(cell)}


def users_of(name: str) -> list[str]:
    """Everybody whom the form answers; of a public form two stand for all."""
    closed = {NONE, NO, ENTER, FIRST} | ({BYE} if name != "second_step" else set())
    answered = [role for role in SENDERS if TABLE[name][1][role] not in closed]
    return [r for r in answered if r in PUBLIC] if "stranger" in answered else answered


FORMS = [name for name in TABLE if users_of(name)]


def test_the_fields_that_give_power_are_among_those_that_are_sent(objects: Objects):
    powerful = {"is_active", "side", "is_senior", "password", "must_change_password", "user", "assignee"}
    powerful |= {"branch", "branch_id", "workshop_id", "unit", "state", "waiting_on", "version", "owner"}
    powerful |= {"tracking_code", "ended_at", "decision", "answers", "objection_deadline"}
    assert powerful <= set(planted(objects)) and len(FORMS) > 50


@pytest.mark.parametrize("name", FORMS)
def test_a_form_changes_nothing_but_its_own_fields(name: str, objects: Objects):
    with time_machine.travel(int(time.time()), tick=False):
        for role in users_of(name):
            clean, status = after(name, role, objects, added=False)
            dirty, status_of_dirty = after(name, role, objects, added=True)
            assert status == status_of_dirty, role
            changed = differing(clean, dirty)
            if changed:
                changed -= differing(clean, after(name, role, objects, added=False)[0])
            assert not {cell: (clean.get(cell), dirty.get(cell)) for cell in changed}, role
            kept = {cell: value for cell, value in dirty.items() if PLANTED in str(value)}
            assert not kept, role
