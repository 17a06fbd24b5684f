"""How each address of the table is asked: which of the objects it names, and what is sent there."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from pishkhan.accounts.operations import password_mark
from pishkhan.cases.models import Case
from pishkhan.persian.calendar import show_date
from tests import world as making
from tests.access.objects import Objects
from tests.access.table import SERVICE
from tests.inspections import inspecting
from tests.world import answers_for, jpeg


def every_route(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_route(pattern.url_patterns)
        else:
            yield pattern


PATTERNS = {pattern.name: pattern for pattern in every_route()}

PERSONAL = {
    *("desk_person", "desk_person_photo", "import_records", "person_data"),
    *("remove_record", "end_employment", "end_dependent"),
}

ACCOUNTS = {
    *("account", "account_active", "account_workshops"),
    *("end_representation", "reset_password", "remove_second_factor"),
}


ASKED = {
    **dict.fromkeys(("decide_approval", "approval_picture"), "picture"),
    **dict.fromkeys(("waiting_image", "decide_image", "withdraw_asked"), "picture"),
    "withdraw_approval": "role",
    "large_export": "export",
}
"""What waits for a second person, by the route that names it."""


def row_of(name: str, o: Objects) -> int:
    """A row of the person's that the address names."""
    person = o.ended.subject
    assert person
    if name == "remove_record":
        return person.records.first().pk
    return (person.dependents if name == "end_dependent" else person.employments).first().pk


CASE_OF: dict[str, str] = {
    "refuse_request": "awaiting",
    "edit_request": "returned",
    "request_scan": "returned",
    "archive_request": "ended",
    "review_compared_scan": "returned",
    "desk_archive": "ended",
    "inspection": "told",
    "acknowledge_inspection": "told",
    "object_to_inspection": "told",
    "objection_scan": "objected",
    "desk_inspection": "objected",
    "edit_inspection": "unpublished",
    "publish_inspection": "unpublished",
    "discard_inspection": "unpublished",
    "decide_objection": "objected",
    "desk_objection_scan": "objected",
}


def kwargs_of(name: str, o: Objects) -> dict[str, Any]:
    """What the address of the route names."""
    pattern = PATTERNS[name]
    values = {
        "pk": getattr(o, CASE_OF.get(name, "submitted")).pk,
        "kind": "photo",
        "origin": "earlier",
        "name": "signature",
        "code": SERVICE,
        "page_code": "contact",
        "position": 1,
        "which": "new",
    }
    if name == "guide_chapter":
        values["code"] = "insured"
    if name == "settings_group":
        values["code"] = "upload"
    if name in ("person", "person_photo") or PERSONAL & {name}:
        values["pk"] = o.ended.subject_id
        values["row"] = row_of(name, o)
    if name == "remove_factor":
        values["pk"] = o.app.pk
    if name in ASKED:
        values["pk"] = getattr(o, ASKED[name]).pk
    if name in ACCOUNTS:
        assert o.world.ali.user
        values |= {"pk": o.world.ali.user.pk, "workshop": o.world.a.pk}
    if name == "account_post":
        values["pk"] = o.world.colleague.user.pk
    workshops = {"workshop", "add_account", "credentials_letter"}
    if name.removesuffix("_workshop") in {"edit", "close", "reopen"} or name in workshops:
        values["pk"] = o.world.a.pk
    if name.endswith("_letter"):
        case = o.followed if name == "held_letter" else o.submitted
        values |= {"kind": "receipt" if name == "held_letter" else "form"}
        values |= {"event": case.events.last().pk, "code": o.letter.code}
        values["pk"] = case.pk if "event" in pattern.pattern.converters else values["pk"]
    return {key: values[key] for key in pattern.pattern.converters}


def typed(answers: dict[str, Any]) -> dict[str, str]:
    """Stored answers as an applicant types them."""
    return {k: show_date(date.fromisoformat(v)) if k.endswith("_date") else v for k, v in answers.items()}


