"""Workshops, who acts for them, what a senior user and a representative may change (R18, R23–R25, R47)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import create_account, password_mark
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.documents.models import Document
from pishkhan.documents.pictures import RefusedPicture
from pishkhan.notifications.models import Notification
from pishkhan.notifications.operations import notify
from pishkhan.workshops.accounts import renew_credentials
from pishkhan.workshops.actors import actor_for, visitor
from pishkhan.workshops.models import Branch, Representation, StaffPost, Workshop
from pishkhan.workshops.operations import (
    edit_profile,
    open_workshop,
    prepare_branch,
    set_image,
)
from tests import world as w

DATA = {"code": "1463639020", "name": "صنایع نمونه", "username": "new-user"}


def not_seniors(world):
    return {
        "a clerk": world.clerk,
        "an inspector": world.inspector,
        "a representative": world.ali,
        "a visitor": visitor(),
    }


# The branch


@pytest.mark.django_db
def test_the_branch_of_the_settings_is_made_once_and_kept_up_to_date(settings):
    assert prepare_branch() == prepare_branch() == Branch.objects.home()
    settings.BRANCH = {**settings.BRANCH, "address": "نشانی تازه"}
    assert prepare_branch().address == "نشانی تازه"
    assert Branch.objects.count() == 1


@pytest.mark.django_db
def test_preparing_a_branch_that_is_up_to_date_leaves_no_entry():
    prepare_branch()
    count = Entry.objects.count()
    prepare_branch()
    assert Entry.objects.count() == count == 1


# Capacities


def test_a_representative_acts_for_the_workshop(world):
    actor = actor_for(world.ali.user)
    assert (actor.audience, actor.workshop, actor.branch) == (Audience.WORKSHOP, world.a, world.branch)
    assert not actor.is_senior


def test_a_member_of_staff_acts_at_the_branch_in_a_unit(world):
    actor = actor_for(world.clerk.user)
    assert (actor.audience, actor.branch, actor.unit) == (Audience.DESK, world.branch, Unit.REGISTRATION)
    assert actor.workshop is None


def test_whose_representation_ended_acts_for_nobody(world):
    Representation.objects.filter(user=world.ali.user).update(ended_at=timezone.now())
    assert actor_for(world.ali.user) is None


def test_nobody_acts_for_a_closed_workshop(world):
    Workshop.objects.filter(pk=world.a.pk).update(closed_at=timezone.now())
    assert actor_for(world.ali.user) is None


def test_whose_post_was_taken_away_acts_for_nobody(world):
    StaffPost.objects.filter(user=world.clerk.user).delete()
    assert actor_for(world.clerk.user) is None


@pytest.mark.parametrize("who", ["ali", "clerk", "senior"])
def test_a_deactivated_user_acts_for_nobody(who, world):
    user = getattr(world, who).user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert actor_for(User.objects.get(pk=user.pk)) is None


def test_a_post_does_not_make_a_representative_an_officer(world):
    StaffPost.objects.create(user=world.ali.user, branch=world.branch, unit=Unit.REGISTRATION, is_senior=True)
    actor = actor_for(world.ali.user)
    assert (actor.audience, actor.unit, actor.is_senior) == (Audience.WORKSHOP, None, False)


def test_of_several_workshops_the_chosen_one_is_acted_for_and_a_strangers_never(world):
    Representation.objects.create(user=world.ali.user, workshop=world.b)
    assert actor_for(world.ali.user).workshops == (world.a, world.b)
    assert actor_for(world.ali.user, workshop_id=world.b.pk).workshop == world.b
    assert actor_for(world.sara.user, workshop_id=world.a.pk).workshop == world.b


def test_after_one_of_two_representations_ended_the_other_goes_on(world):
    Representation.objects.create(user=world.ali.user, workshop=world.b)
    Representation.objects.filter(user=world.ali.user, workshop=world.a).update(ended_at=timezone.now())
    assert actor_for(world.ali.user, workshop_id=world.a.pk).workshop == world.b


def test_a_user_represents_a_workshop_once_at_a_time(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Representation.objects.create(user=world.ali.user, workshop=world.a)
    Representation.objects.update(ended_at=timezone.now())
    Representation.objects.create(user=world.ali.user, workshop=world.a)


def test_a_visitor_is_an_author_without_a_name(world):
    author = visitor(source="f" * 32).author
    assert (author.user_id, author.label, author.source) == (None, "public", "f" * 32)


# Which workshops are seen


def test_workshops_are_seen_by_their_own_representative_and_their_branch(world):
    def seen(actor):
        return set(Workshop.objects.visible_to(actor))

    assert seen(world.ali) == {world.a}
    assert seen(world.clerk) == seen(world.senior) == {world.a, world.b}
    assert seen(world.far_senior) == {world.far_representative.workshop}
    assert seen(visitor()) == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("پلاستيك", ["a"]),
        ("گیلانبافت", ["b"]),
        ("1463639001", ["a"]),
        ("۱۴۶۳۶۳۹", ["a", "b"]),
        ("٢", []),
        ("%", []),
    ],
)
def test_a_workshop_is_found_by_code_or_name_in_any_spelling(text, names, world):
    found = set(Workshop.objects.visible_to(world.senior).search(text))
    assert found == {getattr(world, name) for name in names}


# Opening workshops


@pytest.mark.parametrize("who", ["a clerk", "an inspector", "a representative", "a visitor"])
def test_only_a_senior_user_opens_workshops_and_renews_passwords(who, world):
    actor = not_seniors(world)[who]
    before = w.everything(User, Workshop, Representation)
    with pytest.raises(PermissionDenied):
        open_workshop(actor, DATA)
    with pytest.raises(PermissionDenied):
        renew_credentials(actor, world.sara.user, seen=password_mark(world.sara.user))
    assert w.everything(User, Workshop, Representation) == before


def test_a_new_workshop_comes_with_an_account_that_acts_for_it(world):
    workshop, user, password = open_workshop(world.senior, DATA)
    assert (workshop.code, workshop.branch) == ("1463639020", world.branch)
    assert user.check_password(password)
    assert user.must_change_password
    assert actor_for(user).workshop == workshop
    assert not workshop.can_send


def test_a_workshop_is_opened_at_the_senior_users_own_branch(world):
    assert open_workshop(world.far_senior, DATA)[0].branch == world.elsewhere


@pytest.mark.parametrize("taken", [{"code": "1463639001"}, {"username": "ali"}])
def test_a_code_or_user_name_that_is_taken_makes_neither_workshop_nor_account(taken, world):
    before = w.everything(User, Workshop, Representation, Entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        open_workshop(world.senior, {**DATA, **taken})
    assert w.everything(User, Workshop, Representation, Entry) == before


def test_a_renewed_password_replaces_the_old_one_and_must_be_changed(world):
    password = renew_credentials(world.senior, world.ali.user, seen=password_mark(world.ali.user))
    user = User.objects.get(pk=world.ali.user.pk)
    assert user.check_password(password)
    assert user.must_change_password


def test_a_senior_user_renews_no_password_of_another_branch(world):
    for user in (world.far_representative.user, world.far_clerk.user, world.far_senior.user):
        before = User.objects.get(pk=user.pk).password
        with pytest.raises(PermissionDenied):
            renew_credentials(world.senior, user, seen=password_mark(user))
        assert User.objects.get(pk=user.pk).password == before


def test_opening_and_renewing_are_in_the_trail(world):
    workshop, user, _ = open_workshop(world.senior, DATA)
    renew_credentials(world.senior, user, seen=password_mark(user))
    written = Entry.objects.filter(about__in=[f"workshop:{workshop.pk}", f"user:{user.pk}"])
    assert list(written.order_by("id").values_list("action", "author")) == [
        ("workshop opened", "senior"),
        ("account created", "senior"),
        ("representation given", "senior"),
        ("password reset", "senior"),
    ]


# The profile


def test_the_profile_changes_what_it_shows_and_nothing_else(world):
    edit_profile(
        world.ali,
        {"mobile": "09700000001", "username": "root"},
        {"name": "صنایع نو", "phone": "01300000000", "code": "0000000000", "branch_id": world.elsewhere.pk},
    )
    assert User.objects.get(pk=world.ali.user.pk).mobile == "09700000001"
    assert (world.a.name, world.a.phone) == ("صنایع نو", "01300000000")
    assert (world.a.code, world.a.branch) == ("1463639001", world.branch)
    assert world.b.name == "نساجی گیلان‌بافت"


def test_a_renamed_workshop_is_found_by_its_new_name(world):
    edit_profile(world.ali, {}, {"name": "چای لاهیجان"})
    assert list(Workshop.objects.search("لاهيجان")) == [world.a]
    assert not Workshop.objects.search("شمالین").exists()


def test_what_a_profile_changed_is_in_the_trail_by_its_names(world):
    last = Entry.objects.latest("id").pk
    edit_profile(world.ali, {"email": "ali@example.com"}, {"phone": "01300000000"})
    written = Entry.objects.filter(pk__gt=last).order_by("id")
    assert [(e.action, e.details["fields"]) for e in written] == [
        ("particulars edited", ["email"]),
        ("workshop edited", ["phone"]),
    ]


def test_a_profile_sent_unchanged_leaves_no_entry(world):
    count = Entry.objects.count()
    edit_profile(world.ali, {"first_name": world.ali.user.first_name}, {"name": world.a.name})
    assert Entry.objects.count() == count


# Signature and stamp (R24)


def test_requests_may_be_sent_once_both_pictures_are_there(world):
    bare = w.workshop_of(world.senior, "1463639021", "تازه", "bare", images=False)
    workshop = Workshop.objects.get(pk=bare.workshop.pk)
    for name, ready in (("signature", False), ("stamp", True)):
        set_image(bare, name, w.jpeg())
        workshop.refresh_from_db()
        assert workshop.can_send == ready


def test_a_refused_picture_leaves_the_old_one(world):
    before = w.everything(Workshop, Document, Entry)
    from io import BytesIO  # noqa: PLC0415

    with pytest.raises(RefusedPicture):
        set_image(world.ali, "stamp", BytesIO(b"GIF89a no picture"))
    assert w.everything(Workshop, Document, Entry) == before


def test_a_new_stamp_is_in_the_trail_by_its_fingerprint(world):
    bare = w.workshop_of(world.senior, "1463639021", "تازه", "bare", images=False)
    document = set_image(bare, "stamp", w.jpeg(9))
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.details["sha256"]) == ("stamp set", document.sha256)


def test_nothing_but_signature_and_stamp_is_set_as_a_picture(world):
    with pytest.raises(AssertionError):
        set_image(world.ali, "code", w.jpeg())
    assert world.a.code == "1463639001"


@pytest.mark.parametrize("who", ["clerk", "senior"])
def test_staff_do_not_set_a_workshops_stamp(who, world):
    with pytest.raises((PermissionDenied, AssertionError)):
        set_image(getattr(world, who), "stamp", w.jpeg())


# Notices


@pytest.mark.django_db
def test_notices_reach_their_recipient_alone_the_newest_first():
    for recipient, text in (("workshop:1", "یک"), ("workshop:2", "دو"), ("workshop:1", "سه")):
        notify(recipient, text)
    assert [n.text for n in Notification.objects.for_recipient("workshop:1")] == ["سه", "یک"]
    assert [n.text for n in Notification.objects.for_recipient("workshop:2")] == ["دو"]


@pytest.mark.django_db
def test_a_long_notice_is_cut_and_not_refused():
    assert len(notify("workshop:1", "ن" * 1000).text) == 300


def test_an_account_without_a_representation_acts_for_nobody(world):
    user, _ = create_account("loose", Side.WORKSHOP, by=SYSTEM)
    assert actor_for(user) is None
