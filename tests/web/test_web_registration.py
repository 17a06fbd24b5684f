"""The insured person registers without an account and without JavaScript (R6–R12)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from tests.world import World, registration

from .browsing import Browser, Page, scan

START = "/apply/main-registration/"
CODE = "9990000018"
IDENTITY = {
    "national_code": "۹۹۹۰۰۰۰۰۱۸",
    "first_name": "علي رضا",
    "last_name": "کوچك‌پور",
    "father_name": "قربان",
    "gender": "male",
    "birth_date": "۱۳۷۸/۰۴/۱۲",
    "birth_certificate_no": "0",
    "issue_place": "رشت",
}
CONTACT = {"mobile": "۰۹۷۰۰۰۰۰۰۱۸", "postal_code": "4199612345", "address": "رشت، خیابان نمونه، پلاک ۱۲"}
JOB = {"job": "اپراتور دستگاه تزریق", "start_date": "", "remarks": "شیفت شب"}
REQUIRED = [s.code for s in registration().scans if s.code != "birth_certificate_remarks"]


def a_week_ago() -> str:
    return show_date(timezone.localdate() - timedelta(days=7))


@pytest.fixture
def phone(world: World) -> Browser:
    return Browser()


def choose_workshop(phone: Browser, code: str) -> Page:
    phone.open(START)
    phone.open(phone.page.link("آغاز ثبت نام"))
    return phone.submit("یافتن کارگاه", {"workshop_code": code})


def begin(phone: Browser, world: World) -> Page:
    choose_workshop(phone, to_persian(world.a.code))
    return phone.submit("بله، همین کارگاه است")


def fill_in(phone: Browser, world: World) -> Page:
    begin(phone, world)
    phone.submit("ادامه", IDENTITY)
    phone.submit("ادامه", CONTACT)
    return phone.submit("ادامه", JOB | {"start_date": a_week_ago()})


def to_the_check(phone: Browser, world: World) -> Page:
    fill_in(phone, world)
    files = {f"scan:{code}": scan(number) for number, code in enumerate(REQUIRED)}
    return phone.submit("ادامه", files=files)


def to_the_receipt(phone: Browser, world: World) -> Page:
    to_the_check(phone, world)
    return phone.submit("ارسال برای کارفرما")


def test_the_way_to_registration_leads_from_the_menu_of_the_first_page(phone, world):
    phone.open("/")
    phone.open(phone.page.link("ثبت نام بیمه شدگان"))
    page = phone.open(phone.page.link("ثبت نام بیمه‌شدهٔ اصلی"))
    assert page.path == START


def test_what_is_needed_and_every_scan_is_told_before_starting(phone, world):
    text = phone.open(START).main
    for scan_kind in registration().scans:
        assert scan_kind.title in text
    for need in registration().needs:
        assert need in text
    assert "۲۰۰ کیلوبایت" in text and "JPG" in text
    assert not Case.objects.exists()


def test_a_person_without_an_account_carries_a_registration_to_its_receipt(phone, world):
    page = to_the_receipt(phone, world)
    case = Case.objects.get()
    assert case.state == State.AWAITING_EMPLOYER
    assert (case.workshop, case.national_code) == (world.a, CODE)
    assert case.subject_name == "علی رضا کوچک‌پور"
    assert case.answers["birth_date"] == "1999-07-03"
    assert set(case.scans.values_list("kind", flat=True)) == set(REQUIRED)
    assert page.path == START + "done/"
    assert to_persian(case.tracking_code) in page.main
    assert "در انتظار تأیید کارفرما" in page.main
    for told in (case.subject_name, to_persian(CODE), world.a.name, to_persian(world.a.code)):
        assert told in page.main


def test_the_name_of_the_workshop_is_shown_before_anything_is_recorded(phone, world):
    page = choose_workshop(phone, world.a.code)
    assert world.a.name in page.main and world.b.name not in page.main
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1463639998", "کارگاهی با این کد در این شعبه نیست"),
        ("146363", "کد کارگاه باید ۱۰ رقم باشد؛ ۶ رقم نوشته‌اید"),
        ("صنایع", "کد کارگاه فقط از رقم ساخته می‌شود"),
        ("", "این خانه را پر کنید"),
    ],
)
def test_a_wrong_workshop_code_is_refused_in_clear_words_and_stays_in_its_field(
    phone, world, typed: str, message: str
):
    page = choose_workshop(phone, typed)
    assert page.status == 422
    assert message in page.error("workshop_code")
    assert page.value("workshop_code") == to_persian(typed)
    assert not Case.objects.exists()


def test_a_closed_workshop_takes_nobody_on(phone, world):
    closed = world.a
    closed.closed_at = timezone.now()
    closed.save()
    page = choose_workshop(phone, closed.code)
    assert page.status == 422
    assert "در این شعبه نیست" in page.error("workshop_code")
    assert closed.name not in page.text


def test_a_workshop_of_another_branch_is_refused_and_not_named(phone, world):
    far = world.far_representative.workshop
    page = choose_workshop(phone, far.code)
    assert page.status == 422
    assert "در این شعبه نیست" in page.error("workshop_code")
    assert far.name not in page.text


def test_whoever_confirms_a_code_without_looking_it_up_first_is_checked_all_the_same(phone, world):
    page = phone.post(START + "workshop/", {"workshop_code": "1463639998", "confirmed": "1"})
    assert page.status == 422
    assert not Case.objects.exists()


def test_guessing_workshop_codes_is_stopped_for_an_hour(phone, world):
    for number in range(20):
        choose_workshop(phone, f"14699{number:05d}")
    page = choose_workshop(phone, world.a.code)
    assert page.status == 422
    assert "یک ساعت دیگر" in page.error("workshop_code")
    assert world.a.name not in page.main
    elsewhere = Browser(address="10.1.2.3")
    assert world.a.name in choose_workshop(elsewhere, world.a.code).main


def test_what_was_typed_survives_a_change_of_the_workshop(phone, world):
    to_the_check(phone, world)
    phone.open(phone.page.link("تغییر کارگاه"))
    wrong = phone.submit("یافتن کارگاه", {"workshop_code": "1463639998"})
    assert wrong.status == 422
    phone.submit("یافتن کارگاه", {"workshop_code": world.b.code})
    phone.submit("بله، همین کارگاه است")
    page = phone.open(START + "check/")
    assert world.b.name in page.main and world.a.name not in page.main
    for told in ("علی رضا", "پلاک ۱۲", "شیفت شب"):
        assert told in page.main
    case = Case.objects.get()
    assert case.workshop == world.b and case.scans.count() == len(REQUIRED)


WRONG = {
    "identity": {
        "national_code": ("9990000019", "کد ملی درست نیست"),
        "first_name": ("Ali", "حروف فارسی"),
        "last_name": ("پور ۲", "رقم ننویسید"),
        "father_name": ("", "این خانه را پر کنید"),
        "birth_date": ("۱۳۷۸/۱۳/۰۱", "ماه باید از ۱ تا ۱۲ باشد"),
        "birth_certificate_no": ("الف", "فقط از رقم"),
        "birth_certificate_serial": ("۱۲۳", "ب۱۲/۱۲۳۴۵۶"),
        "issue_place": ("رشت ۲", "رقم ننویسید"),
    },
    "contact": {
        "mobile": ("0912", "۱۱ رقم"),
        "landline": ("33123456", "۱۱ رقم"),
        "postal_code": ("0123456789", "کد پستی درست نیست"),
        "address": ("", "این خانه را پر کنید"),
    },
    "job": {
        "job": ("", "این خانه را پر کنید"),
        "start_date": ("1404/12/30", "فقط ۲۹ روز دارد"),
        "insurance_number": ("12", "۸ تا ۱۰ رقم"),
    },
}


@pytest.mark.parametrize("page_code", list(WRONG))
def test_every_wrong_field_is_told_beside_itself_and_keeps_what_was_typed(phone, world, page_code: str):
    begin(phone, world)
    phone.open(f"{START}page/{page_code}/")
    wrong = WRONG[page_code]
    page = phone.submit("ادامه", {name: typed for name, (typed, _) in wrong.items()})
    assert page.status == 422
    summary = page.tree.all(id="problems")[0].text()
    for name, (typed, message) in wrong.items():
        assert message in page.error(name), name
        assert message in summary, name
        assert page.value(name) in (typed, to_persian(typed)), name
    again = phone.open(f"{START}page/{page_code}/")
    for name, (typed, _) in wrong.items():
        assert again.value(name) in (typed, to_persian(typed)), f"{name}, when the page is opened again"


@pytest.mark.parametrize("typed", ["1404-12-30", "14041230", "1499-01-01", "14990101"])
def test_a_wrong_date_is_shown_again_as_it_was_typed_whatever_its_signs(phone, world, typed: str):
    begin(phone, world)
    assert phone.submit("ادامه", IDENTITY | {"birth_date": typed}).status == 422
    assert phone.open(START + "page/identity/").value("birth_date") == to_persian(typed)


@pytest.mark.parametrize("typed", ["1999-07-03", "19990703", "2005-01-01"])
def test_a_gregorian_date_that_was_refused_is_not_taken_when_sending(phone, world, typed: str):
    to_the_check(phone, world)
    phone.open(START + "page/identity/?back=check")
    assert phone.submit("ادامه", {"birth_date": typed}).status == 422
    phone.open(START + "check/")
    page = phone.submit("ارسال برای کارفرما")
    assert page.status == 422 and "شمسی" in page.main
    assert Case.objects.get().state == State.DRAFT


def test_a_required_choice_that_was_not_made_is_told_beside_it(phone, world):
    begin(phone, world)
    chosen = {name: value for name, value in IDENTITY.items() if name != "gender"}
    page = phone.submit("ادامه", chosen)
    assert page.status == 422
    assert "یکی را انتخاب کنید" in page.error("gender")


def test_a_person_who_would_be_under_fifteen_is_told_before_sending(phone, world):
    to_the_check(phone, world)
    phone.open(START + "page/identity/?back=check")
    born = show_date(timezone.localdate() - timedelta(days=14 * 365))
    phone.submit("ادامه", {"birth_date": born})
    page = phone.submit("ارسال برای کارفرما")
    assert page.status == 422
    assert "کمتر از ۱۵ سال پذیرفته نیست" in page.main
    assert Case.objects.get().state == State.DRAFT
    mend = phone.open(page.link("کمتر از ۱۵ سال"))
    assert mend.value("birth_date") == born


def test_good_scans_stay_when_another_of_the_same_form_is_refused(phone, world):
    fill_in(phone, world)
    page = phone.submit(
        "ادامه",
        files={
            "scan:photo": scan(1),
            "scan:national_card_front": b"\x89PNG\r\n\x1a\n" + b"0" * 500,
            "scan:national_card_back": b"\xff\xd8\xff" + b"0" * 204_800,
            "scan:birth_certificate_1": scan(2)[:300],
        },
    )
    assert page.status == 422
    assert "عکس PNG است" in page.error("scan:national_card_front")
    assert "بیش از ۲۰۰ کیلوبایت" in page.error("scan:national_card_back")
    assert "ناقص یا خراب" in page.error("scan:birth_certificate_1")
    assert "بفرستید" in page.error("scan:questionnaire"), "a missing one is asked for"
    assert page.error("scan:photo") == ""
    assert set(Case.objects.get().scans.values_list("kind", flat=True)) == {"photo"}
    again = phone.open(START + "scans/")
    assert START + "scans/photo/" in again.html


def test_scans_are_kept_one_by_one_and_the_answers_with_them(phone, world):
    fill_in(phone, world)
    for number, code in enumerate(REQUIRED):
        page = phone.submit("فرستادن تصویرهای انتخاب‌شده", files={f"scan:{code}": scan(number)})
        assert page.status == 200
        assert Case.objects.get().scans.count() == number + 1
    assert phone.submit("ادامه").path == START + "check/"


def test_a_second_picture_of_a_kind_takes_the_place_of_the_first(phone, world):
    fill_in(phone, world)
    phone.submit("فرستادن تصویرهای انتخاب‌شده", files={"scan:photo": scan(1)})
    first = phone.open(START + "scans/photo/").response.content
    phone.open(START + "scans/")
    phone.submit("فرستادن تصویرهای انتخاب‌شده", files={"scan:photo": scan(150)})
    second = phone.open(START + "scans/photo/").response.content
    assert first != second
    assert Case.objects.get().scans.count() == 1


def test_an_unfinished_draft_is_not_sent_and_each_lack_leads_to_its_field(phone, world):
    begin(phone, world)
    page = phone.open(START + "check/")
    page = phone.submit("ارسال برای کارفرما")
    assert page.status == 422
    assert Case.objects.get().state == State.DRAFT
    problems = page.tree.all(id="problems")[0]
    leads = [node["href"] for node in problems.all("a")]
    assert f"{START}page/identity/?back=check#id_national_code" in leads
    assert f"{START}page/job/?back=check#id_job" in leads
    assert f"{START}scans/?back=check#scan-photo" in leads
    for lead in leads:
        target = phone.open(lead)
        assert target.tree.all(id=lead.partition("#")[2]), f"{lead} leads to nothing"


def test_what_is_changed_from_the_check_page_leads_back_to_it(phone, world):
    to_the_check(phone, world)
    phone.open(phone.page.link("تغییر نشانی و تماس"))
    page = phone.submit("ادامه", {"address": "رشت، خیابان دیگر"})
    assert page.path == START + "check/"
    assert "خیابان دیگر" in page.main and "علی رضا" in page.main


def test_scans_changed_from_the_check_page_lead_back_to_it(phone, world):
    to_the_check(phone, world)
    phone.open(phone.page.link("تغییر تصویر مدارک"))
    assert phone.submit("ادامه", files={"scan:photo": scan(99)}).path == START + "check/"


def test_the_check_page_shows_every_answer_in_persian_digits(phone, world):
    page = to_the_check(phone, world)
    for told in ("۹۹۹۰۰۰۰۰۱۸", "مرد", "۱۳۷۸/۰۴/۱۲", "۰۹۷۰۰۰۰۰۰۱۸", "۴۱۹۹۶۱۲۳۴۵", a_week_ago()):
        assert told in page.main


def test_a_double_click_on_send_makes_one_case_and_shows_the_same_receipt(phone, world):
    check = to_the_check(phone, world)
    first = phone.submit("ارسال برای کارفرما")
    phone.page = check
    second = phone.submit("ارسال برای کارفرما")
    assert first.path == second.path == START + "done/"
    assert Case.objects.count() == 1
    case = Case.objects.get()
    assert case.events.count() == 1
    assert to_persian(case.tracking_code) in first.main
    assert first.main == second.main


def test_a_double_click_on_the_workshop_begins_one_draft(phone, world):
    found = choose_workshop(phone, world.a.code)
    for _ in range(2):
        phone.page = found
        phone.submit("بله، همین کارگاه است")
    assert Case.objects.count() == 1


def test_two_tabs_of_one_browser_write_the_same_draft(phone, world):
    fill_in(phone, world)
    phone.open(START + "page/contact/")
    other_tab = phone.page
    phone.open(START + "page/job/")
    phone.submit("ادامه", {"job": "جوشکار"})
    phone.page = other_tab
    phone.submit("ادامه", {"address": "خیابان سوم"})
    case = Case.objects.get()
    assert (case.answers["job"], case.answers["address"]) == ("جوشکار", "خیابان سوم")


def test_a_page_that_is_sent_after_the_case_was_sent_leads_to_the_receipt_and_changes_nothing(phone, world):
    to_the_check(phone, world)
    stale = phone.open(START + "page/job/")
    phone.open(START + "check/")
    phone.submit("ارسال برای کارفرما")
    phone.page = stale
    page = phone.submit("ادامه", {"job": "جوشکار"})
    assert page.path == START + "done/"
    assert Case.objects.get().answers["job"] == JOB["job"]


def test_the_draft_of_a_session_is_invisible_to_every_other(phone, world):
    to_the_check(phone, world)
    other = Browser()
    for path in ("check/", "page/identity/", "scans/", "done/"):
        page = other.open(START + path)
        assert page.path == START
        assert CODE not in page.html and "کوچک‌پور" not in page.html
    assert other.open(START + "scans/photo/").status == 404
    assert not other.open(START).has_button("دور بینداز")


def test_a_browser_without_a_draft_is_led_to_the_start_and_told_why(phone, world):
    page = phone.open(START + "check/")
    assert page.path == START
    assert "درخواست نیمه‌تمامی در این مرورگر نیست" in page.main


def test_a_draft_is_gone_on_with_from_the_first_page_where_it_was_left(phone, world):
    def gone_on() -> str:
        page = phone.open(START)
        assert "نیمه‌تمام" in page.main
        return phone.open(page.link("ادامهٔ همان درخواست")).path

    begin(phone, world)
    assert gone_on() == START + "page/identity/"
    phone.submit("ادامه", IDENTITY)
    assert gone_on() == START + "page/contact/"
    phone.submit("ادامه", CONTACT)
    phone.submit("ادامه", JOB | {"start_date": a_week_ago()})
    assert gone_on() == START + "scans/"
    phone.submit("ادامه", files={f"scan:{code}": scan(number) for number, code in enumerate(REQUIRED)})
    assert gone_on() == START + "check/"


def test_the_receipt_of_a_draft_is_not_there_yet_and_leads_back_to_it(phone, world):
    fill_in(phone, world)
    assert phone.open(START + "done/").path == START + "check/"


def test_forgetting_throws_the_draft_away(phone, world):
    to_the_check(phone, world)
    phone.open(START)
    page = phone.submit("حذف و شروع دوباره")
    assert page.path == START + "workshop/"
    assert not Case.objects.exists()
    assert phone.open(START + "check/").path == START
    assert Entry.objects.filter(action="draft discarded").exists()


def test_forgetting_after_sending_puts_the_receipt_aside_and_keeps_the_case(phone, world):
    to_the_receipt(phone, world)
    page = phone.submit("درخواست تازه")
    assert page.path == START + "workshop/"
    assert Case.objects.get().state == State.AWAITING_EMPLOYER
    assert phone.open(START + "done/").path == START


def test_a_second_open_registration_of_the_same_person_at_the_workshop_is_told_before_sending(phone, world):
    to_the_receipt(phone, world)
    second = Browser()
    to_the_check(second, world)
    page = second.submit("ارسال برای کارفرما")
    assert page.status == 422
    assert "درخواست دیگری از همین نوع در جریان است" in page.main
    assert Case.objects.exclude(tracking_code=None).count() == 1


def test_the_upload_script_is_answered_with_the_picture_or_with_the_message(phone, world):
    fill_in(phone, world)
    address = START + "scans/photo/"
    token = phone.client.cookies["csrf"].value
    headers = {"Accept": "application/json", "X-CSRFToken": token}

    def sent(content: bytes):
        from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

        body = {"scan:photo": SimpleUploadedFile("a.jpg", content)}
        return phone.client.post(address, body, headers=headers)

    good, bad = sent(scan(4)), sent(b"GIF89a")
    assert good.status_code == 200
    assert phone.client.get(good.json()["picture"])["Content-Type"] == "image/jpeg"
    [shown] = [
        image["src"] for image in phone.open(f"{START}scans/").tree.all("img") if "photo" in image["src"]
    ]
    small, whole = (len(phone.client.get(at).content) for at in (shown, good.json()["picture"]))
    assert 0 < small < whole
    assert bad.status_code == 422
    assert "عکس GIF است" in bad.json()["error"]


def test_an_upload_without_a_file_is_told_so_by_the_upload_address(phone, world):
    fill_in(phone, world)
    token = phone.client.cookies["csrf"].value
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    for body in ({}, {"scan:photo": "text"}, {"other": "x"}):
        response = phone.client.post(START + "scans/photo/", body, headers=headers)
        assert response.status_code == 422
        assert response.json()["error"]
