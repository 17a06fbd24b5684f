"""The cartable: tabs, filter, search, pages, archive (R26–R30), and the dashboard (R20)."""

import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pishkhan.cases.models import Case
from pishkhan.cases.states import State, WaitingOn
from pishkhan.catalogue.parties import Audience
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.letters import search_key
from tests.world import World, answers_for, code_of_person, drafted, filled_case, fresh

from .browsing import Browser, Page

IN_HYPOTHESIS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def rows(world: World, count: int, **columns: Any) -> list[Case]:
    """Cases written as rows: for pages, not for their lives."""
    now = timezone.now()
    made = []
    for number in range(count):
        tracking = f"1460-0509-{number:05d}-0"
        case = Case(
            branch=world.branch,
            workshop=columns.get("workshop", world.a),
            service_code="main-registration",
            begun_by=Audience.WORKSHOP,
            subject_name=f"نفر {number}",
            national_code=code_of_person(5000 + number),
            tracking_code=tracking,
            tracking_digits=tracking.replace("-", ""),
            state=State.COMPLETED,
            waiting_on=WaitingOn.NOBODY,
            unit="registration",
            submitted_at=now - datetime.timedelta(minutes=number),
            sent_at=now,
            ended_at=now,
        )
        for name, value in columns.items():
            setattr(case, name, value)
        case.search_key = search_key(f"{case.subject_name} {case.national_code} {tracking}")
        made.append(case)
    return Case.objects.bulk_create(made)


@pytest.fixture
def ali(world: World) -> Browser:
    return Browser(world.ali.user)


def listed(page: Page) -> list[str]:
    """The names in the list, from the top."""
    return [node.text() for node in page.tree.all("span", cls="name")]


def search(browser: Browser, at: str = "/cartable/", **fields: str) -> Page:
    browser.open(at)
    return browser.submit("جست‌وجو", fields)


def persons(world: World) -> dict[str, Case]:
    """One case in every state, each with a name of its own."""
    names = {
        State.DRAFT: "پیمان",
        State.AWAITING_EMPLOYER: "منتظر",
        State.SUBMITTED: "صفا",
        State.UNDER_REVIEW: "بهروز",
        State.RETURNED: "برگشته",
        State.COMPLETED: "کامل",
        State.REJECTED: "ردی",
        State.WITHDRAWN: "انصرافی",
    }
    return {
        state: filled_case(world, state, answers=answers_for(20 + n, first_name=name, last_name="نمونه"))
        for n, (state, name) in enumerate(names.items())
    }


TABS = {
    "mine": {State.AWAITING_EMPLOYER, State.RETURNED},
    "branch": {State.SUBMITTED, State.UNDER_REVIEW},
    "ended": {State.COMPLETED, State.REJECTED, State.WITHDRAWN},
    "drafts": {State.DRAFT},
    "all": set(State),
    "archive": set(),
}


def test_each_tab_holds_its_states_and_tells_how_many(ali, world):
    cases = persons(world)
    for tab, states in TABS.items():
        page = ali.open(f"/cartable/?tab={tab}")
        assert set(listed(page)) == {cases[state].subject_name for state in states}, tab
        link = next(a for a in page.tree.all("a") if a["href"].endswith(f"?tab={tab}") and a.up("tabs"))
        assert link["aria-current"] == "page"
        if tab not in ("all", "archive"):
            assert to_persian(len(states)) in link.text()


def test_the_first_tab_is_what_waits_for_me(ali, world):
    cases = persons(world)
    assert set(listed(ali.open("/cartable/"))) == {cases[s].subject_name for s in TABS["mine"]}


def test_an_unknown_tab_is_not_found(ali, world):
    for tab in ("nonsense", "", "MINE", "mine%00"):
        assert ali.open(f"/cartable/?tab={tab}").status == 404


def test_a_row_leads_straight_to_what_is_to_do(ali, world):
    cases = persons(world)
    page = ali.open("/cartable/?tab=all")
    edit = {f"/cartable/{cases[s].pk}/edit/" for s in (State.DRAFT, State.AWAITING_EMPLOYER)}
    assert edit <= set(page.links)
    assert f"/cartable/{cases[State.RETURNED].pk}/edit/#first-mark" in page.links
    assert f"/cartable/{cases[State.SUBMITTED].pk}/edit/" not in page.links
    for link in {link for link in page.links if link.startswith("/")}:
        assert ali.open(link).status == 200, link


