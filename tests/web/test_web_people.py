"""The registers on screen: a workshop's insured persons (R44, R45), the branch's own with their records."""

import datetime
import io

import pytest
from python_calamine import load_workbook

from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.catalogue.service import About, every_service
from pishkhan.people.models import ContributionRecord, Dependent
from pishkhan.people.operations import add_dependent, add_records, end_employment
from pishkhan.persian.digits import to_persian
from pishkhan.sheets.writing import write_table
from pishkhan.workshops.models import Workshop
from tests import world as w
from tests.world import World, code_of_person

from .browsing import Browser

DAY = datetime.date(2024, 3, 20)


@pytest.fixture
def main(world: World):
    return w.insured(world)


def child_of(world: World, main, number: int = 40, relation: str = "daughter"):
    child = w.insured(world, world.b, number)
    add_dependent(main, child, relation, [], since=DAY, by=SYSTEM)
    return child


def cells(content: bytes) -> list[list[str]]:
    return load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()


# The workshop's list


def test_the_list_shows_who_works_here_with_their_dependents_and_nobody_elses(world, main):
    child = child_of(world, main)
    elsewhere = w.insured(world, world.b, 41)
    page = Browser(world.ali.user).open("/insured/")
    assert to_persian(main.national_code) in page.main
    assert to_persian(child.national_code) in page.main
    assert to_persian(elsewhere.national_code) not in page.main


def test_the_list_is_in_persian_order(world):
    names = ["پوررضا", "آذری", "احمدی", "ژیان"]
    for number, name in enumerate(names, 50):
        person = w.insured(world, number=number)
        person.last_name = name
        person.make_keys()
        person.save()
        person.employments.update(sort_key=person.sort_key)
    shown = Browser(world.ali.user).open("/insured/").main
    places = [shown.index(name) for name in ("آذری", "احمدی", "پوررضا", "ژیان")]
    assert places == sorted(places)


def test_whoever_left_is_in_the_other_tab_alone(world, main):
    end_employment(main.employments.get(), on=datetime.date(2024, 6, 1), by=SYSTEM)
    ali = Browser(world.ali.user)
    assert to_persian(main.national_code) not in ali.open("/insured/").main
    assert to_persian(main.national_code) in ali.open("/insured/?tab=left").main


def test_a_registration_on_its_way_waits_in_its_own_tab(world):
    case = w.filled_case(world, w.State.AWAITING_EMPLOYER)
    page = Browser(world.ali.user).open("/insured/?tab=awaiting")
    assert case.subject_name in page.main


def test_a_search_finds_by_name_and_by_code_and_puts_neither_in_an_address(world, main):
    w.insured(world, number=42)
    ali = Browser(world.ali.user)
    for text in (main.national_code, to_persian(main.national_code)):
        ali.open("/insured/")
        page = ali.submit("جست‌وجو", {"text": text})
        assert to_persian(main.national_code) in page.main
        assert to_persian(code_of_person(42)) not in page.main
    assert not any(main.national_code in address for address in ali.addresses)


def test_one_press_begins_a_request_for_that_person(world, main):
    ali = Browser(world.ali.user)
    ali.open(f"/insured/{main.pk}/")
    page = ali.submit("تجدید دفترچه")
    assert page.path.endswith("/edit/")
    assert main.full_name in page.main


def test_looking_at_a_person_is_an_entry_of_the_trail(world, main):
    Browser(world.ali.user).open(f"/insured/{main.pk}/")
    assert Entry.objects.filter(action="person viewed", about=f"person:{main.pk}").exists()


def test_a_former_employer_sees_no_booklets_no_records_and_begins_nothing(world, main):
    end_employment(main.employments.get(), on=datetime.date(2024, 6, 1), by=SYSTEM)
    page = Browser(world.ali.user).open(f"/insured/{main.pk}/")
    assert "سوابق" not in page.main
    assert "درخواست جدید برای او" not in page.main


def test_a_former_employer_sees_no_family_and_no_photo(world, main):
    child = child_of(world, main)
    end_employment(main.employments.get(), on=datetime.date(2024, 6, 1), by=SYSTEM)
    ali = Browser(world.ali.user)
    code = to_persian(child.national_code)
    assert code not in ali.open("/insured/?tab=left").main
    assert code not in ali.open(f"/insured/{main.pk}/").main
    rows = cells(ali.open("/insured/export/?tab=left").response.content)
    assert code not in {cell for row in rows for cell in row}
    assert ali.open(f"/insured/{main.pk}/photo/").status == 404


