"""What holds of everything that needs a second person: who decides, once, in time, with an entry."""

import pytest

from pishkhan.accounts.models import User
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import TAKEN_LATER, Approval, State
from pishkhan.approvals.refusals import AlreadyAskedError, AskerLostRightError, NotWaitingError
from pishkhan.audit.models import Entry
from pishkhan.notifications.models import Notification
from pishkhan.workshops.accounts import change_post, deactivate_account, end_representation
from pishkhan.workshops.models import StaffPost, Workshop
from pishkhan.workshops.operations import close_workshop
from tests import world as w

from .asking import EVERY, long_ago, role, second_senior, signature, stamp

ANSWER = "دلیل آن روشن نیست."
KEPT = (User, StaffPost, Workshop, Approval, Entry, Notification)
every = pytest.mark.parametrize("what", list(EVERY))


def fresh(asked: Approval) -> Approval:
    return Approval.objects.get(pk=asked.pk)


@every
def test_nothing_happens_before_a_second_person_says_yes(what: str, world):
    before = w.everything(User, StaffPost, Workshop)
    asked = EVERY[what].ask(world)
    changed = {
        name: [row for row in rows if row in w.everything(User, StaffPost, Workshop)[name]]
        for name, rows in before.items()
    }
    assert changed == before and asked.state == State.WAITING


@every
def test_nobody_decides_the_own_question_or_one_of_another_side_unit_or_branch(what: str, world):
    asked = EVERY[what].ask(world)
    before = w.everything(*KEPT)
    for name in EVERY[what].not_who:
        actor = getattr(world, name)
        for decide in (approvals.approve, lambda actor, pk: approvals.refuse(actor, pk, ANSWER)):
            with pytest.raises(Approval.DoesNotExist):
                decide(actor, asked.pk)
        assert asked not in Approval.objects.decidable_by(actor)
    assert w.everything(*KEPT) == before


@every
def test_a_second_person_approves_once_and_it_is_in_the_trail(what: str, world):
    asked, second = EVERY[what].ask(world), EVERY[what].who(world)
    approvals.approve(second, asked.pk)
    done = fresh(asked)
    assert done.state == (State.APPROVED if asked.action in TAKEN_LATER else State.DONE)
    assert done.decided_by == second.user and done.decided_at
    entries = Entry.objects.filter(details__approval=asked.pk).order_by("id")
    told = [(entry.action, entry.author, entry.about, entry.details["what"]) for entry in entries]
    assert told[0][0] == "approval asked"
    assert told[1] == ("approval given", second.label, asked.about, asked.action)
    before = w.everything(*KEPT)
    for decide in (approvals.approve, lambda actor, pk: approvals.refuse(actor, pk, ANSWER)):
        with pytest.raises(NotWaitingError):
            decide(second, asked.pk)
    assert w.everything(*KEPT) == before


@every
def test_who_says_no_says_why_and_nothing_happens(what: str, world):
    asked, second = EVERY[what].ask(world), EVERY[what].who(world)
    before = w.everything(User, StaffPost, Workshop)
    approvals.refuse(second, asked.pk, ANSWER)
    assert (fresh(asked).state, fresh(asked).answer) == (State.REFUSED, ANSWER)
    assert w.everything(User, StaffPost, Workshop) == before
    assert ANSWER in Notification.objects.latest("id").text
    assert ANSWER not in str(list(Entry.objects.values_list("details", flat=True)))


@every
def test_what_nobody_decided_in_time_is_over_and_may_be_asked_anew(what: str, world):
    asked, second = EVERY[what].ask(world), EVERY[what].who(world)
    long_ago(asked)
    for decide in (approvals.approve, lambda actor, pk: approvals.refuse(actor, pk, ANSWER)):
        with pytest.raises(NotWaitingError):
            decide(second, asked.pk)
    assert fresh(asked).state_now == State.EXPIRED
    if what == "a senior user back":  # its account was made by asking
        assert approvals.ask_reactivation(world.senior, asked.subject).pk != asked.pk
    else:
        assert EVERY[what].ask(world).pk != asked.pk


