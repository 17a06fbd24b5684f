"""The states of a visit's report, and the one table of what may happen in them."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices


class State(TextChoices):
    DRAFT = "draft", "پیش‌نویس"
    PUBLISHED = "published", "ابلاغ‌شده"
    ACKNOWLEDGED = "acknowledged", "رؤیت‌شده"
    OBJECTED = "objected", "در رسیدگی به اعتراض"
    OBJECTION_ACCEPTED = "objection_accepted", "اعتراض پذیرفته شد"
    OBJECTION_REJECTED = "objection_rejected", "اعتراض رد شد"


class Verb(TextChoices):
    EDIT = "edit", "ویرایش"
    DISCARD = "discard", "حذف"
    PUBLISH = "publish", "ابلاغ"
    ACKNOWLEDGE = "acknowledge", "رؤیت شد"
    OBJECT = "object", "اعتراض"
    ACCEPT = "accept", "پذیرفتن اعتراض"
    REJECT = "reject", "رد اعتراض"


class Party(StrEnum):
    """Who may use a transition: whoever inspects for the branch, or the workshop's representatives."""

    INSPECTORS = "inspectors"
    EMPLOYER = "employer"


@dataclass(frozen=True)
class Transition:
    """From a state, by a verb, to a state. `to` None: the report is gone."""

    origin: State
    verb: Verb
    to: State | None
    by: Party


TRANSITIONS = (
    Transition(State.DRAFT, Verb.EDIT, State.DRAFT, Party.INSPECTORS),
    Transition(State.DRAFT, Verb.DISCARD, None, Party.INSPECTORS),
    Transition(State.DRAFT, Verb.PUBLISH, State.PUBLISHED, Party.INSPECTORS),
    Transition(State.PUBLISHED, Verb.ACKNOWLEDGE, State.ACKNOWLEDGED, Party.EMPLOYER),
    # Having seen the report takes nobody's right to object; an objection is made once.
    Transition(State.PUBLISHED, Verb.OBJECT, State.OBJECTED, Party.EMPLOYER),
    Transition(State.ACKNOWLEDGED, Verb.OBJECT, State.OBJECTED, Party.EMPLOYER),
    Transition(State.OBJECTED, Verb.ACCEPT, State.OBJECTION_ACCEPTED, Party.INSPECTORS),
    Transition(State.OBJECTED, Verb.REJECT, State.OBJECTION_REJECTED, Party.INSPECTORS),
)


def find_transition(state: str, verb: Verb) -> Transition | None:
    return next((t for t in TRANSITIONS if t.origin == state and t.verb == verb), None)
