"""What the addresses name: rows of workshop A, a text in each that nobody without a right may ever read."""

import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from pishkhan.accounts.models import Factor, User
from pishkhan.accounts.operations import edit_particulars
from pishkhan.approvals.models import Action, Approval
from pishkhan.approvals.operations import approve, ask_export, ask_senior_role, do_in_emergency, keep_image
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.drafts import attach_scan
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.inspections.models import Inspection
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.operations import issue_for_event
from pishkhan.people.models import ContributionRecord, Person
from pishkhan.people.operations import add_dependent, add_records, end_employment
from pishkhan.web.access import HELD
from pishkhan.web.security import CONFIRMED
from pishkhan.workshops.models import Branch, Representation
from tests import world as making
from tests.access.roles import FAR, GROUPS, HOME, ROLES
from tests.access.table import SERVICE
from tests.authenticating import with_app
from tests.inspections import inspecting
from tests.world import World, answers_for, build_world, drafted, filled_case, inked, jpeg, staff

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Canary:
    """A text of one object (digits Latin) and the only roles that may read it."""

    text: str
    readers: frozenset[str]


@dataclass
class Objects:
    """Rows of workshop A, one for each kind of page; `sessions` are the cookies of each role's browser."""

    awaiting: Case
    submitted: Case
    ended: Case
    returned: Case
    draft: Case
    followed: Case
    told: Inspection
    objected: Inspection
    unpublished: Inspection
    letter: Letter
    app: Factor
    picture: Approval
    role: Approval
    export: Approval
    world: World
    users: dict[str, User]
    sessions: dict[str, str] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)


NAMES = {
    "awaiting": "زبرجدیان",
    "submitted": "یاقوتیان",
    "ended": "لاجوردیان",
    "returned": "عقیقیان",
    "draft": "مرجانیان",
    "followed": "کهربائیان",
    "told": "فیروزه",
    "objected": "شبرنگ",
    "unpublished": "زمردین",
    "emergency": "یشمیان",
}
"""A word in each object that stands nowhere else."""


def telling(name: str, number: int) -> Answers:
    return answers_for(number, last_name=NAMES[name], remarks=f"نکتهٔ {NAMES[name]}")


def make_objects() -> Objects:
    world = build_world()
    User.objects.update(must_change_password=False)
    users = make_users(world)
    assert world.ali.user
    with_app(world.ali.user)
    with_pictures_of_its_own(world)
    stamped = keep_image(world.ali, "stamp", inked(80))
    assert stamped
    ended = filled_case(world, State.COMPLETED, answers=telling("ended", 13))
    register_more(world, ended.subject)
    returned = filled_case(world, State.RETURNED, answers=telling("returned", 14))
    attach_scan(world.ali, returned, "photo", jpeg(70))
    o = Objects(
        awaiting=filled_case(world, State.AWAITING_EMPLOYER, answers=telling("awaiting", 11)),
        submitted=filled_case(world, State.SUBMITTED, answers=telling("submitted", 12)),
        ended=ended,
        returned=returned,
        draft=drafted(world, by=Audience.PUBLIC, answers=telling("draft", 15)),
        followed=filled_case(world, State.AWAITING_EMPLOYER, answers=telling("followed", 16)),
        told=inspecting.published(world, number="1405/70001", documents_seen=NAMES["told"]),
        objected=inspecting.objected(world, number="1405/70002", documents_seen=NAMES["objected"]),
        unpublished=inspecting.recorded(world, number="1405/70003", documents_seen=NAMES["unpublished"]),
        letter=issue_for_event(ended, Kind.DECISION, ended.events.last(), by=SYSTEM),
        app=world.ali.user.factors.get(kind="totp"),
        picture=stamped,
        role=ask_senior_role(world.senior, users["revenue"], "جانشین"),
        export=ask_export(world.ali, {"tab": "active", "order": "name", "text": "", "people": 900}, "بیمه"),
        world=world,
        users=users,
    )
    register_others(world)
    do_in_emergency(Action.ROTATE, NAMES["emergency"])
    o.sessions = {role: signed_in_as(role, o) for role in ROLES if role != "stranger"}
    User.objects.filter(pk=users["deactivated"].pk).update(is_active=False)
    o.canaries = list(canaries(o))
    return o


def with_pictures_of_its_own(world: World) -> None:
    """Workshop B's signature is not like that of A."""
    asked = keep_image(world.sara, "signature", inked(70))
    assert asked
    approve(world.clerk, asked.pk)


