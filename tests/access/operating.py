"""What somebody without the right tries past the screens: every operation refuses it itself."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import password_mark
from pishkhan.approvals import operations as approvals
from pishkhan.cases import drafts, operations
from pishkhan.catalogue.service import find
from pishkhan.inspections import operations as visits
from pishkhan.people.models import Person
from pishkhan.retention import operations as retention
from pishkhan.workshops import accounts, actors
from pishkhan.workshops import operations as workshops
from pishkhan.workshops.models import StaffPost
from tests.access.objects import Objects
from tests.access.table import SERVICE
from tests.inspections import inspecting
from tests.world import answers_for, jpeg

Attempt = Callable[[Objects], Any]


def who(role: str, o: Objects) -> actors.Actor:
    """The capacity of a role; of the session's holders that of a visitor."""
    if role in ("applicant", "follower", "stranger"):
        held = {"applicant": o.draft.pk, "follower": o.followed.pk}.get(role)
        return actors.visitor(frozenset({held} if held else ()), source="0" * 32)
    user = User.objects.get(pk=o.users[role].pk)
    found = actors.actor_for(user, workshop_id=o.world.b.pk if role == "both at b" else None)
    if found is None:
        raise PermissionDenied
    return found


STAFF = ("b", "registration", "far senior")


def by(role: str, do: Callable[[actors.Actor, Objects], Any]) -> Attempt:
    return lambda o: do(who(role, o), o)


def seen(o: Objects, role: str) -> User:
    return User.objects.get(pk=o.users[role].pk)


def _person(o: Objects) -> Person:
    return Person.objects.filter(employments__workshop=o.world.a).earliest("pk")


def _lift(x: actors.Actor, o: Objects) -> None:
    retention.lift_hold(x, retention.put_hold(who("senior", o), o.submitted, "x"), "x")


