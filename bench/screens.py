"""What is asked of a filled portal: its screens, by whom, and the admin's page of the same rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Count, QuerySet
from django.utils.crypto import get_random_string

from pishkhan.accounts.models import User
from pishkhan.cases.models import Case
from pishkhan.cases.states import State, WaitingOn
from pishkhan.catalogue.parties import Unit
from pishkhan.demo.words import FAMILIES
from pishkhan.people.models import Employment
from pishkhan.web.access import HELD
from pishkhan.web.portal.views import FOLLOWED
from pishkhan.web.searching import KEY as SEARCHES
from pishkhan.workshops.models import Representation, StaffPost, Workshop

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
REGISTRATION = "main-registration"


@dataclass(frozen=True)
class Screen:
    """`holder`: whose rows they are and how many; `peer`: the admin's list of the same rows."""

    name: str
    address: str
    cookie: str = ""
    holder: str = ""
    peer: str = ""


def screens() -> Iterator[Screen]:
    yield from _public()
    for kind, workshop, cases in by_cases():
        yield from _cartable(workshop, f"{kind} ({cases:,} cases)")
    workshop, people = _by_people()
    yield from _insured(workshop, f"most people ({people:,})")
    yield from _desk()


def _words(cases: "QuerySet[Case]") -> dict[str, str]:
    """What is searched for: things of one request, words that many, few and no requests have."""
    case = cases.exclude(national_code="").exclude(tracking_code=None).earliest("id")
    return {
        **{"national code": case.national_code, "tracking code": case.tracking_code or ""},
        **{"frequent name": FAMILIES.words[0], "rare name": FAMILIES.words[-1], "no name": "ناکجاآبادی"},
        **{"remark": "سربازی"},
    }


def _kept(words: dict[str, str], **rest: str) -> dict[str, Any]:
    """The searches as a session keeps them, each under the name that the address carries."""
    return {SEARCHES: {kind.replace(" ", "-"): {"text": text, **rest} for kind, text in words.items()}}


def _searched(
    what: str, home: str, words: dict[str, str], cookie: str, holder: str, admin: str
) -> Iterator[Screen]:
    for kind, text in words.items():
        address = f"{home}s={kind.replace(' ', '-')}"
        yield Screen(f"{what}, by {kind}", address, cookie, holder, admin and f"{admin}&q={quote(text)}")


