"""Everything that can happen to a case once it is written: one transaction each, and no other way."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from pishkhan.audit.operations import record
from pishkhan.catalogue.answers import Answers, stored
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import Caution
from pishkhan.notifications.operations import notify
from pishkhan.people.models import Person
from pishkhan.people.operations import keep_scan
from pishkhan.policy.operations import holding_policies
from pishkhan.prepared import insert, update
from pishkhan.workshops import operations as workshops
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient

from .checking import GOING_ON, examine, first_field, no_longer_listed
from .drafts import (
    describe,
    explain,
    forget_other_person,
    lock,
    lock_with_place,
    put_answers,
    put_words,
    save_answers,
    writable,
)
from .labelling import labelled
from .models import Case, Event
from .refusals import (
    EXPLAIN,
    SAY_A_WORD,
    CaseMovedOnError,
    ImagesMissingError,
    Marks,
    NobodyCorrectsError,
    NotReadyError,
    ReasonMissingError,
    ServiceClosedError,
)
from .states import State, Transition, Verb, WaitingOn, find_transition
from .tracking import next_tracking_code


@transaction.atomic
def send(actor: Actor, case_id: int) -> Case:
    """Sends a draft, a registration that waited for the employer, or a corrected case (R8–R11, R33).

    Raises `ImagesMissingError` (R24), `NotReadyError` with everything to be mended, and `CaseMovedOnError`
    when it was sent already: a second click sends nothing twice.
    """
    return _send(actor, lock_with_place(actor, case_id))


def save_and_send(actor: Actor, case_id: int, answers: Answers, said: Mapping[str, str]) -> Case:
    """Keeps what was typed (`save_answers`, `explain`) and sends it, in one transaction.

    Raises what `send` raises; what was typed is kept also then.
    """
    try:
        with transaction.atomic():
            case = writable(actor, lock_with_place(actor, case_id))
            put_answers(actor, case, answers)
            if said:
                put_words(actor, case, said)
            return _send(actor, case)
    except (ImagesMissingError, NotReadyError, ServiceClosedError):
        save_answers(actor, case_id, answers)
        if said:
            explain(actor, case_id, said)
        raise


def _send(actor: Actor, case: Case) -> Case:
    transition = _allowed(actor, case, Verb.SEND)
    if actor.at_workshop and case.workshop and not case.workshop.can_send:
        raise ImagesMissingError
    _check_ready(actor, case)
    changes = _freeze(case)
    if case.tracking_code is None:
        _number(case)
    return _move(actor, case, transition, changes=changes)


@transaction.atomic
def take(actor: Actor, case_id: int) -> Case:
    """A member of the unit begins to review the case."""
    case = lock(actor, case_id)
    transition = _allowed(actor, case, Verb.TAKE)
    case.assignee = actor.user
    return _move(actor, case, transition)


@transaction.atomic
def confirm(actor: Actor, case_id: int, *, version: int, decision: Mapping[str, Any] | None = None) -> Case:
    """Confirms the present step; the last confirmation runs the service's effect.

    `version` is that of the case the officer looked at: what changed since is not confirmed unseen.
    `decision` are the typed answers to the service's decision form; wrong ones raise `NotReadyError`.
    """
    case = lock_with_place(actor, case_id)
    transition = _allowed(actor, case, Verb.CONFIRM, version)
    if case.service.about.on_file and case.subject_id:  # of two cases the second sees the first
        Person.objects.select_for_update(no_key=True).get(pk=case.subject_id)
    if obstacles := no_longer_listed(case) or case.service.obstacles(case):
        raise NotReadyError(obstacles)
    if asked := case.service.decision_form(case):
        form = asked(decision or {})
        if not form.is_valid():
            raise NotReadyError({name: str(found[0]) for name, found in form.errors.items()})
        case.decision = stored(form)
    return _move(actor, case, transition)


@transaction.atomic
def return_for_correction(actor: Actor, case_id: int, *, version: int, note: str, marks: Marks = ()) -> Case:
    """Back to the sender, naming the answers and scans to correct and why."""
    case = lock_with_place(actor, case_id)
    transition = _allowed(actor, case, Verb.RETURN, version)
    if case.workshop_is_closed:
        raise NobodyCorrectsError
    marks = [mark for mark in marks if mark["reason"].strip()]
    if not note.strip() and not marks:
        raise ReasonMissingError
    return _move(actor, case, transition, note=note.strip(), marks=marks)


@transaction.atomic
def reject(actor: Actor, case_id: int, *, version: int, note: str) -> Case:
    """The branch rejects the case, with a reason."""
    case = lock(actor, case_id)
    transition = _allowed(actor, case, Verb.REJECT, version)
    return _move(actor, case, transition, note=_reason(note))


@transaction.atomic
def refuse(actor: Actor, case_id: int, *, note: str) -> Case:
    """The employer does not confirm a registration, with a reason for the applicant."""
    case = lock(actor, case_id)
    transition = _allowed(actor, case, Verb.REFUSE)
    return _move(actor, case, transition, note=_reason(note))


@transaction.atomic
def withdraw(actor: Actor, case_id: int) -> Case:
    """Whoever holds the request takes it back."""
    case = lock(actor, case_id)
    return _move(actor, case, _allowed(actor, case, Verb.WITHDRAW))


@transaction.atomic
def close_workshop(actor: Actor, workshop: Workshop, reason: str) -> int:
    """Closes the workshop and rejects what waits for its employer, whom nobody replaces; returns how many.

    The applicants read why when they follow their requests up. What the branch holds goes on.
    """
    workshops.close_workshop(actor, workshop, reason)
    waiting = Case.objects.filter(workshop=workshop, waiting_on=WaitingOn.EMPLOYER)
    stranded = list(waiting.select_for_update().order_by("id"))
    for case in stranded:
        if transition := find_transition(case.state, Verb.CLOSE):
            _move(actor, case, transition, note=f"این کارگاه بسته شد: {reason}")
    return len(stranded)


@transaction.atomic
def archive(actor: Actor, case_id: int, *, archived: bool = True) -> Case:
    """Moves an ended case into the archive of the actor's side, or back out of it (R29)."""
    case = lock(actor, case_id)
    if not (actor.at_workshop or actor.at_desk):
        raise PermissionDenied
    if not case.has_ended:
        raise CaseMovedOnError(case)
    column = "archived_by_desk" if actor.at_desk else "archived_by_workshop"
    if getattr(case, column) != archived:
        setattr(case, column, archived)
        case.save(update_fields=[column])
        record("archived" if archived else "unarchived", by=actor.author, about=f"case:{case.pk}")
    return case


