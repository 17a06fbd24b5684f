"""Nothing is learnt of the register or of accounts: by what is answered, or by how long it takes.

Processor time is compared, which a busy machine changes little. `PISHKHAN_TIMING=long` takes many more
requests and finds smaller differences.
"""

import re
from itertools import count

import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client

from pishkhan.accounts.models import Side, User
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.letters.codes import new_code
from pishkhan.people.models import Person
from pishkhan.web import entrance
from pishkhan.web.workshop import requests
from tests.world import World, answers_for, code_of_person, filled_case

from .browsing import BACKEND, PASSWORD, Browser
from .timing import LONG, Comparison, compare

PAIRS = 2000 if LONG else 80
SHARE = 0.01 if LONG else 0.03
HASHED = 200 if LONG else 12
HASHED_SHARE = 0.03 if LONG else 0.15

numbers = count()


def address() -> str:
    """A new visitor each time, so that no limit is reached."""
    number = next(numbers)
    return f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


def post(path: str, data: dict[str, str], client: Client | None = None) -> HttpResponse:
    return (client or Client()).post(path, data, REMOTE_ADDR=address())


def sign_in(name: str) -> HttpResponse:
    return post("/login/", {"username": name, "password": "wrong-password"})


def make_accounts(begin: str, pairs: int, **columns: object) -> list[str]:
    """Accounts enough for every try to be one of the first ten of its account."""
    hashed = make_password(PASSWORD)
    names = [f"{begin}{number}" for number in range(pairs // 8 + 2)]
    users = [User(username=name, side=Side.WORKSHOP, password=hashed, **columns) for name in names]
    User.objects.bulk_create(users)
    return names


def signing_in(known: list[str], pairs: int) -> Comparison:
    return compare(
        lambda number: sign_in(known[number % len(known)]),
        lambda number: sign_in(f"nobody{number}"),
        pairs,
    )


@pytest.mark.parametrize("columns", [{}, {"is_active": False}], ids=["active", "inactive"])
def test_a_name_of_an_account_takes_as_long_as_one_that_nobody_has(world, columns: dict[str, bool]):
    found = signing_in(make_accounts("user", PAIRS, **columns), PAIRS)
    assert not found.told_apart(SHARE), found


@pytest.mark.parametrize("columns", [{}, {"is_active": False}], ids=["active", "inactive"])
def test_so_it_does_with_the_hasher_of_the_portal(world, settings, columns: dict[str, bool]):
    settings.PASSWORD_HASHERS = ["pishkhan.accounts.hashing.Argon2InTurns"]
    found = signing_in(make_accounts("user", HASHED, **columns), HASHED)
    assert not found.told_apart(HASHED_SHARE), found


def test_a_sign_in_that_is_quicker_for_names_of_nobody_is_found_out(world, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["pishkhan.accounts.hashing.Argon2InTurns"]
    check = entrance.authenticate

    def hasty(request: object, *, username: str, password: str) -> object:
        known = User.objects.filter(username=username).exists()
        return check(request, username=username, password=password) if known else None

    monkeypatch.setattr(entrance, "authenticate", hasty)
    found = signing_in(make_accounts("user", HASHED), HASHED)
    assert found.told_apart(HASHED_SHARE), found


def test_a_tracking_code_that_exists_is_followed_up_in_vain_as_long_as_any_other(world):
    mine = filled_case(world, State.SUBMITTED, answers=answers_for(1))

    def ask(tracking: str) -> HttpResponse:
        return post("/follow-up/", {"tracking_code": tracking, "national_code": code_of_person(7)})

    codes = codes_like(mine, PAIRS)
    found = compare(
        lambda number: ask(codes[number % len(codes)]),
        lambda number: ask(f"1460-0509-8{number:04d}-1"),
        PAIRS,
    )
    assert not found.told_apart(SHARE), found


def codes_like(case: Case, pairs: int) -> list[str]:
    """Tracking codes of other requests: none is asked for often enough to be shut."""
    codes = [f"14600509{number:05d}3" for number in range(pairs // 40 + 1)]
    for code in codes:
        other = Case.objects.get(pk=case.pk)
        other.pk, other.tracking_code, other.tracking_digits = None, code, code
        other.national_code = code_of_person(30_000 + int(code[8:13]))
        other.save(force_insert=True)
    return codes


@pytest.fixture
def employer(world: World) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=world.ali.user.pk), backend=BACKEND)
    return client


def elsewhere(world: World, pairs: int) -> list[str]:
    """People on the register of whom this workshop knows nothing."""
    codes = [code_of_person(1000 + number) for number in range(pairs + 3)]
    names = {"first_name": "رضا", "last_name": "شفتی", "father_name": "قربان", "gender": "male"}
    people = [
        Person(national_code=code, birth_date="1990-01-01", birth_certificate_no="0", **names)
        for code in codes
    ]
    for person in people:
        person.make_keys()
    Person.objects.bulk_create(people)
    return codes


def look_ups(world: World, employer: Client, pairs: int) -> Comparison:
    path = "/cartable/new/main-registration/"
    known = elsewhere(world, pairs)
    texts = set()

    def look_up(code: str) -> None:
        response = employer.post(path, {"national_code": code})
        texts.add((response.status_code, re.sub(r"\d+", "", response["Location"])))
        employer.cookies.pop("messages", None)

    found = compare(
        lambda number: look_up(known[number]), lambda number: look_up(code_of_person(20_000 + number)), pairs
    )
    assert len(texts) == 1
    return found


def test_a_workshop_looks_up_somebody_of_another_as_long_as_nobody(world: World, employer: Client):
    found = look_ups(world, employer, PAIRS)
    assert not found.told_apart(SHARE), found


def test_a_look_up_that_works_longer_for_somebody_of_the_register_is_found_out(
    world: World, employer: Client, monkeypatch
):
    begin = requests._newcomer

    def thorough(request: object, actor: object, service: object, national_code: str) -> Case:
        for person in Person.objects.filter(national_code=national_code):
            assert (
                not list(person.employments.all()) + list(person.booklets.all()) + list(person.records.all())
            )
        return begin(request, actor, service, national_code)  # type: ignore[arg-type]

    monkeypatch.setattr(requests, "_newcomer", thorough)
    found = look_ups(world, employer, PAIRS)
    assert found.told_apart(SHARE), found


def test_registering_from_a_phone_takes_as_long_for_somebody_of_the_register(world: World):
    phone, client, statuses = Browser(), Client(), set()
    phone.open("/apply/main-registration/workshop/")
    phone.submit("یافتن کارگاه", {"workshop_code": world.a.code})
    phone.submit("بله، همین کارگاه است")
    client.cookies = phone.client.cookies
    known = elsewhere(world, PAIRS)

    def write(code: str) -> None:
        sent = {"national_code": code, "first_name": "رضا", "last_name": "شفتی", "father_name": "قربان"}
        statuses.add(client.post("/apply/main-registration/page/identity/", sent).status_code)

    found = compare(
        lambda number: write(known[number]), lambda number: write(code_of_person(20_000 + number)), PAIRS
    )
    assert len(statuses) == 1
    assert not found.told_apart(SHARE), found


def test_a_letter_is_looked_for_as_long_whether_the_code_exists_or_not(world):
    code = new_code()

    def check(typed: str) -> HttpResponse:
        return post("/letters/", {"number": "1460/1405/000123", "code": typed})

    found = compare(lambda number: check(code), lambda number: check(new_code()), PAIRS)
    assert not found.told_apart(SHARE), found