DATA = {"code": "1463639777", "name": "کارگاه", "username": "tazeh2", "unit": "revenue", "is_senior": False}
OPERATIONS: dict[str, tuple[Callable[[actors.Actor, Objects], Any], tuple[str, ...]]] = {
    "send a draft": (lambda x, o: operations.send(x, o.draft.pk), ("a", "b", "follower", "registration")),
    "save and send a draft": (
        lambda x, o: operations.save_and_send(x, o.draft.pk, {"remarks": "x"}, {}),
        ("a", "b", "follower", "registration"),
    ),
    "send what waits": (
        lambda x, o: operations.send(x, o.awaiting.pk),
        ("b", "both at b", "senior", "stranger"),
    ),
    "send as its applicant": (lambda x, o: operations.send(x, o.followed.pk), ("follower",)),
    "take": (
        lambda x, o: operations.take(x, o.submitted.pk),
        ("a", "b", "inspection", "senior", "far registration", "far senior"),
    ),
    "confirm": (
        lambda x, o: operations.confirm(x, o.submitted.pk, version=o.submitted.version),
        ("a", "inspection", "senior", "far registration"),
    ),
    "reject": (
        lambda x, o: operations.reject(x, o.submitted.pk, version=o.submitted.version, note="نه"),
        ("a", "inspection", "senior", "far registration"),
    ),
    "refuse": (
        lambda x, o: operations.refuse(x, o.followed.pk, note="نه"),
        ("b", "follower", "registration"),
    ),
    "withdraw": (lambda x, o: operations.withdraw(x, o.submitted.pk), ("b", "registration", "stranger")),
    "withdraw a waiting one": (lambda x, o: operations.withdraw(x, o.awaiting.pk), ("b", "a", "stranger")),
    "archive": (
        lambda x, o: operations.archive(x, o.ended.pk),
        ("b", "inspection", "far senior", "follower"),
    ),
    "archive while going on": (lambda x, o: operations.archive(x, o.followed.pk), ("follower",)),
    "save": (
        lambda x, o: drafts.save_answers(x, o.returned.pk, {"remarks": "x"}),
        ("b", "registration", "senior", "stranger"),
    ),
    "save what was sent": (
        lambda x, o: drafts.save_answers(x, o.submitted.pk, {"remarks": "x"}),
        ("a", "registration"),
    ),
    "save what waits": (lambda x, o: drafts.save_answers(x, o.followed.pk, {"remarks": "x"}), ("follower",)),
    "save a draft": (
        lambda x, o: drafts.save_answers(x, o.draft.pk, {"remarks": "x"}),
        ("a", "follower", "registration", "stranger"),
    ),
    "attach": (lambda x, o: drafts.attach_scan(x, o.returned, "photo", jpeg(3)), ("b", "registration")),
    "remove": (lambda x, o: drafts.remove_scan(x, o.returned.pk, "photo"), ("b", "registration")),
    "discard": (lambda x, o: drafts.discard_draft(x, o.draft.pk), ("a", "follower", "registration")),
    "move": (
        lambda x, o: drafts.change_workshop(x, o.draft.pk, o.world.b),
        ("a", "follower", "registration"),
    ),
    "begin at A": (
        lambda x, o: drafts.start_draft(x, find(SERVICE), o.world.a, answers_for(90)),  # type: ignore[arg-type]
        ("b", "both at b", "registration", "senior"),
    ),
    "record a visit": (
        lambda x, o: visits.record_inspection(x, inspecting.visit(o.world)),
        ("a", "registration", "revenue"),
    ),
    "publish": (
        lambda x, o: visits.publish(x, o.unpublished.pk, version=o.unpublished.version),
        ("a", "b", "registration", "far inspection", "far senior"),
    ),
    "acknowledge": (
        lambda x, o: visits.acknowledge(x, o.told.pk),
        ("b", "both at b", "inspection", "senior"),
    ),
    "object": (
        lambda x, o: visits.object_to(x, o.told.pk, "نه", {}),
        ("b", "inspection", "registration", "far inspection"),
    ),
    "decide an objection": (
        lambda x, o: visits.decide_objection(x, o.objected.pk, accepted=True, answer="آری"),
        ("a", "b", "registration", "far inspection", "far senior"),
    ),
    "open a workshop": (lambda x, o: workshops.open_workshop(x, DATA), ("a", "registration", "inspection")),
    "register a workshop": (
        lambda x, o: workshops.register_workshop(x, DATA),
        ("a", "inspection", "revenue"),
    ),
    "decide settings": (
        lambda x, o: workshops.decide_settings(
            x, "upload", {"upload": 150}, valid_from=timezone.localdate(), seen=0
        ),
        ("a", "registration", "inspection", "revenue"),
    ),
    "edit A": (
        lambda x, o: workshops.edit_workshop(x, o.world.a, {"name": "x"}),
        ("a", "b", "inspection", "far registration", "far senior"),
    ),
    "close A": (
        lambda x, o: operations.close_workshop(x, o.world.a, "x"),
        ("a", "b", "inspection", "far registration", "far senior"),
    ),
    "hold a request": (lambda x, o: retention.put_hold(x, o.submitted, "x"), STAFF),
    "hold a person": (lambda x, o: retention.put_hold(x, _person(o), "x"), STAFF),
    "lift a hold": (_lift, STAFF),
    "export a person": (lambda x, o: retention.export_person(x, _person(o).national_code), STAFF[:2]),
    "erase a person": (lambda x, o: retention.erase_person(x, _person(o).national_code), STAFF[:2]),
    "hire": (lambda x, o: accounts.open_staff_account(x, DATA), ("a", "registration")),
    "change a post": (
        lambda x, o: accounts.change_post(x, o.world.colleague.user, "revenue", senior=False),  # type: ignore[arg-type]
        ("a", "registration", "far senior"),
    ),
    "give a representative a post": (
        lambda x, o: accounts.change_post(x, seen(o, "a"), "revenue", senior=True),
        ("senior",),
    ),
    "edit an account": (
        lambda x, o: accounts.edit_account(x, seen(o, "a"), {"first_name": "x"}),
        ("a", "registration", "far senior"),
    ),
    "deactivate": (
        lambda x, o: accounts.deactivate_account(x, seen(o, "a")),
        STAFF,
    ),
    "reactivate": (lambda x, o: accounts.reactivate_account(x, seen(o, "deactivated")), ("a", "far senior")),
    "renew a password": (
        lambda x, o: accounts.renew_credentials(x, seen(o, "a"), seen=password_mark(seen(o, "a"))),
        STAFF,
    ),
    "add a representative": (
        lambda x, o: accounts.add_representative(x, o.world.a, seen=o.world.a.representations.count()),
        ("a", "registration", "far senior"),
    ),
    "give B's representative A": (
        lambda x, o: accounts.give_workshop(x, seen(o, "b"), o.world.a),
        STAFF,
    ),
    "ask for a role": (
        lambda x, o: approvals.ask_senior_role(x, seen(o, "registration"), ""),
        ("a", "registration", "far senior"),
    ),
    "ask for a representative's role": (
        lambda x, o: approvals.ask_senior_role(x, seen(o, "a"), ""),
        ("senior",),
    ),
    "ask that one comes back": (
        lambda x, o: approvals.ask_reactivation(x, seen(o, "registration")),
        ("a", "registration", "far senior"),
    ),
    "approve a picture": (
        lambda x, o: approvals.approve(x, o.picture.pk),
        ("a", "b", "both at b", "inspection", "far registration", "far senior", "stranger"),
    ),
    "refuse a picture": (
        lambda x, o: approvals.refuse(x, o.picture.pk, "نه"),
        ("a", "b", "inspection", "far senior", "stranger"),
    ),
    "approve a role": (
        lambda x, o: approvals.approve(x, o.role.pk),
        ("senior", "revenue", "registration", "far senior", "a", "stranger"),
    ),
    "approve a file": (
        lambda x, o: approvals.approve(x, o.export.pk),
        ("a", "both", "registration", "far senior", "stranger"),
    ),
    "take a file": (
        lambda x, o: approvals.take_export(x, o.export),
        ("b", "both", "senior", "registration", "stranger"),
    ),
    "take back what another asked": (
        lambda x, o: approvals.withdraw(x, o.picture.pk),
        ("both", "b", "registration", "senior"),
    ),
    "end a representation": (
        lambda x, o: accounts.end_representation(x, seen(o, "a"), o.world.a),
        STAFF,
    ),
}
ATTEMPTS: dict[str, Attempt] = {
    f"{name}, by {role}": by(role, do) for name, (do, roles) in OPERATIONS.items() for role in roles
}
"""Each is refused: with PermissionDenied, as something that does not exist, or as none of the actor's now."""


