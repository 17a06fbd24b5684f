"""Addresses of a portal in which everything fails, with people in its hands."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from pishkhan.people.models import Person
from tests.world import code_of_person

SAID = "علی‌رضا کوچک‌پور 9990000018 09121112233 nemune-1405-khoob"


def in_code(request: HttpRequest) -> HttpResponse:
    held = {"said": SAID, "sent": request.POST.dict(), "session": dict(request.session.items())}
    raise ValueError(f"nothing can be done with {held}")


def in_chain(request: HttpRequest) -> HttpResponse:
    try:
        return in_code(request)
    except ValueError as error:
        raise KeyError(SAID) from error


def in_database(request: HttpRequest) -> HttpResponse:
    """The same national code twice: PostgreSQL says which, and of which row."""
    known = Person.objects.get(national_code=code_of_person(1))
    known.pk = None
    with transaction.atomic():
        known.save(force_insert=True)
    return HttpResponse()


def in_data(request: HttpRequest) -> HttpResponse:
    """A value that no column takes."""
    with transaction.atomic():
        Person.objects.filter(pk=request.POST["national_code"] + "علی").update(mobile=SAID)
    return HttpResponse()


FAILURES = [in_code, in_chain, in_database, in_data]

urlpatterns = [
    *(path(f"fail/{view.__name__}/", view) for view in FAILURES),
    path("", include("pishkhan.urls")),
]

handler500 = "pishkhan.web.errors.failed"
