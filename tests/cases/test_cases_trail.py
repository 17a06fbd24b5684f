"""Every operation leaves an entry in the trail; where the entry cannot be written, nothing happens."""

import pytest

from pishkhan.audit import operations as trail
from pishkhan.audit.models import Entry
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case, CaseScan, Event, TrackingSequence
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.notifications import operations as notifications
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Employment, KnownScan, Person
from tests import world as w

TABLES = (Case, CaseScan, Event, TrackingSequence, Notification, Person, Employment, KnownScan)

# name → (state the case is in, who began it, the operation)
OPERATIONS = {
    "save answers": (
        State.DRAFT,
        Audience.WORKSHOP,
        lambda world, case: drafts.save_answers(world.ali, case.pk, {"job": "جوشکار"}),
    ),
    "correct a registration": (
        State.AWAITING_EMPLOYER,
        Audience.PUBLIC,
        lambda world, case: drafts.save_answers(world.ali, case.pk, {"job": "جوشکار"}),
    ),
    "change workshop": (
        State.DRAFT,
        Audience.PUBLIC,
        lambda world, case: drafts.change_workshop(w.applicant(case), case.pk, world.b),
    ),
    "attach a scan": (
        State.DRAFT,
        Audience.WORKSHOP,
        lambda world, case: drafts.attach_scan(world.ali, case, "photo", w.jpeg(60)),
    ),
    "remove a scan": (
        State.DRAFT,
        Audience.WORKSHOP,
        lambda world, case: drafts.remove_scan(world.ali, case.pk, "photo"),
    ),
    "discard": (
        State.DRAFT,
        Audience.WORKSHOP,
        lambda world, case: drafts.discard_draft(world.ali, case.pk),
    ),
    "send": (State.DRAFT, Audience.WORKSHOP, lambda world, case: operations.send(world.ali, case.pk)),
    "register oneself": (
        State.DRAFT,
        Audience.PUBLIC,
        lambda world, case: operations.send(w.applicant(case), case.pk),
    ),
    "send for an applicant": (
        State.AWAITING_EMPLOYER,
        Audience.PUBLIC,
        lambda world, case: operations.send(world.ali, case.pk),
    ),
    "send again": (
        State.RETURNED,
        Audience.WORKSHOP,
        lambda world, case: operations.send(world.ali, case.pk),
    ),
    "refuse": (
        State.AWAITING_EMPLOYER,
        Audience.PUBLIC,
        lambda world, case: operations.refuse(world.ali, case.pk, note="نه"),
    ),
    "withdraw": (
        State.SUBMITTED,
        Audience.WORKSHOP,
        lambda world, case: operations.withdraw(world.ali, case.pk),
    ),
    "take": (State.SUBMITTED, Audience.WORKSHOP, lambda world, case: operations.take(world.clerk, case.pk)),
    "return": (
        State.UNDER_REVIEW,
        Audience.WORKSHOP,
        lambda world, case: operations.return_for_correction(
            world.clerk, case.pk, version=case.version, note="تار"
        ),
    ),
    "reject": (
        State.UNDER_REVIEW,
        Audience.WORKSHOP,
        lambda world, case: operations.reject(world.clerk, case.pk, version=case.version, note="نه"),
    ),
    "confirm": (
        State.UNDER_REVIEW,
        Audience.WORKSHOP,
        lambda world, case: operations.confirm(world.clerk, case.pk, version=case.version),
    ),
    "archive": (
        State.COMPLETED,
        Audience.WORKSHOP,
        lambda world, case: operations.archive(world.ali, case.pk),
    ),
    "archive at the desk": (
        State.COMPLETED,
        Audience.WORKSHOP,
        lambda world, case: operations.archive(world.clerk, case.pk),
    ),
}

each = pytest.mark.parametrize("name", OPERATIONS)


class TrailIsFullError(Exception):
    pass


@pytest.fixture
def full_trail(monkeypatch):
    """From here on no entry can be written."""

    def stop():
        def refuse(*args, **kwargs):
            raise TrailIsFullError

        monkeypatch.setattr(trail, "insert", refuse)

    return stop


@each
def test_every_operation_writes_who_did_what_to_which_case(name, world):
    state, by, operate = OPERATIONS[name]
    case = w.filled_case(world, state, by=by)
    last = Entry.objects.latest("id").pk
    operate(world, case)
    written = Entry.objects.filter(pk__gt=last, about=f"case:{case.pk}")
    assert written.exists(), f"{name} leaves no entry"
    authors = {"ali": world.ali.user.pk, "clerk": world.clerk.user.pk, "public": None}
    assert {(entry.author, entry.user_id) for entry in written} <= set(authors.items())


@each
def test_without_its_entry_an_operation_changes_nothing(name, world, full_trail):
    state, by, operate = OPERATIONS[name]
    case = w.filled_case(world, state, by=by)
    before = w.everything(*TABLES)
    full_trail()
    with pytest.raises(TrailIsFullError):
        operate(world, case)
    assert w.everything(*TABLES) == before


def test_a_draft_is_not_begun_without_its_entry(world, full_trail):
    full_trail()
    with pytest.raises(TrailIsFullError):
        w.drafted(world, scans=False)
    assert not Case.objects.exists()


def test_a_code_lost_with_its_entry_goes_to_the_next_request_and_to_no_two(world, monkeypatch):
    first, second = (w.drafted(world, answers=w.answers_for(n)) for n in (1, 2))
    with monkeypatch.context() as broken:

        def refuse(*args, **kwargs):
            raise TrailIsFullError

        broken.setattr(trail, "insert", refuse)
        with pytest.raises(TrailIsFullError):
            operations.send(world.ali, first.pk)
    codes = [operations.send(world.ali, case.pk).tracking_code for case in (second, first)]
    assert [code.split("-")[2] for code in codes] == ["00001", "00002"]


def test_a_notice_that_cannot_be_written_undoes_what_it_tells(world, monkeypatch):
    case = w.filled_case(world, State.SUBMITTED)
    before = w.everything(*TABLES, Entry)

    def refuse(*args, **kwargs):
        raise TrailIsFullError

    monkeypatch.setattr(notifications, "insert", refuse)
    with pytest.raises(TrailIsFullError):
        operations.confirm(world.clerk, case.pk, version=case.version)
    assert w.everything(*TABLES, Entry) == before


def test_the_visitors_source_is_in_the_entry_and_the_address_is_not(world):
    case = w.drafted(world, by=Audience.PUBLIC)
    operations.send(w.applicant(case), case.pk)
    entry = Entry.objects.filter(about=f"case:{case.pk}").latest("id")
    assert (entry.author, entry.user_id, entry.source) == ("public", None, "0" * 32)
