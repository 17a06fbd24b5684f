"""Who may be covered as a dependent (domain guide, section 4): a dated table that the branch may change.

The portal warns and asks for the right documents; the branch decides.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from pishkhan.catalogue import scans
from pishkhan.persian.calendar import age_on
from pishkhan.persian.digits import to_persian
from pishkhan.policy.operations import policy

from .models import Relation

KEY = "eligibility"
DOCUMENTS = [
    (scan.code, scan.title)
    for scan in (
        scans.UNDERTAKING,
        scans.STUDY_CERTIFICATE,
        scans.MEDICAL_OPINION,
        scans.SPONSORSHIP_REPORT,
        scans.MARRIAGE_CERTIFICATE,
        scans.CUSTODY_ORDER,
    )
]
"""What a ground may ask for, beside what every dependent shows."""


class Condition(TextChoices):
    """What beside age makes somebody a dependent; the applicant claims it, a document shows it."""

    STUDYING = "studying", "مشغول به تحصیل است"
    DISABLED = "disabled", "ازکارافتاده است"
    SUPPORTED = "supported", "معاش او با بیمه‌شده است؛ بیمه، درآمد و مستمری دیگری ندارد"
    SINGLE = "single", "شوهر و شغل ندارد"


@dataclass(frozen=True)
class Rule:
    """One ground on which a relation is covered: full Jalali years `min_age` ≤ age < `max_age` (None: no
    limit), with `condition` ("" for none), shown by the scans `needs`; `basis` is the law it rests on."""

    relation: str
    min_age: int
    max_age: int | None
    condition: str
    needs: tuple[str, ...]
    basis: str

    def covers(self, relation: str, age: int, conditions: Sequence[str]) -> bool:
        return (
            relation == self.relation
            and self.min_age <= age
            and (self.max_age is None or age < self.max_age)
            and (not self.condition or self.condition in conditions)
        )

    @property
    def words(self) -> str:
        """The ground as people read it: «از ۱۸ سالگی، اگر …»."""
        ages = [f"از {to_persian(self.min_age)} سالگی"] if self.min_age else []
        ages += [f"تا پیش از {to_persian(self.max_age)} سالگی"] if self.max_age is not None else []
        when = [f"اگر {Condition(self.condition).label}"] if self.condition else []
        return "، ".join([" ".join(ages) or "در هر سن", *when])


LAW = "قانون تأمین اجتماعی، مادهٔ ۵۸، بند "
RULES = (
    Rule(Relation.WIFE, 0, None, "", (), f"{LAW}۱"),
    Rule(Relation.HUSBAND, 60, None, Condition.SUPPORTED, ("sponsorship_report",), f"{LAW}۲"),
    Rule(Relation.HUSBAND, 0, None, Condition.DISABLED, ("medical_opinion",), f"{LAW}۲ و مادهٔ ۹۱"),
    Rule(Relation.SON, 0, 22, "", (), f"{LAW}۳ و رویهٔ درمان"),
    Rule(Relation.SON, 22, None, Condition.STUDYING, ("undertaking", "study_certificate"), f"{LAW}۳"),
    Rule(Relation.SON, 22, None, Condition.DISABLED, ("medical_opinion",), f"{LAW}۳ و مادهٔ ۹۱"),
    Rule(Relation.DAUGHTER, 0, 18, "", (), f"{LAW}۳"),
    Rule(Relation.DAUGHTER, 18, None, Condition.SINGLE, ("undertaking",), f"{LAW}۳ و رویهٔ درمان"),
    Rule(Relation.DAUGHTER, 18, None, Condition.DISABLED, ("medical_opinion",), f"{LAW}۳ و مادهٔ ۹۱"),
    Rule(Relation.FATHER, 60, None, Condition.SUPPORTED, ("sponsorship_report",), f"{LAW}۴"),
    Rule(Relation.FATHER, 0, None, Condition.DISABLED, ("medical_opinion", "sponsorship_report"), f"{LAW}۴"),
    Rule(Relation.MOTHER, 55, None, Condition.SUPPORTED, ("sponsorship_report",), f"{LAW}۴"),
    Rule(Relation.MOTHER, 0, None, Condition.DISABLED, ("medical_opinion", "sponsorship_report"), f"{LAW}۴"),
)


def rules(on: datetime.date | None = None) -> list[Rule]:
    """The table in force on a day (today unless told)."""
    decided: list[dict[str, Any]] | None = policy(KEY, None, on)
    if decided is None:
        return list(RULES)
    return [Rule(**{**row, "needs": tuple(row["needs"])}) for row in decided]


@dataclass(frozen=True)
class Verdict:
    """What the table says of one dependent: the ground that covers them, else a warning in words."""

    ground: Rule | None
    warning: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        return self.ground.needs if self.ground else ()


def judge(relation: str, birth_date: datetime.date, conditions: Sequence[str], on: datetime.date) -> Verdict:
    """The first ground of the table that covers such a dependent on that day.

    Without one, the warning names the grounds of the relation; it forbids nothing.
    """
    age = age_on(birth_date, on)
    of_relation = [rule for rule in rules(on) if rule.relation == relation]
    for rule in of_relation:
        if rule.covers(relation, age, conditions):
            return Verdict(rule)
    name = Relation(relation).label
    grounds = "؛ ".join(rule.words for rule in of_relation) or "هیچ شرطی"
    who = f"«{name}» {to_persian(age)} ساله"
    return Verdict(None, f"{who} با این شرایط مشمول نیست. پذیرفته می‌شود: {grounds}.")
