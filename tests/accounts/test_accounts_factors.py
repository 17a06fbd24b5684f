"""The second factor: codes of an app, recovery codes, what may be tried and what may be taken away."""

import datetime
import threading

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from pishkhan.accounts import factors, totp
from pishkhan.accounts.factors import (
    LastFactorError,
    TooManyTriesError,
    add_app,
    check_code,
    has_second_factor,
    is_mandatory_for,
    recovery_codes_left,
    remove_factor,
    remove_second_factor,
    renew_recovery_codes,
)
from pishkhan.accounts.models import Factor, Kind, Side, User
from pishkhan.accounts.operations import create_account, one_time_is_over, one_time_until, use_one_time
from pishkhan.accounts.sessions import SessionStore
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.policy.operations import decide_policy
from tests.authenticating import code_of, with_app

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 26, 12, 0, 5, tzinfo=datetime.UTC)


@pytest.fixture
def user():
    return create_account("leila", Side.DESK, by=SYSTEM)[0]


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def actions(user: User) -> list[str]:
    return list(Entry.objects.filter(about=f"user:{user.pk}").order_by("id").values_list("action", flat=True))


# Codes of the app


def test_a_code_is_taken_for_its_half_minute_and_the_ones_beside_it(user, noon):
    secret = with_app(user)
    for steps, taken in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
        assert bool(check_code(user, code_of(secret, steps=steps), by=SYSTEM)) == taken, steps


def test_a_code_works_once_and_none_before_it_works_after_it(user, noon):
    secret = with_app(user)
    assert check_code(user, code_of(secret), by=SYSTEM) == Kind.TOTP
    assert check_code(user, code_of(secret), by=SYSTEM) == ""
    assert check_code(user, code_of(secret, steps=-1), by=SYSTEM) == ""
    noon.shift(30)
    assert check_code(user, code_of(secret), by=SYSTEM) == Kind.TOTP


@pytest.mark.parametrize("spelled", ["{} {}", "{}-{}", " {}{} "])
def test_a_code_is_taken_in_any_digits_and_groups(user, noon, spelled):
    code = code_of(with_app(user))
    persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert check_code(user, spelled.format(persian[:3], persian[3:]), by=SYSTEM)


def test_the_app_of_another_user_opens_nothing(user, noon):
    other = create_account("majid", Side.DESK, by=SYSTEM)[0]
    with_app(user)
    assert not check_code(user, code_of(with_app(other)), by=SYSTEM)


def test_the_secret_is_encrypted_for_its_user_and_this_installation(user, settings):
    secret = with_app(user)
    stored = user.factors.get(kind=Kind.TOTP).secret
    assert secret not in stored
    assert totp.unsealed(stored, user.pk) == secret
    assert totp.unsealed(stored, user.pk + 1) is None
    settings.SECRET_KEY = "another"
    assert totp.unsealed(stored, user.pk) is None
    assert not check_code(user, code_of(secret), by=SYSTEM), "refused, and no error"


def test_a_new_app_is_proved_by_its_code_and_takes_the_place_of_the_old_one(user, noon):
    old, new = with_app(user), totp.new_secret()
    assert add_app(user, new, code_of(old), by=SYSTEM, session=None) is None
    assert add_app(user, new, code_of(new), by=SYSTEM, session=None) == []
    assert user.factors.filter(kind=Kind.TOTP).count() == 1
    assert not check_code(user, code_of(new), by=SYSTEM), "the code that proved it is used up"
    noon.shift(30)
    assert not check_code(user, code_of(old), by=SYSTEM)
    assert check_code(user, code_of(new), by=SYSTEM)


# Tries


def test_after_five_wrong_codes_the_right_one_waits_for_a_quarter_of_an_hour(user, noon):
    secret = with_app(user)
    for _ in range(5):
        assert not check_code(user, "000000", by=SYSTEM)
    with pytest.raises(TooManyTriesError):
        check_code(user, code_of(secret), by=SYSTEM)
    noon.shift(15 * 60 + 1)
    assert check_code(user, code_of(secret), by=SYSTEM)


