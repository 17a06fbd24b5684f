"""Passkeys: whose answer is taken, from which page, and how often."""

import json
from dataclasses import replace

import pytest

from pishkhan.accounts.factors import TooManyTriesError, has_second_factor
from pishkhan.accounts.models import Kind, Side, User
from pishkhan.accounts.operations import create_account
from pishkhan.accounts.passkeys import Site, add_passkey, check_passkey, creation_options, request_options
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from tests.authenticating import Device

pytestmark = pytest.mark.django_db
HERE = Site("portal.example.ir", "https://portal.example.ir")


@pytest.fixture
def user():
    return create_account("leila", Side.DESK, by=SYSTEM)[0]


def added(user: User, device: Device, site: Site = HERE) -> list[str] | None:
    options, challenge = creation_options(user, site)
    answer = device.creates(options)
    return add_passkey(user, site, challenge, answer, "گوشی من", by=SYSTEM, session=None)


def passes(user: User, device: Device, site: Site = HERE) -> bool:
    options, challenge = request_options(user, site)
    return check_passkey(user, site, challenge, device.signs(options), by=SYSTEM) == Kind.PASSKEY


def test_a_passkey_is_added_with_recovery_codes_and_passes_again_and_again(user):
    device = Device()
    assert len(added(user, device)) == 10
    assert has_second_factor(user)
    assert all(passes(user, device) for _ in range(3))
    assert user.factors.get(kind=Kind.PASSKEY).counter == device.count


def test_a_user_has_several_each_passes(user):
    first, second = Device(), Device()
    added(user, first)
    assert added(user, second) == []
    assert passes(user, first) and passes(user, second)
    options = json.loads(creation_options(user, HERE)[0])
    assert len(options["excludeCredentials"]) == 2, "a device makes one an account"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("portal.example.ir", "https://evil.example"),
        ("portal.example.ir", "http://portal.example.ir"),
        ("portal.example.ir", "https://other.portal.example.ir"),
        ("portal.example.ir", "https://portal.example.ir:8443"),
        ("evil.example", "https://portal.example.ir"),
    ],
)
def test_an_answer_from_a_page_of_another_site_is_refused(user, host: str, origin: str):
    device = Device(host, origin)
    assert added(user, device) is None
    honest = Device()
    added(user, honest)
    honest.host, honest.origin = host, origin
    assert not passes(user, honest)
    assert not passes(user, honest, replace(HERE, host="evil.example", origin="https://evil.example"))


def test_an_answer_to_an_earlier_challenge_is_refused(user):
    device = Device()
    added(user, device)
    old = device.signs(request_options(user, HERE)[0])
    _, challenge = request_options(user, HERE)
    assert not check_passkey(user, HERE, challenge, old, by=SYSTEM)


def test_an_unknown_device_and_that_of_another_user_are_refused(user):
    other = create_account("majid", Side.DESK, by=SYSTEM)[0]
    own, theirs = Device(), Device()
    added(user, own)
    added(other, theirs)
    assert not passes(user, theirs) and not passes(user, Device())


def test_a_forged_signature_is_refused(user):
    device = Device()
    added(user, device)
    forger = Device()
    forger.id = device.id
    assert not passes(user, forger)


def test_a_device_that_counts_backwards_was_copied_and_is_refused(user):
    device = Device()
    added(user, device)
    assert passes(user, device)
    device.count = 0
    assert not passes(user, device)
    assert Entry.objects.get(action="passkey copied").about == f"user:{user.pk}"


def test_a_passkey_that_never_counts_is_taken(user):
    """Those that are synchronized between devices say zero each time."""
    device = Device()
    device.count = 0
    added(user, device)
    for _ in range(2):
        device.count = -1
        assert passes(user, device)


def test_wrong_answers_count_with_wrong_codes(user):
    device = Device()
    added(user, device)
    for _ in range(5):
        assert not passes(user, Device())
    with pytest.raises(TooManyTriesError):
        passes(user, device)


@pytest.mark.parametrize("answer", ["", "x", "{}", "[]", "null", "1", '{"rawId": "AA", "response": {}}'])
def test_whatever_a_browser_sends_is_an_answer_or_none(user, answer: str):
    device = Device()
    _, challenge = creation_options(user, HERE)
    assert add_passkey(user, HERE, challenge, answer, "x", by=SYSTEM, session=None) is None
    added(user, device)
    whole = device.signs(request_options(user, HERE)[0])
    _, challenge = request_options(user, HERE)
    for cut in range(0, len(whole), max(1, len(whole) // 3)):
        assert not check_passkey(user, HERE, challenge, whole[:cut], by=SYSTEM)


def test_an_answer_with_broken_bytes_is_refused(user):
    device = Device()
    options, challenge = creation_options(user, HERE)
    made = json.loads(device.creates(options))
    for name, value in made["response"].items():
        for broken in ("", "!", value[:-9], "A" * len(value), value * 3, 7, None):
            answer = {**made, "response": {**made["response"], name: broken}}
            given = json.dumps(answer)
            taken = add_passkey(user, HERE, challenge, given, "x", by=SYSTEM, session=None)
            assert taken is None, (name, broken)
