"""Accounts and their passwords (R17–R22, R46, R47)."""

import math
import re

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory

from pishkhan.accounts import operations
from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import (
    change_password,
    create_account,
    edit_particulars,
    one_time_password,
    reset_password,
)
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM, Author

pytestmark = pytest.mark.django_db

OWN_CHOICE = "کارگاه-شمالین-۱۴۰۵"


@pytest.fixture
def account():
    return create_account("ali", Side.WORKSHOP, by=SYSTEM, first_name="علی", last_name="نماینده")


@pytest.fixture
def user(account):
    return account[0]


def signs_in(username, password):
    return authenticate(RequestFactory().post("/login/"), username=username, password=password)


# One-time passwords


def test_a_one_time_password_is_three_groups_of_four_readable_characters():
    for _ in range(300):
        assert re.fullmatch("[a-z0-9]{4}(-[a-z0-9]{4}){2}", one_time_password())


def test_no_character_of_it_is_mistaken_for_another_on_paper():
    for alike in ("0oO", "1lI", "5sS", "8bB"):
        assert len(set(alike) & set(operations.LETTERS)) <= 1, alike
    assert len(set(operations.LETTERS)) == len(operations.LETTERS)


def test_it_cannot_be_guessed():
    assert 12 * math.log2(len(operations.LETTERS)) > 56
    assert len({one_time_password() for _ in range(1000)}) == 1000


def test_it_is_as_strong_as_the_passwords_that_people_may_choose():
    for _ in range(20):
        validate_password(one_time_password())


# A new account


def test_a_new_account_signs_in_with_the_one_time_password_and_must_change_it(account):
    user, password = account
    assert signs_in("ali", password) == user
    assert User.objects.get().must_change_password
    assert User.objects.get().password_set_at


def test_a_password_is_stored_as_a_hash_only(account):
    user, password = account
    assert password not in user.password
    assert password not in str(list(Entry.objects.values()))


def test_a_user_name_is_given_once(account):
    with pytest.raises(IntegrityError), transaction.atomic():
        create_account("ali", Side.DESK, by=SYSTEM)
    assert User.objects.count() == 1


# Changing and resetting


def test_after_the_own_choice_only_that_password_works(account):
    user, first = account
    change_password(user, OWN_CHOICE, by=SYSTEM)
    assert signs_in("ali", OWN_CHOICE) == user
    assert signs_in("ali", first) is None
    assert not User.objects.get().must_change_password


def test_after_a_reset_only_the_new_one_time_password_works_and_must_be_changed(user):
    change_password(user, OWN_CHOICE, by=SYSTEM)
    password = reset_password(user, by=SYSTEM)
    assert signs_in("ali", password) == user
    assert signs_in("ali", OWN_CHOICE) is None
    assert User.objects.get().must_change_password


def session_of(user):
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


def is_signed_in(browser):
    """Whether a page for signed-in users would know who asks."""
    from django.contrib.auth import get_user  # noqa: PLC0415

    request = RequestFactory().get("/")
    request.session = browser.session
    return get_user(request).is_authenticated


@pytest.mark.parametrize("renew", ["change", "reset"])
def test_every_open_session_ends_with_its_password(renew, user):
    browsers = [session_of(user), session_of(user)]
    assert all(map(is_signed_in, browsers))
    if renew == "change":
        change_password(user, OWN_CHOICE, by=SYSTEM)
    else:
        reset_password(user, by=SYSTEM)
    assert not any(map(is_signed_in, browsers))


def test_the_same_password_chosen_again_ends_the_sessions_too(user):
    change_password(user, OWN_CHOICE, by=SYSTEM)
    browser = session_of(user)
    change_password(user, OWN_CHOICE, by=SYSTEM)
    assert not is_signed_in(browser)


def test_sessions_of_others_go_on(user):
    other, _ = create_account("sara", Side.WORKSHOP, by=SYSTEM)
    browser = session_of(other)
    reset_password(user, by=SYSTEM)
    assert is_signed_in(browser)


def test_a_deactivated_account_neither_signs_in_nor_stays_signed_in(account):
    user, password = account
    browser = session_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert signs_in("ali", password) is None
    assert not is_signed_in(browser)


# Particulars


def test_only_particulars_are_edited(user):
    edit_particulars(
        user, {"first_name": "رضا", "username": "root", "side": "desk", "is_active": False}, by=SYSTEM
    )
    now = User.objects.get()
    assert (now.first_name, now.last_name) == ("رضا", "نماینده")
    assert (now.username, now.side, now.is_active) == ("ali", Side.WORKSHOP, True)


def test_an_edit_that_changes_nothing_leaves_no_entry(user):
    count = Entry.objects.count()
    edit_particulars(user, {"first_name": "علی"}, by=SYSTEM)
    assert Entry.objects.count() == count


# The trail

CHANGES = {
    "account created": lambda user, by: create_account("new", Side.DESK, by=by)[0],
    "password reset": lambda user, by: reset_password(user, by=by),
    "password changed": lambda user, by: change_password(user, OWN_CHOICE, by=by),
    "particulars edited": lambda user, by: edit_particulars(user, {"mobile": "09700000001"}, by=by),
}


@pytest.mark.parametrize("action", CHANGES)
def test_every_change_of_an_account_is_in_the_trail(action, user):
    CHANGES[action](user, Author(99, "senior"))
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.author, entry.user_id) == (action, "senior", 99)
    assert entry.about.startswith("user:")
    assert OWN_CHOICE not in str(entry.details)


@pytest.mark.parametrize("action", CHANGES)
def test_without_its_entry_an_account_does_not_change(action, user, monkeypatch):
    before = list(User.objects.order_by("pk").values())

    def refuse(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("pishkhan.audit.operations.insert", refuse)
    with pytest.raises(OSError):
        CHANGES[action](user, SYSTEM)
    assert list(User.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "weak", ["1234567", "12345678", "password", "qwerty123", "ali", "۱۲۳۴۵۶۷۸", "09700000001"]
)
def test_a_weak_password_is_not_accepted(weak, user):
    from django.core.exceptions import ValidationError  # noqa: PLC0415

    user.mobile = "09700000001"
    with pytest.raises(ValidationError):
        validate_password(weak, user)
