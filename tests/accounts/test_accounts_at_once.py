"""What somebody else does to an account meanwhile is not undone by what was begun before."""

from functools import partial

import pytest

from pishkhan.accounts import factors
from pishkhan.accounts.models import Factor, Kind, Session, Side, User
from pishkhan.accounts.operations import (
    PasswordChangedMeanwhileError,
    change_password,
    create_account,
    deactivate,
    edit_particulars,
    forget_particulars,
    reset_password,
    use_one_time,
)
from pishkhan.audit.operations import SYSTEM
from tests.simultaneous import at_once, meanwhile

pytestmark = pytest.mark.django_db
CODE = "9990000034"


@pytest.fixture
def user():
    return create_account("leila", Side.WORKSHOP, by=SYSTEM, national_code=CODE)[0]


def passkey() -> Factor:
    return Factor(kind=Kind.PASSKEY, name="گوشی", secret="")


def test_a_change_that_was_begun_with_the_old_password_does_not_undo_the_branchs_reset(user):
    """Whoever has the old password and a session cannot keep the account from the letter's reader."""
    before = User.objects.get(pk=user.pk)
    reset_password(user, by=SYSTEM)
    with pytest.raises(PasswordChangedMeanwhileError):
        change_password(before, "darya-ye-khazar-9", by=SYSTEM)
    assert User.objects.get(pk=user.pk).password == user.password
    assert User.objects.get(pk=user.pk).must_change_password


@pytest.mark.django_db(transaction=True)
def test_of_two_resets_at_once_one_password_is_told(user):
    seen = [User.objects.get(pk=user.pk) for _ in range(2)]
    told = at_once(*[partial(reset_password, each, by=SYSTEM) for each in seen])
    assert sorted(type(each).__name__ for each in told) == ["PasswordChangedMeanwhileError", "str"]


def test_a_sign_in_with_the_old_letter_does_not_begin_the_hour_of_the_new_one(user):
    before = User.objects.get(pk=user.pk)
    reset_password(user, by=SYSTEM)
    use_one_time(before)
    assert User.objects.get(pk=user.pk).one_time_used_at is None


def test_particulars_that_were_erased_do_not_come_back_with_a_name(user):
    """The key is made of the account as it is, not as it was when its page was opened."""
    before = User.objects.get(pk=user.pk)
    deactivate(user, by=SYSTEM)
    forget_particulars(User.objects.filter(pk=user.pk), by=SYSTEM)
    edit_particulars(before, {"last_name": "شفتی"}, by=SYSTEM)
    now = User.objects.get(pk=user.pk)
    assert now.last_name == "شفتی" and CODE not in now.search_key


def test_a_session_that_was_ended_meanwhile_adds_no_second_factor(user):
    Session.objects.create(session_key="a" * 32, user=user, session_data="", expire_date="2030-01-01T00:00Z")
    factors.end_sessions(user, by=SYSTEM)
    with pytest.raises(factors.SessionEndedError):
        factors.add_factor(user, passkey(), by=SYSTEM, session="a" * 32)
    assert not Factor.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_factor_that_is_being_added_goes_with_all_that_are_taken_away(user):
    added, removed = meanwhile(
        lambda: factors.add_factor(user, passkey(), by=SYSTEM, session=None),
        lambda: factors.remove_second_factor(user, by=SYSTEM),
    )
    assert len(added) == factors.RECOVERY_CODES and removed
    assert not Factor.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_recovery_codes_made_twice_at_once_are_ten(user):
    meanwhile(
        lambda: factors.renew_recovery_codes(user, by=SYSTEM),
        lambda: factors.renew_recovery_codes(user, by=SYSTEM),
    )
    assert factors.recovery_codes_left(user) == factors.RECOVERY_CODES
