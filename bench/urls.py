from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.admin import site
from pishkhan.urls import handler400, handler403, handler404, handler500
from pishkhan.urls import urlpatterns as portal


def bare(request: HttpRequest) -> HttpResponse:
    """What any answer costs behind the portal's middleware."""
    return HttpResponse("ok")


urlpatterns = [path("bare", bare), path("admin/", site.urls), *portal]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
