"""A right that is taken away is gone with the next request, on every page and for every form already open.

Whoever loses a right gets from then on what the table says for what has become of them: each page and each
form of the table is asked again by the same browser.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from pishkhan.accounts.models import Session, User
from pishkhan.accounts.operations import password_mark
from pishkhan.accounts.sessions import IDLE, LONGEST
from pishkhan.cases.models import Case
from pishkhan.cases.operations import close_workshop
from pishkhan.cases.states import State
from pishkhan.inspections.models import Inspection
from pishkhan.people.models import ContributionRecord, Dependent, Employment
from pishkhan.workshops import accounts
from pishkhan.workshops.models import Representation, StaffPost, Workshop
from tests.access.asking import asked, browser, leaks, outcome, sent, undone
from tests.access.bodies import kwargs_of
from tests.access.objects import Objects
from tests.access.roles import BYTES, NO, NONE
from tests.access.table import DOOR, PUBLISHED, TABLE
from tests.world import everything, staff

NOBODY = "rightless"
MINUTE = timedelta(minutes=1)
KEPT = (Case, Inspection, Workshop, Representation, ContributionRecord, Dependent, Employment)


@dataclass
class Loss:
    """`role` loses a right by `take` and is from then on what `becomes` says."""

    role: str
    becomes: str
    take: Callable[[Objects], object]


def user(role: str, o: Objects) -> User:
    return User.objects.get(pk=o.users[role].pk)


def moved(o: Objects, role: str, unit: str) -> None:
    by = staff(o.world.branch, "second-senior", senior=True)
    accounts.change_post(by, user(role, o), unit, senior=False)


def reset(o: Objects, role: str) -> None:
    accounts.renew_credentials(o.world.senior, user(role, o), seen=password_mark(user(role, o)))


def deactivated(o: Objects, role: str) -> None:
    by = staff(o.world.branch, "second-senior", senior=True)
    accounts.deactivate_account(by, user(role, o))


def changed(o: Objects) -> None:
    """As the console does it: the sessions stay, signed in with what is no longer the password."""
    representative = user("a", o)
    representative.set_password("y")
    representative.save()


def backdated(o: Objects, **ago: timedelta) -> None:
    times = {name: timezone.now() - age for name, age in ago.items()}
    Session.objects.filter(user=user("a", o)).update(**times)


LOSSES = {
    "a representation that ends": Loss(
        "a", NOBODY, lambda o: accounts.end_representation(o.world.senior, user("a", o), o.world.a)
    ),
    "one of two representations that ends": Loss(
        "both", "b", lambda o: accounts.end_representation(o.world.senior, user("both", o), o.world.a)
    ),
    "a workshop that closes": Loss(
        "a", NOBODY, lambda o: close_workshop(o.world.clerk, o.world.a, "تعطیل شد")
    ),
    "one of two workshops that closes": Loss(
        "both", "b", lambda o: close_workshop(o.world.clerk, o.world.a, "تعطیل شد")
    ),
    "a representative's account that is deactivated": Loss("a", "deactivated", lambda o: deactivated(o, "a")),
    "an officer's account that is deactivated": Loss(
        "registration", "deactivated", lambda o: deactivated(o, "registration")
    ),
    "a senior user's account that is deactivated": Loss(
        "senior", "deactivated", lambda o: deactivated(o, "senior")
    ),
    "another unit": Loss("registration", "inspection", lambda o: moved(o, "registration", "inspection")),
    "another unit than the inspectors'": Loss(
        "inspection", "revenue", lambda o: moved(o, "inspection", "revenue")
    ),
    "the senior user's role": Loss("senior", "registration", lambda o: moved(o, "senior", "registration")),
    "another branch": Loss(
        "registration",
        "far registration",
        lambda o: StaffPost.objects.filter(user=user("registration", o)).update(branch=o.world.elsewhere),
    ),
    "another branch for a senior user": Loss(
        "senior",
        "far senior",
        lambda o: StaffPost.objects.filter(user=user("senior", o)).update(branch=o.world.elsewhere),
    ),
    "a post that is taken away": Loss(
        "registration", NOBODY, lambda o: StaffPost.objects.filter(user=user("registration", o)).delete()
    ),
    "a representative's password that is reset": Loss("a", "stranger", lambda o: reset(o, "a")),
    "an officer's password that is reset": Loss(
        "registration", "stranger", lambda o: reset(o, "registration")
    ),
    "a password that was changed past the sessions": Loss("a", "stranger", changed),
    "a session that is ended": Loss(
        "a", "stranger", lambda o: Session.objects.filter(user=user("a", o)).delete()
    ),
    "a session that has run out": Loss(
        "senior",
        "stranger",
        lambda o: Session.objects.filter(user=user("senior", o)).update(expire_date=timezone.now()),
    ),
    "a session in which nothing was asked for too long": Loss(
        "a", "stranger", lambda o: backdated(o, last_seen_at=IDLE + MINUTE)
    ),
    "a session that began long ago": Loss(
        "a", "stranger", lambda o: backdated(o, signed_in_at=LONGEST + MINUTE)
    ),
    "a case that is followed no more": Loss(
        "follower", "stranger", lambda o: browser("follower", o).post("/follow-up/case/leave/")
    ),
    "a draft that is forgotten": Loss(
        "applicant",
        "stranger",
        lambda o: Session.objects.filter(session_key=o.sessions["applicant"]).delete(),
    ),
}


@pytest.mark.parametrize("lost", list(LOSSES))
def test_with_the_next_request_every_page_and_form_knows_of(lost: str, objects: Objects):
    loss, o = LOSSES[lost], objects
    open_pages = [name for name, (get, _) in TABLE.items() if get[loss.role] in BYTES][:3]
    assert all(outcome(asked(loss.role, "GET", name, o)) in BYTES for name in open_pages)
    loss.take(o)
    rows, wrong, told = everything(*KEPT), {}, {}
    for name in TABLE:
        if name in PUBLISHED or not (DOOR[name] or loss.role in ("follower", "applicant")):
            continue
        for method, declared in zip(("GET", "POST"), TABLE[name], strict=True):
            expected = declared[loss.becomes]
            with undone():
                response = asked(loss.role, method, name, o)
                if expected == NONE and everything(*KEPT) != rows:
                    wrong[name, method] = "was done all the same"
            if outcome(response) != expected:
                wrong[name, method] = f"{outcome(response)} instead of {expected}"
            if more := leaks(loss.becomes, response, o, str(sent(name, o)) + str(kwargs_of(name, o))):
                told[name, method] = more
    assert not wrong
    assert not told


def test_somebody_whose_every_right_is_gone_is_not_sent_in_circles(objects: Objects):
    Representation.objects.filter(user=objects.world.ali.user).update(ended_at=timezone.now())
    for path in ("/login/", "/profile/password/", "/"):
        response = browser("a", objects).get(path, follow=True)
        assert response.status_code in (200, 404)
        assert len(response.redirect_chain) < 4


def test_a_form_of_a_workshop_one_no_longer_acts_for_changes_nothing_in_the_other(objects: Objects):
    """The page was opened for A; the representation of A ended; B is all that is left."""
    o = objects
    accounts.end_representation(o.world.senior, user("both", o), o.world.a)
    before = everything(*KEPT)
    for name, (_, post) in TABLE.items():
        if DOOR[name] == "workshop" and post["a"] != NO:
            response = asked("both", "POST", name, o, {"acting": str(o.world.a.pk)})
            assert outcome(response) == NONE, name
    assert everything(*KEPT) == before
    assert Case.objects.get(pk=o.submitted.pk).state == State.SUBMITTED
