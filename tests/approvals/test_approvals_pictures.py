"""A workshop's signature and stamp: the first at once, another one when a second person has seen both."""

import pytest

from pishkhan.accounts.models import User
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Approval, State
from pishkhan.approvals.pictures import image_at
from pishkhan.approvals.refusals import AlreadyAskedError, PictureChangedError
from pishkhan.audit.models import Entry
from pishkhan.cases.states import State as CaseState
from pishkhan.cases.states import Verb
from pishkhan.letters.contents import form
from pishkhan.workshops.accounts import add_representative
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.operations import set_image
from pishkhan.workshops.refusals import ImageIsThereError
from tests import world as w

from .asking import stamp


def colleague_of(world: w.World) -> w.Actor:
    """A second representative of workshop A."""
    user, _ = add_representative(world.senior, world.a, seen=1)
    return w.again(user)


def test_the_first_picture_counts_at_once_and_the_second_waits(world):
    bare = w.workshop_of(world.senior, "1463639021", "تازه", "bare", images=False)
    assert approvals.keep_image(bare, "stamp", w.inked(10)) is None
    first = Workshop.objects.get(pk=bare.workshop.pk).stamp
    assert first
    asked = approvals.keep_image(bare, "stamp", w.inked(50))
    assert asked and asked.earlier == first
    assert Workshop.objects.get(pk=bare.workshop.pk).stamp == first


def test_no_operation_but_an_approval_takes_the_place_of_a_picture(world):
    before = world.a.stamp
    with pytest.raises(ImageIsThereError):
        set_image(world.ali, "stamp", w.inked(80))
    assert world.a.stamp == before


@pytest.mark.parametrize("second", ["clerk", "senior", "colleague"])
def test_the_registration_unit_or_a_senior_user_makes_the_new_one_count(second: str, world):
    asked = stamp(world)
    approvals.approve(getattr(world, second), asked.pk)
    assert world.a.stamp == asked.document
    entry = Entry.objects.filter(action="stamp set").latest("id")
    assert (entry.author, entry.details["sha256"]) == (second, asked.document.sha256)


def test_another_representative_of_the_workshop_may_too_but_none_of_another_workshop(world):
    asked, other = stamp(world), colleague_of(world)
    with pytest.raises(Approval.DoesNotExist):
        approvals.approve(world.sara, asked.pk)
    approvals.approve(other, asked.pk)
    assert world.a.stamp == asked.document


def test_of_two_representatives_the_second_decides_before_asking_for_another_one(world):
    asked, other = stamp(world), colleague_of(world)
    with pytest.raises(AlreadyAskedError):
        approvals.keep_image(other, "stamp", w.inked(60))
    approvals.refuse(other, asked.pk, "مهر تازه‌ای در کار نیست.")
    assert approvals.keep_image(other, "stamp", w.inked(60))


def test_the_same_picture_again_asks_for_nothing(world):
    assert approvals.keep_image(world.ali, "stamp", w.inked(40)) is None
    assert not Approval.objects.exists()


def test_a_request_that_is_sent_while_a_stamp_waits_carries_the_old_one(world):
    before = (world.a.signature, world.a.stamp)
    stamp(world)
    sent = w.filled_case(world, CaseState.SUBMITTED)
    event = sent.events.get(verb=Verb.SEND)
    content = form(sent, event)
    assert (content.signature, content.stamp) == before


def test_what_was_sent_keeps_the_stamp_that_it_was_sent_with_and_the_next_has_the_new_one(world):
    first = world.a.stamp
    sent = [w.filled_case(world, CaseState.SUBMITTED, answers=w.answers_for(1))]
    pictures = [first]
    for number, at in ((2, 60), (3, 80)):
        asked = approvals.keep_image(world.ali, "stamp", w.inked(at))
        approvals.approve(world.clerk, asked.pk)
        world.ali = w.again(world.ali.user)
        pictures.append(asked.document)
        sent.append(w.filled_case(world, CaseState.SUBMITTED, answers=w.answers_for(number)))
    for case, picture in zip(sent, pictures, strict=True):
        event = case.events.get(verb=Verb.SEND)
        assert form(w.fresh(case), event).stamp == picture
        assert image_at(world.a, "signature", event.at) == world.a.signature


def test_a_picture_that_was_refused_was_never_the_workshops(world):
    asked = stamp(world)
    sent = w.filled_case(world, CaseState.SUBMITTED)
    approvals.refuse(world.clerk, asked.pk, "ناخواناست.")
    assert image_at(world.a, "stamp", sent.events.get(verb=Verb.SEND).at) == world.a.stamp != asked.document


def test_a_yes_to_a_picture_that_is_no_longer_beside_the_one_that_was_shown_is_none(world):
    asked = stamp(world)
    Workshop.objects.filter(pk=world.a.pk).update(stamp=world.b.stamp)
    with pytest.raises(PictureChangedError):
        approvals.approve(world.clerk, asked.pk)
    assert Approval.objects.get(pk=asked.pk).state == State.WAITING


def test_who_acts_for_two_workshops_sees_the_pictures_of_the_chosen_one(world):
    from pishkhan.workshops.accounts import give_workshop  # noqa: PLC0415

    asked = stamp(world)
    give_workshop(world.senior, world.sara.user, world.a)
    sara = User.objects.get(pk=world.sara.user.pk)
    assert asked not in Approval.objects.visible_to(w.again(sara, world.b))
    assert asked in Approval.objects.decidable_by(w.again(sara, world.a))
