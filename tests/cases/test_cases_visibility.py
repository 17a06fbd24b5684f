"""Who sees which case (the one door), and what searching finds behind it (R27, R28)."""

import pytest
from django.db import connection

from pishkhan.cases import operations
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.cases.words import few_with
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.web.searching import CasePages
from pishkhan.workshops.actors import visitor
from tests import world as w

SENT = {State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED, State.COMPLETED, State.REJECTED}


def sees(actor, case):
    return Case.objects.visible_to(actor).filter(pk=case.pk).exists()


# The matrix


@pytest.mark.parametrize("state", list(State))
def test_a_workshop_sees_its_own_cases_and_another_none(state, world):
    case = w.filled_case(world, state)
    assert sees(world.ali, case)
    assert not sees(world.sara, case)
    assert not sees(world.far_representative, case)


@pytest.mark.parametrize("state", list(State))
def test_the_unit_sees_what_was_sent_to_it_and_others_see_nothing(state, world):
    case = w.filled_case(world, state)
    was_sent = state in SENT or state == State.WITHDRAWN
    assert sees(world.clerk, case) == sees(world.colleague, case) == was_sent
    assert sees(world.senior, case) == was_sent
    for stranger in (world.inspector, world.far_clerk, world.far_senior):
        assert not sees(stranger, case)


@pytest.mark.parametrize("state", list(State))
def test_a_visitor_sees_what_the_session_holds_and_nothing_else(state, world):
    case = w.filled_case(world, state, by=Audience.PUBLIC)
    assert sees(w.applicant(case), case)
    assert not sees(visitor(), case)
    assert not sees(visitor(frozenset({case.pk + 1})), case)


def test_what_an_applicant_is_still_writing_is_hidden_from_the_workshop(world):
    case = w.filled_case(world, State.DRAFT, by=Audience.PUBLIC)
    assert not sees(world.ali, case)
    operations.send(w.applicant(case), case.pk)
    assert sees(world.ali, case)


def test_what_waits_for_the_employer_is_hidden_from_the_branch(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    assert not sees(world.clerk, case)
    assert not sees(world.senior, case)


@pytest.mark.parametrize("end", ["refused", "withdrawn"])
def test_what_ended_before_it_was_sent_stays_hidden_from_the_branch(end, world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    if end == "refused":
        operations.refuse(world.ali, case.pk, note="کارمند ما نیست.")
    else:
        operations.withdraw(w.applicant(case), case.pk)
    assert not sees(world.clerk, case)
    assert not sees(world.senior, case)
    assert sees(world.ali, case)


def test_a_member_of_staff_without_a_unit_sees_nothing(world):
    case = w.filled_case(world, State.SUBMITTED)
    assert not sees(w.staff(world.branch, "nobody"), case)


def test_an_inspector_who_is_senior_sees_every_unit_but_decides_for_the_own_one(world):
    chief = w.staff(world.branch, "chief", Unit.INSPECTION, senior=True)
    case = w.filled_case(world, State.SUBMITTED)
    assert sees(chief, case)
    assert case.verbs(chief) == []


def test_a_representative_of_two_workshops_sees_one_at_a_time(world):
    from pishkhan.workshops.models import Representation  # noqa: PLC0415

    Representation.objects.create(user=world.ali.user, workshop=world.b)
    case = w.filled_case(world, State.SUBMITTED, workshop=world.b)
    assert not sees(w.again(world.ali.user, world.a), case)
    assert sees(w.again(world.ali.user, world.b), case)


# Searching

WAYS = {
    "through the list": {},
    "by the index of words": {"pishkhan.cases.words.LOOKED_AT": 1},
    "as more than the index may find": {"pishkhan.cases.words.LOOKED_AT": 1, "pishkhan.cases.words.FEW": 0},
}
"""Ways that a search goes, which find the same; otherwise only among thousands of requests."""


@pytest.fixture(params=WAYS)
def found(world, request, monkeypatch):
    """What a search of workshop A's cartable finds among three requests, as the numbers of their persons."""
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(name, value)
    w.filled_case(
        world,
        State.SUBMITTED,
        answers=w.answers_for(1, first_name="علی", last_name="کوچک‌پور", remarks="شیفت ۳ شب، سالن بافندگی"),
    )
    w.filled_case(
        world,
        State.AWAITING_EMPLOYER,
        answers=w.answers_for(2, first_name="مریم", last_name="یگانه کیا", remarks=""),
    )
    w.drafted(
        world,
        answers=w.answers_for(3, first_name="آرش", last_name="رئیسی", remarks="50% تخفیف_ویژه"),
        scans=False,
    )
    w.filled_case(world, State.SUBMITTED, workshop=world.b, answers=w.answers_for(4, last_name="کوچک‌پور"))

    pages = CasePages(Case.objects.visible_to, "national_code")

    def numbers(text):
        cases = [case.national_code for case in Case.objects.visible_to(world.ali).search(text)]
        page = pages.found(world.ali, text=text, after="")
        assert sorted(row["national_code"] for row in page.rows) == sorted(cases)
        return sorted(int(code[3:9]) for code in cases)

    return numbers


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("کوچک‌پور", [1]),
        ("کوچکپور", [1]),
        ("كوچك", [1]),
        ("يگانه", [2]),
        ("یگانه كيا", [2]),
        ("  علی   کوچک  ", [1]),
        ("پور علی", [1]),
        ("ارش", [3]),
        ("آرش", [3]),
        ("ریيسي", [3]),
        ("رییسی", [3]),
        ("سالن", [1]),
        ("شيفت 3", [1]),
        ("شیفت ۳", [1]),
        ("شیفت ٣", [1]),
        ("50%", [3]),
        ("۵۰%", [3]),
        ("تخفیف_ویژه", [3]),
        ("%", [3]),
        ("_", [3]),
        ("فیف_و", [3]),
        ("یف%و", []),
        ("ف*ف", []),
        ("[شس]یفت", []),
        ("کوچ??پور", []),
        ("شیفت 3 ش", [1]),
        ("علی علی", [1]),
        ("علی کوچک پور شیفت سالن", [1]),
        ("'", []),
        ("\\", []),
        ("هیچ‌کس", []),
        ("علی یگانه", []),
        ("", [1, 2, 3]),
        ("   ", [1, 2, 3]),
        ("\x00", [1, 2, 3]),
    ],
)
def test_names_and_remarks_are_found_in_any_spelling(text, persons, found):
    assert found(text) == persons


