"""Every list with no row, one, one more than a page, and many: all of them, in order.

Many are a thousand; `PISHKHAN_TEST_ROWS=10000` takes ten times as many, and as much longer.
"""

import datetime as dt
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from python_calamine import CalamineWorkbook

from pishkhan.accounts.models import User
from pishkhan.cases.models import Case
from pishkhan.cases.states import State, WaitingOn
from pishkhan.inspections.models import Inspection
from pishkhan.people.models import Employment, Person
from pishkhan.persian.digits import to_persian
from pishkhan.persian.letters import sort_key
from pishkhan.web.listing import PAGE, _write
from pishkhan.workshops import users
from pishkhan.workshops.models import Workshop
from tests.world import World, code_of_person

from .browsing import Browser, Page

NAMES = ("آبادی", "پورمحمد", "ژاله‌پور", "کیانی", "گلی", "یوسفی", "هاشمی", "احمدی", "چراغی", "ظریفی")
MANY = int(os.environ.get("PISHKHAN_TEST_ROWS", "1000"))


def name(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]} {number // len(NAMES)}"


def cases(state: State, waiting_on: WaitingOn, **columns: Any) -> Callable[[World, int], None]:
    def fill(world: World, many: int) -> None:
        now = timezone.now()
        Case.objects.bulk_create(
            Case(
                branch=world.branch,
                workshop=world.a,
                service_code="main-registration",
                begun_by="workshop",
                subject_name=name(n),
                national_code=code_of_person(10_000 + n),
                state=state,
                waiting_on=waiting_on,
                unit="registration",
                submitted_at=now - dt.timedelta(minutes=n // 3),  # some in the same moment
                sent_at=now,
                **columns,
            )
            for n in range(many)
        )

    return fill


def people(world: World, many: int, *, has_left: bool = False) -> None:
    made = []
    for n in range(many):
        person = Person(
            national_code=code_of_person(10_000 + n),
            first_name="علی",
            last_name=name(n),
            father_name="رضا",
            birth_date=dt.date(1990, 1, 1),
        )
        person.make_keys()
        made.append(person)
    employed = []
    for n, person in enumerate(Person.objects.bulk_create(made)):
        began = dt.date(2020, 1, 1) + dt.timedelta(days=n // 3)  # some on the same day
        employment = Employment(
            person=person, workshop=world.a, job="کارگر", started_on=began, has_left=has_left
        )
        employment.search_key, employment.sort_key = person.search_key, person.sort_key
        employed.append(employment)
    Employment.objects.bulk_create(employed)


def workshops(world: World, many: int) -> None:
    made = [Workshop(branch=world.branch, code=f"14677{n:05d}", name=name(n)) for n in range(many)]
    for workshop in made:
        workshop.make_keys()
    Workshop.objects.bulk_create(made)


def accounts(world: World, many: int) -> None:
    """Representatives of workshop A."""
    made = [User(username=f"user{n}", side="workshop", last_name=name(n)) for n in range(many)]
    for user in made:
        user.make_keys()
    held = world.a.representations.model
    held.objects.bulk_create(held(user=user, workshop=world.a) for user in User.objects.bulk_create(made))


def visits(world: World, many: int) -> None:
    now = timezone.now()
    Inspection.objects.bulk_create(
        Inspection(
            branch=world.branch,
            workshop=world.a,
            number=f"9/{n}",
            visited_at=now - dt.timedelta(hours=n // 2),
            kind="periodic",
            inspector_name="سعید خمامی",
            employer_present=True,
            workshop_state="open",
            observed_count=5,
            on_list_count=3,
            state="published",
            notified_at=now,
            objection_deadline=now.date(),
        )
        for n in range(many)
    )


@dataclass(frozen=True)
class List:
    """Who opens it, where, how rows get there, what it must show and in which order.

    `shown` names the column whose number stands in a row's link; `column` is the one it is ordered by.
    """

    who: str
    path: str
    fill: Callable[[World, int], None]
    rows: Callable[[World], "QuerySet[Any]"]
    column: str
    descending: bool = True
    shown: str = "pk"


def employed(has_left: bool) -> Callable[[World], "QuerySet[Any]"]:
    return lambda world: Employment.objects.filter(workshop=world.a, has_left=has_left)


def every_case(world: World) -> "QuerySet[Any]":
    return Case.objects.filter(workshop=world.a)


DONE, REVIEWED = (State.COMPLETED, WaitingOn.NOBODY), (State.SUBMITTED, WaitingOn.BRANCH)
DRAFTED, WAITING = (State.DRAFT, WaitingOn.DRAFTER), (State.RETURNED, WaitingOn.EMPLOYER)
LISTS = {
    "cartable": List("ali", "/cartable/?tab=mine", cases(*WAITING), every_case, "submitted_at"),
    "cartable: drafts": List("ali", "/cartable/?tab=drafts", cases(*DRAFTED), every_case, "submitted_at"),
    "cartable: archive": List(
        *("ali", "/cartable/?tab=archive", cases(*DONE, archived_by_workshop=True)),
        *(every_case, "submitted_at"),
    ),
    "queue": List("clerk", "/desk/queue/?tab=queue", cases(*REVIEWED), every_case, "submitted_at", False),
    "queue: ended": List("clerk", "/desk/queue/?tab=ended", cases(*DONE), every_case, "submitted_at"),
    "insured": List(
        "ali", "/insured/?tab=active", people, employed(False), "sort_key", False, shown="person_id"
    ),
    "insured: backwards": List(
        *("ali", "/insured/?tab=active&order=name-back", people, employed(False)),
        *("sort_key", True, "person_id"),
    ),
    "insured: newest": List(
        *("ali", "/insured/?tab=active&order=newest", people, employed(False)),
        *("started_on", True, "person_id"),
    ),
    "insured: oldest": List(
        *("ali", "/insured/?tab=active&order=oldest", people, employed(False)),
        *("started_on", False, "person_id"),
    ),
    "insured: left": List(
        *("ali", "/insured/?tab=left", lambda world, many: people(world, many, has_left=True)),
        *(employed(True), "sort_key", False, "person_id"),
    ),
    "insured: awaiting": List("ali", "/insured/?tab=awaiting", cases(*REVIEWED), every_case, "submitted_at"),
    "people": List(
        "clerk", "/desk/people/?tab=all", people, lambda w: Person.objects.all(), "sort_key", False
    ),
    "workshops": List(
        *("clerk", "/desk/workshops/?tab=open", workshops),
        *(lambda w: Workshop.objects.filter(branch=w.branch), "sort_key", False),
    ),
    "accounts": List(
        *("senior", "/desk/accounts/?tab=all", accounts),
        *(lambda w: users.visible_to(w.senior), "sort_key", False),
    ),
    "visits": List(
        "inspector", "/desk/inspections/?tab=all", visits, lambda w: Inspection.objects.all(), "visited_at"
    ),
    "workshop's visits": List(
        "ali", "/inspections/?tab=all", visits, lambda w: Inspection.objects.all(), "visited_at"
    ),
}
NEVER_EMPTY = {"workshops", "accounts"}  # the world has some


def numbers(page: Page) -> list[int]:
    """Of each row the number in its first link."""
    main = page.tree.all("main")[0]
    rows = [row for row in main.all("tr") if row.all("td")] or main.all("div", cls="person-row")
    links = [next(a["href"] for a in row.all("a") if re.search(r"/\d+/", a["href"])) for row in rows]
    return [int(re.findall(r"/(\d+)/", link)[0]) for link in links]


def older(page: Page) -> str:
    """Where the list goes on, "" at its end."""
    return next((link for link in page.links if "after=" in link), "")


def expected(asked: List, world: World) -> list[tuple[int, Any, int]]:
    """In order: the number in the link, the value of the column, the id."""
    sign = "-" if asked.descending else ""
    ordered = asked.rows(world).order_by(f"{sign}{asked.column}", f"{sign}id")
    return list(ordered.values_list(asked.shown, asked.column, "id"))


@pytest.mark.parametrize("asked", LISTS)
def test_an_empty_list_says_so_and_what_to_do_next(world: World, asked: str):
    page = Browser(getattr(world, LISTS[asked].who).user).open(LISTS[asked].path)
    if asked in NEVER_EMPTY:
        assert len(numbers(page)) == len(expected(LISTS[asked], world))
        return
    assert numbers(page) == []
    assert not older(page)
    empty = page.tree.all("div", cls="empty")
    assert len(empty) == 1 and len(empty[0].text()) > 10


@pytest.mark.parametrize("many", [1, PAGE + 1])
@pytest.mark.parametrize("asked", LISTS)
def test_a_list_shows_every_row_once_and_in_order(world: World, asked: str, many: int):
    wanted = LISTS[asked]
    wanted.fill(world, many)
    browser = Browser(getattr(world, wanted.who).user)
    page = browser.open(wanted.path)
    seen = numbers(page)
    while following := older(page):
        assert len(numbers(page)) == PAGE
        page = browser.open(following)
        seen += numbers(page)
    every = expected(wanted, world)
    assert len(every) >= many
    assert seen == [number for number, _, _ in every]
    assert not page.tree.all("div", cls="empty")


@pytest.mark.parametrize("asked", LISTS)
def test_a_long_list_begins_goes_on_and_ends_where_it_should(world: World, asked: str):
    wanted = LISTS[asked]
    wanted.fill(world, MANY)
    every = expected(wanted, world)
    browser = Browser(getattr(world, wanted.who).user)
    first = browser.open(wanted.path)
    assert numbers(first) == [number for number, _, _ in every[:PAGE]]
    second = browser.open(older(first))
    assert numbers(second) == [number for number, _, _ in every[PAGE : 2 * PAGE]]
    _, value, pk = every[-PAGE - 6]
    near_the_end = browser.open(f"{wanted.path}&after={_write(value, pk)}")
    assert numbers(near_the_end) == [number for number, _, _ in every[-PAGE - 5 : -5]]
    last = browser.open(older(near_the_end))
    assert numbers(last) == [number for number, _, _ in every[-5:]]
    assert not older(last)


def test_a_search_keeps_the_order_that_was_chosen(world: World):
    people(world, 30)
    browser = Browser(world.ali.user)
    page = browser.open(browser.open("/insured/").link("تازه‌ترین شروع به کار"))
    page = browser.submit("جست‌وجو", {"text": "احمدی"})
    assert "order=newest" in page.path
    assert numbers(browser.open(page.link("نام، الف تا ی"))) == numbers(page)[::-1]
    newest = Employment.objects.filter(person__last_name__startswith="احمدی").order_by("-started_on", "-id")
    assert numbers(page) == list(newest.values_list("person_id", flat=True))
    assert browser.open("/insured/?order=x").status == 404


@pytest.mark.parametrize("cursor", ["d2020-13-01~1", "d~", "dx~1", "d2020-01-01~x", "t1~1", "s~1"])
def test_a_broken_cursor_gives_the_first_page(world: World, cursor: str):
    people(world, 3)
    page = Browser(world.ali.user).open(f"/insured/?order=newest&after={cursor}")
    assert len(numbers(page)) == 3


def test_names_are_in_the_order_of_the_persian_alphabet(world: World):
    people(world, 10)
    page = Browser(world.ali.user).open("/insured/")
    rows = [row.all("a")[0].text() for row in page.tree.all("div", cls="person-row")]
    shown = [row.removeprefix("علی ").removesuffix(" 0").removesuffix(" ۰") for row in rows]
    assert shown == [
        "آبادی",
        "احمدی",
        "پورمحمد",
        "چراغی",
        "ژاله‌پور",
        "ظریفی",
        "کیانی",
        "گلی",
        "هاشمی",
        "یوسفی",
    ]
    assert sort_key("پ") < sort_key("ت") < sort_key("گ") < sort_key("ی")


def test_the_excel_file_holds_what_the_list_shows_in_its_order(world: World):
    people(world, 30)
    browser = Browser(world.ali.user)
    browser.open("/insured/?order=newest")
    page = browser.submit("جست‌وجو", {"text": "احمدی"})
    content = browser.client.get(page.link("فایل اکسل")).content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    newest = Employment.objects.filter(person__last_name__startswith="احمدی").order_by("-started_on", "-id")
    assert [row[1] for row in rows] == [to_persian(each.person.last_name) for each in newest]
    assert browser.client.get("/insured/export/?order=x").status_code == 404