def test_nothing_of_another_workshop_is_listed_found_or_counted(ali, world):
    filled_case(world, State.SUBMITTED, workshop=world.b, answers=answers_for(30, first_name="بیگانه"))
    for tab in TABS:
        assert "بیگانه" not in ali.open(f"/cartable/?tab={tab}").text
    assert "بیگانه" not in search(ali, text="بیگانه").main
    assert "بیگانه" not in search(ali, text=code_of_person(30)).main
    assert "۱" not in ali.open("/cartable/?tab=branch").tree.all("nav", cls="tabs")[0].text()


def test_a_draft_that_an_applicant_is_writing_is_not_listed(ali, world):
    drafted(world, by=Audience.PUBLIC, answers=answers_for(31, first_name="نویسنده"))
    assert "نویسنده" not in ali.open("/cartable/?tab=all").text
    assert "نویسنده" not in ali.open("/cartable/?tab=drafts").text


SAME = ["کاظم کیانی", "كاظم كياني", "كاظم  کیانی", "کاظم‌ کیانی", "کاظ", "کیانی کاظم", "کـاظم"]


@pytest.mark.parametrize("typed", SAME)
def test_a_name_is_found_in_arabic_and_persian_letters_and_in_part(ali, world, typed: str):
    answers = answers_for(40, first_name="کاظم", last_name="کیانی")
    filled_case(world, State.SUBMITTED, answers=answers)
    filled_case(world, State.SUBMITTED, answers=answers_for(41))
    assert listed(search(ali, text=typed)) == ["کاظم کیانی"]


@pytest.mark.parametrize(
    "write", [str, to_persian, lambda t: t.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))]
)
def test_national_and_tracking_codes_are_found_in_any_digits(ali, world, write):
    case = filled_case(world, State.SUBMITTED, answers=answers_for(42, first_name="یافته"))
    filled_case(world, State.SUBMITTED, answers=answers_for(43))
    for code in (case.national_code, case.tracking_code, case.tracking_code.replace("-", "")):
        assert listed(search(ali, text=write(code))) == [case.subject_name]


def test_remarks_are_searched(ali, world):
    filled_case(world, State.SUBMITTED, answers=answers_for(44, first_name="شیفتی", remarks="شیفت بامداد ۲"))
    filled_case(world, State.SUBMITTED, answers=answers_for(45, remarks=""))
    assert listed(search(ali, text="بامداد 2")) == ["شیفتی کوچک‌پور"]


def test_a_wildcard_of_the_database_is_an_ordinary_sign(ali, world):
    persons(world)
    for typed in ("%", "_", "%نمونه", "نمونه' OR '1'='1", "\\"):
        assert listed(search(ali, text=typed)) == []


def test_the_filter_shows_one_kind_only(ali, world):
    rows(world, 1, service_code="main-registration", subject_name="ثبت نام")
    rows(world, 1, service_code="of-old", subject_name="دیگر", tracking_code="1460-0508-00001-1")
    assert listed(search(ali, service="main-registration")) == ["ثبت نام"]
    assert set(listed(ali.open("/cartable/?tab=all"))) == {"ثبت نام", "دیگر"}


def days_ago(count: int) -> str:
    return show_date(timezone.localdate() - datetime.timedelta(days=count))


def spread(world: World) -> None:
    """One case at the first, and one at the last minute of each of the last days, Tehran time."""
    for days in range(5):
        day = timezone.localdate() - datetime.timedelta(days=days)
        for minute, name in ((datetime.time(0, 0), "آغاز"), (datetime.time(23, 59, 59), "پایان")):
            at = timezone.make_aware(datetime.datetime.combine(day, minute))
            code = f"1460-0507-{days}{name == 'آغاز':04d}-1"
            rows(world, 1, subject_name=f"{name} {days}", submitted_at=at, tracking_code=code)


def test_a_range_of_dates_takes_both_its_days_whole(ali, world):
    spread(world)
    page = search(ali, since=days_ago(3), until=days_ago(2))
    assert set(listed(page)) == {"آغاز 3", "پایان 3", "آغاز 2", "پایان 2"}


