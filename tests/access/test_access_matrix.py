"""Every address × method × kind of visitor, and what each must answer. A new route fails until declared."""

import pytest
from django.urls import reverse

from pishkhan.cases.states import State
from tests.access.asking import asked, browser, leaks, outcome, sent, undone, untold
from tests.access.bodies import every_route, kwargs_of
from tests.access.objects import Objects
from tests.access.roles import BYTES, FIRST, GROUPS, NO, NONE, PICTURE, ROLES
from tests.access.table import NOWHERE, PUBLISHED, TABLE
from tests.world import answers_for, filled_case

PICTURES = [name for name, (get, _) in TABLE.items() if PICTURE in get.values()]


def test_every_route_is_declared_and_nothing_else():
    names = [pattern.name for pattern in every_route()]
    assert all(names), "a route has no name"
    assert len(names) == len(set(names)), "two routes share a name"
    assert set(names) == set(TABLE), "declare what every kind of visitor gets there (tests/access/table.py)"


@pytest.mark.parametrize("name", list(TABLE))
def test_everybody_gets_what_the_table_says_and_reads_nothing_more(name: str, made: Objects, db: None):
    found, told = {}, {}
    for method, declared in zip(("GET", "POST"), TABLE[name], strict=True):
        for role in ROLES:
            with undone():
                response = asked(role, method, name, made)
            if (answer := outcome(response)) != declared[role]:
                found[method, role] = f"{answer} instead of {declared[role]}"
            known = str(sent(name, made) if method == "POST" else "") + str(kwargs_of(name, made))
            if name not in PUBLISHED and (more := leaks(role, response, made, known)):
                told[method, role] = more
    assert not found
    assert not told


OTHERS = ("OPTIONS", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("name", list(TABLE))
def test_no_other_method_does_anything(name: str, made: Objects, db: None):
    """Refused before anybody looks who asks, so one of them for each role will do."""
    for place, role in enumerate(ROLES):
        method = OTHERS[place % len(OTHERS)]
        with undone():
            expected = FIRST if role == "must change" and name not in ("sign_out", "first_password") else NO
            assert outcome(asked(role, method, name, made)) == expected, (role, method)


@pytest.mark.parametrize("name", list(TABLE))
def test_the_head_of_a_page_is_told_to_nobody_else_than_the_page(name: str, made: Objects, db: None):
    get = TABLE[name][0]
    allowed = next((role for role in ROLES if get[role] in BYTES), None)
    refused = next((role for role in ROLES if get[role] == NONE), None)
    for role in filter(None, (allowed, refused)):
        with undone():
            response = asked(role, "HEAD", name, made)
        assert outcome(response) in (get[role], NO), role
        assert not response.content


@pytest.mark.parametrize("name", PICTURES)
def test_the_bytes_of_a_picture_reach_only_those_who_may_see_it(name: str, made: Objects, db: None):
    get = TABLE[name][0]
    allowed = {role for role in ROLES if get[role] == PICTURE}
    if name == "profile_image":  # the same address, but one's own workshop's
        allowed -= {*GROUPS["of_b"]}
    owner = min(allowed)
    picture = asked(owner, "GET", name, made).content
    assert picture.startswith((b"\xff\xd8\xff", b"\x89PNG"))
    for role in ROLES:
        assert (asked(role, "GET", name, made).content == picture) == (role in allowed), role


@pytest.mark.parametrize("state", list(State))
def test_an_object_of_another_workshop_does_not_exist_in_whatever_state(objects: Objects, state: State):
    case = filled_case(objects.world, state, answers=answers_for(80))
    for name in ("request", "edit_request", "refuse_request", "request_scan", "review"):
        kwargs = {"pk": case.pk} | ({"kind": "photo"} if name == "request_scan" else {})
        for role in ("b", "both at b", "far registration", "far senior", "inspection"):
            response = browser(role, objects).get(reverse(name, kwargs=kwargs))
            missing = browser(role, objects).get(reverse(name, kwargs=kwargs | {"pk": 999_999}))
            assert response.status_code == missing.status_code == 404
            assert untold(response) == untold(missing), "what is hidden and what is not there look alike"


@pytest.mark.parametrize("state", [State.DRAFT, State.AWAITING_EMPLOYER])
def test_the_desk_sees_nothing_that_was_not_sent_to_it(objects: Objects, state: State):
    case = filled_case(objects.world, state, answers=answers_for(80, last_name="ناپیدا"))
    for role in ("registration", "senior"):
        client = browser(role, objects)
        assert client.get(reverse("review", args=[case.pk])).status_code == 404
        assert client.get(reverse("review_scan", args=[case.pk, "photo"])).status_code == 404
        assert case.subject_name not in client.get("/desk/queue/?tab=all").content.decode()


def test_what_an_applicant_is_still_writing_is_nobody_elses(made: Objects, db: None):
    for role in set(ROLES) - {"applicant", "stranger", "deactivated", "must change", "follower"}:
        for name in ("request", "edit_request", "review"):
            response = browser(role, made).get(reverse(name, args=[made.draft.pk]))
            assert response.status_code == 404, (role, name)
        assert asked(role, "GET", "apply_scan", made).status_code == 404


@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/cartable/999999/", "/login/", "/follow-up/"])
def test_the_password_of_the_letter_opens_nothing_but_its_change(path: str, made: Objects, db: None):
    client = browser("must change", made)
    for response in (client.get(path), client.post(path, {"x": "1"}), client.put(path), client.delete(path)):
        assert outcome(response) == FIRST


@pytest.mark.parametrize("path", list(NOWHERE))
def test_an_address_that_leads_nowhere_is_not_found(path: str, made: Objects, db: None):
    assert browser(NOWHERE[path], made).get(path).status_code == 404
