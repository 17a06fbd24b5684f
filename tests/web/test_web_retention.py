"""What a senior user does about what is kept of a person, and what everybody sees of what was erased."""

import io
import traceback
from zipfile import ZipFile

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.service import find
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event
from pishkhan.people.models import Person
from pishkhan.persian.digits import to_persian
from pishkhan.policy.models import Policy
from pishkhan.retention import exporting
from pishkhan.retention.applying import apply_retention
from pishkhan.retention.models import Hold
from pishkhan.retention.operations import put_hold
from pishkhan.retention.periods import CASES, REST, Kept, Period, periods, thing_days
from pishkhan.web.desk.retention import ExportBrokenOffError
from tests import canaries
from tests import world as w
from tests.retention.aging import later

from .browsing import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world) -> Case:
    """A rejected request of somebody on the register."""
    return w.filled_case(world, State.REJECTED, service=find("history-request"), person=w.insured(world))


@pytest.fixture
def person(case: Case) -> Person:
    return case.subject


def at(person: Person) -> str:
    return f"/desk/people/{person.pk}/data/"


def test_the_way_to_the_data_of_a_person_is_shown_to_the_senior_user_alone(world, person):
    words = "داده‌های این شخص"
    assert Browser(world.senior.user).open(f"/desk/people/{person.pk}/").link(words) == at(person)
    assert words not in Browser(world.clerk.user).open(f"/desk/people/{person.pk}/").main


def test_the_export_is_a_file_of_no_name_that_nobody_keeps(world, person):
    page = Browser(world.senior.user)
    page.open(at(person))
    response = page.submit("دریافت داده‌ها").response
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Disposition"] == f'attachment; filename="person-{person.pk}.zip"'
    assert "requests.json" in ZipFile(io.BytesIO(response.getvalue())).namelist()


def test_an_export_that_fails_names_nobody_to_the_server_that_sends_it(world, person, monkeypatch):
    def failing(row: object) -> None:
        raise ValueError(f"nothing can be done with {person.national_code}")

    browser = Browser(world.senior.user)
    browser.open(at(person))
    monkeypatch.setattr(exporting, "_labelled", failing)
    response = browser.client.post(
        at(person), {"do": "export", "csrfmiddlewaretoken": browser.page.value("csrfmiddlewaretoken")}
    )
    with pytest.raises(ExportBrokenOffError) as broken:
        b"".join(response)
    assert not canaries.in_text("".join(traceback.format_exception(broken.value)))


def test_erasing_asks_whether_one_is_sure_and_tells_what_went(world, person, case):
    browser = Browser(world.senior.user)
    browser.open(at(person))
    page = browser.submit("پاک کردن")
    assert page.status == 422 and "این را نشان بزنید" in page.main
    assert not w.fresh(case).erased_at
    page = browser.submit("پاک کردن", {"sure": "on"})
    assert "۱ درخواست" in page.text
    assert w.fresh(case).erased_at
    assert "چیزی برای پاک کردن نمانده است" in browser.submit("پاک کردن", {"sure": "on"}).text


def test_what_stands_in_the_way_of_erasing_is_told(world, person):
    w.filled_case(world, State.SUBMITTED, service=find("booklet-first"), person=person)
    browser = Browser(world.senior.user)
    browser.open(at(person))
    assert "درخواستی در جریان دارد" in browser.submit("پاک کردن", {"sure": "on"}).text


def test_a_hold_is_put_and_lifted_with_a_reason_and_stops_erasing(world, person, case):
    browser = Browser(world.senior.user)
    browser.open(at(person))
    page = browser.submit("توقیف حذف", {"reason": ""})
    assert page.status == 422 and page.error("reason")
    page = browser.submit("توقیف حذف", {"reason": "حکم ۱۲ دادگاه"})
    assert "حکم ۱۲ دادگاه" in page.main, page.main
    assert not page.has_button("پاک کردن")
    page = browser.submit("برداشتن توقیف", {"reason": "رأی"})
    assert page.has_button("پاک کردن") and "توقیف‌های پیشین" in page.main
    assert Hold.objects.get().lifted_by == world.senior.user


def test_a_hold_on_a_request_is_put_on_its_page_and_seen_by_its_officer(world, case):
    browser = Browser(world.senior.user)
    page = browser.open(browser.open(f"/desk/cases/{case.pk}/").link("توقیف حذف"))
    page = browser.submit("توقیف حذف", {"reason": "شکایت"})
    assert "شکایت" in page.main
    clerk = Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/")
    assert "حذف توقیف شده است" in clerk.main and "شکایت" not in clerk.main
    assert "توقیف حذف" not in [*map(str, clerk.links)]
    browser.submit("برداشتن توقیف", {"reason": "رأی"})
    assert "حذف توقیف شده است" not in Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/").main


