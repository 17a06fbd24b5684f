"""Asking for letters, and looking into what comes."""

from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.catalogue.parties import Audience
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.offers import issue, offered


def reader(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(BytesIO(pdf))


def pages(pdf: bytes) -> int:
    return int(reader(pdf).root["/Pages"]["/Count"])


def flat(facts: list) -> str:
    """Everything that the facts say, in one text."""
    return "\n".join(
        [
            *(f"{row['label']}: {row['shown']}" for part in facts for row in part["rows"]),
            *("، ".join(row) for part in facts if part["table"] for row in part["table"]["rows"]),
        ]
    )


def letter_of(case: Case, kind: Kind, audience: Audience = Audience.WORKSHOP) -> Letter:
    offers = offered(case, list(case.events.order_by("id")), audience)
    letter = issue(case, next(o for o in offers if o.kind == kind), by=SYSTEM)
    assert letter
    return letter
