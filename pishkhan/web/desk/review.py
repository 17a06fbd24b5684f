"""The review of one case: answers beside scans, and the decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from pishkhan.audit.operations import record
from pishkhan.cases import operations
from pishkhan.cases.guidance import stages
from pishkhan.cases.models import Case, CaseQuerySet, Event
from pishkhan.cases.refusals import NobodyCorrectsError, NotReadyError, ReasonMissingError
from pishkhan.cases.returns import STANDARD
from pishkhan.cases.states import State, Verb, WaitingOn
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import Service
from pishkhan.letters.offers import offered
from pishkhan.persian.calendar import tehran_day
from pishkhan.persian.letters import clean, clean_text
from pishkhan.policy.days import working_days
from pishkhan.retention.models import is_held
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

from ..access import desk_only
from ..answering import opened_picture, picture
from ..cases import load
from ..kept import typed_before
from ..lettering import opened_letter
from ..seen import number_seen
from .viewer import compared_with, pictures_of


@require_safe
@desk_only
def review(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The answers beside the scans; nothing to scroll for the decision. Looking is recorded."""
    return _page(request, actor, load(actor, pk), typed_before(request, f"/desk/cases/{pk}/decide/"))


def _page(
    request: HttpRequest, actor: Actor, case: Case, typed: dict[str, Any], error: str = ""
) -> HttpResponse:
    events = case.timeline()
    record("case viewed", by=actor.author, about=f"case:{case.pk}")
    verbs = case.verbs(actor)
    asked = case.service.decision_form(case) if Verb.CONFIRM in verbs else None
    context = {
        "actor": actor,
        "here": "queue",
        "case": case,
        "pictures": pictures_of(actor, case),
        "events": events,
        "stages": stages(case, events),
        "changes": [change for event in events for change in event.changes],
        "asked": next((e for e in reversed(events) if e.verb == Verb.RETURN), None),
        "unchanged": _unchanged(case, events),
        "differences": case.service.differences(case) if case.at_branch else [],
        "verbs": verbs,
        "warnings": _warnings(case) if case.at_branch else [],
        "facts": case.service.facts(case) if case.at_branch else [],
        "decision": asked(typed if error else None, initial=typed) if asked else None,
        "reasons": [reason.label for reason in STANDARD],
        "typed": typed,
        "error": error,
        "offers": offered(case, events, Audience.DESK),
        "following": _following(actor, case),
        "held": is_held(case),
        "waited": _waited(case) if case.at_branch else None,
        "held_by": case.assignee if case.at_branch and case.assignee != actor.user else None,
    }
    return render(request, "desk/review.html", context, status=422 if error else 200)


def _warnings(case: Case) -> list[str]:
    """What is for the branch alone, and cautions that the sender was not asked about."""
    closed = [str(NobodyCorrectsError())] if case.workshop_is_closed else []
    unasked = [c.text for c in case.service.cautions(case) if c.code not in case.explanations]
    return [*closed, *unasked, *case.service.warnings(case)]


def _told(case: Case, errors: dict[str, str]) -> str:
    """What hinders the decision, each with the question it is about."""
    asked = case.service.decision_form(case)
    labels = {name: str(field.label) for name, field in (asked.base_fields if asked else {}).items()}
    return " ".join(f"{labels[name]}: {told}" if name in labels else told for name, told in errors.items())


def _unchanged(case: Case, events: Sequence[Event]) -> bool:
    """Whether the request came back from its sender as it was returned."""
    moves = [event for event in events if event.verb in (Verb.SEND, Verb.RETURN)][-2:]
    return case.at_branch and [e.verb for e in moves] == [Verb.RETURN, Verb.SEND] and not moves[1].changes


def _waited(case: Case) -> int:
    """Working days since the case came to the unit."""
    return working_days(tehran_day(case.waiting_since), timezone.localdate())


def _following(actor: Actor, case: Case) -> int | None:
    """The next case of the queue that no colleague has in hand; after the last, the first again."""
    if not (actor.branch and actor.unit and actor.user and case.submitted_at):
        return None
    found = _after(actor, actor.user.pk, case.pk, case.submitted_at) or _first(actor, actor.user.pk, case.pk)
    return found[0] if found else None


