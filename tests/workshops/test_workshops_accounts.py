"""What a senior user does to the accounts of the branch (R47), and what nobody may do."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from pishkhan.accounts.models import Factor, Session, Side, User
from pishkhan.accounts.operations import create_account, password_mark
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.catalogue.parties import Unit
from pishkhan.notifications.models import Notification
from pishkhan.workshops import users
from pishkhan.workshops.accounts import (
    add_representative,
    change_post,
    deactivate_account,
    edit_account,
    end_representation,
    give_workshop,
    open_staff_account,
    reactivate_account,
    remove_second_factor,
    renew_credentials,
)
from pishkhan.workshops.actors import actor_for, visitor
from pishkhan.workshops.models import Representation, StaffPost, Workshop
from pishkhan.workshops.operations import (
    close_workshop,
    edit_workshop,
    register_workshop,
    reopen_workshop,
)
from pishkhan.workshops.recipients import senior_recipient
from pishkhan.workshops.refusals import (
    ClosedWorkshopError,
    KeptByOperatorError,
    LastSeniorError,
    OwnAccountError,
    SecondPersonError,
)
from tests import world as w
from tests.authenticating import with_app

STAFF = {"username": "Tazeh", "unit": Unit.REVENUE, "is_senior": False, "first_name": "ن", "last_name": "ت"}

CHANGES = {
    "a new member of staff": lambda actor, user, workshop: open_staff_account(actor, STAFF),
    "particulars": lambda actor, user, workshop: edit_account(actor, user, {"mobile": "09700000001"}),
    "deactivating": lambda actor, user, workshop: deactivate_account(actor, user),
    "reactivating": lambda actor, user, workshop: reactivate_account(actor, user),
    "a password": lambda actor, user, workshop: renew_credentials(actor, user, seen=password_mark(user)),
    "one more workshop": give_workshop,
    "the end of a representation": end_representation,
    "one more user": lambda actor, user, workshop: add_representative(actor, workshop, seen=1),
}
TABLES = (User, Representation, StaffPost, Entry)


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_but_a_senior_user_changes_accounts(change: str, world):
    before = w.everything(*TABLES)
    for actor in (world.clerk, world.inspector, world.ali, visitor()):
        with pytest.raises(PermissionDenied):
            CHANGES[change](actor, world.ali.user, world.a)
    assert w.everything(*TABLES) == before


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "a new member of staff"])
def test_a_senior_user_changes_no_account_of_another_branch(change: str, world):
    before = w.everything(*TABLES)
    with pytest.raises(PermissionDenied):
        CHANGES[change](world.far_senior, world.ali.user, world.a)
    assert w.everything(*TABLES) == before


# Whose row is seen


def test_a_senior_user_sees_the_staff_and_the_representatives_of_the_own_branch(world):
    seen = {user.username for user in users.visible_to(world.senior)}
    assert seen == {"senior", "clerk", "colleague", "inspector", "ali", "sara"}
    for actor in (world.clerk, world.ali, visitor()):
        assert not users.visible_to(actor).exists()


def test_who_acts_for_no_workshop_any_more_stays_visible_where_it_was(world):
    end_representation(world.senior, world.ali.user, world.a)
    assert users.visible_to(world.senior).filter(pk=world.ali.user.pk).exists()
    assert not users.visible_to(world.far_senior).filter(pk=world.ali.user.pk).exists()


def test_who_went_to_a_workshop_of_another_branch_is_out_of_reach(world):
    end_representation(world.senior, world.ali.user, world.a)
    Representation.objects.create(user=world.ali.user, workshop=world.far_representative.workshop)
    assert not users.visible_to(world.senior).filter(pk=world.ali.user.pk).exists()


def test_a_workshop_of_another_branch_finds_nobody(world):
    far = world.far_representative.workshop
    Representation.objects.create(user=world.ali.user, workshop=far)
    assert not users.search(world.senior, far.name).exists()
    assert [user.username for user in users.search(world.far_senior, far.code)] == ["ali", "far"]


# User names


def test_a_user_name_is_one_whatever_its_case(world):
    user, _ = open_staff_account(world.senior, STAFF)
    assert user.username == "tazeh"
    assert User.objects.get_by_natural_key("TAZEH") == user
    error = w.attempted(lambda: create_account("TAZEH", Side.DESK, by=SYSTEM))
    assert type(error).__name__ == "IntegrityError"
    error = w.attempted(lambda: User.objects.create(username="Tazeh", side=Side.DESK))
    assert type(error).__name__ == "IntegrityError"


# Staff


def test_a_new_member_of_staff_works_in_the_unit_of_the_own_branch(world):
    user, password = open_staff_account(world.senior, STAFF)
    actor = actor_for(user)
    assert (actor.unit, actor.branch, actor.is_senior) == (Unit.REVENUE, world.branch, False)
    assert user.check_password(password) and user.must_change_password


def test_a_changed_post_counts_at_once_and_is_in_the_trail(world):
    change_post(world.senior, world.clerk.user, Unit.INSPECTION, senior=False)
    actor = w.again(world.clerk.user)
    assert (actor.unit, actor.is_senior) == (Unit.INSPECTION, False)
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.author) == ("staff post changed", "senior")
    assert entry.details == {"unit": "inspection", "senior": False}
    change_post(world.senior, world.clerk.user, Unit.INSPECTION, senior=False)
    assert Entry.objects.latest("id") == entry, "nothing changed: nothing is written"


def test_a_representative_has_no_post(world):
    with pytest.raises(PermissionDenied):
        change_post(world.senior, world.ali.user, Unit.REGISTRATION, senior=True)


def test_no_senior_user_makes_another_one_alone(world):
    before = w.everything(*TABLES)
    with pytest.raises(SecondPersonError):
        change_post(world.senior, world.clerk.user, Unit.REGISTRATION, senior=True)
    assert w.everything(*TABLES) == before
    user, _ = open_staff_account(world.senior, {**STAFF, "is_senior": True})
    assert not w.again(user).is_senior


def test_no_senior_user_brings_another_one_back_alone(world):
    chief = w.promoted(world, world.clerk)
    deactivate_account(world.senior, chief.user)
    with pytest.raises(SecondPersonError):
        reactivate_account(world.senior, User.objects.get(pk=chief.user.pk))
    assert not User.objects.get(pk=chief.user.pk).is_active


def test_the_keys_to_a_senior_users_account_are_the_operators(world):
    chief = w.promoted(world, world.clerk)
    with_app(chief.user)
    before = w.everything(*TABLES, Factor)
    for user in (chief.user, world.senior.user):
        with pytest.raises(KeptByOperatorError):
            renew_credentials(world.senior, user, seen=password_mark(user))
    with pytest.raises(KeptByOperatorError):
        remove_second_factor(world.senior, chief.user)
    assert w.everything(*TABLES, Factor) == before


def test_the_senior_users_are_told_what_the_command_line_does_to_one_of_them(world):
    with_app(world.senior.user)
    call_command("renew_password", "senior")
    call_command("renew_second_factor", "senior")
    call_command("create_staff", "chief.two", "--senior")
    call_command("renew_password", "clerk")
    told = Notification.objects.for_recipient(senior_recipient(world.branch.pk))
    assert [("senior" in line.text, "chief.two" in line.text) for line in told] == [
        *((False, True), (True, False), (True, False)),
    ]


def test_the_last_senior_user_stays_one(world):
    with pytest.raises(LastSeniorError):
        change_post(world.senior, world.senior.user, Unit.MANAGEMENT, senior=False)
    assert w.again(world.senior.user).is_senior
    w.promoted(world, world.clerk)
    change_post(world.senior, world.senior.user, Unit.MANAGEMENT, senior=False)
    assert not w.again(world.senior.user).is_senior


def test_a_deactivated_senior_user_does_not_count_as_one(world):
    w.promoted(world, world.clerk)
    deactivate_account(world.senior, world.clerk.user)
    with pytest.raises(LastSeniorError):
        change_post(world.senior, world.senior.user, Unit.MANAGEMENT, senior=False)


def test_of_two_senior_users_who_deactivate_each_other_one_stays(world):
    w.promoted(world, world.clerk)
    other = w.again(world.clerk.user)
    deactivate_account(world.senior, other.user)
    with pytest.raises(LastSeniorError):
        deactivate_account(other, world.senior.user)


def test_nobody_deactivates_the_own_account(world):
    w.promoted(world, world.clerk)
    with pytest.raises(OwnAccountError):
        deactivate_account(world.senior, world.senior.user)
    assert User.objects.get(pk=world.senior.user.pk).is_active


# Deactivating


def test_deactivating_ends_every_session_and_only_those_of_the_user(world):
    for user in (world.ali.user, world.ali.user, world.sara.user):
        key = f"{user.pk}-{Session.objects.count()}"
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now(), user=user)
    deactivate_account(world.senior, world.ali.user)
    assert set(Session.objects.values_list("user_id", flat=True)) == {world.sara.user.pk}


def test_an_account_is_deactivated_and_reactivated_once_each(world):
    first = Entry.objects.latest("id").pk
    for change in (deactivate_account, deactivate_account, reactivate_account, reactivate_account):
        change(world.senior, User.objects.get(pk=world.ali.user.pk))
    written = Entry.objects.filter(pk__gt=first).order_by("id").values_list("action", "author", "about")
    about = f"user:{world.ali.user.pk}"
    assert list(written) == [("deactivated", "senior", about), ("reactivated", "senior", about)]
    assert w.again(world.ali.user).workshop == world.a


# Representatives


def test_a_representative_of_a_second_workshop_keeps_the_password_and_may_switch(world):
    before = User.objects.get(pk=world.ali.user.pk).password
    give_workshop(world.senior, world.ali.user, world.b)
    give_workshop(world.senior, world.ali.user, world.b)
    after = User.objects.get(pk=world.ali.user.pk)
    assert (after.password, after.must_change_password) == (before, True)
    assert w.again(world.ali.user).workshops == (world.a, world.b)
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.details["code"]) == ("representation given", world.b.code)


def test_a_representation_that_ended_may_be_given_again(world):
    end_representation(world.senior, world.ali.user, world.a)
    assert actor_for(User.objects.get(pk=world.ali.user.pk)) is None
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.details["code"]) == ("representation ended", world.a.code)
    give_workshop(world.senior, world.ali.user, world.a)
    assert w.again(world.ali.user).workshop == world.a
    assert Representation.objects.filter(user=world.ali.user).count() == 2


def test_no_workshop_of_another_branch_and_no_closed_one_is_given(world):
    with pytest.raises(PermissionDenied):
        give_workshop(world.senior, world.ali.user, world.far_representative.workshop)
    close_workshop(world.senior, world.b, "تعطیل")
    with pytest.raises(ClosedWorkshopError):
        give_workshop(world.senior, world.ali.user, world.b)
    assert w.again(world.ali.user).workshops == (world.a,)


def test_staff_represent_no_workshop(world):
    with pytest.raises(PermissionDenied):
        give_workshop(world.senior, world.clerk.user, world.a)


# The register of workshops


REGISTER = {
    "a new one": lambda actor, workshop: register_workshop(actor, {"code": "1463639077", "name": "نو"}),
    "an edit": lambda actor, workshop: edit_workshop(actor, workshop, {"name": "نام دیگر"}),
    "closing": lambda actor, workshop: close_workshop(actor, workshop, "تعطیل"),
    "reopening": reopen_workshop,
}


@pytest.mark.parametrize("change", REGISTER)
def test_workshops_are_kept_by_the_registration_unit_and_the_senior_user(change: str, world):
    before = w.everything(Workshop, Entry)
    for actor in (world.inspector, world.ali, visitor()):
        with pytest.raises(PermissionDenied):
            REGISTER[change](actor, world.a)
    if change != "a new one":
        with pytest.raises(PermissionDenied):
            REGISTER[change](world.far_clerk, world.a)
    assert w.everything(Workshop, Entry) == before
    for actor in (world.clerk, world.senior):
        assert not isinstance(w.attempted(lambda by=actor: REGISTER[change](by, world.a)), PermissionDenied)


def test_a_workshop_is_registered_at_the_own_branch_and_found_by_name(world):
    workshop = register_workshop(
        world.clerk, {"code": "1463639077", "name": "صنایع چوب", "phone": "01333000000"}
    )
    assert (workshop.branch, workshop.phone) == (world.branch, "01333000000")
    assert workshop in Workshop.objects.visible_to(world.clerk).search("چوب")


def test_an_edit_changes_neither_code_nor_branch_and_leaves_one_entry(world):
    changed = edit_workshop(world.clerk, world.a, {"name": "نو", "code": "1", "branch_id": 9, "phone": ""})
    assert changed == ["name"]
    assert (world.a.name, world.a.code, world.a.branch) == ("نو", "1463639001", world.branch)
    assert Entry.objects.latest("id").details == {"fields": ["name"]}


def test_a_closed_workshop_says_why_lets_nobody_in_and_opens_again(world):
    close_workshop(world.clerk, world.a, "تغییر کارفرما")
    close_workshop(world.clerk, world.a, "بار دوم")
    assert world.a.closed_at and world.a.closed_because == "تغییر کارفرما"
    assert actor_for(User.objects.get(pk=world.ali.user.pk)) is None
    reopen_workshop(world.clerk, world.a)
    reopen_workshop(world.clerk, world.a)
    assert (world.a.closed_at, world.a.closed_because) == (None, "")
    assert w.again(world.ali.user).workshop == world.a
    written = Entry.objects.filter(about=f"workshop:{world.a.pk}").order_by("-id")[:2]
    assert [entry.action for entry in written] == ["workshop reopened", "workshop closed"]
    assert written[1].details == {"reason": "تغییر کارفرما"}