def test_of_a_dependent_neither_the_own_records_nor_the_mobile_are_shown(world, main):
    child = child_of(world, main)
    record = ContributionRecord(workshop_name="جای دیگر", started_on=DAY, ended_on=DAY, days=1, source="desk")
    add_records(child, [record], by=SYSTEM)
    page = Browser(world.ali.user).open(f"/insured/{child.pk}/")
    assert page.status == 200
    assert "جای دیگر" not in page.main
    assert to_persian(child.mobile) not in page.main


def test_what_the_register_holds_of_strangers_is_told_to_no_workshop(world, main):
    stranger = w.insured(world, world.b, 30)
    service = next(s for s in every_service() if s.about == About.DEPENDENT)
    answers = {**service.example, "national_code": stranger.national_code}
    case = w.drafted(world, service=service, answers=answers)
    assert "شاغل" not in Browser(world.ali.user).open(f"/cartable/{case.pk}/edit/").main
    case = w.to_the_branch(world, case)
    assert "شاغل" in Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/").main


def test_the_excel_file_holds_everybody_with_dependents_and_no_formula(world, main):
    main.first_name = "=HYPERLINK(1)"
    main.save()
    for number in range(60, 90):
        w.insured(world, number=number)
    child = child_of(world, main)
    response = Browser(world.ali.user).open("/insured/export/").response
    rows = cells(response.content)
    codes = {cell for row in rows for cell in row}
    expected = {to_persian(code_of_person(number)) for number in (1, *range(60, 90))}
    assert expected <= codes
    assert to_persian(child.national_code) in codes
    assert len(rows) == 1 + 31 + 1
    assert b"<f>" not in response.content


# The desk's register


@pytest.fixture
def clerk(world: World) -> Browser:
    return Browser(world.clerk.user)


def test_the_desk_finds_by_code_by_number_and_by_the_beginning_of_the_last_name(world, main, clerk):
    for text in (main.national_code, main.last_name[:3], f"{main.last_name} {main.first_name}"):
        clerk.open("/desk/people/")
        assert to_persian(main.national_code) in clerk.submit("جست‌وجو", {"text": text}).main
    clerk.open("/desk/people/")
    assert to_persian(main.national_code) not in clerk.submit("جست‌وجو", {"text": "ظظظ"}).main


def record_typed(**changes: str) -> dict[str, str]:
    typed = {"workshop_name": "نساجی شمال", "started_on": "1400/01/01", "ended_on": "1400/01/31"}
    return {**typed, **changes}


def test_a_record_is_typed_with_its_days_counted(main, clerk):
    clerk.open(f"/desk/people/{main.pk}/")
    assert "سابقه ثبت شد" in clerk.submit("ثبت سابقه", record_typed()).main
    record = ContributionRecord.objects.get()
    assert (record.days, record.source, record.person) == (31, "desk", main)


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"ended_on": "1399/01/01"}, "ended_on", "پیش از تاریخ آغاز"),
        ({"days": "۴۰"}, "days", "۳۱ روز"),
        ({"workshop_name": ""}, "workshop_name", "پر کنید"),
    ],
)
def test_a_wrong_record_is_told_beside_its_field_and_kept(main, clerk, changes, field, told):
    clerk.open(f"/desk/people/{main.pk}/")
    page = clerk.submit("ثبت سابقه", record_typed(**changes))
    assert page.status == 422
    assert told in page.error(field)
    assert not ContributionRecord.objects.exists()


def test_overlaps_and_gaps_are_shown_and_a_mistake_is_taken_out(main, clerk):
    for months in ((1, 3), (2, 4), (8, 9)):
        clerk.open(f"/desk/people/{main.pk}/")
        typed = record_typed(started_on=f"1400/0{months[0]}/01", ended_on=f"1400/0{months[1]}/01")
        page = clerk.submit("ثبت سابقه", typed)
    assert "هم‌پوشانی" in page.main
    assert "وقفه" in page.main
    page = clerk.submit("حذف سابقهٔ")
    assert ContributionRecord.objects.count() == 2
    assert Entry.objects.filter(action="record removed").exists()