def _free(actor: Actor, user: int, case: int) -> CaseQuerySet:
    shelf = Case.objects.visible_to(actor).filter(unit=actor.unit).shelf(archived=False, at_desk=True)
    waiting = shelf.filter(waiting_on=WaitingOn.BRANCH).order_by("submitted_at", "id")
    return waiting.filter(Q(state=State.SUBMITTED) | Q(assignee=user)).exclude(pk=case)


def _later(actor: Actor, user: int, case: int, sent: datetime) -> "QuerySet[Case, int]":
    later = Q(submitted_at=sent, pk__gt=case) | Q(submitted_at__gt=sent)
    found = _free(actor, user, case).filter(later, submitted_at__gte=sent)
    return found.values_list("pk", flat=True)[:1]


_after = PreparedFor(_later, int, int, datetime)
_first = PreparedFor(lambda *own: _free(*own).values_list("pk", flat=True)[:1], int, int)


@require_http_methods(["GET", "POST"])
@desk_only
def decide(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Confirm, return or reject; of two who decide at once the second is told what the first did."""
    case = load(actor, pk)
    if request.method == "GET":  # back from signing in again
        return redirect("review", case.pk)
    try:
        done = _decided(request.POST, actor, case)
    except ReasonMissingError as missing:
        return _page(request, actor, case, request.POST.dict(), missing.message)
    except NotReadyError as not_ready:
        return _page(request, actor, case, request.POST.dict(), _told(case, not_ready.errors))
    except PermissionDenied as denied:
        raise Http404 from denied
    next_thing = case.service.afterwards if load(actor, pk).state == State.COMPLETED else ""
    messages.success(request, f"{case.service.title}، {case.subject_name}: {done} {next_thing}".strip())
    return redirect("queue")


def _decided(posted: Any, actor: Actor, case: Case) -> str:
    version = number_seen(posted, "version")
    note, marks = clean_text(posted.get("note", "")[:1000]), _marks(case.service, posted)
    match posted.get("verb"):
        case Verb.CONFIRM:
            if (marks or note) and version == case.version:
                raise ReasonMissingError(MARKED)
            operations.confirm(actor, case.pk, version=version, decision=posted)
            return "تأیید شد."
        case Verb.RETURN:
            operations.return_for_correction(actor, case.pk, version=version, note=note, marks=marks)
            return "برای رفع نقص برگشت."
        case Verb.REJECT:
            operations.reject(actor, case.pk, version=version, note=note)
            return "رد شد."
    raise Http404


MARKED = "ایراد یا یادداشتی نوشته‌اید که با تأیید به فرستنده نمی‌رسد؛ آن را پاک کنید یا تصمیم دیگری بگیرید."


def _marks(service: Service, posted: Any) -> list[dict[str, str]]:
    """What the officer flagged, each with its reason: fields first, then scans."""
    labels = {name: str(field.label) for name, field in service.fields()}
    labels |= {f"scan:{scan.code}": scan.title for scan in service.scans}
    reasons = {target: clean(posted.get(f"mark:{target}", "")[:300]) for target in labels}
    return [
        {"target": target, "label": label, "reason": reasons[target]}
        for target, label in labels.items()
        if reasons[target]
    ]


@require_safe
@desk_only
def scan(request: HttpRequest, actor: Actor, pk: int, kind: str) -> HttpResponse:
    """A scan of a case; opening one is an entry of the trail."""
    return opened_picture(actor, load(actor, pk), kind)


@require_safe
@desk_only
def compared_scan(request: HttpRequest, actor: Actor, pk: int, kind: str, origin: str) -> HttpResponse:
    """The picture to compare a scan with: the one it replaced, or the one on file of the case's person."""
    case = load(actor, pk)
    found = compared_with(actor, case, kind, origin)
    if found is None:
        raise Http404
    response = picture(found)
    about = f"case:{case.pk}"
    record("scan opened", by=actor.author, about=about, kind=kind, origin=origin, sha256=found.sha256)
    return response


@require_safe
@desk_only
def letter(request: HttpRequest, actor: Actor, pk: int, kind: str, event: int) -> HttpResponse:
    """A letter about a case; opening one is an entry of the trail."""
    return opened_letter(actor, load(actor, pk), kind, event)
