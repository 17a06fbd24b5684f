"""No text planted in workshop A is read by searching for it, by guessed numbers or by naming what is A's."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse

from pishkhan.accounts.models import Session, User
from pishkhan.accounts.sessions import session_mark
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.sheets.writing import write_table
from pishkhan.web.access import MUST_SET_UP
from pishkhan.web.desk.workshop_import import COLUMNS
from pishkhan.web.entering import HALF
from tests.access.asking import asked, browser, leaks, outcome, undone
from tests.access.objects import Objects
from tests.access.roles import BYE, BYTES, GROUPS, NO, NONE, PAGE, WRONG
from tests.access.table import DOOR, TABLE
from tests.access.test_access_taken_away import KEPT
from tests.inspections import inspecting
from tests.world import answers_for, code_of_person, everything, filled_case, insured, jpeg

SEARCHES: dict[str, tuple[str, ...]] = {
    "cartable": ("b", "both at b"),
    "insured": ("b", "both at b"),
    "queue": ("inspection", "revenue", "far registration", "far senior"),
    "people": ("far registration", "far senior"),
    "workshops": ("far registration", "far senior"),
    "accounts": ("far senior",),
    "inspections": ("far inspection", "far senior"),
}
"""Every page that finds something by a text, and who may use it without seeing what is A's."""


@pytest.mark.parametrize("name", list(SEARCHES))
def test_a_search_for_what_is_not_ones_own_finds_nothing(name: str, made: Objects, db: None):
    for role in SEARCHES[name]:
        for canary in made.canaries:
            with undone():
                response = browser(role, made).post(reverse(name), {"text": canary.text}, follow=True)
            assert response.status_code == 200
            assert not leaks(role, response, made, known=canary.text), (role, canary.text)


def test_what_the_searches_look_for_is_there_to_be_found(made: Objects, db: None):
    for name, role, told in (
        ("cartable", "a", made.submitted.national_code),
        ("queue", "registration", made.submitted.national_code),
        ("people", "registration", made.ended.national_code),
        ("workshops", "registration", made.world.a.code),
    ):
        thing = made.world.a.name if name == "workshops" else ""
        asked_for = thing or (made.ended if name == "people" else made.submitted).subject_name.split()[-1]
        with undone():
            response = browser(role, made).post(reverse(name), {"text": asked_for}, follow=True)
        assert told in leaks("stranger", response, made), name


def test_every_page_that_searches_is_searched():
    found = {name for name, (_, post) in TABLE.items() if any("s=*" in answer for answer in post.values())}
    assert found == set(SEARCHES)


def foreign_form_fails(o: Objects) -> bool:
    """Whether the hidden field that says for which workshop a form is opens nothing of A to B."""
    before = everything(*KEPT)
    forms = [name for name, (_, post) in TABLE.items() if DOOR[name] == "workshop" and post["a"] != NO]
    answers = []
    for name in forms:
        with undone():
            answers.append(outcome(asked("b", "POST", name, o, {"acting": str(o.world.a.pk)})))
            answers.append(NONE if everything(*KEPT) == before else name)
    return set(answers) == {NONE}


def form_finds_its_workshop(o: Objects) -> bool:
    """Whether the form of one acting for two goes to the workshop that it was opened for."""
    response = asked("both at b", "POST", "withdraw_request", o, {"acting": str(o.world.a.pk)})
    done = Case.objects.get(pk=o.submitted.pk).state == State.WITHDRAWN
    return done and outcome(response) == "/cartable/"


def follow_up_needs_both(o: Objects) -> bool:
    """Whether the right code with another's national code, and the other way round, follow nothing."""
    pairs = (
        (o.followed.tracking_code, o.submitted.national_code),
        (o.submitted.tracking_code, o.followed.national_code),
        (o.submitted.tracking_code, code_of_person(7)),
        ("1460-0509-99999-1", o.followed.national_code),
    )
    answers = [
        browser("stranger", o).post("/follow-up/", {"tracking_code": code, "national_code": person})
        for code, person in pairs
    ]
    return all(answer.status_code == 422 for answer in answers)


def sessions_of_others_stay(o: Objects) -> bool:
    """Neither the mark of another's session nor «everywhere» ends it, and a foreign mark not one's own."""
    mark = session_mark(Session.objects.get(pk=o.sessions["a"]))
    asked("b", "POST", "end_own_sessions", o, {"session": mark})
    is_still_in = outcome(asked("b", "GET", "security", o)) == PAGE
    asked("b", "POST", "end_own_sessions", o)
    return is_still_in and outcome(asked("a", "GET", "security", o)) == PAGE


def half_a_sign_in_ends_with_its_password(o: Objects) -> bool:
    user = User.objects.get(pk=o.users["a"].pk)
    client = browser("stranger", o)
    session = client.session
    half = {"user": user.pk, "at": int(time.time()), "hash": user.get_session_auth_hash(), "next": "/"}
    session[HALF] = half
    session.save()
    before = outcome(client.get(reverse("second_step")))
    user.set_password("y")
    user.save()
    return (before, outcome(client.get(reverse("second_step")))) == (PAGE, BYE)