HEAD = ("نام کارگاه", "کد کارگاه", "از تاریخ", "تا تاریخ", "روزهای پرداخت", "توضیحات")


def sent(browser: Browser, path: str, button: str, content: bytes):
    browser.open(path)
    return browser.submit(button, files={"table": content})


def test_records_come_from_excel_all_or_none(main, clerk):
    good = ("نساجی", "", "1400/01/01", "1400/02/01", "", "")
    later = ("نساجی", "", "1401/01/01", "1401/02/01", "", "")
    wrong = ("", "12", "1400/13/01", "1400/02/01", "x", "")
    path = f"/desk/people/{main.pk}/records/import/"
    page = sent(clerk, path, "خواندن و ثبت", write_table("سوابق", HEAD, [good, wrong]))
    assert page.status == 422
    assert "ردیف" in page.main
    assert not ContributionRecord.objects.exists()
    page = sent(clerk, path, "خواندن و ثبت", write_table("سوابق", HEAD, [good, later]))
    assert "۲ سابقه ثبت شد" in page.main
    page = sent(clerk, path, "خواندن و ثبت", write_table("سوابق", HEAD, [good, later]))
    assert "پیش‌تر ثبت شده بود" in page.main
    assert ContributionRecord.objects.count() == 2
    assert set(ContributionRecord.objects.values_list("source", flat=True)) == {"file"}


def test_a_file_that_is_no_table_is_told_so(main, clerk):
    page = sent(clerk, f"/desk/people/{main.pk}/records/import/", "خواندن و ثبت", b"hello")
    assert page.status == 422
    assert "اکسل نیست" in page.main


def test_the_end_of_an_employment_and_of_a_cover_is_entered(world, main, clerk):
    child_of(world, main)
    clerk.open(f"/desk/people/{main.pk}/")
    dependent = Dependent.objects.get()
    clerk.post(f"/desk/people/{main.pk}/dependents/{dependent.pk}/end/", {"ended_on": "1403/06/01"})
    employment = main.employments.get()
    clerk.post(f"/desk/people/{main.pk}/employments/{employment.pk}/end/", {"ended_on": "1403/06/01"})
    dependent.refresh_from_db()
    employment.refresh_from_db()
    assert dependent.ended_on == employment.ended_on == datetime.date(2024, 8, 22)
    assert employment.has_left


def test_nothing_ends_before_it_began(main, clerk):
    employment = main.employments.get()
    page = clerk.post(f"/desk/people/{main.pk}/employments/{employment.pk}/end/", {"ended_on": "1390/01/01"})
    assert "درست بنویسید" in page.main
    employment.refresh_from_db()
    assert employment.ended_on is None


def test_another_branchs_person_is_not_there(world, main):
    assert Browser(world.far_clerk.user).open(f"/desk/people/{main.pk}/").status == 404


# Workshops from Excel

TITLES = ("کد کارگاه", "نام کارگاه", "نام کارفرما")


def test_workshops_are_entered_and_known_ones_brought_up_to_date(world, clerk):
    rows = [("1464119077", "چای نو", "رضا رضایی"), (world.a.code, "نام تازهٔ کارگاه", "")]
    employer = world.a.employer_name
    page = sent(clerk, "/desk/workshops/excel/", "خواندن و ثبت", write_table("کارگاه‌ها", TITLES, rows))
    assert "۱ کارگاه ثبت و ۱ کارگاه به‌روز شد" in page.main
    assert Workshop.objects.get(code="1464119077").employer_name == "رضا رضایی"
    assert world.a.name.startswith("نام تاز")
    assert world.a.employer_name == employer


@pytest.mark.parametrize("code", ["12", "1464119077", "2593639003"])
def test_a_wrong_a_repeated_or_a_foreign_code_stops_the_whole_file(clerk, code):
    rows = [("1464119077", "چای نو", ""), (code, "دیگری", "")]
    page = sent(clerk, "/desk/workshops/excel/", "خواندن و ثبت", write_table("کارگاه‌ها", TITLES, rows))
    assert page.status == 422
    assert not Workshop.objects.filter(code="1464119077").exists()