def _allowed(actor: Actor, case: Case, verb: Verb, version: int | None = None) -> Transition:
    if find_transition(case.state, verb) is None or (version is not None and version != case.version):
        raise CaseMovedOnError(case)
    transition = case.transition(actor, verb)
    if transition is None:
        # An applicant who sends a second time finds the request waiting for the employer.
        sent_before = verb == Verb.SEND and case.begun_by == actor.audience
        raise CaseMovedOnError(case) if sent_before else PermissionDenied
    return transition


def _reason(note: str) -> str:
    if not note.strip():
        raise ReasonMissingError
    return note.strip()


@holding_policies()
def _check_ready(actor: Actor, case: Case) -> None:
    service = case.service
    if case.is_draft and (notice := service.closed):
        raise ServiceClosedError(notice)
    case.answers, wrong = service.settled(case.answers)
    describe(case)
    forget_other_person(case)
    found = examine(actor, case, wrong, sending=True)
    if errors := found.errors or _unexplained(case, found.cautions):
        raise NotReadyError(errors)
    case.explanations = {
        caution.code: {"text": caution.text, "said": case.said(caution.code)} for caution in found.cautions
    }


def _unexplained(case: Case, cautions: Sequence[Caution]) -> dict[str, str]:
    return {f"{EXPLAIN}{c.code}": f"{c.text} {SAY_A_WORD}" for c in cautions if not case.said(c.code)}


def _freeze(case: Case) -> list[dict[str, str]]:
    """Takes the labelled answers down as they are now; returns what differs from the last time."""
    before = {row["field"]: row["shown"] for page in case.rows for row in page["answers"] if row["field"]}
    case.rows = labelled(case)
    answers = [
        {"label": row["label"], "before": before[row["field"]], "after": row["shown"]}
        for page in case.rows
        for row in page["answers"]
        if row["field"] in before and before[row["field"]] != row["shown"]
    ]
    return answers + _exchanged(case)


def _exchanged(case: Case) -> list[dict[str, str]]:
    """The scans that were replaced or added since the request was sent the last time."""
    sent_at = case.last_sent_at
    if sent_at is None:
        return []
    newer = set(case.scans.filter(attached_at__gt=sent_at).values_list("kind", flat=True))
    return [
        {"label": f"تصویر {scan.title}", "before": "پیشین", "after": "تازه"}
        for scan in case.service.scans
        if scan.code in newer
    ]