def nothing_opens_before_the_second_factor_one_must_have(o: Objects) -> bool:
    client = browser("senior", o)
    session = client.session
    session[MUST_SET_UP] = True
    session.save()
    shut = {name for name, (get, _) in TABLE.items() if get["senior"] in BYTES}
    shut -= {"security", "add_authenticator", "add_passkey"}
    return all(outcome(asked("senior", "GET", name, o)) == "/profile/security/" for name in shut)


def the_trail_knows_nobody_elsewhere(o: Objects) -> bool:
    """What another branch has is, asked for, not found."""
    far, workshop = o.users["far senior"], o.world.far_representative.workshop
    assert workshop
    User.objects.filter(pk=far.pk).update(national_code=code_of_person(84))
    case = filled_case(o.world, State.SUBMITTED, workshop=workshop, answers=answers_for(83))
    wanted = (
        *({"who": far.username}, {"about": far.username}, {"about": code_of_person(84)}),
        *({"about": workshop.code}, {"about": far_person(o).national_code}, {"about": case.tracking_code}),
    )
    return all(outcome(asked("senior", "POST", "trail", o, more)) == WRONG for more in wanted)


TAKEN_FOR: dict[str, Callable[[Objects], bool]] = {
    "a form for another workshop": foreign_form_fails,
    "a form of one acting for two": form_finds_its_workshop,
    "a follow-up": follow_up_needs_both,
    "one who ends sessions": sessions_of_others_stay,
    "one whose password was right once": half_a_sign_in_ends_with_its_password,
    "one with a second factor": nothing_opens_before_the_second_factor_one_must_have,
    "somebody of another branch on the trail": the_trail_knows_nobody_elsewhere,
}


@pytest.mark.parametrize("what", list(TAKEN_FOR))
def test_nobody_is_taken_for_another(what: str, made: Objects, db: None):
    with undone():
        assert TAKEN_FOR[what](made)


def own_case(o: Objects, workshop: Any) -> Case:
    return filled_case(o.world, State.SUBMITTED, workshop=workshop, answers=answers_for(81))


def a_letter_of_another_case(o: Objects) -> tuple[str, str]:
    event = o.submitted.events.order_by("-id").values_list("pk", flat=True)[0]
    return "b", reverse("request_letter", args=[own_case(o, o.world.b).pk, "form", event])


def far_person(o: Objects) -> Any:
    far = o.world.far_representative.workshop
    return insured(o.world, far, number=82)


def row_of(o: Objects, rows: str) -> int:
    subject = o.ended.subject
    assert subject
    return int(getattr(subject, rows).values_list("pk", flat=True)[0])


def receipt_of_a(o: Objects) -> str:
    event = o.submitted.events.order_by("-id").values_list("pk", flat=True)[0]
    return reverse("held_letter", args=[o.submitted.pk, "receipt", event])


def of_b(o: Objects) -> Any:
    return insured(o.world, o.world.b, number=50)


GUESSED: dict[str, Callable[[Objects], tuple[str, str]]] = {
    "what an applicant still writes": lambda o: ("a", reverse("request", args=[o.draft.pk])),
    "what waits for the employer": lambda o: ("registration", reverse("review", args=[o.awaiting.pk])),
    "what waits, for the senior user": lambda o: ("senior", reverse("review", args=[o.awaiting.pk])),
    "a visit that is not told": lambda o: ("a", reverse("inspection", args=[o.unpublished.pk])),
    "a letter of what is not followed": lambda o: ("follower", receipt_of_a(o)),
    "a picture that is not there": lambda o: (
        "registration",
        reverse("review_compared_scan", args=[o.submitted.pk, "photo", "earlier"]),
    ),
    "a photo of somebody elsewhere": lambda o: ("a", reverse("person_photo", args=[of_b(o).pk])),
    "somebody insured elsewhere": lambda o: ("a", reverse("person", args=[of_b(o).pk])),
    "a workshop as an officer's post": lambda o: (
        "senior",
        reverse("account_post", args=[o.world.far_clerk.user.pk]),  # type: ignore[union-attr]
    ),
    "another branch's account": lambda o: (
        "senior",
        reverse("reset_password", args=[o.world.far_representative.user.pk]),  # type: ignore[union-attr]
    ),
    "another branch's workshop": lambda o: (
        "senior",
        reverse("add_account", args=[o.world.far_representative.workshop.pk]),  # type: ignore[union-attr]
    ),
    "another case's letter": a_letter_of_another_case,
    "a record of another person": lambda o: (
        "far registration",
        reverse("remove_record", args=[far_person(o).pk, row_of(o, "records")]),
    ),
    "an employment of another person": lambda o: (
        "far registration",
        reverse("end_employment", args=[far_person(o).pk, row_of(o, "employments")]),
    ),
    "a dependent of another person": lambda o: (
        "far registration",
        reverse("end_dependent", args=[far_person(o).pk, row_of(o, "dependents")]),
    ),
    "another branch's workshop of an own account": lambda o: (
        "far senior",
        reverse("end_representation", args=[o.world.far_representative.user.pk, o.world.a.pk]),  # type: ignore[union-attr]
    ),
}


