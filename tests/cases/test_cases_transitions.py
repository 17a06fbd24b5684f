"""The table of what may happen to a case, against a copy of the design's: nothing else may."""

import pytest
from django.core.exceptions import PermissionDenied

from pishkhan.cases import operations
from pishkhan.cases.models import Case
from pishkhan.cases.refusals import CaseMovedOnError
from pishkhan.cases.states import AT_BRANCH, ENDED, OPEN, TRANSITIONS, State, Verb, WaitingOn
from pishkhan.catalogue.parties import Audience
from pishkhan.workshops.actors import visitor
from tests import world as w

S, V = State, Verb
BUTTONS = [verb for verb in Verb if verb != Verb.CLOSE]  # which follows from closing a workshop
PUBLIC, WORKSHOP = Audience.PUBLIC, Audience.WORKSHOP

# (who began it, state, verb, who) → state. The life in the design, written out; everything else is refused.
ALLOWED = {
    (PUBLIC, S.DRAFT, V.SEND, "applicant"): S.AWAITING_EMPLOYER,
    (PUBLIC, S.AWAITING_EMPLOYER, V.SEND, "employer"): S.SUBMITTED,
    (PUBLIC, S.AWAITING_EMPLOYER, V.REFUSE, "employer"): S.REJECTED,
    (PUBLIC, S.AWAITING_EMPLOYER, V.WITHDRAW, "applicant"): S.WITHDRAWN,
    (WORKSHOP, S.DRAFT, V.SEND, "employer"): S.SUBMITTED,
    **{
        (began, state, verb, who): to
        for began in (PUBLIC, WORKSHOP)
        for state, verb, who, to in (
            (S.SUBMITTED, V.WITHDRAW, "employer", S.WITHDRAWN),
            (S.RETURNED, V.WITHDRAW, "employer", S.WITHDRAWN),
            (S.RETURNED, V.SEND, "employer", S.SUBMITTED),
            (S.RETURNED, V.REJECT, "unit", S.REJECTED),
            (S.SUBMITTED, V.TAKE, "unit", S.UNDER_REVIEW),
            (S.SUBMITTED, V.CONFIRM, "unit", S.COMPLETED),
            (S.SUBMITTED, V.RETURN, "unit", S.RETURNED),
            (S.SUBMITTED, V.REJECT, "unit", S.REJECTED),
            (S.UNDER_REVIEW, V.CONFIRM, "unit", S.COMPLETED),
            (S.UNDER_REVIEW, V.RETURN, "unit", S.RETURNED),
            (S.UNDER_REVIEW, V.REJECT, "unit", S.REJECTED),
        )
    },
}

REACHED = [
    (began, state)
    for began in (PUBLIC, WORKSHOP)
    for state in State
    if (began, state) != (WORKSHOP, S.AWAITING_EMPLOYER)
]


def everybody(world, case):
    return {
        "applicant": w.applicant(case),
        "stranger": visitor(),
        "employer": world.ali,
        "workshop B": world.sara,
        "far workshop": world.far_representative,
        "unit": world.clerk,
        "other unit": world.inspector,
        "senior": world.senior,
        "far unit": world.far_clerk,
        "far senior": world.far_senior,
    }


def act(verb, actor, case):
    version = {"version": case.version}
    match verb:
        case Verb.SEND:
            return operations.send(actor, case.pk)
        case Verb.REFUSE:
            return operations.refuse(actor, case.pk, note="کارمند ما نیست.")
        case Verb.WITHDRAW:
            return operations.withdraw(actor, case.pk)
        case Verb.TAKE:
            return operations.take(actor, case.pk)
        case Verb.CONFIRM:
            return operations.confirm(actor, case.pk, **version)
        case Verb.RETURN:
            return operations.return_for_correction(actor, case.pk, **version, note="عکس تار است.")
        case Verb.REJECT:
            return operations.reject(actor, case.pk, **version, note="مدارک نادرست است.")


def state_after(verb, actor, case):
    """Where the verb leads, or the refusal; in either case it is undone."""
    arrived = []
    refusal = w.attempted(lambda: arrived.append(act(verb, actor, case).state))
    return refusal or arrived[0]


