"""«تأیید دوم»: what waits for a second person, what the actor asked for, and what was decided lately."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from pishkhan.approvals.models import IMAGES, OPEN, Approval
from pishkhan.audit.operations import record
from pishkhan.workshops.actors import Actor

from ..access import registrar_only
from ..answering import ink
from ..second_person import DecisionForm, card, settle, take_back

SHOWN, DECIDED = 50, 20


@require_safe
@registrar_only
def approvals(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _page(request, actor, {})


@require_POST
@registrar_only
def decide(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    wrong = settle(request, actor, pk)
    return _page(request, actor, {pk: wrong}) if wrong else redirect("approvals")


@require_POST
@registrar_only
def give_up(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    take_back(request, actor, pk)
    return redirect("approvals")


@require_safe
@registrar_only
def picture(request: HttpRequest, actor: Actor, pk: int, which: str) -> HttpResponse:
    """The new signature or stamp, or the one before it; opening it is an entry of the trail."""
    asked = get_object_or_404(Approval.objects.visible_to(actor), pk=pk, action__in=IMAGES)
    response = ink({"new": asked.document, "earlier": asked.earlier}.get(which))
    record("scan opened", by=actor.author, about=asked.about, kind=asked.action)
    return response


def _page(request: HttpRequest, actor: Actor, wrong: dict[int, DecisionForm]) -> HttpResponse:
    seen = Approval.objects.visible_to(actor).with_all()
    going_on = [card(actor, asked, wrong) for asked in seen.open().order_by("id")[:SHOWN]]
    waiting = [each for each in going_on if each.form]
    context: dict[str, Any] = {
        "actor": actor,
        "here": "approvals",
        "waiting": waiting,
        "approvals_waiting": len(waiting),
        "wrong": list(wrong.values()),
        "others": [each for each in going_on if not each.form],
        "decided": seen.exclude(state__in=OPEN).order_by("-id")[:DECIDED],
    }
    return render(request, "desk/approvals.html", context, status=422 if wrong else 200)
