"""How long what identifies people is kept: defaults here, changed by the branch in «تنظیمات شعبه»."""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from pishkhan.catalogue.service import every_service
from pishkhan.policy.operations import policies

KEY = "retention:"
CASES, REST = f"{KEY}cases", f"{KEY}rest"
LONGEST = 36_500  # days: a hundred years


class Kept(TextChoices):
    """In which state a request's period begins to run: when it was last touched, or ended."""

    VISITOR_DRAFT = "public-draft", "پیش‌نویس متقاضی که فرستاده نشد"
    DRAFT = "workshop-draft", "پیش‌نویس کارفرما که فرستاده نشد"
    WITHDRAWN = "withdrawn", "انصراف"
    REJECTED = "rejected", "ردشده"
    COMPLETED = "completed", "انجام‌شده"


class Thing(TextChoices):
    """What else has a period of its own."""

    PICTURES = "pictures", "تصویرهایی که جایگزین شده‌اند"
    NOTICES = "notices", "خبرهای داشبورد"
    LETTERS = "letters", "نامه‌های بیرون از درخواست‌ها"
    VISITS = "visits", "نام کارگران در گزارش‌های بازرسی"


@dataclass(frozen=True)
class Period:
    """`service` is a code, "" for every service without a period of its own; `days` None: for good."""

    service: str
    state: str
    days: int | None


GENERAL = (
    Period("", Kept.VISITOR_DRAFT, 7),
    Period("", Kept.DRAFT, 180),
    Period("", Kept.WITHDRAWN, 365),
    Period("", Kept.REJECTED, 5 * 365),
    Period("", Kept.COMPLETED, 10 * 365),
)
THINGS: dict[str, int | None] = {
    Thing.PICTURES: 365,
    Thing.NOTICES: 180,
    Thing.LETTERS: 10 * 365,
    Thing.VISITS: 10 * 365,
}


def periods(on: date | None = None) -> list[Period]:
    """What is in force for requests; a state without a general period has the default one."""
    decided = policies(KEY, on).get(CASES)
    if decided is None:
        for_good = [service.code for service in every_service() if service.kept_for_good]
        return [*GENERAL, *(Period(code, Kept.COMPLETED, None) for code in for_good)]
    rows = [Period(**row) for row in decided]
    general = {row.state for row in rows if not row.service}
    return rows + [row for row in GENERAL if row.state not in general]


def thing_days(on: date | None = None) -> dict[str, int | None]:
    """How many days each other thing is kept; None: for good."""
    decided: dict[str, int | None] = policies(KEY, on).get(REST, {})
    return THINGS | decided
