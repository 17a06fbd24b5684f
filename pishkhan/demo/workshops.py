"""Invented workshops of the Industrial City, and those who act for them."""

import itertools
import math
from itertools import accumulate, islice
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from pishkhan.accounts.models import Side, User
from pishkhan.persian.identifiers import legal_national_id_with_check
from pishkhan.persian.letters import ZWNJ
from pishkhan.workshops.models import Branch, Representation, StaffPost, Workshop

from .accounts import ALSO_OF_FIRST, FIRST_WORKSHOP, HOLDERS, SECOND_WORKSHOP, Holder, hashed
from .persons import MOST, address, national_code, postal_code
from .pictures import signatures_and_stamps
from .words import FAMILIES, HEADS, KINDS, MEN, TAILS, TRADES

MEDIAN_SIZE, SPREAD, LARGEST = 12, 1.2, 800
FIRST_NAME = "صنایع پلاستیک دیلمان گیلان"
SWAPPED = {"1462319001": FIRST_WORKSHOP, FIRST_WORKSHOP: "1462319001"}
MOST_WORKSHOPS = 20_000  # for more there are no codes
NEVER_JOINED = "اآدذرزژو"
BATCH = 2000


def code_of(place: int) -> str:
    """146, the activity, a file number from 9001 on; the two demo workshops come first."""
    trade, turn = place % len(TRADES), place // len(TRADES)
    code = (
        f"146{int(TRADES[trade][2]) + 400 * (turn // 999)}{9001 + turn % 999}"  # past 9999: another activity
    )
    return SWAPPED.get(code, code)


def name_of(place: int, random: Random) -> str:
    if place == 0:
        return FIRST_NAME
    word = joined(random.choice(HEADS), random.choice(TAILS))
    return f"صنایع {TRADES[place % len(TRADES)][0]} {word} گیلان ({random.choice(KINDS)})"


def joined(head: str, tail: str) -> str:
    """Two words as one; a ZWNJ stands where their letters would run together."""
    return head + ("" if head[-1] in NEVER_JOINED else ZWNJ) + tail


def _workshop(place: int, branch: Branch, random: Random) -> Workshop:
    workshop = Workshop(branch=branch, code=code_of(place), name=name_of(place, random))
    workshop.employer_name = f"{MEN.pick(random)} {FAMILIES.pick(random)}"
    workshop.activity = TRADES[place % len(TRADES)][1]
    workshop.legal_national_id = legal_national_id_with_check(str(1_099_999_000 - place))
    workshop.address = f"رشت، شهر صنعتی، {address(random)}"[:300]
    workshop.postal_code, workshop.phone = postal_code(random), f"0130{random.randrange(10**7):07}"
    workshop.make_keys()
    return workshop


def free_places(count: int) -> list[int]:
    """The first places whose codes no workshop has yet."""
    taken = set(Workshop.objects.values_list("code", flat=True))
    return list(islice((place for place in itertools.count() if code_of(place) not in taken), count))


def make_workshops(branch: Branch, places: list[int], seed: int) -> list[Workshop]:
    """New workshops, all but the second with a signature and a stamp."""
    random = Random(f"{seed} workshops {places[0]}")
    made = [_workshop(place, branch, random) for place in places]
    signatures, stamps = signatures_and_stamps([shorter(workshop.name) for workshop in made], seed)
    for place, workshop in enumerate(made):
        if workshop.code != SECOND_WORKSHOP:
            workshop.signature_id = signatures[place % len(signatures)]
            workshop.stamp_id = stamps[min(place, len(stamps) - 1)]
    return Workshop.objects.bulk_create(made, batch_size=BATCH)


def shorter(name: str) -> str:
    """A workshop's name without its legal form."""
    return name.partition(" (")[0]


def _user(username: str, password: str, number: int, side: Side, **particulars: Any) -> User:
    user = User(
        username=username,
        password=password,
        side=side,
        national_code=national_code(MOST + number),
        mobile=f"0970{MOST + number:07}",
        password_set_at=timezone.now(),
        **particulars,
    )
    user.make_keys()
    return user


def _holder_user(holder: Holder, password: str, number: int) -> User:
    account = holder.account
    return _user(
        account.username,
        password,
        number,
        Side.WORKSHOP if account.workshop_code else Side.DESK,
        first_name=holder.first_name,
        last_name=holder.last_name,
        must_change_password=account.must_change_password,
    )


def make_holders(branch: Branch) -> dict[str, User]:
    """The users of the demo accounts, by user name, with their posts."""
    pairs = zip(HOLDERS, hashed(), strict=True)
    users = [_holder_user(holder, password, number) for number, (holder, password) in enumerate(pairs)]
    User.objects.bulk_create(users)
    StaffPost.objects.bulk_create(
        StaffPost(user=user, branch=branch, unit=holder.unit, is_senior=holder.account.role == "senior")
        for user, holder in zip(users, HOLDERS, strict=True)
        if holder.account.workshop_code is None
    )
    return {user.username: user for user in users}


def make_representatives(
    workshops: list[Workshop], places: list[int], holders: dict[str, User], seed: int
) -> dict[int, int]:
    """Every workshop's representative: user ids by workshop id. Only holders have a password that works.

    The first holder acts for one more workshop, so that there is something to switch to.
    """
    random, nobody = Random(f"{seed} users {places[0]}"), make_password(None)
    others = [
        _user(
            *(workshop.code, nobody, place + len(HOLDERS), Side.WORKSHOP),
            first_name=MEN.pick(random),
            last_name=FAMILIES.pick(random),
        )
        for place, workshop in zip(places, workshops, strict=True)
        if workshop.code not in holders
    ]
    users = holders | {user.username: user for user in User.objects.bulk_create(others, batch_size=BATCH)}
    made = [Representation(user=users[workshop.code], workshop=workshop) for workshop in workshops]
    also = workshops[ALSO_OF_FIRST : ALSO_OF_FIRST + 1] if FIRST_WORKSHOP in holders else []
    one_more = [Representation(user=users[FIRST_WORKSHOP], workshop=workshop) for workshop in also]
    Representation.objects.bulk_create([*made, *one_more], batch_size=BATCH)
    return {representation.workshop_id: representation.user_id for representation in made}


def steps_of(count: int, seed: int) -> list[float]:
    """Cumulative weights of workshops by size, log-normal: most have a dozen people, few have hundreds."""
    random = Random(f"{seed} sizes")
    sizes = (math.exp(math.log(MEDIAN_SIZE) + SPREAD * random.gauss(0, 1)) for _ in range(count))
    return list(accumulate(min(LARGEST, max(1.0, size)) for size in sizes))
