"""The pages of an application in their order, and which services have them."""

from django.http import Http404, HttpRequest
from django.urls import reverse

from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import Service, find


def public_service(code: str) -> Service:
    service = find(code)
    if service is None or Audience.PUBLIC not in service.offered_to:
        raise Http404
    return service


def onward(request: HttpRequest, service: Service, page: str) -> str:
    """The next page, or back to the check when the user came from there."""
    if request.GET.get("back") == "check":
        return reverse("apply_check", args=[service.code])
    if page == "scans":
        return reverse("apply_scans", args=[service.code])
    return reverse("apply_page", args=[service.code, page])


def progress(service: Service, done: int) -> tuple[int, int]:
    """Which step this is, of how many: the workshop, the service's pages, the scans, the check."""
    return done + 1, len(service.pages) + 3