def _number(case: Case) -> None:
    case.tracking_code = next_tracking_code(case.branch)
    case.tracking_digits = case.tracking_code.replace("-", "")
    case.submitted_at = timezone.now()
    describe(case)


def _move(
    actor: Actor,
    case: Case,
    transition: Transition,
    *,
    note: str = "",
    marks: Marks = (),
    changes: Sequence[dict[str, str]] = (),
) -> Case:
    """Carries the transition out: the case, its timeline, the trail and the notifications together."""
    state = _destination(case, transition)
    case.state = state
    case.note, case.marks = note, list(marks)
    case.waiting_on = _waiting_on(case)
    case.waiting_since = timezone.now()
    if state == State.SUBMITTED:
        unit = str(case.step.by if case.step else "")
        case.assignee = case.assignee if case.unit == unit else None
        case.unit, case.sent_at = unit, case.sent_at or timezone.now()
    if case.has_ended:
        case.ended_at = timezone.now()
    if state == State.COMPLETED:
        _complete(actor, case)
    _save(case)
    insert(
        Event(
            case=case,
            verb=transition.verb,
            audience=actor.audience,
            user=actor.user,
            to=state,
            note=note,
            marks=list(marks),
            changes=list(changes),
        )
    )
    record(f"case {transition.verb}", by=actor.author, about=f"case:{case.pk}", to=str(state))
    _tell(actor, case)
    return case


def _destination(case: Case, transition: Transition) -> State:
    """The transition's own state, or that of the next step which is not the starter's own to confirm."""
    if transition.to is not None:
        return transition.to
    by_employer = case.begun_by == Audience.WORKSHOP
    for index, step in enumerate(case.service.steps):
        if index > case.step_index and not (step.by_employer and by_employer):
            case.step_index = index
            return State.AWAITING_EMPLOYER if step.by_employer else State.SUBMITTED
    return State.COMPLETED


def _waiting_on(case: Case) -> WaitingOn:
    match case.state:
        case State.AWAITING_EMPLOYER | State.RETURNED:
            return WaitingOn.EMPLOYER if case.workshop_id else WaitingOn.APPLICANT
        case State.SUBMITTED | State.UNDER_REVIEW:
            return WaitingOn.BRANCH
        case _:
            return WaitingOn.NOBODY


def _complete(actor: Actor, case: Case) -> None:
    case.service.complete(case, by=actor.author)
    if case.subject is None:
        return
    for scan in case.pictures().values():
        kind = case.service.scan(scan.kind)
        if kind and kind.known:
            keep_scan(case.subject, scan.kind, scan.document, by=actor.author)


COLUMNS = tuple(field.name for field in Case._meta.concrete_fields if not field.primary_key)


def _save(case: Case) -> None:
    """Writes every column, provided that nobody wrote the row since it was read.

    Whoever catches what it raises must have left the transaction: on PostgreSQL it is broken.
    """
    seen, case.version = case.version, case.version + 1
    try:
        written = update(case, COLUMNS, version=seen)
    except IntegrityError as error:
        raise NotReadyError({first_field(case): GOING_ON}) from error
    if not written:
        raise CaseMovedOnError(Case.objects.get(pk=case.pk))


NEWS: dict[str, str] = {
    State.AWAITING_EMPLOYER: "درخواست {service} برای {name} رسید؛ بررسی و ارسال آن با شماست.",
    State.SUBMITTED: "درخواست {service} برای {name} رسید.",
    State.RETURNED: "{service} برای {name} برای رفع نقص برگشت.",
    State.COMPLETED: "{service} برای {name} انجام شد.",
    State.REJECTED: "{service} برای {name} رد شد.",
    State.WITHDRAWN: "از {service} برای {name} انصراف داده شد.",
}


def _tell(actor: Actor, case: Case) -> None:
    """News for whoever has to do with it now; nobody is told what they did themselves."""
    if case.state not in NEWS:
        return
    told = NEWS[case.state].format(service=case.service.title, name=case.subject_name)
    to_unit = case.state == State.SUBMITTED or (case.state == State.WITHDRAWN and case.sent_at)
    if to_unit:
        notify(unit_recipient(case.branch_id, case.unit), told, case_id=case.pk)
    if case.state != State.SUBMITTED and case.workshop_id and not actor.at_workshop:
        notify(workshop_recipient(case.workshop_id), told, case_id=case.pk)
