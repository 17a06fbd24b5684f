"""«درخواست جدید», the employer's confirmation, corrections, and the profile (R11, R23–R25, R27, R31–R33)."""

import datetime
import re
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from pishkhan.audit.models import Entry
from pishkhan.cases import operations
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.documents.models import Document
from pishkhan.documents.operations import load_content
from pishkhan.people.models import Employment, KnownScan, Person
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from tests.world import (
    World,
    answers_for,
    code_of_person,
    drafted,
    filled_case,
    fresh,
    inked_bytes,
    returned,
)

from .browsing import Browser, Page, scan

NEW = "/cartable/new/main-registration/"


@pytest.fixture
def ali(world: World) -> Browser:
    return Browser(world.ali.user)


def look_up(browser: Browser, code: str) -> Page:
    browser.open("/cartable/")
    browser.open(browser.page.link("درخواست جدید"))
    browser.open(browser.page.link("ثبت نام بیمه‌شدهٔ اصلی"))
    return browser.submit("جستجو", {"national_code": code})


def left_long_ago(world: World, number: int = 70, workshop: object = None) -> Person:
    """Somebody on file who worked at the workshop (A unless told) and no longer does."""
    answers = answers_for(number, first_name="شناخته", last_name="پیشین")
    case = filled_case(world, State.COMPLETED, answers=answers, workshop=workshop or world.a)
    Employment.objects.filter(person=case.subject).update(ended_on=timezone.localdate())
    return case.subject


