"""What both sides' pages of a visit show alike."""

from typing import Any

from django.http import Http404, HttpResponse

from pishkhan.audit.operations import record
from pishkhan.inspections.models import Inspection, Kind, Objection, ObjectionScan
from pishkhan.workshops.actors import Actor

from .answering import shown_picture

COLUMNS = ("number", "kind", "inspector_name", "observed_count", "on_list_count", "state")


def load(actor: Actor, pk: int) -> Inspection:
    """The visit through the one door; what is not the actor's to see does not exist."""
    visible = Inspection.objects.visible_to(actor).select_related("workshop", "branch")
    inspection = visible.filter(pk=pk).first()
    if inspection is None:
        raise Http404
    return inspection


def readable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plain rows with the words that a list shows."""
    for row in rows:
        row["kind"] = Kind(row["kind"]).label
        row["difference"] = row["observed_count"] - row["on_list_count"]
    return rows


def shown(actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """The context of a visit's page."""
    objection = Objection.objects.filter(inspection=inspection).first()
    scans = ObjectionScan.objects.filter(objection=objection).select_related("document")
    return {
        "visit": inspection,
        "workers": list(inspection.workers.order_by("position")),
        "objection": objection,
        "scans": list(scans.order_by("position")) if objection else [],
        "verbs": inspection.verbs(actor),
    }


def opened_objection_picture(
    actor: Actor, inspection: Inspection, position: int, *, small: bool = False
) -> HttpResponse:
    """A picture of the employer's objection, and an entry of the trail; seen small, it is not opened."""
    scans = ObjectionScan.objects.filter(objection__inspection=inspection, position=position)
    scan = scans.select_related("document").first()
    response = shown_picture(scan.document if scan else None, small=small)
    if not small:
        about = f"inspection:{inspection.pk}"
        record("objection scan opened", by=actor.author, about=about, position=position)
    return response
