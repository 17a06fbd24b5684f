"""Letters on their way out: found through their case, issued when first asked for, sent as PDF."""

import logging

from django.http import Http404, HttpResponse

from pishkhan.audit.operations import record
from pishkhan.cases.models import Case
from pishkhan.letters.models import Letter
from pishkhan.letters.offers import issue, offered
from pishkhan.letters.operations import DamagedLetter, ErasedMeanwhileError, load_letter
from pishkhan.workshops.actors import Actor

logger = logging.getLogger(__name__)


def opened_letter(actor: Actor, case: Case, kind: str, event: int) -> HttpResponse:
    """The letter as PDF, and the entry of the trail that it was opened."""
    letter = _letter_of(actor, case, kind, event)
    response = _stored_pdf(letter)
    record("letter opened", by=actor.author, about=f"letter:{letter.pk}")
    return response


def _letter_of(actor: Actor, case: Case, kind: str, event: int) -> Letter:
    """The letter of that kind about that event; the caller has come to the case through `visible_to`."""
    offers = offered(case, case.timeline(), actor.audience)
    asked = next((offer for offer in offers if offer.kind == kind and offer.event.pk == event), None)
    try:
        letter = issue(case, asked, by=actor.author) if asked else None
    except ErasedMeanwhileError as erased:
        raise Http404 from erased
    visible = Letter.objects.visible_to(actor).filter(pk=letter.pk).first() if letter else None
    if visible is None:
        raise Http404
    return visible


def _stored_pdf(letter: Letter) -> HttpResponse:
    try:
        return pdf(letter, load_letter(letter))
    except DamagedLetter as damaged:
        logger.error("%s: restore it from the backup", damaged)
        raise Http404 from damaged


def pdf(letter: Letter, content: bytes, *, saved: bool = False) -> HttpResponse:
    """Fixed type, never cached, never sniffed; `saved` for what should not be left open on the screen."""
    response = HttpResponse(content, content_type="application/pdf")
    way = "attachment" if saved else "inline"
    response["Content-Disposition"] = f'{way}; filename="{letter.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
