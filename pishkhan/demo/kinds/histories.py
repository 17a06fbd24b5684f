"""A statement of the contribution records of somebody who works there."""

from random import Random

from pishkhan.catalogue.parties import Audience
from pishkhan.demo.lives import Life
from pishkhan.demo.plan import HISTORY, Request
from pishkhan.demo.roster import Roster
from pishkhan.demo.words import HISTORY_REJECTIONS, HISTORY_REMARKS

from .asked import Asked, choices, known


class Histories:
    def __init__(self, roster: Roster, random: Random) -> None:
        self.roster, self.random = roster, random
        self.purposes = list(choices(known(HISTORY), "purpose"))

    def ask(self, request: Request) -> Asked | None:
        family = next(self.roster.free_at(request.workshop, request.began), None)
        if family is None:
            return None
        answers = {
            "purpose": self.random.choice(self.purposes),
            "remarks": HISTORY_REMARKS.pick(self.random),
        }
        return Asked(
            *(HISTORY, family.main.person, answers, request.state, Audience.WORKSHOP),
            *(("remarks",), HISTORY_REJECTIONS, {"purpose": ""}, family.main, family),
        )

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """Nothing on the register changes."""
