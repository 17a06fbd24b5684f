"""A person by national code: asked at every step of a request, so compiled once (`pishkhan.prepared`)."""

from django.db.models import Q

from pishkhan.catalogue.service import About
from pishkhan.prepared import Prepared
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

from .models import Employment, Person

FEW = 100
"""A national code is one person's; an insurance number may have been typed for many."""

_on_register = Prepared(lambda code: Person.objects.filter(national_code=code), str)
_known_to = PreparedFor(lambda actor, code: Person.objects.visible_to(actor).filter(national_code=code), str)
_main_insured = Prepared(
    lambda workshop, code: Person.objects.insured_at(workshop).filter(national_code=code), *(int, str)
)
_covered = Prepared(
    lambda workshop, code: Person.objects.covered_at(workshop).filter(national_code=code), *(int, str)
)
_jobs_of = Prepared(
    lambda digits: Employment.objects.filter(
        person__in=Person.objects.filter(Q(national_code=digits) | Q(insurance_number=digits))
    ).values_list("pk", flat=True)[: FEW + 1],
    str,
)


def on_register(code: str) -> Person | None:
    """Whoever it is: what is told of them is told to the branch alone."""
    return _one(_on_register(code))


def known_to(actor: Actor, code: str) -> Person | None:
    """Whom the actor may see."""
    return _one(_known_to(actor, code))


def main_insured(workshop: int, code: str) -> Person | None:
    """Who works at the workshop of that number now."""
    return _one(_main_insured(workshop, code))


def on_list(about: About, workshop: int, code: str) -> Person | None:
    """Whom a service about such people may be asked for at the workshop: of `COVERED` dependents too."""
    return _one((_covered if about == About.COVERED else _main_insured)(workshop, code))


def jobs_of(digits: str) -> list[int] | None:
    """The numbers of all employments, whosever they are and wherever, of those who have the national code or
    the insurance number; None for more than a few.

    SQLite finds them so, and otherwise through the whole list of a workshop.
    """
    few = _jobs_of(digits)
    return few if len(few) <= FEW else None


def _one(found: list[Person]) -> Person | None:
    return found[0] if found else None