def _gone(o: Objects) -> None:
    """A password for one who may do nothing any more."""
    user = seen(o, "a")
    user.representations.update(ended_at=timezone.now())
    accounts.renew_credentials(who("senior", o), user, seen=password_mark(user))


def _far_workshop(o: Objects) -> None:
    accounts.give_workshop(who("senior", o), seen(o, "a"), o.world.far_representative.workshop)  # type: ignore[arg-type]


def _beside(o: Objects) -> None:
    far = o.world.far_representative.workshop
    assert far
    workshops.edit_workshop(who("registration", o), far, {"name": "x"})


def _closed(o: Objects) -> None:
    operations.close_workshop(who("registration", o), o.world.b, "x")
    drafts.change_workshop(who("applicant", o), o.draft.pk, o.world.b)


def _begin_closed(o: Objects) -> None:
    service = find(SERVICE)
    assert service
    operations.close_workshop(who("registration", o), o.world.b, "x")
    drafts.start_draft(who("stranger", o), service, o.world.b, answers_for(90))


def _shelve(o: Objects) -> None:
    operations.archive(actors.visitor(frozenset({o.ended.pk}), source="0" * 32), o.ended.pk)


def _own_role(o: Objects) -> None:
    """Somebody became a senior user otherwise while the own role was asked for."""
    StaffPost.objects.filter(user=o.users["revenue"]).update(is_senior=True)
    approvals.approve(who("revenue", o), o.role.pk)


def _asker_elsewhere(o: Objects) -> actors.Actor:
    """Whoever asked for workshop A, while acting for B."""
    user = seen(o, "a")
    accounts.give_workshop(who("senior", o), user, o.world.b)
    found = actors.actor_for(user, workshop_id=o.world.b.pk)
    assert found
    return found


def _second_senior(o: Objects, *, active: bool = True) -> User:
    StaffPost.objects.filter(user=o.users["revenue"]).update(is_senior=True)
    User.objects.filter(pk=o.users["revenue"].pk).update(is_active=active)
    return seen(o, "revenue")


def _renewed(o: Objects) -> None:
    user = _second_senior(o)
    accounts.renew_credentials(who("senior", o), user, seen=password_mark(user))


ATTEMPTS |= {
    "make a senior user alone": lambda o: accounts.change_post(
        who("senior", o), seen(o, "registration"), "registration", senior=True
    ),
    "bring a senior user back alone": lambda o: accounts.reactivate_account(
        who("senior", o), _second_senior(o, active=False)
    ),
    "renew a senior user's password": _renewed,
    "take a senior user's second factor": lambda o: accounts.remove_second_factor(
        who("senior", o), _second_senior(o)
    ),
    "take a file while acting for another workshop": lambda o: approvals.take_export(
        _asker_elsewhere(o), o.export
    ),
    "take back while acting for another workshop": lambda o: approvals.withdraw(
        _asker_elsewhere(o), o.picture.pk
    ),
    "approve the own role": _own_role,
    "archive as a visitor": _shelve,
    "act with an account that was deactivated": lambda o: who("deactivated", o),
    "renew a password for nothing": _gone,
    "give another branch's workshop": _far_workshop,
    "edit another branch's workshop": _beside,
    "move a draft to a closed workshop": _closed,
    "begin at a closed workshop": _begin_closed,
}
