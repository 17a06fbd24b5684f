"""Main insured persons are registered, for the first time or at another workshop."""

from random import Random

from pishkhan.cases.states import ENDED, State
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience
from pishkhan.demo.days import DAY, date_of
from pishkhan.demo.lives import Life, beginner
from pishkhan.demo.persons import Someone
from pishkhan.demo.plan import MAIN, Plan, Request
from pishkhan.demo.roster import NEWCOMERS, Family, Roster
from pishkhan.demo.words import JOBS, REJECTIONS, REMARKS

from .asked import Asked

PERSONAL = (
    *("national_code", "first_name", "last_name", "father_name", "gender", "birth_date"),
    *("birth_certificate_no", "birth_certificate_serial", "issue_place"),
    *("mobile", "landline", "postal_code", "address"),
)
FAULTS = ("photo", "national_card_back", "birth_certificate_1", "questionnaire", "job", "address")
UNFINISHED = {"job": "", "start_date": "", "remarks": ""}


class Registrations:
    """Of those that are completed some enter newcomers, evenly spread; the others move people."""

    def __init__(self, roster: Roster, random: Random, plan: Plan) -> None:
        self.roster, self.random = roster, random
        self.expected = plan.registrations
        self.newcomers = min(int(NEWCOMERS * plan.wanted.insured), int(self.expected) * 3 // 4)
        self.seen = self.completed = 0

    def ask(self, request: Request) -> Asked:
        """Where nobody could be registered any more, a stranger's registration is rejected."""
        state, began, random = request.state, request.began, self.random
        begun_by, family = beginner(state, random), None
        if state == State.COMPLETED and not self._newcomer_is_due():
            family = self.roster.next_in_turn(began)
            state = state if family else State.REJECTED
        elif state not in ENDED and begun_by == Audience.WORKSHOP and random.random() < 0.4:
            family = self.roster.from_elsewhere(request.workshop, began)
        holder = family.main if family else None
        person = holder.person if holder else self.roster.newcomer()
        answers = self._answers(person, began, family)
        return Asked(
            *(MAIN, person, answers, state, begun_by, FAULTS, REJECTIONS, UNFINISHED, holder, family)
        )

    def _newcomer_is_due(self) -> bool:
        self.completed += 1
        due = self.newcomers * min(1.0, self.completed / max(1.0, 0.9 * self.expected))
        if self.seen < round(due):
            self.seen += 1
            return True
        return False

    def _answers(self, person: Someone, began: int, family: Family | None) -> Answers:
        """Nobody begins anywhere before what was asked at the last place came to its end."""
        random = self.random
        most = min(20, (began - family.free) // DAY) if family else 20
        answers = {name: getattr(person, name) for name in PERSONAL}
        answers["job"] = JOBS.pick(random)
        answers["start_date"] = date_of(began - DAY * random.randrange(max(1, most)))
        answers["insurance_number"] = person.insurance_number
        answers["remarks"] = REMARKS.pick(random) if random.random() < 0.25 else ""
        return answers

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """The person enters the register, and the employment begins."""
        post = self.roster.post(place, asked.answers["job"], asked.answers["start_date"])
        if asked.family:
            self.roster.employ(asked.family, post)
        else:
            asked.family = self.roster.register(asked.person, life.since, post)
            asked.holder = asked.family.main