def test_a_waiting_registration_is_found_by_its_national_code(ali, world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    page = look_up(ali, to_persian(case.national_code))
    assert page.path == f"/cartable/{case.pk}/edit/"
    assert page.value("first_name") == case.answers["first_name"]
    assert "در جریان است" in page.main
    assert Case.objects.count() == 1


def test_a_person_on_file_is_brought_with_the_known_scans(ali, world):
    person = left_long_ago(world)
    page = look_up(ali, person.national_code)
    assert page.value("first_name") == "شناخته"
    assert page.value("birth_date") == show_date(person.birth_date)
    assert page.value("mobile") == "" and person.mobile, "where they live now is not told to an employer"
    assert "از پرونده آورده شد" in page.main
    draft = Case.objects.get(state=State.DRAFT)
    assert draft.scans.filter(kind="photo", on_file=True).exists()
    assert page.value("job") == "", "the job is new"


def test_a_known_scan_is_offered_with_its_date_and_a_way_to_replace_it(ali, world):
    person = left_long_ago(world)
    kept = KnownScan.objects.current(person).get(kind="photo").document
    Document.objects.filter(pk=kept.pk).update(created_at=timezone.now() - datetime.timedelta(days=400))
    page = look_up(ali, person.national_code)
    draft = Case.objects.get(state=State.DRAFT)
    slot = page.tree.all(id="scan-photo")[0]
    taken = timezone.localdate() - datetime.timedelta(days=400)
    assert f"از پروندهٔ شخص، {show_date(taken)}" in slot.text()
    assert "تعویض" in slot.text()
    shown = ali.client.get(f"/cartable/{draft.pk}/scans/photo/").content
    assert shown == load_content(kept)
    page = ali.submit("ارسال به سازمان", files={"scan:photo": scan(91)})
    slot = page.tree.all(id="scan-photo")[0]
    assert "از پروندهٔ شخص" not in slot.text() and "کیلوبایت" in slot.text()
    assert ali.client.get(f"/cartable/{draft.pk}/scans/photo/").content != shown
    past = Case.objects.get(state=State.COMPLETED)
    assert ali.client.get(f"/cartable/{past.pk}/scans/photo/").content == shown, "the past is as it was"


def test_an_unknown_code_opens_a_blank_form_that_holds_the_code(ali, world):
    page = look_up(ali, code_of_person(71))
    assert page.value("national_code") == to_persian(code_of_person(71))
    assert all(page.value(name) == "" for name in ("first_name", "birth_date", "mobile", "address"))
    assert "فرم خالی را پر کنید" in page.main


def anonymous(page: Page, code: str) -> str:
    """The page without what differs from form to form: numbers of the case, tokens, the code itself."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.html)
    html = re.sub(r"/cartable/\d+/", "/cartable/N/", html)
    return html.replace(code, "CODE").replace(to_persian(code), "CODE")


def test_a_person_on_file_at_another_workshop_looks_like_one_never_seen(ali, world):
    hidden = left_long_ago(world, 72, world.b).national_code
    waiting = filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(73), workshop=world.b)
    never = code_of_person(74)
    pages = {code: anonymous(look_up(Browser(world.ali.user), code), code) for code in (hidden, never)}
    assert pages[hidden] == pages[never]
    code = waiting.national_code
    assert anonymous(look_up(Browser(world.ali.user), code), code) == pages[never]


def test_the_whole_way_of_a_person_of_another_workshop_looks_like_that_of_one_never_seen(ali, world):
    hidden = left_long_ago(world, 72, world.b).national_code
    never = code_of_person(74)
    told = []
    for code in (hidden, never):
        look_up(ali, code)
        page = ali.submit("ارسال به سازمان", {"first_name": "علی"})
        told.append(anonymous(page, code))
    assert told[0] == told[1]


def test_somebody_already_employed_is_shown_and_not_registered_again(ali, world):
    case = filled_case(world, State.COMPLETED)
    page = look_up(ali, case.national_code)
    assert page.path == NEW and page.status == 200
    assert "هم‌اکنون در کارگاه شما ثبت است" in page.main
    for told in (case.subject_name, "قربان", show_date(case.subject.birth_date), case.answers["job"]):
        assert told in page.main
    assert Case.objects.count() == 1


def test_a_second_search_opens_the_same_draft(ali, world):
    first = look_up(ali, code_of_person(75))
    ali.submit("ذخیره بدون ارسال", {"first_name": "مینا"})
    second = look_up(ali, code_of_person(75))
    assert first.path == second.path and second.value("first_name") == "مینا"
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "پر کنید"), ("12", "۱۰ رقم"), ("9990000019", "درست نیست"), ("الف", "فقط از رقم")],
)
def test_a_wrong_code_is_told_beside_the_field_and_stays(ali, world, typed: str, message: str):
    page = look_up(ali, typed)
    assert page.status == 422 and message in page.error("national_code")
    assert page.value("national_code") == to_persian(typed)
    assert not Case.objects.exists()


def filled(**changes: str) -> dict[str, str]:
    answers = answers_for(76) | {"birth_date": "۱۳۷۸/۰۴/۱۲", "start_date": show_date(timezone.localdate())}
    return answers | changes


SCANS = {
    f"scan:{kind}": scan(number)
    for number, kind in enumerate(
        [
            "photo",
            "national_card_front",
            "national_card_back",
            "birth_certificate_1",
            "birth_certificate_2",
            "questionnaire",
        ]
    )
}


def test_a_new_request_is_filled_in_and_sent_to_the_organization(ali, world):
    look_up(ali, code_of_person(76))
    page = ali.submit("ارسال به سازمان", filled(), SCANS)
    case = Case.objects.get()
    assert page.path == f"/cartable/{case.pk}/"
    assert case.state == State.SUBMITTED
    assert "به سازمان ارسال شد" in page.main and to_persian(case.tracking_code) in page.main
    assert case.subject_name in Browser(world.clerk.user).open("/desk/queue/").main


def test_saving_keeps_wrong_values_as_typed_and_sends_nothing(ali, world):
    look_up(ali, code_of_person(76))
    page = ali.submit("ذخیره بدون ارسال", {"first_name": "Ali", "mobile": "12", "birth_date": "دیروز"})
    assert "نگه داشته شد" in page.main and "ارسال نشده" in page.main
    assert page.value("first_name") == "Ali"
    assert page.value("mobile") == "۱۲" and page.value("birth_date") == "دیروز"
    assert Case.objects.get().state == State.DRAFT


def test_sending_with_wrong_values_tells_each_beside_its_field_and_keeps_all(ali, world):
    look_up(ali, code_of_person(76))
    wrong = {"first_name": "Ali", "mobile": "0912", "birth_date": "۱۳۷۸/۱۳/۰۱", "job": "جوشکار"}
    page = ali.submit("ارسال به سازمان", wrong, {"scan:photo": scan()})
    assert page.status == 422
    assert "حروف فارسی" in page.error("first_name") and "۱۱ رقم" in page.error("mobile")
    assert "ماه باید" in page.error("birth_date") and "پر کنید" in page.error("last_name")
    assert page.value("job") == "جوشکار" and page.value("first_name") == "Ali"
    case = Case.objects.get()
    assert case.state == State.DRAFT and case.scans.filter(kind="photo").exists()
    assert f"/cartable/{case.pk}/scans/photo/" in page.html


def test_missing_scans_are_told_beside_their_places(ali, world):
    look_up(ali, code_of_person(76))
    page = ali.submit("ارسال به سازمان", filled(), {"scan:photo": scan()})
    assert page.status == 422
    assert "فرستاده نشده" in page.error("scan:questionnaire")
    assert page.error("scan:photo") == "" and page.error("scan:birth_certificate_remarks") == ""
    for link in page.tree.all(id="problems")[0].all("a"):
        assert page.tree.all(id=link["href"].removeprefix("#")), link["href"]


def test_a_bad_picture_does_not_lose_the_answers_or_the_good_pictures(ali, world):
    look_up(ali, code_of_person(76))
    files = SCANS | {"scan:questionnaire": b"%PDF-1.7"}
    page = ali.submit("ارسال به سازمان", filled(), files)
    assert page.status == 422
    assert "سند PDF است" in page.error("scan:questionnaire")
    case = Case.objects.get()
    assert case.state == State.DRAFT and case.scans.count() == len(SCANS) - 1
    assert case.answers["first_name"] == "علی‌رضا"
    assert ali.submit("ارسال به سازمان", files={"scan:questionnaire": scan(77)}).status == 200
    assert fresh(case).state == State.SUBMITTED


def test_the_employer_corrects_a_registration_and_the_branch_sees_what_changed(ali, world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    ali.open("/cartable/")
    ali.open(ali.page.link("بررسی"))
    ali.submit("ارسال به سازمان", {"job": "جوشکار ماهر"})
    assert fresh(case).state == State.SUBMITTED
    text = Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/").main
    assert "اصلاح کرده است" in text and "جوشکار ماهر" in text and case.answers["job"] in text


def test_sending_twice_sends_once_and_says_where_the_case_is(ali, world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    form = ali.open(f"/cartable/{case.pk}/edit/")
    ali.submit("ارسال به سازمان")
    ali.page = form
    page = ali.submit("ارسال به سازمان")
    assert page.path == f"/cartable/{case.pk}/"
    assert "ارسال‌شده" in page.main
    assert fresh(case).events.filter(to=State.SUBMITTED).count() == 1


@pytest.mark.parametrize("missing", [("signature",), ("stamp",), ("signature", "stamp")])
def test_without_both_images_nothing_is_sent_nothing_lost_and_the_way_is_shown(ali, world, missing):
    workshop = world.a
    for name in missing:
        setattr(workshop, name, None)
    workshop.save()
    look_up(ali, code_of_person(76))
    page = ali.submit("ارسال به سازمان", filled(), SCANS)
    case = Case.objects.get()
    assert page.status == 409 and "امضا و مهر کارگاه ثبت نشده است" in page.main
    assert case.state == State.DRAFT and case.scans.count() == len(SCANS)
    assert "/profile/#images" in page.links
    profile = ali.open("/profile/#images")
    assert profile.tree.all(id="images")
    page = ali.submit("ذخیره", PROFILE, {name: scan(5) for name in missing})
    assert "پروفایل ذخیره شد" in page.main
    ali.open(f"/cartable/{case.pk}/edit/")
    assert ali.page.value("first_name") == "علی‌رضا"
    ali.submit("ارسال به سازمان")
    assert fresh(case).state == State.SUBMITTED


def test_without_images_a_registration_may_be_read_and_refused(ali, world):
    workshop = world.a
    workshop.signature = None
    workshop.save()
    case = filled_case(world, State.AWAITING_EMPLOYER)
    assert ali.open(f"/cartable/{case.pk}/").status == 200
    assert "تا آن زمان چیزی به سازمان ارسال نمی‌شود" in ali.open("/dashboard/").main
    ali.open(f"/cartable/{case.pk}/refuse/")
    ali.submit("رد درخواست", {"note": "اینجا کار نمی‌کند."})
    assert fresh(case).state == State.REJECTED


@pytest.mark.parametrize("note", ["", "   ", "\n\n", "\u200c"])
def test_refusing_needs_a_reason(ali, world, note: str):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    ali.open(f"/cartable/{case.pk}/edit/")
    ali.open(ali.page.link("رد درخواست"))
    page = ali.submit("رد درخواست", {"note": note})
    assert page.status == 422 and "دلیل را بنویسید" in page.error("note")
    assert fresh(case).state == State.AWAITING_EMPLOYER


def test_a_refusal_ends_the_case_with_its_reason(ali, world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    ali.open(f"/cartable/{case.pk}/refuse/")
    page = ali.submit("رد درخواست", {"note": "در این کارگاه کار نمی‌کند."})
    assert page.path == "/cartable/" and "رد شد" in page.main
    case = fresh(case)
    assert case.state == State.REJECTED and case.note == "در این کارگاه کار نمی‌کند."
    assert "در این کارگاه کار نمی‌کند." in ali.open(f"/cartable/{case.pk}/").main


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED, State.COMPLETED])
def test_only_a_waiting_registration_is_refused(ali, world, state: State):
    case = filled_case(world, state)
    assert ali.open(f"/cartable/{case.pk}/refuse/").path == f"/cartable/{case.pk}/"
    ali.post(f"/cartable/{case.pk}/refuse/", {"note": "x"})
    assert fresh(case).state == state


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED])
def test_the_employer_withdraws_what_is_not_yet_under_review(ali, world, state: State):
    case = filled_case(world, state)
    ali.open(f"/cartable/{case.pk}/")
    page = ali.submit("انصراف از درخواست")
    assert "انصراف شما ثبت شد" in page.main
    assert fresh(case).state == State.WITHDRAWN


@pytest.mark.parametrize(
    "state", [State.AWAITING_EMPLOYER, State.UNDER_REVIEW, State.COMPLETED, State.REJECTED]
)
def test_nothing_else_is_withdrawn_by_the_employer(ali, world, state: State):
    case = filled_case(world, state)
    assert not ali.open(f"/cartable/{case.pk}/").has_button("انصراف")
    page = ali.post(f"/cartable/{case.pk}/withdraw/")
    assert page.status in (200, 404)
    assert fresh(case).state == state


def test_a_draft_is_thrown_away(ali, world):
    case = drafted(world)
    ali.open(f"/cartable/{case.pk}/edit/")
    page = ali.submit("حذف پیش‌نویس")
    assert "حذف شد" in page.main
    assert not Case.objects.filter(pk=case.pk).exists()


MARKS = [
    {"target": "birth_certificate_no", "label": "شماره شناسنامه", "reason": "با مدرک یکی نیست"},
    {"target": "scan:photo", "label": "عکس پرسنلی ۳×۴", "reason": "تار است"},
]


def test_a_returned_case_leads_straight_to_what_is_marked(ali, world):
    case = filled_case(world, State.SUBMITTED)
    returned(world, case, note="دو مورد را اصلاح کنید", marks=MARKS)
    page = ali.open("/cartable/")
    assert "دو مورد را اصلاح کنید" in page.main, "the reason stands in the list"
    page = ali.open(page.link("اصلاح"))
    assert page.path.endswith("/edit/#first-mark")
    box = page.tree.all(id="first-mark")[0]
    assert "دو مورد را اصلاح کنید" in box.text()
    leads = [a["href"] for a in box.all("a")]
    assert leads == ["#id_birth_certificate_no", "#scan-photo"]
    for lead in leads:
        assert page.tree.all(id=lead[1:]), f"{lead} leads to nothing"
    field = page.named("birth_certificate_no").up("field")
    assert "با مدرک یکی نیست" in field.text() and "marked" in field.classes
    slot = page.tree.all(id="scan-photo")[0]
    assert "تار است" in slot.text() and "marked" in slot.classes
    assert "marked" not in page.named("job").up("field").classes


def test_every_mark_leads_to_a_place_on_the_page(ali, world):
    """Whatever a clerk marks, radio buttons too."""
    case = filled_case(world, State.SUBMITTED)
    service = case.service
    targets = [name for name, _ in service.fields()] + [f"scan:{s.code}" for s in service.scans]
    marks = [{"target": target, "label": target, "reason": "؟"} for target in targets]
    returned(world, case, marks=marks)
    page = ali.open(f"/cartable/{case.pk}/edit/")
    leads = [a["href"] for a in page.tree.all(id="first-mark")[0].all("a")]
    assert len(leads) == len(targets)
    for lead in leads:
        assert page.tree.all(id=lead[1:]), f"{lead} leads to nothing"


def test_a_corrected_case_goes_back_to_the_branch_with_its_changes(ali, world):
    case = filled_case(world, State.SUBMITTED)
    tracking = case.tracking_code
    returned(world, case, marks=MARKS)
    ali.open(f"/cartable/{case.pk}/edit/")
    ali.submit("ارسال به سازمان", {"birth_certificate_no": "77"}, {"scan:photo": scan(90)})
    case = fresh(case)
    assert case.state == State.SUBMITTED and case.tracking_code == tracking and case.marks == []
    text = Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/").main
    assert "۷۷" in text and "اصلاح کرده است" in text


@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNDER_REVIEW, State.COMPLETED, State.REJECTED])
def test_a_case_that_is_not_the_employers_turn_is_not_changed(ali, world, state: State):
    case = filled_case(world, state)
    page = ali.open(f"/cartable/{case.pk}/edit/")
    assert page.path == f"/cartable/{case.pk}/" and "اکنون تغییر نمی‌کند" in page.main
    ali.post(f"/cartable/{case.pk}/edit/", {"job": "دیگر", "keep": "1"})
    ali.post(f"/cartable/{case.pk}/scans/photo/")
    assert fresh(case).answers == case.answers


def test_a_form_that_the_branch_overtook_is_told_so(ali, world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    form = ali.open(f"/cartable/{case.pk}/edit/")
    operations.send(world.ali, case.pk)
    operations.take(world.clerk, case.pk)
    ali.page = form
    page = ali.submit("ارسال به سازمان", {"job": "دیگر"})
    assert page.path == f"/cartable/{case.pk}/" and "در حال بررسی" in page.main
    assert fresh(case).answers["job"] == case.answers["job"]


def test_the_page_of_a_request_shows_answers_scans_the_past_and_the_next_step(ali, world):
    case = filled_case(world, State.UNDER_REVIEW)
    page = ali.open(f"/cartable/{case.pk}/")
    for told in ("علی‌رضا", to_persian(case.national_code), "۱۳۷۸/۰۴/۱۲", "مرد", "شیفت شب"):
        assert told in page.main
    assert f"/cartable/{case.pk}/scans/photo/" in page.html
    assert "شعبه در حال بررسی است" in page.main
    timeline = page.tree.all("ol", cls="timeline")[0].text()
    assert "ارسال کارفرما به سازمان" in timeline and "آغاز بررسی" in timeline
    picture = Browser(world.ali.user).client.get(f"/cartable/{case.pk}/scans/photo/")
    assert picture.content.startswith(b"\xff\xd8")


def test_what_was_signed_does_not_change_with_the_answers_behind_it(ali, world):
    """The page of a sent case reads the frozen answers."""
    case = filled_case(world, State.SUBMITTED)
    Case.objects.filter(pk=case.pk).update(answers={**case.answers, "job": "دستکاری"})
    assert "دستکاری" not in ali.open(f"/cartable/{case.pk}/").main


PROFILE = {
    "user-first_name": "علي",
    "user-last_name": "رضایی",
    "user-national_code": "۹۹۹۰۰۰۰۰۱۸",
    "user-mobile": "+98 970 000 0018",
    "user-email": "ali@example.com",
    "workshop-name": "صنایع نمونه نو",
    "workshop-employer_name": "رضا رضایی",
    "workshop-activity": "پلاستیک",
    "workshop-legal_national_id": "10999990006",
    "workshop-economic_code": "",
    "workshop-phone": "۰۱۳۳۳۲۲۱۱۰۰",
    "workshop-postal_code": "4199612345",
    "workshop-address": "رشت، شهر صنعتی",
}


def test_the_profile_keeps_the_data_of_user_and_workshop(ali, world):
    ali.open("/profile/")
    page = ali.submit("ذخیره", PROFILE)
    assert page.path == "/profile/" and "پروفایل ذخیره شد" in page.main
    assert page.value("user-first_name") == "علی"
    assert page.value("user-mobile") == "۰۹۷۰۰۰۰۰۰۱۸"
    workshop = world.a
    assert (workshop.name, workshop.phone) == ("صنایع نمونه نو", "01333221100")
    assert "صنایع نمونه نو" in ali.open("/dashboard/").text


WRONG = {
    "user-first_name": ("Ali", "حروف فارسی"),
    "user-last_name": ("", "پر کنید"),
    "user-national_code": ("9990000019", "درست نیست"),
    "user-mobile": ("0912", "۱۱ رقم"),
    "user-email": ("nowhere", "پست الکترونیکی درست نیست"),
    "workshop-name": ("", "پر کنید"),
    "workshop-legal_national_id": ("10999990007", "شناسه ملی درست نیست"),
    "workshop-economic_code": ("12", "رقم"),
    "workshop-phone": ("09121234567", "شماره همراه است"),
    "workshop-postal_code": ("1111111111", "کد پستی درست نیست"),
    "workshop-address": ("", "پر کنید"),
}


def test_every_wrong_field_of_the_profile_is_told_beside_it_and_stays(ali, world):
    ali.open("/profile/")
    page = ali.submit("ذخیره", PROFILE | {name: typed for name, (typed, _) in WRONG.items()})
    assert page.status == 422
    for name, (typed, message) in WRONG.items():
        assert message in page.error(name), name
        assert page.value(name) in (typed, to_persian(typed)), name
    assert page.value("workshop-employer_name") == "رضا رضایی"
    assert world.a.name != PROFILE["workshop-name"]


def test_a_wrong_number_loses_no_picture_and_a_wrong_picture_no_number(ali, world):
    workshop = world.a
    workshop.signature = workshop.stamp = None
    workshop.save()
    ali.open("/profile/")
    page = ali.submit("ذخیره", PROFILE | {"user-mobile": "12"}, {"signature": scan(8)})
    assert page.status == 422 and world.a.signature_id
    page = ali.submit("ذخیره", PROFILE, {"stamp": b"\x89PNG"})
    assert page.status == 422
    assert "عکس PNG" in page.main
    assert world.a.stamp_id is None and world.a.name == PROFILE["workshop-name"]
    assert "/profile/images/signature/" in page.html


def test_a_new_signature_takes_the_place_of_the_old_when_a_second_person_agrees(ali, world):
    before = ali.client.get("/profile/images/signature/").content
    ali.open("/profile/")
    page = ali.submit("ذخیره", PROFILE, {"signature": inked_bytes(80)})
    assert "در انتظار تأیید دوم" in page.main
    assert ali.client.get("/profile/images/signature/").content == before
    clerk = Browser(world.clerk.user)
    clerk.open("/desk/approvals/")
    clerk.submit("تأیید")
    assert ali.client.get("/profile/images/signature/").content != before


def test_a_missing_image_is_not_found(ali, world):
    workshop = world.a
    workshop.stamp = None
    workshop.save()
    assert ali.open("/profile/images/stamp/").status == 404


def test_a_person_who_was_registered_meanwhile_is_not_sent_again(ali, world):
    look_up(ali, code_of_person(76))
    ali.submit("ذخیره بدون ارسال", filled(), SCANS)
    draft = Case.objects.get()
    form = ali.open(f"/cartable/{draft.pk}/edit/")
    other = filled_case(world, State.COMPLETED, answers=answers_for(76), by=Audience.PUBLIC)
    ali.page = form
    page = ali.submit("ارسال به سازمان")
    assert page.status == 422
    assert "هم‌اکنون در همین کارگاه ثبت شده است" in page.error("national_code")
    assert fresh(draft).state == State.DRAFT and other.state == State.COMPLETED


def test_a_start_in_the_future_is_refused(ali, world):
    tomorrow = show_date(timezone.localdate() + datetime.timedelta(days=1))
    look_up(ali, code_of_person(76))
    page = ali.submit("ارسال به سازمان", filled(start_date=tomorrow), SCANS)
    assert page.status == 422 and "نباید پس از" in page.error("start_date")
    assert page.value("start_date") == tomorrow


def test_a_request_shows_its_pictures_small_and_only_the_whole_one_is_an_opening(ali, world):
    """A page of three scans of 150 kB would weigh as much as ninety others."""
    sent, back = (
        filled_case(world, State.SUBMITTED),
        filled_case(world, State.RETURNED, answers=answers_for(70)),
    )
    for path in (f"/cartable/{sent.pk}/", f"/cartable/{back.pk}/edit/"):
        page = ali.open(path)
        shown = [node for node in page.tree.all("img") if "/scans/" in node["src"]]
        assert shown
        for image in shown:
            small = Image.open(BytesIO(ali.client.get(image["src"]).content))
            assert max(small.size) <= 160
    assert not Entry.objects.filter(action="scan opened").exists()
    [link] = [link for link in page.links if "/scans/photo/" in link]
    whole = Image.open(BytesIO(ali.client.get(link).content))
    assert max(whole.size) > 160
    assert Entry.objects.get(action="scan opened").about == f"case:{back.pk}"