def is_nothing(what: str, o: Objects) -> bool:
    """Whether the address answers as one that does not exist, and nothing happens."""
    role, address = GUESSED[what](o)
    before = everything(*KEPT)
    client = browser(role, o)
    get, post = client.get(address), client.post(address, {"ended_on": "1405/01/01"})
    return {get.status_code, post.status_code} <= {404, 405} and everything(*KEPT) == before


@pytest.mark.parametrize("what", list(GUESSED))
def test_a_number_of_another_thing_under_ones_own_does_not_exist(what: str, objects: Objects):
    assert is_nothing(what, objects)


def workshops_sheet(o: Objects) -> BytesIO:
    row = {"code": o.world.a.code, "name": "نام دیگری"}
    sheet = BytesIO(
        write_table("کارگاه‌ها", [c.title for c in COLUMNS], [[row.get(c.name, "") for c in COLUMNS]])
    )
    sheet.name = "a.xlsx"
    return sheet


def visits_sheet(o: Objects) -> BytesIO:
    sheet = BytesIO(inspecting.sheet(inspecting.sheet_row(o.world)))
    sheet.name = "a.xlsx"
    return sheet


def visit(o: Objects) -> dict[str, Any]:
    return inspecting.typed(o.world)


NAMED: dict[str, tuple[str, str, Callable[[Objects], dict[str, Any]]]] = {
    "a visit": ("far inspection", "new_inspection", visit),
    "a file of visits": ("far inspection", "import_inspections", lambda o: {"table": visits_sheet(o)}),
    "a file of workshops": ("far registration", "import_workshops", lambda o: {"table": workshops_sheet(o)}),
    "a list that was read": (
        "far registration",
        "import_workshop",
        lambda o: {"confirmed": "1", "code": o.world.a.code, "name": "نام دیگری", "take_name": "1"},
    ),
    "a new workshop": ("far registration", "new_workshop", lambda o: {"code": o.world.a.code, "name": "x"}),
    "a new account": ("far senior", "new_account", lambda o: {"code": o.world.a.code, "name": "x"}),
    "a person": ("b", "look_up", lambda o: {"national_code": o.ended.national_code}),
    "a person asked for": ("b", "look_up", lambda o: {"national_code": o.submitted.national_code}),
    "a dependent": ("b", "look_up", lambda o: {"national_code": code_of_person(99)}),
    "a picture to be removed": ("b", "edit_request", lambda o: {"remove": "photo", "keep": "1"}),
    "a workshop for an own account": (
        "far senior",
        "account_workshops",
        lambda o: {"workshop_code": o.world.a.code},
    ),
    "a picture": ("b", "request_scan", lambda o: {"scan:photo": jpeg(5)}),
}


def told_or_changed(what: str, o: Objects) -> list[Any]:
    """What of A was told, or changed, when somebody else names it in a form."""
    role, name, body = NAMED[what]
    before = everything(*KEPT)
    known = f"{body(o)}{o.world.a.code}"
    pages = [asked(role, "POST", name, o, body(o))]
    if pages[0].status_code == 302:
        pages.append(browser(role, o).get(pages[0]["Location"]))
    after = everything(*KEPT)
    told: list[Any] = [leak for page in pages for leak in leaks(role, page, o, known)]
    return told + [row for table, rows in before.items() for row in rows if row not in after[table]]


@pytest.mark.parametrize("what", list(NAMED))
def test_naming_what_is_another_tenants_tells_and_changes_nothing_of_it(what: str, objects: Objects):
    assert told_or_changed(what, objects) == []


def test_an_account_of_another_branch_is_given_none_of_ones_workshops(objects: Objects):
    o = objects
    far = o.world.far_representative.user
    assert far
    response = browser("far senior", o).post(
        reverse("account_workshops", args=[far.pk]), {"workshop_code": o.world.a.code}
    )
    assert not leaks("far senior", response, o, o.world.a.code)
    assert not far.representations.filter(workshop=o.world.a).exists()


def test_those_of_the_other_units_find_no_case_in_the_queue_of_the_first(made: Objects, db: None):
    for role in set(GROUPS["desk"]) - {"registration", "senior"}:
        for tab in ("all", "new", "ended"):
            response = browser(role, made).get(f"/desk/queue/?unit=registration&tab={tab}")
            assert not leaks(role, response, made), (role, tab)
