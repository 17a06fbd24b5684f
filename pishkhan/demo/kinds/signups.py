"""Representatives who ask for an account: their requests wait for the senior user."""

from random import Random

from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.demo.lives import Life
from pishkhan.demo.persons import address, postal_code
from pishkhan.demo.plan import SIGN_UP, Request
from pishkhan.demo.roster import Roster
from pishkhan.demo.words import FAMILIES, HEADS, MEN, TAILS, TRADES
from pishkhan.demo.workshops import joined

from .asked import Asked


class SignUps:
    """For workshops that the register does not know."""

    def __init__(self, roster: Roster, random: Random) -> None:
        self.roster, self.random, self.last = roster, random, 0

    def ask(self, request: Request) -> Asked:
        random, person = self.random, self.roster.newcomer()
        trade = random.choice(TRADES)
        self.last += 1
        answers = {
            "workshop_code": f"146{trade[2]}{8000 + self.last}",
            "workshop_name": f"{trade[0]} {joined(random.choice(HEADS), random.choice(TAILS))}",
            "employer_name": f"{MEN.pick(random)} {FAMILIES.pick(random)}",
            "activity": trade[1],
            "legal_national_id": "",
            "phone": f"0130{random.randrange(10**7):07}",
            "postal_code": postal_code(random),
            "address": f"رشت، شهر صنعتی، {address(random)}",
            "first_name": person.first_name,
            "last_name": person.last_name,
            "national_code": person.national_code,
            "mobile": person.mobile,
            "remarks": "",
        }
        return Asked(SIGN_UP, person, answers, State.SUBMITTED, Audience.PUBLIC, ("remarks",), ())

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """None of them has been decided."""
