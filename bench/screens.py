"""What is asked of a filled portal: its screens, by whom, and the admin's page of the same rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Count
from django.utils.crypto import get_random_string

from pishkhan.accounts.models import User
from pishkhan.cases.models import Case, CaseScan
from pishkhan.cases.states import WaitingOn
from pishkhan.catalogue.parties import Unit
from pishkhan.people.models import Employment
from pishkhan.web.access import HELD
from pishkhan.web.portal.views import FOLLOWED
from pishkhan.web.searching import KEY as SEARCHES
from pishkhan.workshops.models import Representation, StaffPost, Workshop

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
NAME, REMARK = "محمدی", "کارگاه"


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
    case = Case.objects.exclude(tracking_code="").exclude(submitted_at=None).latest("id")
    yield Screen("followed case", "/follow-up/case/", session_of({HELD: {FOLLOWED: case.pk}}))


def _cartable(workshop: Workshop, holder: str) -> Iterator[Screen]:
    cookie = signed_in(representative_of(workshop), workshop_id=workshop.pk, **_searches(workshop))
    admin = f"/admin/cases/case/?workshop__id__exact={workshop.pk}"
    yield Screen("cartable, all", "/cartable/?tab=all", cookie, holder, admin)
    yield Screen("cartable, mine", "/cartable/", cookie, holder)
    for kind in ("code", "name", "remark"):
        asked = f"&q={quote(_asked(workshop, kind))}"
        yield Screen(f"cartable, by {kind}", f"/cartable/?tab=all&s={kind}", cookie, holder, admin + asked)
    yield Screen("dashboard", "/dashboard/", cookie, holder)
    yield Screen("new case", "/cartable/new/", cookie, holder)
    if draft := Case.objects.filter(workshop=workshop, waiting_on=WaitingOn.DRAFTER).last():
        yield Screen("new case, its form", f"/cartable/{draft.pk}/edit/", cookie, holder)
    case = Case.objects.filter(workshop=workshop).exclude(waiting_on=WaitingOn.DRAFTER).latest("id")
    yield Screen("case", f"/cartable/{case.pk}/", cookie, holder, f"/admin/cases/case/{case.pk}/change/")
    # Of very many cases only those in progress have scans (`pishkhan.demo`).
    if scan := CaseScan.objects.filter(case__workshop=workshop).exclude(document=None).last():
        yield Screen("scan", f"/cartable/{scan.case_id}/scans/{scan.kind}/", cookie, holder)


def _asked(workshop: Workshop, kind: str) -> str:
    case = Case.objects.filter(workshop=workshop).exclude(national_code="").earliest("id")
    return {"code": case.national_code, "name": NAME, "remark": REMARK}[kind]


def _searches(workshop: Workshop) -> dict[str, Any]:
    rest = {"service": "", "since": "", "until": ""}
    return {SEARCHES: {kind: {"text": _asked(workshop, kind), **rest} for kind in ("code", "name", "remark")}}


def _insured(workshop: Workshop, holder: str) -> Iterator[Screen]:
    cookie = signed_in(
        representative_of(workshop), workshop_id=workshop.pk, **{SEARCHES: {"name": {"text": NAME}}}
    )
    admin = f"/admin/people/employment/?workshop__id__exact={workshop.pk}"
    yield Screen("insured list", "/insured/", cookie, holder, admin)
    yield Screen("insured, by name", "/insured/?s=name", cookie, holder, f"{admin}&q={quote(NAME)}")


def _desk() -> Iterator[Screen]:
    post = StaffPost.objects.filter(unit=Unit.REGISTRATION, branch__code=settings.BRANCH["code"])[0]
    searches = {kind: {"text": NAME, "service": "", "since": "", "until": ""} for kind in ("name",)}
    cookie = signed_in(post.user, **{SEARCHES: searches})
    waiting = Case.objects.filter(unit=Unit.REGISTRATION, waiting_on=WaitingOn.BRANCH)
    holder = f"branch ({waiting.count():,} waiting)"
    admin = "/admin/cases/case/?unit=registration&waiting_on=branch&o=9"
    yield Screen("desk list", "/desk/queue/", cookie, holder, admin)
    yield Screen("desk, by name", "/desk/queue/?tab=all&s=name", cookie, holder, f"{admin}&q={quote(NAME)}")
    yield Screen("desk dashboard", "/desk/", cookie, holder)
    case = waiting.exclude(scans=None).latest("id")
    yield Screen(
        "desk case", f"/desk/cases/{case.pk}/", cookie, holder, f"/admin/cases/case/{case.pk}/change/"
    )


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
