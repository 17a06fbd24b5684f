"""The lives of synthetic cases: who did what and when, as the table of transitions allows."""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from pishkhan.cases.states import State, Verb
from pishkhan.catalogue.parties import Audience

from .days import Office
from .words import REFUSALS, RETURN_NOTE

PUBLIC, WORKSHOP, DESK = Audience.PUBLIC, Audience.WORKSHOP, Audience.DESK
Act = tuple[Verb, Audience]

SENT, TAKEN, RETURNED = (Verb.SEND, WORKSHOP), (Verb.TAKE, DESK), (Verb.RETURN, DESK)
CORRECTION: list[Act] = [TAKEN, RETURNED, SENT]

LONGEST = {
    SENT: 4,
    (Verb.REFUSE, WORKSHOP): 4,
    (Verb.WITHDRAW, WORKSHOP): 2,
    (Verb.WITHDRAW, PUBLIC): 3,
    TAKEN: 2,
}
"""Working days that something may take; what is not named here happens within a day."""

LEADS_TO = {
    Verb.TAKE: State.UNDER_REVIEW,
    Verb.RETURN: State.RETURNED,
    Verb.CONFIRM: State.COMPLETED,
    Verb.REJECT: State.REJECTED,
    Verb.REFUSE: State.REJECTED,
    Verb.WITHDRAW: State.WITHDRAWN,
}


class Event(NamedTuple):
    """One thing that happened to a case."""

    verb: Verb
    by: Audience
    to: State
    at: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A case from its first sending (or, a draft, from its writing) to its present state."""

    begun_by: Audience
    began: int
    state: State
    events: list[Event]

    def first(self, state: State) -> int | None:
        """When the case first came into a state."""
        for event in self.events:
            if event.to == state:
                return event.at
        return None

    @property
    def since(self) -> int:
        return self.events[-1].at if self.events else self.began


def lived(
    state: State, begun_by: Audience, began: int, rejections: tuple[str, ...], office: Office, random: Random
) -> Life:
    """A life that ended in `state`; `rejections` are reasons the branch may give."""
    events: list[Event] = []
    moment = began
    for verb, by in _acts(state, begun_by, random):
        if events or by != begun_by:
            moment = office.after(moment, LONGEST.get((verb, by), 1), random)
        events.append(Event(verb, by, _goal(verb, by), moment, _note(verb, rejections, random)))
    return Life(begun_by, began, state, events)


def sent_by_a_stranger(began: int) -> Life:
    """A request without a workshop: it goes to the branch at once."""
    return Life(PUBLIC, began, State.SUBMITTED, [Event(Verb.SEND, PUBLIC, State.SUBMITTED, began)])


def beginner(state: State, random: Random) -> Audience:
    """Who began the registration of somebody, where both may."""
    if state == State.AWAITING_EMPLOYER:
        return PUBLIC
    return PUBLIC if random.random() < (0.3 if state == State.DRAFT else 0.55) else WORKSHOP


def _acts(state: State, begun_by: Audience, random: Random) -> list[Act]:
    if state == State.DRAFT:
        return []
    start: list[Act] = [(Verb.SEND, PUBLIC)] if begun_by == PUBLIC else []
    if state == State.AWAITING_EMPLOYER:
        return start
    if start and state == State.REJECTED and random.random() < 0.4:
        return [*start, (Verb.REFUSE, WORKSHOP)]
    if start and state == State.WITHDRAWN and random.random() < 0.5:
        return [*start, (Verb.WITHDRAW, PUBLIC)]
    returned_once = random.random() < 0.15 and state != State.RETURNED
    return [*start, SENT, *(CORRECTION if returned_once else []), *_closing(state)]


def _closing(state: State) -> list[Act]:
    match state:
        case State.UNDER_REVIEW:
            return [TAKEN]
        case State.RETURNED:
            return [TAKEN, RETURNED]
        case State.COMPLETED:
            return [TAKEN, (Verb.CONFIRM, DESK)]
        case State.REJECTED:
            return [TAKEN, (Verb.REJECT, DESK)]
        case State.WITHDRAWN:
            return [(Verb.WITHDRAW, WORKSHOP)]
        case _:
            return []


def _goal(verb: Verb, by: Audience) -> State:
    if verb == Verb.SEND:
        return State.AWAITING_EMPLOYER if by == PUBLIC else State.SUBMITTED
    return LEADS_TO[verb]


def _note(verb: Verb, rejections: tuple[str, ...], random: Random) -> str:
    match verb:
        case Verb.RETURN:
            return RETURN_NOTE
        case Verb.REJECT:
            return random.choice(rejections)
        case Verb.REFUSE:
            return random.choice(REFUSALS)
        case _:
            return ""