def make_users(world: World) -> dict[str, User]:
    """Who signs in for each role."""
    both = representative("both", world.a, world.b)
    users = {
        **{"a": world.ali.user, "b": world.sara.user, "both": both, "both at b": both},
        **{"registration": world.clerk.user, "inspection": world.inspector.user},
        **{"senior": world.senior.user, "far senior": world.far_senior.user},
        **{"far registration": world.far_clerk.user},
        **{"deactivated": representative("deactivated", world.a)},
        **{"must change": representative("letter", world.a)},
        **{"rightless": representative("rightless", world.a)},
    }
    Representation.objects.filter(user=users["rightless"]).update(ended_at=timezone.now())
    for role in {*HOME, *FAR} - users.keys():
        at: Branch = world.elsewhere if role in FAR else world.branch
        users[role] = staff(at, role.replace(" ", "-"), Unit(role.removeprefix("far "))).user
    for user in filter(None, (world.ali.user, world.colleague.user)):
        edit_particulars(user, {"last_name": "سوسنبریان"}, by=SYSTEM)
    User.objects.filter(pk__in=[user.pk for user in users.values()]).update(must_change_password=False)
    User.objects.filter(pk=users["must change"].pk).update(must_change_password=True)
    return users


def representative(name: str, *workshops: Any) -> User:
    user = User.objects.create(username=name, side="workshop", must_change_password=False)
    user.set_password("x")
    user.save()
    for workshop in workshops:
        Representation.objects.create(user=user, workshop=workshop)
    return user


def register_more(world: World, person: Person) -> None:
    """A record and a dependent of somebody on the register."""
    day = date(2024, 1, 1)
    record = ContributionRecord(workshop_name="نمونه", started_on=day, ended_on=day, days=1, source="desk")
    add_records(person, [record], by=SYSTEM)
    child = making.insured(world, number=99)
    add_dependent(person, child, "son", [], since=day, by=SYSTEM)


def register_others(world: World) -> None:
    """Somebody insured at B and at the other branch; one who left A, and the child of that one."""
    making.insured(world, world.b, number=50)
    making.insured(world, world.far_representative.workshop, number=51)
    gone = making.insured(world, number=52)
    end_employment(gone.employments.get(), on=timezone.localdate(), by=SYSTEM)
    child = making.insured(world, world.b, number=53)
    end_employment(child.employments.get(), on=timezone.localdate(), by=SYSTEM)
    add_dependent(gone, child, "son", [], since=date(2024, 1, 1), by=SYSTEM)


def signed_in_as(role: str, o: Objects) -> str:
    """The cookie of a browser in which somebody has signed in, or holds what a visitor holds."""
    client = Client()
    if role in o.users:
        client.force_login(User.objects.get(pk=o.users[role].pk), backend=BACKEND)
    session = client.session
    if role in o.users:  # the password was asked for again, where that is asked for
        session[CONFIRMED] = int(time.time())
    session.update(
        {
            "applicant": {HELD: {SERVICE: o.draft.pk}},
            "follower": {HELD: {"follow-up": o.followed.pk}},
            "both at b": {"workshop_id": o.world.b.pk},
        }.get(role, {})
    )
    session.save()
    return str(session.session_key)


def canaries(o: Objects) -> Any:
    """Every planted text and who may read it; a deactivated user and one who must change read nothing."""
    of_a, sent = GROUPS["of_a"], {"registration", "senior"}
    inspectors = {"inspection", "senior"}
    readers = {
        "awaiting": {*of_a},
        "submitted": {*of_a, *sent},
        "ended": {*of_a, *sent},
        "returned": {*of_a, *sent},
        "draft": {"applicant"},
        "followed": {*of_a, "follower"},
        "told": {*of_a, *inspectors},
        "objected": {*of_a, *inspectors},
        "unpublished": inspectors,
    }
    for name, known_to in readers.items():
        thing = getattr(o, name)
        for text in (
            NAMES[name],
            getattr(thing, "national_code", ""),
            getattr(thing, "tracking_code", "") or "",
            getattr(thing, "number", ""),
        ):
            if text:
                yield Canary(text, frozenset(known_to))
    yield Canary(NAMES["emergency"], frozenset({"senior"}))
    yield Canary(o.letter.number, frozenset({*of_a, *sent}))
    yield Canary(o.letter.code, frozenset({*of_a, *sent}))
    informed = {*of_a, "both at b", *GROUPS["staff"], "applicant", "follower"}
    for text in (o.world.a.name, o.world.a.code, "سوسنبریان"):
        yield Canary(text, frozenset(informed))
