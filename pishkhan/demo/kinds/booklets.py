"""Booklets: the first one, a new one in the place of a finished one, a duplicate of a lost one."""

from collections.abc import Callable
from random import Random

from pishkhan.catalogue.parties import Audience
from pishkhan.demo.days import DAY, date_of
from pishkhan.demo.lives import Life
from pishkhan.demo.plan import DUPLICATE, FIRST, RENEWAL, Request
from pishkhan.demo.roster import Family, Holder, Roster
from pishkhan.demo.shelf import Shelf
from pishkhan.demo.tables import Table
from pishkhan.demo.words import BOOKLET_REJECTIONS, BOOKLET_REMARKS

from .asked import Asked, choices, known

HAS_PHOTO = 3 * 366 * DAY
RENEWED_AFTER = 60 * DAY
DUPLICATED = ("lost",) * 12 + ("stolen",) * 4 + ("worn_out",) * 3 + ("disaster",)


class Booklets:
    """The three services about booklets.

    Whoever has a booklet renews it; so does somebody whose older one was issued where no register tells.
    """

    def __init__(self, roster: Roster, shelf: Shelf, cases: Table, random: Random) -> None:
        self.roster, self.shelf, self.cases, self.random = roster, shelf, cases, random
        self.reasons = {code: choices(known(code), "reason") for code in (RENEWAL, DUPLICATE)}

    def ask(self, request: Request) -> Asked | None:
        service, began = request.service, request.began
        found = self._somebody(request, _without_booklet) if service == FIRST else None
        if found is None:
            service = RENEWAL if service == FIRST else service
            choice = (_with_older_one(began), _with_booklet, _anybody)
            found = next(filter(None, (self._somebody(request, fits) for fits in choice)), None)
        return self._asked(request, service, *found) if found else None

    def _asked(self, request: Request, service: str, family: Family, holder: Holder) -> Asked:
        answers = self._answers(service, holder, request.began)
        grown = holder.person.birth_date < date_of(request.began - HAS_PHOTO)
        return Asked(
            *(service, holder.person, answers, request.state, Audience.WORKSHOP),
            faults=("photo", "photo", "kind") if grown else ("kind",),
            rejections=BOOKLET_REJECTIONS,
            unfinished=dict.fromkeys(answers, ""),
            holder=holder,
            family=family,
        )

    def _somebody(self, request: Request, fits: Callable[[Holder], bool]) -> tuple[Family, Holder] | None:
        return self.roster.covered_at(request.workshop, request.began, fits)

    def _answers(self, service: str, holder: Holder, began: int) -> dict[str, str]:
        random, booklet = self.random, holder.booklet
        answers = {"kind": booklet.kind if booklet else "special" if random.random() < 0.05 else "general"}
        if service == RENEWAL:
            expired = booklet and self.shelf.has_expired(booklet, began)
            answers["reason"] = "expired" if expired else random.choice(("finished", "finished", "changed"))
        elif service == DUPLICATE:
            answers["reason"] = random.choice(DUPLICATED)
        return answers | {"remarks": BOOKLET_REMARKS.pick(random)}

    def complete(self, asked: Asked, life: Life, place: int) -> None:
        """The booklet is issued on that day, in the place of the one before."""
        assert asked.holder
        reason = asked.answers.get("reason")
        because = self.reasons[asked.service][reason] if reason else ""
        case_id = self.cases.last + 1  # the case is written right after this
        self.shelf.issue(asked.holder, asked.answers["kind"], life.since, because, case_id)


def _without_booklet(holder: Holder) -> bool:
    return holder.booklet is None


def _with_booklet(holder: Holder) -> bool:
    return holder.booklet is not None


def _anybody(holder: Holder) -> bool:
    return True


def _with_older_one(moment: int) -> Callable[[Holder], bool]:
    before = moment - RENEWED_AFTER
    return lambda holder: holder.booklet is not None and holder.booklet.at < before
