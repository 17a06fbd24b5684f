"""«گام بعدی»: what happens next with a case, in the words of whoever reads it."""

from pishkhan.catalogue.parties import Audience

from .refusals import Marks
from .states import State

NEXT = {
    Audience.WORKSHOP: {
        State.DRAFT: "تکمیل و ارسال به سازمان",
        State.AWAITING_EMPLOYER: "بررسی و ارسال به سازمان",
        State.SUBMITTED: "در نوبت بررسی شعبه؛ کاری با شما نیست",
        State.UNDER_REVIEW: "شعبه در حال بررسی است؛ کاری با شما نیست",
        State.RETURNED: "آنچه شعبه نشان کرده است اصلاح کنید و دوباره بفرستید",
        State.COMPLETED: "کار تمام است؛ می‌توانید بایگانی کنید",
        State.REJECTED: "دلیل را بخوانید؛ در صورت نیاز درخواست تازه بدهید",
        State.WITHDRAWN: "از این درخواست انصراف داده شده است",
    },
    Audience.PUBLIC: {
        State.DRAFT: "درخواست را کامل کنید و بفرستید.",
        State.AWAITING_EMPLOYER: "کارفرما باید درخواست را بررسی و به سازمان ارسال کند. کاری با شما نیست.",
        State.SUBMITTED: "کارفرما تأیید کرده و درخواست در نوبت بررسی شعبه است. کاری با شما نیست.",
        State.UNDER_REVIEW: "شعبه در حال بررسی درخواست است. کاری با شما نیست.",
        State.RETURNED: "شعبه اصلاح خواسته است. موارد زیر را به کارفرما بدهید تا اصلاح کند و دوباره بفرستد.",
        State.COMPLETED: "نام‌نویسی شما انجام شده است.",
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
