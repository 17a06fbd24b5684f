"""«علت برگشت‌ها»: what the unit returned requests for, so that forms can be mended where they mislead."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pishkhan.cases.returns import report
from pishkhan.workshops.actors import Actor

from ..access import desk_only
from .queue import unit_of

PERIODS = {"30": "۳۰ روز گذشته", "90": "۹۰ روز گذشته", "365": "یک سال گذشته"}
SHOWN = 40


@require_safe
@desk_only
def returns(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Counted by service, by what was marked and by reason."""
    days = request.GET.get("days", "90")
    if days not in PERIODS:
        raise Http404
    unit = unit_of(request, actor)
    found = report(actor, unit, int(days))
    context = {"actor": actor, "here": "returns", "unit": unit, "periods": PERIODS, "days": days}
    context |= {"rows": found.rows[:SHOWN], "returns": found.returns}
    context["largest"] = found.rows[0].times if found.rows else 1
    return render(request, "desk/returns.html", context)