@every
def test_those_who_decide_are_told_and_so_is_the_one_who_asked(what: str, world):
    last = Notification.objects.latest("id").pk if Notification.objects.exists() else 0
    asked, second = EVERY[what].ask(world), EVERY[what].who(world)
    told = Notification.objects.filter(pk__gt=last)
    assert any(asked.title in line.text and line.path == "/desk/approvals/" for line in told)
    last = Notification.objects.latest("id").pk
    approvals.approve(second, asked.pk)
    assert asked.title in Notification.objects.get(pk__gt=last).text


@pytest.mark.parametrize("what", [name for name in EVERY if name != "a rotation"])
def test_who_asked_takes_it_back_and_nobody_else_does(what: str, world):
    asked, second = EVERY[what].ask(world), EVERY[what].who(world)
    with pytest.raises(Approval.DoesNotExist):
        approvals.withdraw(second, asked.pk)
    approvals.withdraw(w.again(asked.asked_by), asked.pk)
    assert fresh(asked).state == State.WITHDRAWN
    with pytest.raises(NotWaitingError):
        approvals.approve(second, asked.pk)


LOSSES = {
    "a senior role": lambda world: change_post(second_senior(world), world.senior.user, "", senior=False),
    "a senior user back": lambda world: deactivate_account(second_senior(world), world.senior.user),
    "a stamp": lambda world: end_representation(world.senior, world.ali.user, world.a),
    "a signature": lambda world: close_workshop(world.senior, world.a, "تعطیلی"),
    "a large file": lambda world: deactivate_account(world.senior, world.ali.user),
}


@pytest.mark.parametrize("what", list(LOSSES))
def test_what_somebody_asked_who_lost_the_right_since_is_not_approved(what: str, world):
    asked, second = EVERY[what].ask(world), EVERY[what].who(world)
    LOSSES[what](world)
    before = w.everything(*KEPT)
    with pytest.raises(AskerLostRightError):
        approvals.approve(second, asked.pk)
    assert w.everything(*KEPT) == before


def test_a_second_person_who_lost_the_right_decides_nothing(world):
    asked, second = role(world), second_senior(world)
    change_post(world.senior, second.user, "management", senior=False)
    with pytest.raises(Approval.DoesNotExist):
        approvals.approve(w.again(second.user), asked.pk)


def test_what_is_asked_for_is_asked_for_once_and_anew_in_the_place_of_the_own(world):
    first, second = role(world), second_senior(world)
    with pytest.raises(AlreadyAskedError):
        approvals.ask_senior_role(second, world.clerk.user, "")
    anew = role(world)
    assert fresh(first).state == State.WITHDRAWN and fresh(anew).state == State.WAITING
    assert Approval.objects.open().count() == 1
    approvals.approve(second, anew.pk)


def test_another_role_of_the_same_account_and_another_picture_wait_beside_it(world):
    role(world)
    approvals.ask_senior_role(world.senior, world.colleague.user, "")
    stamp(world)
    signature(world)
    assert Approval.objects.open().count() == 4


def test_what_was_asked_for_cannot_be_changed_by_asking_again(world):
    """A yes to the first picture is none to the second."""
    first = stamp(world)
    second = approvals.keep_image(world.ali, "stamp", w.inked(60))
    with pytest.raises(NotWaitingError):
        approvals.approve(world.clerk, first.pk)
    approvals.approve(world.clerk, second.pk)
    assert world.a.stamp == second.document


def test_the_operator_approves_for_the_only_senior_user_but_nothing_of_the_own(world):
    asked = role(world)
    approvals.approve_as_operator(asked.pk)
    assert w.again(world.clerk.user).is_senior
    assert fresh(asked).decided_by is None
    assert Entry.objects.filter(action="approval given", author="system").count() == 1
    rotation = EVERY["a rotation"].ask(world)
    with pytest.raises(Approval.DoesNotExist):
        approvals.approve_as_operator(rotation.pk)