@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
def test_a_national_code_is_found_in_any_digits(digits, found):
    code = w.code_of_person(2).translate(str.maketrans("0123456789", digits))
    assert found(code) == [2]
    assert found(f" {code[:3]}-{code[3:9]}-{code[9]} ") == [2]
    assert found(code[:6]) == [1, 2, 3]


@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
def test_a_tracking_code_is_found_in_any_digits_with_and_without_dashes(digits, found):
    code = Case.objects.get(national_code=w.code_of_person(1)).tracking_code
    typed = code.translate(str.maketrans("0123456789", digits))
    assert found(typed) == found(typed.replace("-", "")) == found(typed.replace("-", " ")) == [1]
    assert 1 in found(typed[:9])


def test_searching_never_leaves_the_workshop(found, world):
    assert found(w.code_of_person(4)) == []
    other = Case.objects.get(national_code=w.code_of_person(4))
    assert found(other.tracking_code) == []
    assert [case.pk for case in Case.objects.visible_to(world.sara).search("کوچک")] == [other.pk]


def test_what_was_corrected_is_found_by_its_new_words(found, world):
    from pishkhan.cases.drafts import save_answers  # noqa: PLC0415

    case = Case.objects.get(national_code=w.code_of_person(3))
    save_answers(world.ali, case.pk, {"last_name": "فومنی", "remarks": "نوبت صبح"})
    assert found("فومنی") == found("نوبت") == [3]
    assert found("رئیسی") == []


def test_what_is_gone_is_not_found(found, world):
    Case.objects.get(national_code=w.code_of_person(3)).delete()
    assert found("تخفیف") == []
    assert found("سالن") == [1]


@pytest.mark.parametrize("words", [["al"], ["--------"], ["س", "آن"], ["50%"], ["*?*?*", "[]"]])
def test_words_that_the_index_does_not_know_are_never_looked_up_in_it(
    words, world, django_assert_num_queries
):
    """It would be read from end to end."""
    with django_assert_num_queries(0):
        assert few_with(words) is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows how long a list is")
def test_what_has_a_code_is_looked_up_and_not_sought_in_the_whole_list(world):
    first = w.filled_case(world, State.COMPLETED)
    code = first.national_code
    for _ in range(3):
        first.pk = first.tracking_code = None
        first.save()
    for actor in (world.ali, world.clerk):
        found = Case.objects.visible_to(actor).shelf(archived=False, at_desk=actor.at_desk).search(code)
        plan = found.order_by("-submitted_at", "-id")[:26].explain()
        assert "INTEGER PRIMARY KEY" in plan and "USING INDEX" not in plan, plan
