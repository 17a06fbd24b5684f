"""Past employments that are claimed, and what the unit decided about each."""

import datetime as dt
from random import Random

from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience
from pishkhan.demo.days import date_of
from pishkhan.demo.lives import Life
from pishkhan.demo.plan import COLLECTION, Request
from pishkhan.demo.roster import Family, Roster
from pishkhan.demo.words import (
    CLAIM_REFUSALS,
    COLLECTION_REJECTIONS,
    EVIDENCE,
    FAMILIES,
    HEADS,
    JOBS,
    MEN,
    PLACES,
    TAILS,
    TRADES,
)
from pishkhan.demo.workshops import joined
from pishkhan.people.models import RecordSource

from .asked import Asked, choices, known

SIXTEEN = dt.timedelta(days=16 * 366)
SHORTEST = dt.timedelta(days=200)
FAULTS = ("claim_form", "claim_evidence")
BRANCHES = ("", "شعبه یک رشت", "شعبه دو رشت", "شعبه لاهیجان\nشعبه یک رشت", "شعبه انزلی")


class Collections:
    """Claims of times since somebody's sixteenth birthday that are over by then."""

    def __init__(self, roster: Roster, random: Random) -> None:
        self.roster, self.random = roster, random
        service = known(COLLECTION)
        self.purposes = list(choices(service, "purpose"))
        form = dict(service.fields())["claims"].form  # type: ignore[attr-defined]
        self.mismatches = [code for code, _ in form.base_fields["mismatch"].choices if code]

    def ask(self, request: Request) -> Asked | None:
        until = dt.date.fromisoformat(date_of(request.began)) - dt.timedelta(days=30)
        for family in self.roster.free_at(request.workshop, request.began):
            since = dt.date.fromisoformat(family.main.person.birth_date) + SIXTEEN
            if until - since > 2 * SHORTEST:
                return self._asked(request, family, self._claims(since, until))
        return None

    def _asked(self, request: Request, family: Family, claims: list[Answers]) -> Asked:
        answers = {
            "purpose": self.random.choice(self.purposes),
            "insurance_number": family.main.person.insurance_number,
            "previous_branches": self.random.choice(BRANCHES),
            "remarks": "",
            "claims": claims,
        }
        return Asked(
            *(COLLECTION, family.main.person, answers, request.state, Audience.WORKSHOP),
            *(FAULTS, COLLECTION_REJECTIONS, {"claims": []}, family.main, family),
        )

    def _claims(self, since: dt.date, until: dt.date) -> list[Answers]:
        """One or two, one after the other."""
        count = self.random.choice((1, 1, 2))
        part = (until - since) / count
        return [self._claim(since + n * part, since + (n + 1) * part) for n in range(count)]

    def _claim(self, since: dt.date, until: dt.date) -> Answers:
        random = self.random
        start = since + (until - since - SHORTEST / 2) * random.random()
        days = min((until - start).days - 1, random.randrange(60, 700))
        trade = random.choice(TRADES)
        city = PLACES.pick(random)
        return {
            "workshop_name": f"{trade[0]} {joined(random.choice(HEADS), random.choice(TAILS))}",
            "workshop_code": f"146{trade[2]}{random.randrange(8000, 9000)}" if random.random() < 0.4 else "",
            "employer_name": f"{MEN.pick(random)} {FAMILIES.pick(random)}",
            "activity": trade[1],
            "city": city,
            "branch": f"شعبه {city}",
            "started_on": start.isoformat(),
            "ended_on": (start + dt.timedelta(days=days)).isoformat(),
            "job": JOBS.pick(random),
            "insurance_number": "",
            "mismatch": random.choice(self.mismatches),
            "evidence": EVIDENCE.pick(random),
            "remarks": "",
        }

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """Row by row: what is accepted becomes a contribution record."""
        assert asked.holder
        for number, claim in enumerate(asked.answers["claims"], 1):
            accepted = self.random.random() < 0.8
            whole = _days(claim)
            days = whole - 15 if accepted and self.random.random() < 0.3 else None
            asked.decision |= {
                f"accepted_{number}": "accepted" if accepted else "refused",
                f"days_{number}": days,
                f"reason_{number}": "" if accepted else self.random.choice(CLAIM_REFUSALS),
            }
            if accepted:
                self._record(asked.holder.id, claim, days or whole, life.since)

    def _record(self, person_id: int, claim: Answers, days: int, at: int) -> None:
        workshop = claim["workshop_code"], claim["workshop_name"]
        span = claim["started_on"], claim["ended_on"]
        record = (*workshop, *span, days, str(RecordSource.CLAIM), claim["remarks"])
        self.roster.add_record(person_id, record, at)


def _days(claim: Answers) -> int:
    start, end = (dt.date.fromisoformat(claim[name]) for name in ("started_on", "ended_on"))
    return (end - start).days + 1
