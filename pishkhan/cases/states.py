"""States, and the one table of what may happen in them. Operations, buttons and documents read it."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices


class State(TextChoices):
    DRAFT = "draft", "پیش‌نویس"
    AWAITING_EMPLOYER = "awaiting_employer", "در انتظار تأیید کارفرما"
    SUBMITTED = "submitted", "ارسال‌شده"
    UNDER_REVIEW = "under_review", "در حال بررسی"
    RETURNED = "returned", "برگشت برای رفع نقص"
    COMPLETED = "completed", "انجام‌شده"
    REJECTED = "rejected", "ردشده"
    WITHDRAWN = "withdrawn", "انصراف"


ENDED = (State.COMPLETED, State.REJECTED, State.WITHDRAWN)
AT_BRANCH = (State.SUBMITTED, State.UNDER_REVIEW)
OPEN = (State.AWAITING_EMPLOYER, State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED)


class WaitingOn(TextChoices):
    """On whom a case waits: the one indexed column behind every cartable."""

    APPLICANT = "applicant", "بیمه‌شده"
    DRAFTER = "drafter", "نویسندهٔ پیش‌نویس"
    EMPLOYER = "employer", "کارفرما"
    BRANCH = "branch", "شعبه"
    NOBODY = "nobody", "هیچ‌کس"


class Party(StrEnum):
    """Who may use a transition. The sender is the employer, or the applicant of a case without a workshop.

    A consequence follows from something else that was done, and is nobody's button.
    """

    STARTER = "starter"
    APPLICANT = "applicant"
    EMPLOYER = "employer"
    SENDER = "sender"
    UNIT = "unit"
    CONSEQUENCE = "consequence"


class Verb(TextChoices):
    """What can be done to a case; the labels are how a timeline tells it."""

    SEND = "send", "ارسال"
    REFUSE = "refuse", "رد از سوی کارفرما"
    WITHDRAW = "withdraw", "انصراف"
    TAKE = "take", "آغاز بررسی"
    CONFIRM = "confirm", "تأیید"
    RETURN = "return", "برگشت برای رفع نقص"
    REJECT = "reject", "رد"
    CLOSE = "close", "بسته شدن کارگاه"


@dataclass(frozen=True)
class Transition:
    """From a state, by a verb, to a state. `to` None: the next step of the service, or its end."""

    origin: State
    verb: Verb
    to: State | None
    by: Party


TRANSITIONS = (
    Transition(State.DRAFT, Verb.SEND, None, Party.STARTER),
    Transition(State.AWAITING_EMPLOYER, Verb.SEND, None, Party.EMPLOYER),
    Transition(State.AWAITING_EMPLOYER, Verb.REFUSE, State.REJECTED, Party.EMPLOYER),
    Transition(State.AWAITING_EMPLOYER, Verb.WITHDRAW, State.WITHDRAWN, Party.APPLICANT),
    Transition(State.SUBMITTED, Verb.WITHDRAW, State.WITHDRAWN, Party.SENDER),
    Transition(State.RETURNED, Verb.SEND, State.SUBMITTED, Party.SENDER),
    Transition(State.RETURNED, Verb.WITHDRAW, State.WITHDRAWN, Party.SENDER),
    Transition(State.AWAITING_EMPLOYER, Verb.CLOSE, State.REJECTED, Party.CONSEQUENCE),
    Transition(State.RETURNED, Verb.CLOSE, State.REJECTED, Party.CONSEQUENCE),
    Transition(State.RETURNED, Verb.REJECT, State.REJECTED, Party.UNIT),
    Transition(State.SUBMITTED, Verb.TAKE, State.UNDER_REVIEW, Party.UNIT),
    *(
        transition
        for state in AT_BRANCH
        for transition in (
            Transition(state, Verb.CONFIRM, None, Party.UNIT),
            Transition(state, Verb.RETURN, State.RETURNED, Party.UNIT),
            Transition(state, Verb.REJECT, State.REJECTED, Party.UNIT),
        )
    ),
)


def find_transition(state: str, verb: Verb) -> Transition | None:
    return next((t for t in TRANSITIONS if t.origin == state and t.verb == verb), None)
