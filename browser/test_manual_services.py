"""The manual's services, each asked for, returned once, corrected, confirmed, on the register."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from acting import (
    choose,
    confirm,
    correct,
    electronic_service,
    fill,
    follow,
    follow_up,
    heading,
    menu,
    new_request,
    open_person,
    persian,
    press,
    row_of,
    send_back,
    send_scans,
    send_to_organization,
    sign_in,
    state_is,
    take_up,
    wait_filled,
)
from conftest import Portal
from playwright.sync_api import Browser, Page, expect
from recorder import Recorder
from watching import Windows

Pictures = dict[str, Path]
REGISTRATION_SCANS = (
    *("photo", "national_card_front", "national_card_back"),
    *("birth_certificate_1", "birth_certificate_2", "questionnaire"),
)


@dataclass
class Office:
    """The windows of the three who take part, the latter two signed in once for all journeys."""

    insured: Page
    employer: Page
    officer: Page
    workshop: dict[str, str]
    people: dict[str, dict[str, str]]

    def name(self, key: str) -> str:
        return self.people[key]["name"]

    def code(self, key: str) -> str:
        return self.people[key]["national_code"]


@pytest.fixture(scope="module")
def windows(browser: Browser, portal: Portal) -> Iterator[Windows]:
    opened = Windows(browser, portal.base)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def signed_in(windows: Windows, portal: Portal) -> Office:
    insured, employer, officer = (windows.open() for _ in range(3))
    workshop = portal.world["workshops"]["services"]
    sign_in(employer, workshop["username"], workshop["password"])
    sign_in(officer, "sabeghe", portal.world["password"])
    return Office(insured, employer, officer, workshop, portal.world["people"])


@pytest.fixture
def office(signed_in: Office, windows: Windows) -> Iterator[Office]:
    yield signed_in
    windows.check()


def fill_child(page: Page, code: str, first_name: str, last_name: str) -> None:
    fill(page, "کد ملی", persian(code))
    fill(page, "نام", first_name)
    fill(page, "نام خانوادگی", last_name)
    fill(page, "نام پدر", "بهمن")
    fill(page, "تاریخ تولد", "۱۴۰۱/۲/۱۲")
    fill(page, "شماره شناسنامه", "0")
    fill(page, "محل صدور شناسنامه", "رشت")


def fill_relation(page: Page) -> None:
    page.get_by_label("دختر", exact=True).check()
    fill(page, "تحت تکفل از تاریخ", "۱۴۰۱/۲/۱۲")


def test_an_insured_person_registers_a_dependent_who_then_stands_on_the_list(
    office: Office, pictures: Pictures, guide: Recorder
) -> None:
    page, code, name = office.insured, "9999600050", "گلناز کوچصفهانی"
    guide.turn_to("insured", "dependent-registration")
    electronic_service(page, "ثبت نام بیمه شدگان")
    follow(page, "ثبت نام بیمه‌شدهٔ تبعی")
    expect(page.locator("main")).to_contain_text("کد ملی بیمه‌شدهٔ اصلی")
    guide.step("در «ثبت نام بیمه شدگان»، «ثبت نام بیمه‌شدهٔ تبعی» را برگزینید و مدارک را آماده کنید.", page)
    follow(page, "آغاز ثبت نام")
    fill(page, "کد کارگاه", persian(office.workshop["code"]))
    press(page, "یافتن کارگاه")
    press(page, "بله، همین کارگاه است")
    fill(page, "کد ملی بیمه‌شدهٔ اصلی", persian(office.code("main")))
    guide.step("پس از کد کارگاه، کد ملی بیمه‌شدهٔ اصلی را بنویسید؛ کسی که در کارگاه کار می‌کند.", page)
    press(page, "ادامه")
    fill_child(page, code, "گلناز", "کوچصفهانی")
    guide.step("مشخصات همسر، فرزند، پدر یا مادر را از روی شناسنامهٔ او بنویسید.", page)
    press(page, "ادامه")
    fill_relation(page)
    guide.step("نسبت او را با بیمه‌شدهٔ اصلی، و شرایطی را که دربارهٔ او درست است برگزینید.", page)
    press(page, "ادامه")
    heading(page, "تصویر مدارک")
    send_scans(page, pictures, "photo", "birth_certificate_1")
    press(page, "ادامه", exact=True)
    press(page, "ارسال برای کارفرما")
    heading(page, "درخواست شما ثبت شد")
    tracking_code = page.locator(".tracking bdi").inner_text()

    employer = office.employer
    menu(employer, "کارتابل")
    follow(row_of(employer, name), "بررسی")
    expect(employer.get_by_label("نام پدر", exact=True)).to_have_value("بهمن")
    send_to_organization(employer)
    send_back(office.officer, code, "شناسنامه را از نزدیک‌تر عکس بگیرید.")
    follow_up(page, tracking_code, code)
    expect(page.locator(".panel.now")).to_contain_text("از نزدیک‌تر عکس بگیرید")

    guide.turn_to("employer", "correction")
    menu(employer, "کارتابل")
    guide.step("درخواستی که شعبه برگردانده است با دکمهٔ «اصلاح» در کارتابل می‌ماند.", employer)
    follow(row_of(employer, name), "اصلاح")
    expect(employer.locator("#first-mark")).to_contain_text("از نزدیک‌تر عکس بگیرید")
    guide.step("ایرادها در بالای صفحه نوشته است؛ روی هر کدام بزنید تا به همان جا بروید.", employer)
    before = employer.locator("#scan-birth_certificate_1 img").get_attribute("src")
    choose(employer, "birth_certificate_1", pictures["birth_certificate_1"])
    expect(employer.locator("#scan-birth_certificate_1 img")).not_to_have_attribute("src", before or "")
    guide.step(
        "با «تعویض» تصویر تازه بفرستید و دوباره «ارسال به سازمان» را بزنید.",
        employer,
        employer.locator("#scan-birth_certificate_1"),
    )
    send_to_organization(employer)
    confirm(office.officer, code)
    follow_up(page, tracking_code, code)
    state_is(page, "انجام‌شده")

    guide.turn_to("employer", "insured-list")
    menu(employer, "لیست بیمه‌شدگان")
    main = employer.locator(".people > li", has_text=office.name("main"))
    main.locator("summary").click()
    expect(main.locator(".covered")).to_contain_text(name)
    expect(main.locator(".covered")).to_contain_text("دختر")
    guide.step("لیست بیمه‌شدگان کارگاه؛ با «فرد تبعی» نام افراد تبعی هر کس باز می‌شود.", employer)


def test_the_list_of_insured_persons_is_searched_and_tells_what_it_is(
    office: Office, guide: Recorder
) -> None:
    page = office.employer
    guide.turn_to("employer", "insured-list")
    menu(page, "لیست بیمه‌شدگان")
    expect(page.locator("main")).to_contain_text("نه همهٔ کسانی که در سامانهٔ سراسری سازمان‌اند")
    for text in ("شاقاجي", persian(office.code("history"))):
        page.get_by_role("searchbox").fill(text)
        press(page, "جست‌وجو")
        expect(page.locator(".people > li")).to_have_count(1)
        expect(page.locator(".people")).to_contain_text(office.name("history"))
    guide.step("نام، کد ملی یا شماره بیمه را بنویسید و «جست‌وجو» را بزنید.", page)
    page.locator(".people .who-is a").first.click()
    heading(page, office.name("history"))
    expect(page.locator("main")).to_contain_text("۳۶۵ روز")
    guide.step("پروندهٔ هر کس: مشخصات، افراد تبعی، دفترچه‌ها و سوابق؛ و درخواست تازه با یک دکمه.", page)
    menu(page, "لیست بیمه‌شدگان")
    for tab, words in (("ترک کار", "کسی ترک کار نکرده است"), ("در انتظار ثبت", "")):
        follow(page.locator(".tabs"), tab)
        expect(page.locator("main")).to_contain_text(words)


def test_an_employer_registers_a_worker_whom_nobody_registered_before(
    office: Office, pictures: Pictures
) -> None:
    page, code, name = office.employer, "9999600077", "شهرام لاهیجی"
    new_request(page, "ثبت نام بیمه‌شدهٔ اصلی", code)
    expect(page.get_by_label("کد ملی", exact=True)).to_have_value(persian(code))
    for label, value in (
        ("نام", "شهرام"),
        ("نام خانوادگی", "لاهیجی"),
        ("نام پدر", "یحیی"),
        ("تاریخ تولد", "۱۳۷۰/۵/۶"),
        ("شماره شناسنامه", "۱۲"),
        ("محل صدور شناسنامه", "لاهیجان"),
        ("تلفن همراه", "۰۹۷۰۰۰۰۰۰۲۹"),
        ("کد پستی محل سکونت", "۴۱۹۹۶۱۲۳۴۵"),
        ("نشانی محل سکونت", "لاهیجان، خیابان کاشف"),
        ("شغل", "برقکار"),
        ("تاریخ شروع به کار", "۱۴۰۵/۸/۱"),
    ):
        fill(page, label, value)
    page.get_by_label("مرد", exact=True).check()
    for kind in REGISTRATION_SCANS:
        send_scans(page, pictures, kind)
    send_to_organization(page)
    send_back(office.officer, code, "شغل را همان‌گونه که در قرارداد است بنویسید.")
    correct(page, name)
    fill(page, "شغل", "برقکار صنعتی")
    send_to_organization(page)
    confirm(office.officer, code)
    open_person(page, name)
    expect(page.locator("main")).to_contain_text("برقکار صنعتی")


def test_an_employer_registers_a_dependent(office: Office, pictures: Pictures, guide: Recorder) -> None:
    page, code, name = office.employer, "9999600069", "نسترن خشکبیجاری"
    guide.turn_to("employer", "dependent-registration")
    new_request(page, "ثبت نام بیمه‌شدهٔ تبعی", office.code("main")[:-1] + "0")
    expect(page.locator(".problems")).to_be_visible()
    fill(page, "کد ملی بیمه‌شده", persian(office.code("sponsor")))
    guide.step("در «درخواست جدید» ثبت نام تبعی را برگزینید و کد ملی بیمه‌شدهٔ اصلی را جستجو کنید.", page)
    press(page, "جستجو")
    expect(page.get_by_label("کد ملی بیمه‌شدهٔ اصلی", exact=True)).to_have_value(
        persian(office.code("sponsor"))
    )
    fill_child(page, code, "نسترن", "خشکبیجاری")
    fill_relation(page)
    guide.step("مشخصات و نسبت فرد تبعی را بنویسید.", page, page.get_by_label("نام پدر", exact=True))
    send_scans(page, pictures, "photo", "birth_certificate_1")
    guide.step("تصویر مدارک را بفرستید و «ارسال به سازمان» را بزنید.", page, page.locator("#scan-photo"))
    send_to_organization(page)
    send_back(office.officer, code, "نام پدر را از روی شناسنامه بنویسید.")
    correct(page, name)
    fill(page, "نام پدر", "داوود")
    send_to_organization(page)
    expect(page.locator(".timeline")).to_contain_text("از «بهمن» به «داوود»")
    confirm(office.officer, code)
    open_person(page, office.name("sponsor"))
    expect(page.locator("main")).to_contain_text(name)


def test_a_first_booklet_asks_for_the_pictures_that_are_not_on_file(
    office: Office, pictures: Pictures, guide: Recorder
) -> None:
    page, code, name = office.employer, office.code("booklet-first"), office.name("booklet-first")
    guide.turn_to("employer", "booklet-first")
    open_person(page, name)
    guide.step("در پروندهٔ بیمه‌شده «صدور دفترچه برای اولین بار» را بزنید.", page)
    press(page, "صدور دفترچه برای اولین بار")
    page.get_by_label("دفترچهٔ درمان عمومی", exact=True).check()
    fill(page, "توضیحات", "کارگر تازه‌وارد")
    guide.step("مشخصات او از پرونده می‌آید؛ نوع دفترچه را برگزینید و اگر لازم است توضیح بنویسید.", page)
    press(page, "ارسال به سازمان")
    expect(page.locator(".problems")).to_contain_text("عکس پرسنلی")
    send_scans(page, pictures, "photo", "national_card_front")
    guide.step("عکس و کارت ملی، اگر در پرونده نباشد، خواسته می‌شود.", page, page.locator("#scan-photo"))
    send_to_organization(page)
    guide.step("پس از «ارسال به سازمان» وضعیت و گام بعدی را می‌بینید.", page)
    send_back(office.officer, code, "عکس روشن‌تری بفرستید.")
    correct(page, name)
    before = page.locator("#scan-photo img").get_attribute("src")
    choose(page, "photo", pictures["new_photo"])
    expect(page.locator("#scan-photo img")).not_to_have_attribute("src", before or "")
    send_to_organization(page)
    confirm(office.officer, code)
    open_person(page, name)
    expect(page.locator("main")).to_contain_text("دفترچهٔ درمان عمومی")
    guide.step("دفترچه پس از تأیید شعبه، با شماره و تاریخ اعتبار، در پرونده دیده می‌شود.", page)


def test_a_renewal_shows_the_pictures_that_are_on_file(
    office: Office, pictures: Pictures, guide: Recorder
) -> None:
    page, code, name = office.employer, office.code("booklet-renewal"), office.name("booklet-renewal")
    guide.turn_to("employer", "booklet-renewal")
    open_person(page, name)
    press(page, "تجدید دفترچه")
    for kind in ("photo", "national_card_front"):
        wait_filled(page, kind)
    expect(page.locator("#scan-photo")).to_contain_text("از پروندهٔ شخص")
    page.get_by_label("تمام شدن برگ‌ها", exact=True).check()
    guide.step("علت تجدید را برگزینید؛ مدارک لازم به علت آن بستگی دارد.", page)
    press(page, "ارسال به سازمان")
    expect(page.locator(".problems")).to_contain_text("دفترچهٔ پیشین")
    send_scans(page, pictures, "old_booklet")
    guide.step(
        "آنچه در پرونده هست دوباره خواسته نمی‌شود؛ تنها تصویر دفترچهٔ پیشین را بفرستید.",
        page,
        page.locator("#scan-old_booklet"),
    )
    send_to_organization(page)
    send_back(office.officer, code, "علت را دوباره بسنجید.")
    correct(page, name)
    page.get_by_label("پایان اعتبار", exact=True).check()
    send_to_organization(page)
    confirm(office.officer, code)
    open_person(page, name)
    expect(page.locator("main")).to_contain_text("باطل: پایان اعتبار")


def test_a_duplicate_of_a_lost_booklet_asks_for_undertaking_and_penalty(
    office: Office, pictures: Pictures, guide: Recorder
) -> None:
    page, code, name = office.employer, office.code("booklet-duplicate"), office.name("booklet-duplicate")
    guide.turn_to("employer", "booklet-duplicate")
    open_person(page, name)
    press(page, "صدور المثنی دفترچه")
    page.get_by_label("مفقودی", exact=True).check()
    fill(page, "توضیحات", "در اتوبوس گم شد")
    press(page, "ارسال به سازمان")
    for title in ("تعهدنامه", "رسید جریمهٔ المثنی"):
        expect(page.locator(".problems")).to_contain_text(title)
    guide.step("برای دفترچهٔ گم‌شده تعهدنامه و رسید جریمه لازم است؛ کاستی‌ها در بالای صفحه می‌آید.", page)
    send_scans(page, pictures, "undertaking", "penalty_receipt")
    if not page.locator("#scan-photo.filled").count():
        send_scans(page, pictures, "photo")
    guide.step("تصویرها را بفرستید و «ارسال به سازمان» را بزنید.", page, page.locator("#scan-undertaking"))
    send_to_organization(page)
    send_back(office.officer, code, "جای گم شدن را دقیق‌تر بنویسید.")
    correct(page, name)
    fill(page, "توضیحات", "در خط رشت به انزلی گم شد")
    send_to_organization(page)
    confirm(office.officer, code)
    open_person(page, name)
    expect(page.locator("main")).to_contain_text("باطل: مفقودی")


def test_a_history_request_is_answered_with_a_statement(office: Office, guide: Recorder) -> None:
    page, code, name = office.employer, office.code("history"), office.name("history")
    guide.turn_to("employer", "history-request")
    new_request(page, "درخواست سابقه", code)
    page.get_by_label("وام یا ضمانت", exact=True).check()
    fill(page, "توضیحات", "برای بانک")
    guide.step("کد ملی را جستجو کنید، بنویسید گواهی برای چیست و به سازمان بفرستید.", page)
    send_to_organization(page)
    send_back(office.officer, code, "نام بانک را بنویسید.")
    correct(page, name)
    fill(page, "توضیحات", "برای بانک رفاه")
    send_to_organization(page)
    confirm(office.officer, code)
    menu(page, "کارتابل")
    follow(page, "پایان‌یافته")
    row = row_of(page, name)
    state_is(row, "انجام‌شده")
    follow(row, "مشاهده")
    letters = page.locator(".panel", has_text="نامه‌ها")
    expect(letters).to_contain_text("سوابق")
    guide.step("پس از تأیید، گواهی سوابق در «نامه‌ها» با «دریافت PDF» گرفته می‌شود.", page, letters)
    link = letters.locator("li", has_text="سوابق").get_by_role("link").get_attribute("href")
    answer = page.request.get(link or "")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def test_an_officer_keeps_the_records_of_a_person(office: Office, guide: Recorder) -> None:
    page, name = office.officer, office.name("history")
    guide.turn_to("officer", "people")
    menu(page, "بیمه‌شدگان")
    page.get_by_role("searchbox").fill(persian(office.code("history")))
    press(page, "جست‌وجو")
    guide.step("شخص را در «بیمه‌شدگان» با کد ملی، شماره بیمه یا نام خانوادگی بیابید.", page)
    follow(row_of(page, name), "پرونده")
    heading(page, name)
    guide.step("در پرونده اشتغال، افراد تبعی، دفترچه‌ها، سوابق و درخواست‌های او هست.", page)
    records = page.locator("#records")
    records.locator("summary", has_text="افزودن سابقه").click()
    fill(page, "نام کارگاه", "نساجی شمال")
    fill(page, "از تاریخ", "۱۳۸۵/۱/۱")
    fill(page, "تا تاریخ", "۱۳۸۵/۱۲/۲۹")
    guide.step("سابقه را با «افزودن سابقه» بنویسید، یا همه را «از فایل اکسل» وارد کنید.", page, records)
    press(page, "ثبت سابقه")
    expect(page.locator(".flash.success")).to_contain_text("سابقه ثبت شد")
    row = records.locator("tr", has_text="نساجی شمال")
    expect(row).to_contain_text("۳۶۵")
    guide.step("هم‌پوشانی و وقفه بالای جدول نوشته و روی خط زمان کشیده می‌شود.", page, records)


CLAIMS = (
    ("نساجی شمال", "۱۳۹۰/۱/۱", "۱۳۹۱/۱۲/۲۹", "بافنده"),
    ("چوکای تالش", "۱۳۸۲/۴/۱", "۱۳۸۳/۳/۳۱", "کارگر ساده"),
)


def fill_claim(page: Page, row: int, claim: tuple[str, str, str, str]) -> None:
    card = page.locator("fieldset.row-card").nth(row)
    for label, value in zip(("نام کارگاه", "از تاریخ", "تا تاریخ", "شغل"), claim, strict=True):
        card.get_by_label(label, exact=True).fill(value)
    card.get_by_label("نوع مغایرت").select_option(label="سابقه ثبت نشده است")


def test_collection_of_records_is_decided_row_by_row(
    office: Office, pictures: Pictures, guide: Recorder
) -> None:
    page, officer = office.employer, office.officer
    code, name = office.code("claims"), office.name("claims")
    guide.turn_to("employer", "record-collection")
    new_request(page, "جمع‌آوری سوابق و پرونده", code)
    expect(page.locator("main")).to_contain_text(persian(code))
    page.get_by_label("بازنشستگی", exact=True).check()
    fill(page, "شعبه‌هایی که پرونده دارند", "شعبهٔ یک رشت")
    guide.step("پس از جستجوی کد ملی، مشخصات او می‌آید؛ بنویسید برای چیست و کدام شعبه‌ها پرونده دارند.", page)
    fill_claim(page, 0, CLAIMS[0])
    press(page, "ردیف دیگر")
    fill_claim(page, 1, CLAIMS[1])
    guide.step(
        "هر کارگاه پیشین یک ردیف است: نام کارگاه، از تاریخ، تا تاریخ و شغل.",
        page,
        page.locator("fieldset.row-card").nth(0),
    )
    send_scans(page, pictures, "national_card_front", "claim_form", "claim_evidence")
    guide.step(
        "فرم ادعای سابقه و مدرک اشتغال را بفرستید و «ارسال به سازمان» را بزنید.",
        page,
        page.locator("#scan-claim_form"),
    )
    send_to_organization(page)
    send_back(officer, code, "شغل ردیف دوم را روشن‌تر بنویسید.")
    correct(page, name)
    page.locator("fieldset.row-card").nth(1).get_by_label("شغل", exact=True).fill("انباردار")
    send_to_organization(page)

    guide.turn_to("officer", "claims")
    take_up(officer, code)
    expect(officer.locator(".paper")).to_contain_text("انباردار")
    guide.step("سوابق ادعاشده در جدول و مدارک آن در کنار جدول است.", officer)
    verdicts = officer.locator(".decision-form")
    verdicts.get_by_role("group", name="ردیف ۱، نساجی شمال").get_by_label("پذیرفته می‌شود").check()
    verdicts.get_by_role("group", name="ردیف ۲، چوکای تالش").get_by_label("پذیرفته نمی‌شود").check()
    press(officer, "تأیید")
    expect(officer.locator(".problems")).to_be_visible()
    verdicts = officer.locator(".decision-form")
    verdicts.get_by_label("دلیل، ردیف ۲").fill("مدرکی از این کارگاه پیوست نیست.")
    guide.step(
        "هر ردیف را جدا بپذیرید یا نپذیرید؛ برای ردیفی که پذیرفته نمی‌شود دلیل بنویسید.",
        officer,
        verdicts,
    )
    press(officer, "تأیید")
    expect(officer.locator(".flash.success")).to_contain_text("تأیید شد")

    guide.turn_to("employer", "record-collection")
    open_person(page, name)
    expect(page.locator("main")).to_contain_text("نساجی شمال")
    expect(page.locator("main .answer-rows")).not_to_contain_text("چوکای تالش")
    guide.step("سابقه‌ای که پذیرفته شد در پروندهٔ بیمه‌شده دیده می‌شود.", page, page.locator(".answer-rows"))
