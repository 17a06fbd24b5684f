"""A person by national code: asked at every step of a request, so compiled once (`pishkhan.prepared`).

Each answers with a list of one person at most.
"""

from pishkhan.prepared import Prepared
from pishkhan.workshops.capacities import PreparedFor

from .models import Person

on_register = Prepared(lambda code: Person.objects.filter(national_code=code), str)
known_to = PreparedFor(lambda actor, code: Person.objects.visible_to(actor).filter(national_code=code), str)

# Of a workshop, by its number:
main_insured = Prepared(
    lambda workshop, code: Person.objects.insured_at(workshop).filter(national_code=code), *(int, str)
)
covered = Prepared(
    lambda workshop, code: Person.objects.covered_at(workshop).filter(national_code=code), *(int, str)
)
