"""Who uses an installation: sessions of `NUMBER` people as JSON, with pictures and codes for requests.

python -m trust.load.people NUMBER

Sessions are made as signing in makes them, without the password: two passwords are hashed at a time in a
process, so that five hundred sign-ins would take minutes (`script/bench entrance` measures those).
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from pishkhan.accounts.models import User  # noqa: E402
from pishkhan.cases.models import Case  # noqa: E402
from pishkhan.cases.states import State  # noqa: E402
from pishkhan.catalogue.parties import Unit  # noqa: E402
from pishkhan.catalogue.service import find  # noqa: E402
from pishkhan.demo.pictures import draw_kind  # noqa: E402
from pishkhan.people.models import Person  # noqa: E402
from pishkhan.persian.identifiers import national_code_with_check  # noqa: E402
from pishkhan.workshops.models import Representation, StaffPost  # noqa: E402

SERVICE = "main-registration"
SHOWN = 20  # requests of a workshop that its representative opens
OFFICERS = 25  # of a hundred people: how often one of them sits in the branch is one in so many
CODES = 20_000


def session_of(user: User, **more: Any) -> str:
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.update(more)
    session.save()
    return str(session.session_key)


def representatives(number: int) -> list[dict[str, Any]]:
    held = Representation.objects.filter(ended_at=None, workshop__signature__isnull=False)
    # One for each account: another choice of workshop would be another session.
    by_user = {each.user_id: each for each in held.select_related("user", "workshop").order_by("-id")}
    found = []
    sent = Case.objects.exclude(state=State.DRAFT)  # a draft is its writer's alone
    for each in list(by_user.values())[:number]:
        cases = sent.filter(workshop=each.workshop).exclude(scans=None).order_by("-id")
        shown = [[case.pk, list(case.scans.values_list("kind", flat=True))] for case in cases[:SHOWN]]
        session = session_of(each.user, workshop_id=each.workshop_id)
        parent = Person.objects.insured_at(each.workshop).order_by("birth_date").first()
        told = {"session": session, "workshop": each.workshop.code, "cases": shown}
        found.append(told | {"parent": parent.national_code if parent else ""})
    return found


def officers(number: int) -> list[dict[str, Any]]:
    """The registration unit's staff, each in as many browsers as are needed."""
    posts = list(StaffPost.objects.filter(unit=Unit.REGISTRATION).select_related("user"))
    cases = (
        Case.objects.exclude(state=State.DRAFT)
        .filter(unit=Unit.REGISTRATION)
        .exclude(scans=None)
        .order_by("-id")
    )
    shown = [[case.pk, list(case.scans.values_list("kind", flat=True))] for case in cases[: 5 * SHOWN]]
    return [{"session": session_of(posts[n % len(posts)].user), "cases": shown} for n in range(number)]


def pictures(folder: Path) -> dict[str, list[str]]:
    """Files of the scans that a registration asks for."""
    folder.mkdir(exist_ok=True)
    service = find(SERVICE)
    assert service
    found: dict[str, list[str]] = {}
    for place, kind in enumerate(service.required_scans(service.example)):
        for number, content in enumerate(draw_kind(kind, 7000 + 100 * place)):
            file = folder / f"{kind.code}-{number}.jpg"
            file.write_bytes(content)
            found.setdefault(kind.code, []).append(str(file))
    return found


def codes() -> list[str]:
    """National codes of nobody: nobody was ever given prefix 999."""
    taken = set(Person.objects.values_list("national_code", flat=True))
    made = (national_code_with_check(f"999{number:06d}") for number in range(999_999, 0, -1))
    return [next(code for code in made if code not in taken) for _ in range(CODES)]


def main() -> None:
    number = int(sys.argv[1])
    at_desk = max(1, number // OFFICERS)
    told = {
        "representatives": representatives(number - at_desk),
        "officers": officers(at_desk),
        "pictures": pictures(settings.DATA_DIR / "pictures"),
        "codes": codes(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