@pytest.mark.parametrize(("began", "state"), REACHED)
def test_whatever_the_table_does_not_allow_is_refused(began, state, world):
    case = w.filled_case(world, state, by=began)
    refusals = (Case.DoesNotExist, PermissionDenied, CaseMovedOnError)
    for who, actor in everybody(world, case).items():
        for verb in BUTTONS:
            after = state_after(verb, actor, case)
            expected = ALLOWED.get((began, state, verb, who))
            if expected:
                assert after == expected, f"{who} {verb}: {after!r}"
            else:
                assert isinstance(after, refusals), f"{who} may {verb} what is {state}: {after!r}"
    assert w.fresh(case).version == case.version


@pytest.mark.parametrize(("began", "state"), REACHED)
def test_the_buttons_of_a_page_are_what_the_operations_would_do(began, state, world):
    case = w.filled_case(world, state, by=began)
    for who, actor in everybody(world, case).items():
        if Case.objects.visible_to(actor).filter(pk=case.pk).exists():
            allowed = [verb for verb in Verb if (began, state, verb, who) in ALLOWED]
            assert case.verbs(actor) == allowed, who


def test_a_state_is_left_by_a_verb_in_one_way_only():
    keys = [(t.origin, t.verb) for t in TRANSITIONS]
    assert len(keys) == len(set(keys))


def test_nothing_leaves_an_end_and_every_other_state_has_a_way_out():
    assert {t.origin for t in TRANSITIONS} == set(State) - set(ENDED)


def test_every_verb_and_every_state_has_its_persian_name():
    assert [State(s).label for s in State] == [
        "پیش‌نویس",
        "در انتظار تأیید کارفرما",
        "ارسال‌شده",
        "در حال بررسی",
        "برگشت برای رفع نقص",
        "انجام‌شده",
        "ردشده",
        "انصراف",
    ]
    assert all(not verb.label.isascii() for verb in Verb)


def test_open_ended_and_draft_states_are_all_states_and_share_none():
    assert sorted([*OPEN, *ENDED, State.DRAFT]) == sorted(State)
    assert set(AT_BRANCH) < set(OPEN)


@pytest.mark.parametrize(
    ("state", "waiting"),
    [
        (S.DRAFT, WaitingOn.DRAFTER),
        (S.AWAITING_EMPLOYER, WaitingOn.EMPLOYER),
        (S.SUBMITTED, WaitingOn.BRANCH),
        (S.UNDER_REVIEW, WaitingOn.BRANCH),
        (S.RETURNED, WaitingOn.EMPLOYER),
        (S.COMPLETED, WaitingOn.NOBODY),
        (S.REJECTED, WaitingOn.NOBODY),
        (S.WITHDRAWN, WaitingOn.NOBODY),
    ],
)
def test_a_case_says_on_whom_it_waits(state, waiting, world):
    case = w.fresh(w.filled_case(world, state))
    assert case.waiting_on == waiting
    assert bool(case.ended_at) == (state in ENDED)


def test_every_move_is_an_event_of_the_timeline_with_its_author(world):
    case = w.filled_case(world, State.RETURNED, by=PUBLIC)
    operations.send(world.ali, case.pk)
    operations.take(world.clerk, case.pk)
    operations.confirm(world.clerk, case.pk, version=w.fresh(case).version)
    told = [(e.verb, e.to, e.user) for e in case.events.select_related("user").order_by("id")]
    assert told == [
        (V.SEND, S.AWAITING_EMPLOYER, None),
        (V.SEND, S.SUBMITTED, world.ali.user),
        (V.RETURN, S.RETURNED, world.clerk.user),
        (V.SEND, S.SUBMITTED, world.ali.user),
        (V.TAKE, S.UNDER_REVIEW, world.clerk.user),
        (V.CONFIRM, S.COMPLETED, world.clerk.user),
    ]


def test_a_timeline_speaks_persian(world):
    case = w.filled_case(world, State.COMPLETED, by=PUBLIC)
    assert [event.title for event in case.events.order_by("id")] == [
        "ثبت متقاضی",
        "ارسال کارفرما به سازمان",
        "تأیید",
    ]
    assert [event.party for event in case.events.order_by("id")] == ["متقاضی", "کارفرما", "شعبه"]


def test_every_move_makes_the_case_one_version_newer(world):
    case = w.filled_case(world, State.SUBMITTED)
    assert w.fresh(case).version == 1
    operations.take(world.clerk, case.pk)
    assert w.fresh(case).version == 2
