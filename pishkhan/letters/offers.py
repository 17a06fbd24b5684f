"""Which letters there are for a case, and who may have them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pishkhan.audit.operations import Author
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State, Verb
from pishkhan.catalogue.parties import Audience
from pishkhan.people.models import Booklet

from .models import Kind, Letter
from .operations import issue_booklet_letter, issue_for_event, issue_statement

ANSWERS = {Verb.RETURN: Kind.RETURN, Verb.REJECT: Kind.REJECTION}


@dataclass(frozen=True)
class Offer:
    """A letter that can be had: issued when it is first asked for, the same ever after."""

    kind: Kind
    event: Event

    @property
    def title(self) -> str:
        return str(self.kind.label)


def offered(case: Case, events: Sequence[Event], audience: Audience) -> list[Offer]:
    """The letters of the case for that audience; `events` are all of the case's, the oldest first."""
    if case.erased_at:
        return []
    return [offer for event in events for offer in _of_event(case, event, audience)] + _form(events, audience)


def _of_event(case: Case, event: Event, audience: Audience) -> Iterator[Offer]:
    """A receipt for the side that sent; what the branch answered, for everybody."""
    if event.verb == Verb.SEND and event.audience == audience:
        yield Offer(Kind.RECEIPT, event)
    if event.verb in ANSWERS:
        yield Offer(ANSWERS[Verb(event.verb)], event)
    if event.to == State.COMPLETED:
        yield Offer(Kind.DECISION, event)
        # Whoever knows the tracking code reads how the request fares, not what the register holds.
        if audience != Audience.PUBLIC or case.begun_by == Audience.PUBLIC:
            yield from (Offer(Kind(kind), event) for kind in case.service.letters)


def _form(events: Sequence[Event], audience: Audience) -> list[Offer]:
    """The form as it last reached the branch: the answers of earlier ones were replaced."""
    sent = [e for e in events if e.verb == Verb.SEND and e.to != State.AWAITING_EMPLOYER]
    return [Offer(Kind.FORM, sent[-1])] if sent and audience != Audience.PUBLIC else []


def issue(case: Case, offer: Offer, *, by: Author) -> Letter | None:
    """The offered letter; None when what it is about is not on the register."""
    if offer.kind == Kind.STATEMENT:
        entered = offer.event.at  # what was on record when the branch confirmed
        return issue_statement(case.subject, case=case, by=by, entered=entered) if case.subject else None
    if offer.kind == Kind.BOOKLET:
        issued = Booklet.objects.filter(case_id=case.pk).select_related("person").first()
        return issue_booklet_letter(issued, case=case, by=by) if issued else None
    return issue_for_event(case, offer.kind, offer.event, by=by)
