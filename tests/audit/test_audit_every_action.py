"""Where the entry cannot be written, the action does not happen: every action that the trail has words for.

The database itself refuses the entry, by a trigger.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from pishkhan.accounts import factors
from pishkhan.accounts import operations as accounts
from pishkhan.accounts.models import Kind as FactorKind
from pishkhan.accounts.models import Side, User
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.documents.keyring import current_key, load
from pishkhan.documents.rotation import GRACE, retire, rotate
from pishkhan.letters.operations import issue_credentials
from pishkhan.web.desk.history import WORDS
from pishkhan.workshops import operations as workshops
from pishkhan.workshops.models import Branch, Workshop
from tests import world as w
from tests.audit.actions import EVERY_ACTION
from tests.audit.looks import ATTEMPTS, ON_PAGES
from tests.audit.refusing import everything_else, is_not_done_without_its_entry
from tests.authenticating import with_app

pytestmark = pytest.mark.django_db

ELSEWHERE = {  # below, in tests/demo, in tests/audit/test_audit_sealing.py, in tests/keeping
    *("backed up", "restored"),
    *("keys rotated", "key retired", "demo data made", "head mailed"),
}


def test_every_action_that_the_trail_has_words_for_is_tried():
    assert {*EVERY_ACTION, *ON_PAGES, *ATTEMPTS} == WORDS.keys() - ELSEWHERE


@pytest.mark.parametrize("action", EVERY_ACTION)
def test_without_its_entry_nothing_is_done(action, world, refused, settings):
    settings.BRANCH = dict(settings.BRANCH)
    is_not_done_without_its_entry(action, EVERY_ACTION[action](world), *refused)


def test_a_rotation_without_its_entry_has_not_ended_and_goes_on(keys_of_its_own, refused):
    """Rows are wrapped anew in small transactions before; the entry tells that all of them are."""
    refuse, allow = refused
    first, _ = current_key()
    refuse("keys rotated")
    with pytest.raises(DatabaseError, match="no entry today"):
        rotate()
    allow()
    broken_off = load()
    assert broken_off.rotating and broken_off.current != first
    rotate()
    assert load() == replace(broken_off, rotating=False)
    assert Entry.objects.get(action="keys rotated").about == f"key:{broken_off.current}"


def test_no_key_is_removed_without_its_entry(keys_of_its_own, refused):
    refuse, allow = refused
    first, _ = current_key()
    rotate()
    before, later = load(), timezone.now() + GRACE * 2
    refuse("key retired")
    with pytest.raises(DatabaseError, match="no entry today"):
        retire(later)
    allow()
    assert load() == before
    assert retire(later) == [first]
    assert Entry.objects.get(action="key retired").about == f"key:{first}"


def test_a_letter_with_a_password_is_not_printed_without_its_entry(world, refused):
    refuse, _ = refused
    refuse("letter issued")
    before = everything_else()
    with pytest.raises(DatabaseError, match="no entry today"):
        issue_credentials(Workshop.objects.get(pk=world.a.pk), world.ali.user, "x", by=SYSTEM)
    assert everything_else() == before


def test_a_factor_that_its_user_removes_stays_without_its_entry(world, refused):
    user = world.ali.user
    with_app(user)
    app = user.factors.get(kind=FactorKind.TOTP)
    is_not_done_without_its_entry(
        "second factor removed", lambda: factors.remove_factor(user, app, by=SYSTEM), *refused
    )


BY_THEMSELVES: dict[str, Callable[[User], Any]] = {
    "account created": lambda user: accounts.create_account("new", Side.DESK, by=SYSTEM),
    "particulars edited": lambda user: accounts.edit_particulars(user, {"mobile": "09120000000"}, by=SYSTEM),
    "password reset": lambda user: accounts.reset_password(user, by=SYSTEM),
    "deactivated": lambda user: accounts.deactivate(user, by=SYSTEM),
    "workshop opened": lambda user: workshops.sign_up_representative(
        Branch.objects.home(),
        {
            **{"workshop_code": "1463639009", "workshop_name": "نو", "first_name": "نو", "last_name": "نو"},
            **{"national_code": w.code_of_person(9), "mobile": "09120000000"},
        },
        by=SYSTEM,
    ),
}


@pytest.mark.parametrize("action", BY_THEMSELVES)
def test_what_others_build_on_goes_with_its_entry_too(action, world, refused):
    refuse, _ = refused
    refuse(action)
    before = everything_else()
    with pytest.raises(DatabaseError, match="no entry today"):
        BY_THEMSELVES[action](User.objects.get(pk=world.sara.user.pk))
    assert everything_else() == before
