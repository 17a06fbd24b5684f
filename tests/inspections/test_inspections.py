"""The report of a visit: who sees it, what may happen to it and when."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.inspections import operations
from pishkhan.inspections.models import Inspection, Objection, SeenWorker
from pishkhan.inspections.operations import NotNowError, ObjectionWrongError, VisitWrongError
from pishkhan.inspections.states import TRANSITIONS, State, Verb
from pishkhan.notifications.models import Notification
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient
from tests.world import attempted, everything, jpeg

from .inspecting import WORKER, fresh, objected, published, recorded, visit

TABLES = (Inspection, SeenWorker, Objection, Notification, Entry)


def in_state(world, state):
    if state == State.DRAFT:
        return recorded(world)
    if state == State.PUBLISHED:
        return published(world)
    if state == State.ACKNOWLEDGED:
        return operations.acknowledge(world.ali, published(world).pk)
    made = objected(world)
    if state == State.OBJECTED:
        return made
    accepted = state == State.OBJECTION_ACCEPTED
    return operations.decide_objection(world.inspector, made.pk, accepted=accepted, answer="چنین است.")


def actions(actor, made, world):
    """Every verb in the hands of `actor`."""
    decide = operations.decide_objection
    return {
        Verb.EDIT: lambda: operations.edit_inspection(actor, made.pk, visit(world), version=made.version),
        Verb.DISCARD: lambda: operations.discard_inspection(actor, made.pk, version=made.version),
        Verb.PUBLISH: lambda: operations.publish(actor, made.pk, version=made.version),
        Verb.ACKNOWLEDGE: lambda: operations.acknowledge(actor, made.pk),
        Verb.OBJECT: lambda: operations.object_to(actor, made.pk, "نه", {}),
        Verb.ACCEPT: lambda: decide(actor, made.pk, accepted=True, answer="بله"),
        Verb.REJECT: lambda: decide(actor, made.pk, accepted=False, answer="نه"),
    }


@pytest.mark.parametrize("state", list(State))
def test_what_the_table_of_transitions_allows_happens_and_nothing_else(world, state):
    made = in_state(world, state)
    before = everything(*TABLES)
    for party, actor in (
        ("inspectors", world.inspector),
        ("inspectors", world.senior),
        ("employer", world.ali),
    ):
        for verb, action in actions(actor, made, world).items():
            allowed = any(t for t in TRANSITIONS if (t.origin, t.verb, t.by) == (state, verb, party))
            error = attempted(action)
            assert (error is None) == allowed, (verb, party, error)
            assert (verb in made.verbs(actor)) == allowed
            assert everything(*TABLES) == before


@pytest.mark.parametrize("state", list(State))
def test_a_workshop_sees_its_own_visits_once_they_are_published(world, state):
    made = in_state(world, state)
    seen = [w for w in ("ali", "sara", "far_representative") if made in visible(getattr(world, w))]
    assert seen == ([] if state == State.DRAFT else ["ali"])


@pytest.mark.parametrize("state", list(State))
def test_of_the_branch_only_who_inspects_sees_visits(world, state):
    made = in_state(world, state)
    staff = ("inspector", "senior", "clerk", "far_senior", "far_clerk")
    assert [w for w in staff if made in visible(getattr(world, w))] == ["inspector", "senior"]


def visible(actor):
    return set(Inspection.objects.visible_to(actor))


@pytest.mark.parametrize("who", ["sara", "clerk", "far_senior", "far_clerk"])
def test_whose_business_a_visit_is_not_can_do_nothing_to_it(world, who):
    for made in (recorded(world), published(world), objected(world)):
        for action in actions(getattr(world, who), made, world).values():
            assert isinstance(attempted(action), Inspection.DoesNotExist)


def test_only_who_inspects_records_a_visit(world):
    for actor in (world.ali, world.clerk, world.colleague):
        with pytest.raises(PermissionDenied):
            operations.record_inspection(actor, visit(world))
    assert not Inspection.objects.exists()


def test_a_visit_is_recorded_with_its_workers_in_order(world):
    made = recorded(world, workers=[WORKER, {**WORKER, "name": "علی رضایی"}])
    assert [w.name for w in made.workers.order_by("position")] == ["رضا گیلانی", "علی رضایی"]
    assert (made.workshop, made.branch, made.difference) == (world.a, world.branch, 2)
    assert timezone.localtime(made.visited_at).strftime("%H:%M") == "09:30"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"workshop_code": "1463639999"}, "workshop_code"),
        ({"workshop_code": "2593639003"}, "workshop_code"),  # of another branch
        ({"observed_count": 0}, "observed_count"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_beside_its_field(world, changes, field):
    with pytest.raises(VisitWrongError) as wrong:
        recorded(world, **changes)
    assert list(wrong.value.errors) == [field]


def test_a_number_is_given_once(world):
    number = recorded(world).number
    with pytest.raises(VisitWrongError) as wrong:
        recorded(world, number=number)
    assert list(wrong.value.errors) == ["number"]


def test_a_visit_later_today_has_not_been_yet(world):
    later = timezone.localtime() + dt.timedelta(minutes=5)
    with pytest.raises(VisitWrongError):
        recorded(world, visit_date=later.date(), visit_time=later.time())


def test_an_edited_report_has_the_new_words_and_workers_alone(world):
    made = recorded(world)
    new = visit(world, number=made.number, remarks="تازه", workers=[{**WORKER, "name": "علی رضایی"}])
    operations.edit_inspection(world.inspector, made.pk, new, version=made.version)
    assert fresh(made).remarks == "تازه"
    assert [w.name for w in made.workers.all()] == ["علی رضایی"]


def test_what_a_colleague_has_changed_is_not_published_or_overwritten_unseen(world):
    made = recorded(world)
    operations.edit_inspection(world.senior, made.pk, visit(world, number=made.number), version=made.version)
    with pytest.raises(NotNowError):
        operations.publish(world.inspector, made.pk, version=made.version)
    with pytest.raises(NotNowError):
        operations.edit_inspection(world.inspector, made.pk, visit(world), version=made.version)


def test_a_discarded_draft_is_gone_with_its_workers_and_its_number_is_free(world):
    made = recorded(world, number="1405/900")
    operations.discard_inspection(world.inspector, made.pk, version=made.version)
    assert not Inspection.objects.exists() and not SeenWorker.objects.exists()
    assert Entry.objects.latest("id").details == {"number": "1405/900"}
    recorded(world, number="1405/900")


def test_a_draft_that_a_colleague_has_changed_is_not_discarded_unseen(world):
    made = recorded(world)
    operations.edit_inspection(world.senior, made.pk, visit(world), version=made.version)
    with pytest.raises(NotNowError):
        operations.discard_inspection(world.inspector, made.pk, version=made.version)
    assert fresh(made).state == State.DRAFT


def test_publishing_tells_the_workshop_and_starts_thirty_days(world):
    made = published(world)
    assert made.objection_deadline == timezone.localdate() + dt.timedelta(days=30)
    news = Notification.objects.for_recipient(workshop_recipient(world.a.pk)).get()
    assert news.path == f"/inspections/{made.pk}/"
    assert not Notification.objects.filter(recipient=workshop_recipient(world.b.pk)).exists()


def test_a_branch_may_decide_on_another_number_of_days(world):
    today = timezone.localdate()
    decide_policy("inspections:objection-days", 10, valid_from=today, by=SYSTEM)
    assert published(world).objection_deadline == today + dt.timedelta(days=10)


def test_an_objection_reaches_the_unit_with_its_pictures(world):
    made = objected(world)
    objection = Objection.objects.get(inspection=made)
    assert (objection.made_by, objection.scans.count()) == (world.ali.user, 1)
    news = Notification.objects.for_recipient(unit_recipient(world.branch.pk, "inspection")).get()
    assert news.path == f"/desk/inspections/{made.pk}/"


def test_who_has_seen_the_report_may_still_object(world):
    made = operations.acknowledge(world.ali, published(world).pk)
    assert operations.object_to(world.ali, made.pk, "نه", {}).state == State.OBJECTED


@pytest.mark.parametrize("days, possible", [(0, True), (-1, False)])
def test_the_last_day_counts_and_the_day_after_is_too_late(world, days, possible):
    made = published(world)
    last = timezone.localdate() + dt.timedelta(days=days)
    Inspection.objects.filter(pk=made.pk).update(objection_deadline=last)
    error = attempted(lambda: operations.object_to(world.ali, made.pk, "نه", {}))
    assert (Verb.OBJECT in fresh(made).verbs(world.ali)) == possible
    if possible:
        assert error is None
    else:
        assert isinstance(error, NotNowError)
        assert "مهلت اعتراض" in error.message


def test_a_second_objection_is_refused_also_after_the_answer(world):
    made = objected(world)
    with pytest.raises(NotNowError):
        operations.object_to(world.ali, made.pk, "باز هم", {})
    operations.decide_objection(world.inspector, made.pk, accepted=False, answer="نه")
    with pytest.raises(NotNowError):
        operations.object_to(world.ali, made.pk, "باز هم", {})
    assert Objection.objects.count() == 1


def test_an_objection_without_words_or_with_a_bad_picture_is_not_made(world):
    made = published(world)
    with pytest.raises(ObjectionWrongError) as wrong:
        operations.object_to(world.ali, made.pk, " \n ", {"scan-1": jpeg(1), "scan-2": jpeg(2)})
    assert list(wrong.value.errors) == ["text"]
    bad = jpeg(1)
    bad.seek(0)
    bad.truncate(10)
    with pytest.raises(ObjectionWrongError) as wrong:
        operations.object_to(world.ali, made.pk, "نه", {"scan-1": jpeg(1), "scan-2": bad})
    assert list(wrong.value.errors) == ["scan-2"]
    assert fresh(made).state == State.PUBLISHED
    assert not Objection.objects.exists()


def test_a_picture_over_the_limit_of_the_branch_is_not_taken(world, monkeypatch):
    made = published(world)
    monkeypatch.setattr(operations, "upload_limit", lambda: len(jpeg(1).getvalue()) - 1)
    with pytest.raises(ObjectionWrongError) as wrong:
        operations.object_to(world.ali, made.pk, "نه", {"scan-1": jpeg(1)})
    assert "کیلوبایت" in wrong.value.errors["scan-1"]


def test_no_more_than_five_pictures_are_kept(world):
    made = published(world)
    operations.object_to(world.ali, made.pk, "نه", {f"scan-{n}": jpeg(n) for n in range(1, 9)})
    assert Objection.objects.get().scans.count() == 5


@pytest.mark.parametrize("accepted", [True, False])
def test_the_answer_needs_words_and_is_told_to_the_workshop(world, accepted):
    made = objected(world)
    with pytest.raises(ObjectionWrongError):
        operations.decide_objection(world.inspector, made.pk, accepted=accepted, answer=" ")
    operations.decide_objection(world.inspector, made.pk, accepted=accepted, answer="چون چنین است.")
    objection = Objection.objects.get()
    assert (objection.answer, objection.answered_by) == ("چون چنین است.", world.inspector.user)
    told = Notification.objects.for_recipient(workshop_recipient(world.a.pk)).first()
    assert ("پذیرفته" in told.text) == accepted


@pytest.mark.parametrize("state", list(State))
def test_everything_that_happens_is_an_entry_of_the_trail(world, state):
    made = in_state(world, state)
    entries = Entry.objects.filter(about=f"inspection:{made.pk}").order_by("id")
    assert (
        entries.last().action
        == {
            State.DRAFT: "inspection recorded",
            State.PUBLISHED: "inspection publish",
            State.ACKNOWLEDGED: "inspection acknowledge",
            State.OBJECTED: "inspection object",
            State.OBJECTION_ACCEPTED: "inspection accept",
            State.OBJECTION_REJECTED: "inspection reject",
        }[state]
    )
