"""Somebody is registered as the dependent of a main insured person of the workshop."""

import datetime as dt
from dataclasses import replace
from random import Random

from pishkhan.catalogue.answers import Answers
from pishkhan.demo.days import date_of
from pishkhan.demo.families import Member, joins
from pishkhan.demo.lives import Life, beginner
from pishkhan.demo.plan import DEPENDENT, Request
from pishkhan.demo.roster import Family, Roster
from pishkhan.demo.words import DEPENDENT_REJECTIONS

from .asked import Asked

PERSONAL = (
    *("national_code", "first_name", "last_name", "father_name", "birth_date"),
    *("birth_certificate_no", "birth_certificate_serial", "issue_place"),
)
UNFINISHED = {"relation": "", "conditions": [], "since": ""}


class Dependents:
    """Wives, children, parents and husbands."""

    def __init__(self, roster: Roster, random: Random) -> None:
        self.roster, self.random = roster, random

    def ask(self, request: Request) -> Asked | None:
        day = dt.date.fromisoformat(date_of(request.began))
        for family in self.roster.free_at(request.workshop, request.began):
            there = {holder.relation for holder in family.covered}
            member = joins(family.main.person, there, self.roster.next_number, self.random, day)
            if member:
                self.roster.take_number()
                return self._asked(request, family, member)
        return None

    def _asked(self, request: Request, family: Family, member: Member) -> Asked:
        person = replace(member.person, mobile="", landline="", postal_code="", address="")
        answers = _answers(family, member)
        return Asked(
            *(DEPENDENT, person, answers, request.state, beginner(request.state, self.random)),
            *(("birth_certificate_1",), DEPENDENT_REJECTIONS, UNFINISHED, None, family),
        )

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """The dependent enters the register, covered through the main insured person."""
        assert asked.family
        answers = asked.answers
        member = Member(asked.person, answers["relation"], answers["since"], tuple(answers["conditions"]))
        asked.holder = self.roster.add_member(asked.family, member, life.since)


def _answers(family: Family, member: Member) -> Answers:
    return {
        "main_national_code": family.main.person.national_code,
        **{name: getattr(member.person, name) for name in PERSONAL},
        "relation": str(member.relation),
        "conditions": list(member.conditions),
        "since": member.since,
        "remarks": "",
    }