def test_one_end_of_the_range_is_enough(ali, world):
    spread(world)
    assert len(listed(search(ali, since=days_ago(1)))) == 4
    assert len(listed(search(ali, until=days_ago(3)))) == 4


@pytest.mark.parametrize("write", ["{}", "persian", "dashes"])
def test_dates_are_taken_in_any_digits_and_signs(ali, world, write: str):
    spread(world)
    typed = days_ago(3).translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    typed = {"persian": to_persian(typed), "dashes": typed.replace("/", "-")}.get(write, typed)
    assert len(listed(search(ali, until=typed))) == 4


@pytest.mark.parametrize(
    ("since", "until", "field", "message"),
    [
        ("دیروز", "", "since", "سال چهاررقمی"),
        ("۱۴۰۴/۱۲/۳۰", "", "since", "فقط ۲۹ روز دارد"),
        ("", "1405/13/01", "until", "ماه باید از ۱ تا ۱۲"),
        ("", "2026/11/24", "until", "شمسی"),
        ("۱۴۰۵/۰۹/۰۳", "۱۴۰۵/۰۹/۰۲", "until", "پیش از تاریخ آغاز است"),
    ],
)
def test_a_wrong_date_is_told_beside_its_field_and_stays(
    ali, world, since: str, until: str, field: str, message: str
):
    page = search(ali, text="کوچک", since=since, until=until)
    assert page.status == 422
    assert message in page.error(field)
    assert page.value(field) == to_persian(since if field == "since" else until)
    assert page.value("text") == "کوچک"


def test_what_was_searched_stands_in_the_fields_with_a_way_to_clear_it(ali, world):
    persons(world)
    page = search(ali, text="صفا", since=days_ago(3))
    assert page.value("text") == "صفا" and page.value("since") == days_ago(3)
    page = ali.open(page.link("پاک کردن"))
    assert page.value("text") == "" and len(listed(page)) == len(TABS["mine"])


def test_names_and_codes_never_stand_in_an_address(ali, world):
    case = filled_case(world, State.SUBMITTED, answers=answers_for(46, first_name="پنهان"))
    for typed in ("پنهان", case.national_code, to_persian(case.national_code), case.tracking_code):
        page = search(ali, text=typed)
        assert listed(page) == [case.subject_name]
        for address in [*ali.addresses, *page.links]:
            for secret in ("پنهان", "%D9%BE", case.national_code, case.tracking_code, "%DB%B"):
                assert secret not in address
    ali.open("/cartable/new/main-registration/")
    ali.submit("جستجو", {"national_code": case.national_code})
    assert case.national_code not in "".join(ali.addresses)


@pytest.mark.parametrize(
    ("typed", "shown"), [("9990000018", "۹۹۹۰۰۰۰۰۱۸"), ("کارگاه ٢ و 3", "کارگاه ۲ و ۳"), ("Ali 2", "Ali 2")]
)
def test_numbers_that_were_searched_are_shown_in_persian_digits_and_latin_names_as_typed(ali, typed, shown):
    assert search(ali, text=typed).value("text") == shown


def test_the_search_of_one_session_is_nothing_to_another(ali, world):
    filled_case(world, State.SUBMITTED, answers=answers_for(47, first_name="پنهان"))
    address = search(ali, text="پنهان").path
    page = Browser(world.sara.user).open(address)
    assert page.value("text") == "" and "پنهان" not in page.html


def test_a_search_that_was_forgotten_shows_the_list(ali, world):
    persons(world)
    assert len(listed(ali.open("/cartable/?tab=all&s=gone"))) == len(State)


def test_an_empty_search_leads_back_to_the_list(ali, world):
    assert search(ali).path == "/cartable/"


def test_a_search_in_the_archive_stays_in_it(ali, world):
    rows(world, 1, subject_name="کهنه", archived_by_workshop=True)
    rows(world, 1, subject_name="کهنه‌تر", tracking_code="1460-0508-00001-1")
    page = search(ali, "/cartable/?tab=archive", text="کهنه")
    assert listed(page) == ["کهنه"] and "tab=archive" in page.path
    assert listed(search(ali, text="کهنه")) == ["کهنه‌تر"]