def test_a_hold_on_the_person_is_told_on_the_page_of_the_request(world, case, person):
    put_hold(world.senior, person, "شکایت")
    page = Browser(world.senior.user).open(f"/desk/cases/{case.pk}/hold/")
    assert person.full_name in page.main and "شکایت" in page.main and page.has_button("توقیف حذف")
    assert "حذف توقیف شده است" in Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/").main


def test_a_button_pressed_twice_changes_nothing_more(world, person):
    browser = Browser(world.senior.user)
    browser.open(at(person))
    for _ in range(2):
        browser.post(at(person), {"do": "hold", "reason": "شکایت"})
    assert Hold.objects.count() == 1
    for _ in range(2):
        browser.post(at(person), {"do": "lift", "reason": "رأی"})
    assert Hold.objects.filter(lifted_at=None).count() == 0


# What was erased, for those who look at it


@pytest.mark.parametrize("state", [State.COMPLETED, State.REJECTED, State.WITHDRAWN])
def test_an_erased_request_can_be_looked_at_by_everybody_who_could(world, state):
    case = w.filled_case(world, state, answers=w.answers_for(7))
    code = case.national_code
    apply_retention(now=later(4000))
    assert w.fresh(case).erased_at
    for user, address in ((world.ali, f"/cartable/{case.pk}/"), (world.clerk, f"/desk/cases/{case.pk}/")):
        page = Browser(user.user).open(address)
        assert page.status == 200
        assert to_persian(code) not in page.text and "کوچک‌پور" not in page.text
        assert not [link for link in page.links if "/letters/" in link or "/scans/" in link]
    assert "پاک شده است" in page.main
    lists = (world.ali, "/cartable/?tab=ended"), (world.clerk, "/desk/queue/?unit=registration&tab=ended")
    for user, address in lists:
        page = Browser(user.user).open(address)
        assert page.status == 200 and "پاک‌شده" in page.main


def test_an_erased_request_cannot_be_followed_up(world):
    case = w.filled_case(world, State.REJECTED, answers=w.answers_for(7))
    typed = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    assert Browser().post("/follow-up/", typed).status in (200, 302)
    apply_retention(now=later(4000))
    for code in (case.national_code, ""):
        page = Browser().post("/follow-up/", typed | {"national_code": code})
        assert page.status == 422


def test_a_letter_of_an_erased_request_can_still_be_checked(world, case, person):
    letter = issue_for_event(case, Kind.REJECTION, case.events.last(), by=SYSTEM)
    assert person.full_name in Browser().open(f"/letters/{letter.code}/").main
    apply_retention(now=later(4000))
    page = Browser().open(f"/letters/{letter.code}/")
    assert page.status == 200 and "این نامه اصل است" in page.main
    assert person.full_name not in page.main and "نوشته‌های آن پاک شده است" in page.main


# The periods, among the branch's settings


def test_the_branch_reads_and_changes_what_is_kept_how_long(world):
    browser = Browser(world.senior.user)
    page = browser.open("/desk/settings/retention/")
    assert page.value("cases-0-days") == "۷" and page.value("notices") == "۱۸۰"
    browser.submit("ذخیره", {"cases-0-days": "۱۴", "notices": ""})
    assert periods()[0] == Period("", Kept.VISITOR_DRAFT, 14)
    assert thing_days()["notices"] is None
    assert periods() == [Period(**row) for row in Policy.objects.get(key=CASES).value]
    assert browser.open("/desk/settings/retention/").value("notices") == ""


def test_opened_and_saved_the_periods_do_not_change(world):
    before = periods(), thing_days()
    browser = Browser(world.senior.user)
    browser.open("/desk/settings/retention/")
    browser.submit("ذخیره")
    assert not Policy.objects.filter(key__in=[CASES, REST]).exists()
    assert (periods(), thing_days()) == before


def test_two_periods_for_the_same_are_refused(world):
    browser = Browser(world.senior.user)
    page = browser.open("/desk/settings/retention/")
    number = len(periods())
    twice = {f"cases-{number}-state": "rejected", f"cases-{number}-days": "3"}
    page = browser.submit("ذخیره", twice)
    assert page.status == 422 and "تنها یک مدت" in page.main