def test_wrong_codes_of_one_user_do_not_shut_another_out(user, noon):
    other = create_account("majid", Side.DESK, by=SYSTEM)[0]
    secret = with_app(other)
    with_app(user)
    for _ in range(5):
        check_code(user, "000000", by=SYSTEM)
    assert check_code(other, code_of(secret), by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_twice_at_once_works_once(user):
    code = code_of(with_app(user))
    proved: list[str] = []

    def send() -> None:
        try:
            proved.append(check_code(user, code, by=SYSTEM))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(proved) == ["", "", "", Kind.TOTP]


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_sent_at_once_are_five_and_no_more(user):
    with_app(user)
    told: list[str] = []

    def send() -> None:
        try:
            told.append(check_code(user, "000000", by=SYSTEM))
        except TooManyTriesError:
            told.append("wait")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [""] * 5 + ["wait"] * 4


# Recovery codes


def test_ten_recovery_codes_come_with_the_first_factor_and_not_with_the_second(user, noon):
    secret = totp.new_secret()
    codes = add_app(user, secret, code_of(secret), by=SYSTEM, session=None)
    assert len(set(codes)) == 10
    assert recovery_codes_left(user) == 10
    noon.shift(30)
    another = totp.new_secret()
    assert add_app(user, another, code_of(another), by=SYSTEM, session=None) == []


def test_a_recovery_code_works_once_and_is_stored_as_a_digest(user):
    with_app(user)
    codes = renew_recovery_codes(user, by=SYSTEM)
    stored = str(list(Factor.objects.values())) + str(list(Entry.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    assert check_code(user, codes[0].upper(), by=SYSTEM) == Kind.RECOVERY
    assert check_code(user, codes[0], by=SYSTEM) == ""
    assert check_code(user, codes[1].replace("-", " "), by=SYSTEM) == Kind.RECOVERY
    assert recovery_codes_left(user) == 8


def test_new_recovery_codes_make_the_old_ones_void(user):
    with_app(user)
    old = renew_recovery_codes(user, by=SYSTEM)
    renew_recovery_codes(user, by=SYSTEM)
    assert not check_code(user, old[0], by=SYSTEM)


def test_the_recovery_code_of_one_user_opens_nothing_of_another(user):
    other = create_account("majid", Side.DESK, by=SYSTEM)[0]
    with_app(user)
    with_app(other)
    assert not check_code(other, renew_recovery_codes(user, by=SYSTEM)[0], by=SYSTEM)


# Who must have one, and taking it away


def test_staff_must_have_one_and_representatives_may(user):
    assert is_mandatory_for(user)
    assert not is_mandatory_for(create_account("1463639001", Side.WORKSHOP, by=SYSTEM)[0])
    decide_policy(factors.POLICY, [], valid_from=timezone.localdate(), by=SYSTEM)
    assert not is_mandatory_for(user)


def test_who_must_have_one_keeps_the_last(user):
    with_app(user)
    with pytest.raises(LastFactorError):
        remove_factor(user, user.factors.get(kind=Kind.TOTP), by=SYSTEM)
    Factor.objects.create(user=user, kind=Kind.PASSKEY, secret="x")
    remove_factor(user, user.factors.get(kind=Kind.TOTP), by=SYSTEM)
    assert has_second_factor(user)


def test_with_the_last_factor_the_recovery_codes_go(user):
    decide_policy(factors.POLICY, [], valid_from=timezone.localdate(), by=SYSTEM)
    with_app(user)
    remove_factor(user, user.factors.get(kind=Kind.TOTP), by=SYSTEM)
    assert not user.factors.exists()


def test_removing_everything_ends_the_sessions_and_is_told_when_there_was_nothing(user):
    with_app(user)
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store.save()
    assert user.sessions.count() == 1
    assert remove_second_factor(user, by=SYSTEM)
    assert not user.factors.exists()
    assert not user.sessions.exists()
    assert not remove_second_factor(user, by=SYSTEM)
    assert actions(user)[-2:] == ["second factor removed", "sessions ended"]


def test_without_its_entry_a_second_factor_does_not_change(user, monkeypatch):
    with_app(user)
    before = list(Factor.objects.order_by("pk").values())

    def refuse(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("pishkhan.audit.operations.insert", refuse)
    for change in (
        lambda: remove_second_factor(user, by=SYSTEM),
        lambda: renew_recovery_codes(user, by=SYSTEM),
        lambda: with_app(create_account("other", Side.DESK, by=SYSTEM)[0]),
    ):
        with pytest.raises(OSError):
            change()
    assert list(Factor.objects.order_by("pk").values()) == before


# One-time passwords


def test_a_one_time_password_expires_after_seven_days(user):
    made = User.objects.get(pk=user.pk).password_set_at
    for days, over in ((6.99, False), (7.01, True)):
        with time_machine.travel(made + datetime.timedelta(days=days), tick=False):
            assert one_time_is_over(user) == over


def test_a_one_time_password_ends_an_hour_after_its_first_use(user):
    use_one_time(user)
    used = User.objects.get(pk=user.pk)
    first = used.one_time_used_at
    use_one_time(user)
    assert User.objects.get(pk=user.pk).one_time_used_at == first, "the second use begins no hour"
    for minutes, over in ((59, False), (61, True)):
        with time_machine.travel(first + datetime.timedelta(minutes=minutes), tick=False):
            assert one_time_is_over(used) == over


def test_a_chosen_password_never_expires(user):
    user.must_change_password = False
    user.save()
    use_one_time(user)
    assert User.objects.get(pk=user.pk).one_time_used_at is None
    with time_machine.travel(timezone.now() + datetime.timedelta(days=4000), tick=False):
        assert one_time_until(user) is None
        assert not one_time_is_over(user)
