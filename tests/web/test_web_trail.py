"""«رویدادها»: the senior user reads the trail, narrows it, and learns how safe it is."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pishkhan.audit.anchors import anchor_head
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.audit.reading import entries
from pishkhan.audit.sealing import seal_new_entries
from pishkhan.cases import drafts
from pishkhan.cases.states import State
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from tests import world as w

from .browsing import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apart")]

LINES = 25


@pytest.fixture
def apart(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors.log"


@pytest.fixture
def senior(world):
    return Browser(world.senior.user)


def rows(page):
    return [" ".join(cell.text() for cell in row.all("td")) for row in page.tree.all("tbody")[0].all("tr")]


def found(browser, **asked):
    browser.open("/desk/trail/")
    page = browser.submit("جست‌وجو", asked)
    return rows(page) if page.tree.all("tbody") else []


def test_the_latest_comes_first_and_says_who_did_what_about_what(senior, world):
    case = w.filled_case(world, State.UNDER_REVIEW)
    Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/")
    told = rows(senior.open("/desk/trail/"))
    assert "clerk درخواستی را دید" in told[0]
    assert f"درخواست {to_persian(case.tracking_code)}" in told[0]
    assert "clerk درخواستی را برای بررسی برداشت" in told[1]
    assert senior.page.link(to_persian(case.tracking_code)) == f"/desk/cases/{case.pk}/"


def test_a_scan_that_was_opened_is_named(senior, world):
    case = w.filled_case(world, State.SUBMITTED)
    Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/scans/photo/")
    assert "تصویر مدرکی را دید" in rows(senior.open("/desk/trail/"))[0]
    assert "عکس" in rows(senior.page)[0]


def test_what_is_gone_is_still_told(senior, world):
    draft = w.drafted(world, scans=False)
    drafts.discard_draft(world.ali, draft.pk)
    assert "ali پیش‌نویسی را دور انداخت درخواست" in rows(senior.open("/desk/trail/"))[0]


@pytest.mark.parametrize("typed", ["ali", "ALI", " ali "])
def test_what_somebody_did_is_found_by_the_user_name(typed, senior, world):
    w.filled_case(world, State.UNDER_REVIEW)
    told = found(senior, who=typed)
    assert told and all(" ali " in line for line in told)
    assert len(told) == Entry.objects.filter(user_id=world.ali.user.pk).count()


def test_what_was_done_is_found_by_the_kind_of_action(senior, world):
    w.filled_case(world, State.UNDER_REVIEW)
    assert len(found(senior, what="case take")) == 1
    assert found(senior, what="case take", who="ali") == []
    assert len(found(senior, what="case take", who="clerk")) == 1


def test_everything_about_a_request_is_found_by_its_tracking_code(senior, world):
    case = w.filled_case(world, State.SUBMITTED)
    w.filled_case(world, State.SUBMITTED, answers=w.answers_for(2))
    told = found(senior, about=to_persian(case.tracking_code))
    assert len(told) == Entry.objects.filter(about=f"case:{case.pk}").count() > 2
    assert "درخواستی را فرستاد" in told[0]


def test_a_request_that_waits_for_its_employer_is_found_and_not_shown(senior, world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    told = found(senior, about=case.tracking_code)
    assert told and case.tracking_code not in str(told) and to_persian(case.tracking_code) not in str(told)


def test_everything_about_a_person_is_found_by_the_national_code(senior, world):
    case = w.filled_case(world, State.COMPLETED)
    Browser(world.clerk.user).open(f"/desk/people/{case.subject_id}/")
    told = found(senior, about=to_persian(case.national_code))
    assert "پروندهٔ شخصی را دید" in told[0] and case.subject.full_name in told[0]
    assert any("شخصی به فهرست بیمه‌شدگان افزوده شد" in line for line in told)
    assert any("درخواستی را فرستاد" in line for line in told)


def test_a_workshop_and_an_account_are_found_by_code_and_name(senior, world):
    assert "کارگاه ثبت کرد" in found(senior, about=world.a.code)[-1]
    assert "حساب ساخته شد" in found(senior, about="clerk")[-1]


def test_a_day_is_found_with_its_first_and_last_moment(senior, world):
    day = datetime.datetime(2026, 3, 21, tzinfo=datetime.timezone(datetime.timedelta(hours=3, minutes=30)))
    for moment in (-1, 0, 86_399, 86_400):
        with time_machine.travel(day + datetime.timedelta(seconds=moment), tick=False):
            record("stamp set", by=SYSTEM)
    told = found(senior, since="۱۴۰۵/۰۱/۰۱", until="۱۴۰۵/۰۱/۰۱")
    assert ["۰۰:۰۰" in told[1], "۲۳:۵۹" in told[0], len(told)] == [True, True, 2]
    assert len(found(senior, since="۱۴۰۵/۰۱/۰۱", until="۱۴۰۵/۰۱/۰۲")) == 3


def test_neither_names_nor_codes_are_in_an_address(senior, world):
    case = w.filled_case(world, State.COMPLETED)
    found(senior, about=case.national_code, who="ali")
    assert not [a for a in senior.addresses if case.national_code in a or "ali" in a]
    assert senior.addresses[-1].startswith("/desk/trail/?s=")


WRONG = {
    "who": ("nobody", "کاربری با این نام کاربری در این شعبه نیست."),
    "about": ("0499370899", "درخواست، شخص، کارگاه یا کاربری با این کد یا نام پیدا نشد."),
    "since": ("دیروز", ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_found_is_told_beside_its_field(name, senior):
    typed, told = WRONG[name]
    senior.open("/desk/trail/")
    page = senior.submit("جست‌وجو", {name: typed})
    assert page.status == 422 and told in page.error(name) and page.error(name)
    assert page.value(name) == typed


def test_users_of_another_branch_are_nobody(senior, world):
    senior.open("/desk/trail/")
    assert senior.submit("جست‌وجو", {"who": "far-clerk"}).error("who")
    assert senior.submit("جست‌وجو", {"about": "far-clerk"}).error("about")


def test_where_nothing_is_found_the_page_says_how_to_go_on(senior):
    senior.open("/desk/trail/")
    page = senior.submit("جست‌وجو", {"what": "case close"})
    assert "رویدادی با این نشانی‌ها نیست" in page.main
    assert page.link("همهٔ رویدادها") == "/desk/trail/"


def test_pages_go_on_without_gap_or_repetition(senior, world):
    before = Entry.objects.count()
    with time_machine.travel(timezone.now(), tick=False):  # all at the same moment
        for number in range(60):
            record("policy decided", by=SYSTEM, code=f"no-{number}")
    seen, page = [], senior.open("/desk/trail/")
    while True:
        seen += rows(page)
        if "پیشین‌تر" not in page.main:
            break
        page = senior.open(page.link("پیشین‌تر"))
    assert len(seen) == before + 60
    numbers = [line.split("no-")[1].split()[0] for line in seen if "no-" in line or "no-" in line]
    assert len(numbers) == len(set(numbers)) == 60
    assert page.link("تازه‌ترین‌ها") == "/desk/trail/"


@pytest.mark.parametrize("who", ["clerk", "far_senior", "ali"])
def test_others_do_not_learn_that_the_page_exists(who, world):
    browser = Browser(getattr(world, who).user)
    assert browser.client.get("/desk/trail/").status_code == 404
    assert "/desk/trail/" not in browser.open("/desk/" if who != "ali" else "/dashboard/").links


def test_the_senior_users_menu_leads_here(senior):
    assert senior.open("/desk/").link("رویدادها") == "/desk/trail/"


# How safe the trail is


def test_a_sealed_and_anchored_trail_is_told(senior, world):
    sealed = seal_new_entries()
    anchor_head()
    said = senior.open("/desk/trail/").main
    assert f"{to_persian(sealed)} رویداد مهروموم شده است" in said
    assert f"آخرین گواه بیرونی: رویداد {to_persian(sealed)}، {show_date(timezone.localdate())}" in said


def test_a_trail_that_is_not_sealed_yet_is_told(senior):
    assert "هنوز رویدادی مهروموم نشده است" in senior.open("/desk/trail/").main


def test_a_worker_that_does_not_run_is_told(senior):
    seal_new_entries()
    with time_machine.travel(timezone.now() - datetime.timedelta(minutes=6)):
        record("stamp set", by=SYSTEM)
    assert "pishkhan worker را روشن کند" in senior.open("/desk/trail/").main


def test_a_broken_chain_is_told(senior):
    seal_new_entries()
    anchor_head()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_seal SET digest = 'x'")
    assert "pishkhan audit verify را اجرا کند" in senior.open("/desk/trail/").main


def test_anchors_that_cannot_be_read_are_told(senior, settings):
    seal_new_entries()
    settings.AUDIT_ANCHORS.write_text("?\n")
    assert "pishkhan audit verify را اجرا کند" in senior.open("/desk/trail/").main


# Indexes


ASKED = {
    "all": {},
    "by": {"by": 7},
    "action": {"action": "case send"},
    "by and action": {"by": 7, "action": "case send"},
    "about": {"about": ["case:1", "person:2"]},
    "since": {"since": timezone.now()},
    "by since": {"by": 7, "since": timezone.now()},
    "action until": {"action": "case send", "until": timezone.now()},
}


@pytest.mark.skipif(
    "not __import__('tests.world').world.on_sqlite()", reason="PostgreSQL scans a small table whole"
)
@pytest.mark.parametrize("what", ASKED)
def test_no_question_reads_the_whole_trail(what):
    plan = entries(**ASKED[what]).order_by("-at", "-id").explain()
    assert "USING INDEX" in plan or "USING COVERING INDEX" in plan, plan
    assert "TEMP B-TREE" not in plan or what == "about", plan


def test_the_page_asks_as_much_of_a_long_trail_as_of_a_short_one(senior, world):
    w.filled_case(world, State.COMPLETED)
    with CaptureQueriesContext(connection) as short:
        senior.open("/desk/trail/")
    for number in range(300):
        record("case viewed", by=world.clerk.author, about=f"case:{number}")
        record("person viewed", by=world.clerk.author, about=f"person:{number}")
    with CaptureQueriesContext(connection) as long:
        senior.open("/desk/trail/")
    assert len(long) <= len(short) <= 16