def by_cases() -> list[tuple[str, Workshop, int]]:
    """The workshop with the most cases and a middling one, each with their number."""
    counted = Case.objects.values_list("workshop").annotate(n=Count("id")).order_by("-n", "workshop")
    counted = counted.exclude(workshop=None)
    found = [("most", *counted[0]), ("median", *counted[len(counted) // 2])]
    return [(kind, Workshop.objects.get(pk=pk), count) for kind, pk, count in found]


def _by_people() -> tuple[Workshop, int]:
    counted = Employment.objects.filter(has_left=False).values_list("workshop").annotate(n=Count("id"))
    pk, count = counted.order_by("-n", "workshop")[0]
    return Workshop.objects.get(pk=pk), count


def _public() -> Iterator[Screen]:
    yield Screen("home", "/")
    case = Case.objects.filter(service_code=REGISTRATION, state=State.COMPLETED).latest("id")
    yield Screen("followed case", "/follow-up/case/", session_of({HELD: {FOLLOWED: case.pk}}))


def _cartable(workshop: Workshop, holder: str) -> Iterator[Screen]:
    own = Case.objects.filter(workshop=workshop, archived_by_workshop=False)
    words = _words(own)
    cookie = signed_in(
        representative_of(workshop), workshop_id=workshop.pk, **_kept(words, service="", since="", until="")
    )
    admin = f"/admin/cases/case/?workshop__id__exact={workshop.pk}&archived_by_workshop__exact=0"
    yield Screen("cartable, all", "/cartable/?tab=all", cookie, holder, admin)
    yield Screen("cartable, mine", "/cartable/", cookie, holder)
    yield from _searched("cartable", "/cartable/?tab=all&", words, cookie, holder, admin)
    yield Screen("dashboard", "/dashboard/", cookie, holder)
    yield Screen("new case", "/cartable/new/", cookie, holder)
    if draft := own.filter(waiting_on=WaitingOn.DRAFTER).last():
        yield Screen("new case, its form", f"/cartable/{draft.pk}/edit/", cookie, holder)
    # In progress: of very many cases no others have scans (`pishkhan.demo`).
    with_scans = own.filter(service_code=REGISTRATION, waiting_on=WaitingOn.BRANCH).exclude(scans=None)
    if case := with_scans.last():
        yield Screen("case", f"/cartable/{case.pk}/", cookie, holder, f"/admin/cases/case/{case.pk}/change/")
        yield Screen("scan", f"/cartable/{case.pk}/scans/photo/", cookie, holder)


def _insured(workshop: Workshop, holder: str) -> Iterator[Screen]:
    here = Employment.objects.filter(workshop=workshop, has_left=False)
    code = here.select_related("person").latest("id").person.national_code
    frequent, rare = FAMILIES.words[0], FAMILIES.words[-1]
    words = {"national code": code, "frequent name": frequent, "rare name": rare, "no name": "ناکجاآبادی"}
    cookie = signed_in(representative_of(workshop), workshop_id=workshop.pk, **_kept(words))
    admin = f"/admin/people/employment/?workshop__id__exact={workshop.pk}&has_left__exact=0"
    yield Screen("insured list", "/insured/", cookie, holder, admin)
    yield from _searched("insured", "/insured/?", words, cookie, holder, admin)


def _desk() -> Iterator[Screen]:
    post = StaffPost.objects.filter(unit=Unit.REGISTRATION, branch__code=settings.BRANCH["code"])[0]
    unit = Case.objects.filter(unit=Unit.REGISTRATION, archived_by_desk=False)
    words = _words(unit)
    cookie = signed_in(post.user, **_kept(words, service="", since="", until=""))
    waiting = unit.filter(waiting_on=WaitingOn.BRANCH)
    holder = f"branch ({waiting.count():,} waiting)"
    every = "/admin/cases/case/?unit=registration&archived_by_desk__exact=0&o=7"
    yield Screen("desk list", "/desk/queue/", cookie, holder, f"{every}&waiting_on=branch")
    yield from _searched("desk", "/desk/queue/?tab=all&", words, cookie, holder, every)
    yield Screen("desk dashboard", "/desk/", cookie, holder)
    case = (
        waiting.filter(service_code=REGISTRATION, state=State.UNDER_REVIEW).exclude(scans=None).latest("id")
    )
    admin = f"/admin/cases/case/{case.pk}/change/"
    yield Screen("desk case", f"/desk/cases/{case.pk}/", cookie, holder, admin)
    cookie = signed_in(post.user, **_kept({"name prefix": FAMILIES.words[0][:3], "no name": "ناکجاآبادی"}))
    yield Screen("people", "/desk/people/", cookie, "everybody")
    yield Screen("people, by name prefix", "/desk/people/?s=name-prefix", cookie, "everybody")
    yield Screen("people, by no name", "/desk/people/?s=no-name", cookie, "everybody")


def representative_of(workshop: Workshop) -> User:
    held = Representation.objects.filter(workshop=workshop, ended_at=None).order_by("id")
    user = held.select_related("user")[0].user
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    return user


def signed_in(user: User, **data: Any) -> str:
    """The cookie of a session of that user's, holding also `data`."""
    account = {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: MODEL_BACKEND}
    return session_of(account | {HASH_SESSION_KEY: user.get_session_auth_hash()} | data)


def session_of(data: dict[str, Any]) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update(data)
    session.save()
    csrf = f"{settings.CSRF_COOKIE_NAME}={get_random_string(32)}"  # as every browser has after its first page
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {csrf}"