def through(browser: Browser, first: str, onward: str = "درخواست‌های پیشین") -> list[list[str]]:
    """The names on every page, following the link onward."""
    found, page = [], browser.open(first)
    while True:
        found.append([name for name in listed(page) if name.startswith("نفر")])
        if not any(onward in a.text() for a in page.tree.all("a")):
            return found
        page = browser.open(page.link(onward))
        assert len(found) < 20


def test_sixty_rows_are_three_pages_each_row_once_newest_first(ali, world):
    rows(world, 60)
    pages = through(ali, "/cartable/?tab=ended")
    assert [len(page) for page in pages] == [25, 25, 10]
    assert [name for page in pages for name in page] == [f"نفر {number}" for number in range(60)]


def test_rows_of_the_same_moment_are_each_shown_once(ali, world):
    made = rows(world, 60, submitted_at=timezone.now())
    pages = through(ali, "/cartable/?tab=all")
    assert [len(page) for page in pages] == [25, 25, 10]
    assert [name for page in pages for name in page] == [case.subject_name for case in reversed(made)]


def test_microseconds_are_not_lost_between_two_pages(ali, world):
    now = timezone.now().replace(microsecond=123457)
    for number, case in enumerate(rows(world, 60)):
        moment = now - datetime.timedelta(microseconds=number)
        Case.objects.filter(pk=case.pk).update(submitted_at=moment)
    names = [name for page in through(ali, "/cartable/?tab=all") for name in page]
    assert names == [f"نفر {number}" for number in range(60)]


def test_a_case_that_arrives_between_two_pages_neither_doubles_nor_hides_another(ali, world):
    rows(world, 40)
    page = ali.open("/cartable/?tab=ended")
    first = listed(page)
    new = rows(world, 1, subject_name="تازه", tracking_code="1460-0508-00001-1")
    Case.objects.filter(pk=new[0].pk).update(submitted_at=timezone.now())
    second = listed(ali.open(page.link("درخواست‌های پیشین")))
    assert first + second == [f"نفر {number}" for number in range(40)]


def test_the_pages_of_a_search_hold_what_was_searched(ali, world):
    rows(world, 60)
    other = rows(world, 30, tracking_code=None)
    Case.objects.filter(pk__in=[c.pk for c in other]).update(search_key="دیگران", subject_name="دیگران")
    first = search(ali, text="نفر").path
    assert [len(page) for page in through(ali, first)] == [25, 25, 10]


def test_older_pages_have_a_way_back_to_the_newest(ali, world):
    rows(world, 30)
    page = ali.open(ali.open("/cartable/?tab=ended").link("درخواست‌های پیشین"))
    assert listed(ali.open(page.link("تازه‌ترین‌ها")))[0] == "نفر 0"


CURSORS = st.one_of(
    st.text(max_size=60),
    st.builds(lambda k, v, p: f"{k}{v}~{p}", st.sampled_from("tsx"), st.text(max_size=20), st.integers()),
    st.builds(lambda v, p: f"t{v}~{p}", st.floats(), st.integers(0, 10**20)),
    st.sampled_from(
        [
            "t",
            "s",
            "~",
            "t~",
            "s~1",
            "tnan~1",
            "tinf~1",
            "t-inf~1",
            "t1e400~1",
            "t0~1",
            "t-62135596800~1",
            "t253402300799~1",
            "t253402300799.999999~1",
            "t1~999999999999999999",
            "s2026-13-45~1",
            "sabc~1",
            "t1~۱",
            "t۱~1",
            "t1~²",
            "t1~-1",
            "s\x00~1",
            "t1_0~1",
            "s" + "9" * 5000 + "~1",
        ]
    ),
)


@pytest.mark.names_somebody  # a cursor as of names, by hand
@IN_HYPOTHESIS
@given(CURSORS)
def test_a_broken_place_in_the_list_shows_a_page_and_never_fails(world: World, cursor: str):
    for user, path in (
        (world.ali.user, "/cartable/"),
        (world.clerk.user, "/desk/queue/"),
        (world.senior.user, "/desk/accounts/"),
    ):
        browser = Browser(user)
        response = browser.client.get(path, {"after": cursor})
        assert response.status_code == 200