PERSON = {
    "user-first_name": "علی",
    "user-last_name": "رضایی",
    "user-national_code": "9990000018",
    "user-mobile": "09700000018",
    "workshop-name": "صنایع نمونه",
    "workshop-employer_name": "رضا رضایی",
    "workshop-phone": "01330000000",
    "workshop-postal_code": "4199612345",
    "workshop-address": "رشت، خیابان نمونه",
}
USER = {name.removeprefix("user-"): typed_ for name, typed_ in PERSON.items() if name.startswith("user-")}
BODIES: dict[str, Callable[[Objects], dict[str, Any]]] = {
    "sign_in": lambda o: {"username": "nobody", "password": "wrong"},
    "first_password": lambda o: {"old_password": "wrong"},
    "password": lambda o: {"old_password": "wrong"},
    "follow_up": lambda o: {
        "tracking_code": o.followed.tracking_code,
        "national_code": o.followed.national_code,
    },
    "apply_workshop": lambda o: {"workshop_code": o.world.a.code, "confirmed": "1"},
    "apply_page": lambda o: typed(answers_for(15)),
    "apply_scans": lambda o: {"onward": "1"},
    "apply_scan": lambda o: {"scan:photo": jpeg(60)},
    "request_scan": lambda o: {"scan:photo": jpeg(61)},
    "cartable": lambda o: {"text": "کوچک"},
    "queue": lambda o: {"text": "کوچک"},
    "accounts": lambda o: {"text": "صنایع"},
    "insured": lambda o: {"text": "کوچک"},
    "people": lambda o: {"text": "کوچک"},
    "end_employment": lambda o: {"ended_on": show_date(timezone.localdate())},
    "end_dependent": lambda o: {"ended_on": show_date(timezone.localdate())},
    "look_up": lambda o: {"national_code": making.code_of_person(77)},
    "edit_request": lambda o: {"keep": "1", "remarks": "یادداشت"},
    "refuse_request": lambda o: {"note": "در این کارگاه کار نمی‌کند."},
    "profile": lambda o: PERSON,
    "choose_workshop": lambda o: {"workshop": o.world.a.pk},
    "decide": lambda o: {"verb": "confirm", "version": Case.objects.get(pk=o.submitted.pk).version},
    "object_to_inspection": lambda o: {"text": "درست نیست.", "scan-1": jpeg(62)},
    "inspections": lambda o: {"text": "صنایع"},
    "new_inspection": lambda o: inspecting.typed(o.world),
    "edit_inspection": lambda o: {**inspecting.typed(o.world), "version": o.unpublished.version},
    "publish_inspection": lambda o: {"version": o.unpublished.version},
    "discard_inspection": lambda o: {"version": o.unpublished.version},
    "decide_objection": lambda o: {"verb": "accept", "answer": "پذیرفته است."},
    "credentials_letter": lambda o: {"username": "letter", "password": "x"},
    "reset_password": lambda o: {"seen": password_mark(o.world.ali.user)},
    "add_account": lambda o: {"seen": o.world.a.representations.count()},
    "new_account": lambda o: {"code": "1463639099", "name": "کارگاه تازه"},
    "new_staff": lambda o: USER | {"username": "tazeh", "unit": "revenue", "is_senior": "staff"},
    "account": lambda o: USER,
    "account_post": lambda o: {"unit": "revenue", "is_senior": "staff"},
    "account_workshops": lambda o: {"workshop_code": o.world.b.code},
    "own_particulars": lambda o: USER,
    "decide_approval": lambda o: {f"approval-{o.picture.pk}-verb": "approve"},
    "decide_image": lambda o: {f"approval-{o.picture.pk}-verb": "approve"},
    "workshops": lambda o: {"text": "صنایع"},
    "new_workshop": lambda o: {"code": "1463639098", "name": "کارگاه تازه"},
    "edit_workshop": lambda o: {"name": "نام تازه"},
    "close_workshop": lambda o: {"reason": "تعطیل شد"},
}
