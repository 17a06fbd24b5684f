"""«گام بعدی»: what happens next with a case, in the words of whoever reads it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from pishkhan.catalogue.parties import Audience

from .models import Case, Event
from .refusals import Marks
from .states import State, Verb

NEXT = {
    Audience.WORKSHOP: {
        State.DRAFT: "تکمیل و ارسال به سازمان",
        State.AWAITING_EMPLOYER: "بررسی و ارسال به سازمان",
        State.SUBMITTED: "در نوبت بررسی شعبه؛ نیازی به اقدام شما نیست",
        State.UNDER_REVIEW: "شعبه در حال بررسی است؛ نیازی به اقدام شما نیست",
        State.RETURNED: "آنچه شعبه نشان کرده است اصلاح کنید و دوباره بفرستید",
        State.COMPLETED: "کار تمام است؛ می‌توانید بایگانی کنید",
        State.REJECTED: "دلیل را بخوانید؛ در صورت نیاز درخواست تازه بدهید",
        State.WITHDRAWN: "از این درخواست انصراف داده شده است",
    },
    Audience.PUBLIC: {
        State.DRAFT: "درخواست را کامل کنید و بفرستید.",
        State.AWAITING_EMPLOYER: "کارفرما باید درخواست را بررسی و ارسال کند. نیازی به اقدام شما نیست.",
        State.SUBMITTED: "درخواست در نوبت بررسی شعبه است. نیازی به اقدام شما نیست.",
        State.UNDER_REVIEW: "شعبه در حال بررسی درخواست است. نیازی به اقدام شما نیست.",
        State.RETURNED: "شعبه اصلاح خواسته است. موارد زیر باید اصلاح و درخواست دوباره فرستاده شود.",
        State.COMPLETED: "درخواست شما انجام شده است.",
        State.REJECTED: "درخواست رد شده است. دلیل را بخوانید؛ پس از رفع آن می‌توانید درخواست تازه بدهید.",
        State.WITHDRAWN: "از این درخواست انصراف داده شده است.",
    },
    Audience.DESK: {
        State.SUBMITTED: "در نوبت بررسی",
        State.UNDER_REVIEW: "در دست بررسی",
        State.RETURNED: "منتظر اصلاح کارفرما",
        State.COMPLETED: "پایان‌یافته",
        State.REJECTED: "پایان‌یافته",
        State.WITHDRAWN: "پایان‌یافته",
    },
}


def next_step(state: str, audience: Audience, note: str = "", marks: Marks = ()) -> str:
    """One sentence; a returned or rejected case tells its reason to the workshop."""
    reason = note or "؛ ".join(f"{mark['label']}: {mark['reason']}" for mark in marks)
    if reason and audience == Audience.WORKSHOP and state in (State.RETURNED, State.REJECTED):
        return reason
    return NEXT[audience].get(State(state), "")


@dataclass(frozen=True)
class Stage:
    """One stage of a case's way: its name, when it was passed, and whether it is `done`, `now` or `ahead`."""

    title: str
    at: datetime.datetime | None
    where: str


def stages(case: Case, events: Sequence[Event]) -> list[Stage]:
    """The way of a case from its beginning to its end, with the stage where it is now."""
    began = next((event.at for event in events), None)
    by = Audience(case.begun_by).label
    way = [Stage(f"ثبت {by}", began, "now" if case.is_draft else "done")]
    for index, step in enumerate(case.service.steps):
        if not (step.by_employer and case.begun_by == Audience.WORKSHOP):
            way.append(Stage(step.title, _passed(case, index, events), _where(case, index)))
            if case.state == State.RETURNED and index == case.step_index:
                way[-1] = Stage(step.title, None, "ahead")
                who = "کارفرما" if case.workshop_id else "متقاضی"
                way.insert(-1, Stage(f"اصلاح {who}", None, "now"))
    ended = State(case.state).label if case.has_ended else "پایان"
    return [*way, Stage(ended, case.ended_at, "done" if case.has_ended else "ahead")]


def _where(case: Case, index: int) -> str:
    if case.state == State.COMPLETED or index < case.step_index:
        return "done"
    return "now" if index == case.step_index and not case.has_ended else "ahead"


def _passed(case: Case, index: int, events: Sequence[Event]) -> datetime.datetime | None:
    """When a step was confirmed: the employer's by sending, a unit's by confirming."""
    if _where(case, index) != "done":
        return None
    if case.service.steps[index].by_employer:
        sent = (e.at for e in events if e.verb == Verb.SEND and e.audience == Audience.WORKSHOP)
        return next(sent, None)
    units_before = sum(not step.by_employer for step in case.service.steps[:index])
    confirmed = [event.at for event in events if event.verb == Verb.CONFIRM]
    return confirmed[units_before] if units_before < len(confirmed) else None
