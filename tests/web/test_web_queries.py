"""How many queries each screen makes, as many at a thousand rows as at ten, and how much it weighs."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve

from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.web.access import HELD
from tests.conftest import made_once
from tests.world import World, answers_for, drafted, filled_case

from .browsing import Browser
from .conftest import signed_up_world
from .growing import grow
from .screens import SCREENS

SENT_TO = (
    *(
        "send",
        "forget",
        "take",
        "decide",
        "archive",
        "withdraw",
        "leave",
        "correct",
        "reset",
        "active",
        "post",
    ),
    *("add", "letter", "end", "remove", "publish", "discard", "reopen", "seen", "object", "workshops"),
    *("export", "app", "codes", "passkey"),
)
NOT_COUNTED = {
    "sent to only": f"/({'|'.join(SENT_TO)})/$|^logout/$|approvals/.*<slug:which>|^profile/workshop/$",
    "answers with a file": r"scans/<int:|/photo/$|template/$|[.]pdf$|images/|^held/|<slug:(kind|origin)>/$"
    "|^profile/approvals/<int:pk>/$",
    "of one row, and nothing that grows": "^healthz$|^first-password/$|^login/second-step/$|/done/$"
    "|/exports/<int|^desk/inspections/<int:pk>/edit/$",
}
"""Why a route is not asked for, and which."""
HEAVIEST = 15_000  # bytes of a page as it is sent, compressed
CASES = {"ali returned": State.RETURNED, "ali awaiting": State.AWAITING_EMPLOYER, "": State.SUBMITTED}


@dataclass(frozen=True)
class Grown:
    """The world with so many rows of everything, and the cases that screens are asked for."""

    world: World
    cases: dict[str, Case]
    draft: Case

    def case(self, who: str) -> Case:
        return self.cases.get(who, self.cases[""])


def grown_world(rows: int) -> Grown:
    world = signed_up_world()
    cases = {
        who: filled_case(world, state, answers=answers_for(900 + number))
        for number, (who, state) in enumerate(CASES.items())
    }
    grow(world, list(cases.values()), 0, rows)
    return Grown(world, cases, drafted(world, by=Audience.PUBLIC, answers=answers_for(910)))


@pytest.fixture(scope="module", params=[10, 1000])
def grown(request, django_db_setup, django_db_blocker):
    yield from made_once(django_db_blocker, lambda: grown_world(request.param))


def visitor_for(who: str, grown: Grown) -> Client:
    if who == "applicant":
        client = Client()
        session = client.session
        session[HELD] = {"main-registration": grown.draft.pk, "follow-up": grown.case(who).pk}
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client
    return Browser(getattr(grown.world, who.split(maxsplit=1)[0]).user).client if who else Client()


@pytest.mark.django_db
@pytest.mark.parametrize("screen", list(SCREENS))
def test_a_screen_makes_its_queries_and_stays_light_however_many_rows_there_are(grown: Grown, screen: str):
    who, asked, expected = SCREENS[screen]
    client = visitor_for(who, grown)
    client.handler.enforce_csrf_checks = False
    client.users = {  # type: ignore[attr-defined]
        "ali": grown.world.ali.user.pk,
        "clerk": grown.world.clerk.user.pk,
    }
    with CaptureQueriesContext(connection) as captured:
        response = asked.ask(client, grown.case(who))
    captured = getattr(client, "captured", captured)
    assert response.status_code in (200, 422), response
    assert len(captured) == expected, "\n".join(query["sql"][:200] for query in captured)
    if response["Content-Type"].startswith("text/html"):
        assert len(gzip.compress(response.content)) <= HEAVIEST


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the portal with its whole pattern."""
    for entry in patterns:
        whole = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield whole, entry
        else:
            yield from routes(entry.url_patterns, whole)


def test_every_page_is_counted():
    places = {"pk": 1, "a": 1, "ali": 1, "clerk": 1, "code": "x", "event": 1}
    asked = {resolve(each.path.partition("?")[0].format(**places)).func for _, each, _ in SCREENS.values()}
    missing = [route for route, entry in routes(get_resolver().url_patterns) if entry.callback not in asked]
    assert [route for route in missing if not re.search("|".join(NOT_COUNTED.values()), route)] == []
