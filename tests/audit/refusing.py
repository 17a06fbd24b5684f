"""A database that refuses an entry, and what must not have happened then."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError

from pishkhan.audit.models import Entry, Seal
from pishkhan.documents.models import Document
from pishkhan.letters.models import LetterSequence
from tests import world as w
from tests.audit.actions import Action
from tests.audit.looks import ATTEMPTS

UNCOUNTED = {
    Entry,
    Seal,
    Document,  # stored before, outside of the transaction: nothing refers to what is left over
    LetterSequence,  # a number whose letter failed is a gap (decision 16)
}


REFUSE = {
    "sqlite": [
        "CREATE TRIGGER refusing BEFORE INSERT ON audit_entry WHEN NEW.action = 'ACTION'"
        " BEGIN SELECT RAISE(ABORT, 'no entry today'); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION refusing() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no entry today';"
        " END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER refusing BEFORE INSERT ON audit_entry FOR EACH ROW WHEN (NEW.action = 'ACTION')"
        " EXECUTE FUNCTION refusing()",
    ],
}


def everything_else() -> dict[str, Any]:
    return w.everything(*(model for model in apps.get_models() if model not in UNCOUNTED))


def entries_of_what_was_done() -> int:
    return Entry.objects.exclude(action__in=ATTEMPTS).count()


def is_not_done_without_its_entry(
    action: str, act: Action, refuse: Callable[[str], None], allow: Callable[[], None]
) -> None:
    before, written = everything_else(), entries_of_what_was_done()
    refuse(action)
    try:
        with pytest.raises(DatabaseError, match="no entry today"):
            act()
    finally:
        allow()
    assert everything_else() == before
    assert entries_of_what_was_done() == written, "other entries tell of what did not happen"
    act()
    assert Entry.objects.filter(action=action).count() > 0
