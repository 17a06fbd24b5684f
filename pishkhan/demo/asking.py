"""What somebody answers, and how a case keeps it: the text that the operations would store, made quickly."""

import json
from functools import lru_cache
from json.encoder import encode_basestring, encode_basestring_ascii
from random import Random

from django.db import connection

from pishkhan.catalogue.answers import Answers, shown
from pishkhan.catalogue.service import Service

from .days import DAY, date_of
from .persons import Someone
from .words import JOBS, REMARKS

SLOT = "\x01"
# SQLite keeps the text that Django would have written; PostgreSQL reads it, and shorter text faster.
ASCII = connection.vendor == "sqlite"
quote = encode_basestring_ascii if ASCII else encode_basestring
SERVICE = "main-registration"
PERSONAL = (
    *("national_code", "first_name", "last_name", "father_name", "gender", "birth_date"),
    *("birth_certificate_no", "birth_certificate_serial", "issue_place"),
    *("mobile", "landline", "postal_code", "address"),
)


def answers_of(person: Someone, submitted: int, random: Random) -> Answers:
    """The answers of a registration that is sent at that moment."""
    answers = {name: getattr(person, name) for name in PERSONAL}
    answers["job"] = JOBS.pick(random)
    answers["start_date"] = date_of(submitted - DAY * random.randrange(1, 21))
    answers["insurance_number"] = person.insurance_number
    answers["remarks"] = REMARKS.pick(random) if random.random() < 0.25 else ""
    return answers


def unfinished(answers: Answers) -> Answers:
    """What a draft holds when its writer stopped before the last page."""
    return answers | {"job": "", "start_date": "", "remarks": ""}


def faulty(name: str, answer: str) -> str:
    """The answer as it was before the branch asked to correct it."""
    return answer.partition("، پلاک")[0] if name == "address" else "کارگر"


class Sheet:
    """A service's questions as templates of JSON text, into which answers are put.

    Labels are the same in every case: encoding them a million times would take most of the load's time.
    """

    def __init__(self, service: Service) -> None:
        self.fields = dict(service.fields())
        self.asked = tuple(self.fields)
        blank = service.rows({})
        for page in blank:
            for row in page["answers"]:
                row["shown"] = SLOT
        self.row_parts = json.dumps(blank, ensure_ascii=ASCII).split(quote(SLOT))
        self.answer_parts = json.dumps(dict.fromkeys(self.asked, SLOT), ensure_ascii=ASCII).split(quote(SLOT))
        self.shown = lru_cache(maxsize=1 << 16)(self._shown)

    def _shown(self, name: str, answer: str) -> str:
        return quote(shown(self.fields[name], answer))

    def rows(self, answers: Answers) -> str:
        """`service.rows(answers)` as JSON text."""
        return _filled(self.row_parts, [self.shown(name, answers[name]) for name in self.asked])

    def answers(self, answers: Answers) -> str:
        """The answers as JSON text."""
        return _filled(self.answer_parts, [quote(answers[name]) for name in self.asked])


def _filled(parts: list[str], values: list[str]) -> str:
    pieces = [""] * (len(parts) + len(values))
    pieces[::2], pieces[1::2] = parts, values
    return "".join(pieces)