def test_an_ended_case_is_archived_at_the_start_of_its_row_and_taken_out_again(ali, world):
    case = filled_case(world, State.COMPLETED)
    page = ali.open("/cartable/?tab=ended")
    first_cell = page.tree.all("tbody")[0].all("td")[0]
    assert "بایگانی" in first_cell.text()
    page = ali.submit(f"بایگانی: {case.subject_name}")
    assert "tab=ended" in page.path and listed(page) == []
    assert "بایگانی شد" in page.main
    assert fresh(case).archived_by_workshop and not fresh(case).archived_by_desk
    assert case.subject_name not in listed(ali.open("/cartable/?tab=all"))
    page = ali.open("/cartable/?tab=archive")
    assert listed(page) == [case.subject_name]
    page = ali.submit(f"بیرون آوردن از بایگانی: {case.subject_name}")
    assert "از بایگانی بیرون آمد" in page.main
    assert listed(ali.open("/cartable/?tab=ended")) == [case.subject_name]


@pytest.mark.parametrize("state", [s for s in State if s not in TABS["ended"]])
def test_a_case_that_has_not_ended_is_not_archived(ali, world, state: State):
    case = filled_case(world, state)
    assert not ali.open("/cartable/?tab=all").has_button("بایگانی")
    page = ali.post(f"/cartable/{case.pk}/archive/")
    assert "کار شما انجام نشد" in page.main
    assert not fresh(case).archived_by_workshop


def test_the_archive_of_the_workshop_is_not_that_of_the_desk(ali, world):
    case = filled_case(world, State.COMPLETED)
    ali.post(f"/cartable/{case.pk}/archive/")
    desk = Browser(world.clerk.user)
    assert case.subject_name in listed(desk.open("/desk/queue/?tab=ended"))
    desk.submit(f"بایگانی: {case.subject_name}")
    assert case.subject_name in listed(desk.open("/desk/queue/?tab=archive"))
    assert fresh(case).archived_by_desk


@pytest.mark.parametrize("tab", list(TABS))
def test_an_empty_tab_says_so_and_leads_onward(ali, world, tab: str):
    page = ali.open(f"/cartable/?tab={tab}")
    empty = page.tree.all(cls="empty")
    assert len(empty) == 1 and empty[0].text()
    links = [a["href"] for a in empty[0].all("a")]
    assert links
    for link in links:
        assert ali.open(link).status == 200


def test_a_search_that_finds_nothing_leads_to_everything_and_to_the_archive(ali, world):
    page = search(ali, text="هیچ‌کس")
    links = [a["href"] for a in page.tree.all(cls="empty")[0].all("a")]
    assert {"/cartable/?tab=all", "/cartable/?tab=archive"} <= set(links)
    assert "پیدا نشد" in page.main


def test_a_page_beyond_the_end_leads_back(ali, world):
    page = ali.open("/cartable/?tab=ended&after=t1~1")
    assert "/cartable/?tab=ended" in [a["href"] for a in page.tree.all(cls="empty")[0].all("a")]


def test_the_dashboard_counts_what_waits_what_came_back_and_what_ended(ali, world):
    persons(world)
    page = ali.open("/dashboard/")
    numbers = {
        li.all("span")[0].text(): li.all("b")[0].text() for li in page.tree.all(cls="numbers")[0].all("li")
    }
    assert numbers == {
        "منتظر تأیید شما": "۱",
        "برگشت برای رفع نقص": "۱",
        "در شعبه": "۲",
        "پایان‌یافته": "۳",
    }
    chart = page.tree.all("svg", role="img")[0]
    for title, number in numbers.items():
        assert f"{title}: {number}" in chart["aria-label"]


def test_a_count_above_ninety_nine_says_so(ali, world):
    rows(world, 120)
    assert "+۹۹" in ali.open("/dashboard/").main
    assert "+۹۹" in ali.open("/cartable/").tree.all("nav", cls="tabs")[0].text()


def test_the_dashboard_shows_the_latest_news_and_each_leads_to_its_case(ali, world):
    case = filled_case(world, State.COMPLETED)
    page = ali.open("/dashboard/")
    news = page.tree.all(cls="news")[0]
    assert "انجام شد" in news.all("li")[0].text()
    assert news.all("a")[0]["href"] == f"/cartable/{case.pk}/"


def test_a_dashboard_without_anything_says_so(ali, world):
    page = ali.open("/dashboard/")
    assert "درخواستی منتظر شما نیست" in page.main and "هنوز خبری نیست" in page.main
