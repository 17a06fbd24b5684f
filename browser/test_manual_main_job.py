"""The manual, step by step and in its own words: one registration from the insured person's phone to the
branch's register. Told four times: at the desk and on a phone, with scripts and without.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from acting import (
    ARABIC,
    change_password,
    choose,
    electronic_service,
    fill,
    fill_credentials,
    follow,
    follow_up,
    heading,
    menu,
    persian,
    press,
    row_of,
    seen,
    sign_in,
    state_is,
    wait_filled,
)
from conftest import Portal, failed
from playwright.sync_api import Browser, Page, expect
from recorder import Recorder
from watching import Windows

WAYS = {
    "desk": (1280, True),
    "phone": (390, True),
    "desk-no-script": (1280, False),
    "phone-no-script": (390, False),
}
NEW_PASSWORD = "shalizar-e-sabz-27"
PEOPLE = (
    ("9999600018", "علی‌رضا", "کوچک‌پور"),
    ("9999600026", "فاطمه‌زهرا", "پوررمضان"),
    ("9999600034", "کیومرث", "فلاح‌زاده"),
    ("9999600042", "ژاله", "آقاجانی"),
)
REQUIRED = (
    "photo",
    "national_card_front",
    "national_card_back",
    "birth_certificate_1",
    "birth_certificate_2",
)
SCANS = (*REQUIRED, "questionnaire")


@dataclass
class Story:
    """One telling: its three windows, its person and workshop, and what the person wrote down."""

    windows: Windows
    insured: Page
    employer: Page
    officer: Page
    javascript: bool
    workshop: dict[str, str]
    password: str
    national_code: str
    first_name: str
    last_name: str
    guide: Recorder
    broken: bool = False
    tracking_code: str = ""
    pages_seen: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@pytest.fixture(scope="class", params=WAYS)
def story(
    request: pytest.FixtureRequest, browser: Browser, portal: Portal, guide: Recorder
) -> Iterator[Story]:
    index = list(WAYS).index(request.param)
    width, javascript = WAYS[request.param]
    windows = Windows(browser, portal.base)
    pages = [windows.open(width, javascript) for _ in range(3)]
    workshop = portal.world["workshops"][f"story-{index}"]
    code, first_name, last_name = PEOPLE[index]
    password = portal.world["password"]
    told = guide if request.param == "desk" else Recorder()
    yield Story(windows, *pages, javascript, workshop, password, code, first_name, last_name, told)
    windows.close()


@pytest.fixture(autouse=True)
def watched(request: pytest.FixtureRequest, story: Story) -> Iterator[None]:
    """A step after a broken one is skipped; after each, the pages must not have complained."""
    if story.broken:
        pytest.skip("an earlier step of this telling failed")
    story.broken = True
    yield
    story.windows.check()
    story.broken = failed(request.node)


class TestTheMainJob:
    def test_the_insured_person_finds_the_registration_under_electronic_services(self, story: Story) -> None:
        page = story.insured
        electronic_service(page, "ثبت نام بیمه شدگان")
        heading(page, "ثبت نام بیمه شدگان")
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("از صفحهٔ نخست: «خدمات الکترونیک» › «ثبت نام بیمه شدگان».", page)
        follow(page, "ثبت نام بیمه‌شدهٔ اصلی")
        heading(page, "ثبت نام بیمه‌شدهٔ اصلی")

    def test_what_is_needed_is_told_before_it_begins(self, story: Story) -> None:
        page = story.insured
        needed = (
            "کد کارگاه",
            "کد ملی و شناسنامه",
            "عکس پرسنلی",
            "کارت ملی (رو)",
            "شناسنامه، صفحهٔ ۱",
            "پرسش‌نامه",
        )
        for thing in needed:
            expect(page.locator("main")).to_contain_text(thing)
        expect(page.locator("main")).to_contain_text("JPG و حداکثر ۲۰۰ کیلوبایت")
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("پیش از آغاز ببینید چه اطلاعات و تصویرهایی لازم است.", page)
        follow(page, "آغاز ثبت نام")

    def test_a_wrong_workshop_code_is_refused_and_what_was_typed_stays(self, story: Story) -> None:
        page = story.insured
        for wrong, message in (("146231901", "۱۰ رقم"), ("1462319019", "کارگاهی با این کد در این شعبه نیست")):
            fill(page, "کد کارگاه", wrong)
            press(page, "یافتن کارگاه")
            expect(page.locator(".field .error")).to_contain_text(message)
            expect(page.get_by_label("کد کارگاه", exact=True)).to_have_value(persian(wrong))

    def test_the_right_code_shows_the_workshops_name_to_confirm(self, story: Story) -> None:
        page = story.insured
        fill(page, "کد کارگاه", persian(story.workshop["code"]))
        press(page, "یافتن کارگاه")
        expect(page.locator("main")).to_contain_text(story.workshop["name"])
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("کد کارگاه را بنویسید؛ نام کارگاه نشان داده می‌شود تا تأیید کنید.", page)
        press(page, "بله، همین کارگاه است")
        heading(page, "مشخصات هویتی")

    def test_identity_is_asked_and_a_wrong_national_code_is_told_beside_the_field(self, story: Story) -> None:
        page = story.insured
        fill(page, "کد ملی", persian(story.national_code[:-1] + str((int(story.national_code[-1]) + 1) % 10)))
        fill(page, "نام", story.first_name.translate(ARABIC))
        fill(page, "نام خانوادگی", story.last_name)
        fill(page, "نام پدر", "قربان")
        page.get_by_label("مرد", exact=True).check()
        fill(page, "تاریخ تولد", "۱۳۷۸/۴/۱۲")
        fill(page, "شماره شناسنامه", "0")
        fill(page, "محل صدور شناسنامه", "رشت")
        press(page, "ادامه")
        expect(page.locator(".problems")).to_contain_text("این کد ملی درست نیست")
        expect(page.locator(".field.wrong .error")).to_contain_text("این کد ملی درست نیست")
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("مشخصات را از روی شناسنامه بنویسید؛ هر ایراد کنار همان خانه گفته می‌شود.", page)
        expect(page.get_by_label("نام خانوادگی", exact=True)).to_have_value(story.last_name)
        follow(page, "کد ملی: ")
        expect(page.get_by_label("کد ملی", exact=True)).to_be_focused()
        fill(page, "کد ملی", story.national_code)
        press(page, "ادامه")
        heading(page, "نشانی و تماس")

    def test_contact_and_job_are_asked_a_page_each(self, story: Story) -> None:
        page = story.insured
        fill(page, "تلفن همراه", "۰۹۷۰۰۰۰۰۰۱۸")
        fill(page, "کد پستی محل سکونت", "4199612345")
        fill(page, "نشانی محل سکونت", "رشت، خیابان بهار، کوچهٔ یاس، پلاک ۱۲")
        press(page, "ادامه")
        heading(page, "شغل")
        fill(page, "شغل", "اپراتور دستگاه تزریق")
        fill(page, "تاریخ شروع به کار", "1405/08/25")
        fill(page, "توضیحات", "شیفت شب")
        press(page, "ادامه")
        heading(page, "تصویر مدارک")

    def test_the_scans_are_sent_one_by_one(self, story: Story, pictures: dict[str, Path]) -> None:
        page = story.insured
        press(page, "ادامه", exact=True)
        expect(page.locator(".problems")).to_contain_text("تصویر «عکس پرسنلی ۳×۴» را بفرستید")
        for kind in SCANS:
            choose(page, kind, pictures[kind])
            if not story.javascript:
                press(page, "فرستادن تصویرهای انتخاب‌شده")
            wait_filled(page, kind)
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("تصویر هر مدرک را بفرستید: JPG و حداکثر ۲۰۰ کیلوبایت.", page)
        press(page, "ادامه", exact=True)
        heading(page, "پیش از فرستادن بازبینی کنید")

    def test_the_answers_are_checked_and_one_of_them_changed_before_sending(self, story: Story) -> None:
        page = story.insured
        for shown in (story.workshop["name"], story.name.split()[0], persian(story.national_code), "شیفت شب"):
            expect(page.locator("main")).to_contain_text(shown)
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("همه چیز را بازبینی کنید؛ با «تغییر» به هر بخش برمی‌گردید.", page)
        follow(page, "تغییر شغل")
        fill(page, "شغل", "تراشکار")
        press(page, "ادامه")
        heading(page, "پیش از فرستادن بازبینی کنید")
        expect(page.locator("main")).to_contain_text("تراشکار")

    def test_sending_gives_a_tracking_code_and_a_receipt(self, story: Story) -> None:
        page = story.insured
        press(page, "ارسال برای کارفرما")
        heading(page, "درخواست شما ثبت شد")
        story.tracking_code = page.locator(".tracking bdi").inner_text()
        assert re.fullmatch("[۰-۹]{4}-[۰-۹]{4}-[۰-۹]{5}-[۰-۹]", story.tracking_code)
        expect(page.locator(".receipt")).to_contain_text(story.workshop["name"])
        state_is(page, "در انتظار تأیید کارفرما")
        story.guide.turn_to("insured", "main-registration")
        story.guide.step("پس از «ارسال برای کارفرما» رسید را چاپ کنید و کد رهگیری را نگه دارید.", page)
        assert page.get_by_role("button", name="چاپ رسید").is_visible() == story.javascript

    def test_the_follow_up_says_that_it_waits_for_the_employer(self, story: Story) -> None:
        page = story.insured
        follow_up(page, story.tracking_code, story.national_code)
        state_is(page, "در انتظار تأیید کارفرما")
        story.guide.turn_to("insured", "follow-up")
        story.guide.step("در «پیگیری درخواست» با کد رهگیری و کد ملی ببینید کار به کجا رسیده است.", page)
        expect(page.locator("main")).to_contain_text("کارفرما باید درخواست را بررسی")

    def test_the_letters_password_must_be_changed_on_every_route(self, story: Story) -> None:
        page = story.employer
        sign_in(page, story.workshop["username"], story.workshop["password"])
        story.guide.turn_to("employer", "sign-in")
        story.guide.step("با نام کاربری و رمز نامه وارد شوید؛ سامانه از شما می‌خواهد رمز را تغییر دهید.", page)
        for path in ("/dashboard/", "/cartable/", "/cartable/new/", "/profile/", "/"):
            page.goto(path)
            heading(page, "رمز عبور خود را تغییر دهید")

    def test_after_the_change_the_representative_is_signed_out_and_signs_in_again(self, story: Story) -> None:
        page = story.employer
        change_password(page, story.workshop["password"], "12345678")
        expect(page.locator(".field.wrong .error").first).to_be_visible()
        change_password(page, story.workshop["password"], NEW_PASSWORD)
        expect(page.locator(".flash")).to_contain_text("رمز عبور تغییر کرد")
        heading(page, "ورود کارفرمایان")
        story.guide.turn_to("employer", "sign-in")
        story.guide.step("پس از تغییر رمز بیرون می‌روید؛ با رمز جدید دوباره وارد شوید.", page)
        fill_credentials(page, persian(story.workshop["username"]), NEW_PASSWORD)
        heading(page, "داشبورد")

    def test_the_dashboard_shows_what_waits_for_the_employer(self, story: Story) -> None:
        page = story.employer
        expect(page.locator(".numbers")).to_contain_text("منتظر تأیید شما")
        expect(page.locator(".numbers .waiting b")).to_have_text("۱")
        expect(page.locator(".short")).to_contain_text(story.last_name)
        expect(page.locator(".news")).to_contain_text(story.last_name)
        expect(page.locator(".flash.warning")).to_contain_text("امضا و مهر کارگاه ثبت نشده است")
        story.guide.turn_to("employer", "sign-in")
        story.guide.step("داشبورد می‌گوید چه درخواست‌هایی منتظر شماست و چه کم است.", page)

    def test_without_signature_and_stamp_nothing_is_sent_and_the_page_leads_to_the_profile(
        self, story: Story
    ) -> None:
        page = story.employer
        menu(page, "کارتابل")
        row = row_of(page, story.last_name)
        state_is(row, "در انتظار تأیید کارفرما")
        follow(row, "بررسی")
        expect(page.get_by_label("نام خانوادگی", exact=True)).to_have_value(story.last_name)
        press(page, "ارسال به سازمان")
        heading(page, "امضا و مهر کارگاه ثبت نشده است")
        follow(page, "ثبت امضا و مهر")
        heading(page, "ویرایش پروفایل")

    def test_the_profile_takes_the_data_the_signature_and_the_stamp(
        self, story: Story, pictures: dict[str, Path]
    ) -> None:
        page = story.employer
        for name in ("signature", "stamp"):
            page.locator(f"#file-{name}").set_input_files(pictures[name])
        fill(page, "نام", "مریم")
        fill(page, "نام خانوادگی", "پوررضا")
        fill(page, "کد ملی", "9999700012")
        fill(page, "تلفن همراه", "0970 123 4567")
        fill(page, "نام کارفرما", "بهروز گیلانی")
        fill(page, "تلفن کارگاه", "01333880000")
        fill(page, "کد پستی کارگاه", "۴۱۹۹۶۵۴۳۲۱")
        fill(page, "نشانی کارگاه", "رشت، شهر صنعتی، خیابان توسکا")
        press(page, "ذخیره")
        expect(page.locator(".flash.success")).to_contain_text("پروفایل ذخیره شد")
        for name in ("signature", "stamp"):
            seen(page.locator(f"#{name} img"))
        story.guide.turn_to("employer", "profile")
        story.guide.step("در «ویرایش پروفایل» مشخصات خود و کارگاه، و امضا و مهر را ثبت کنید.", page)

    def test_new_request_and_the_national_code_find_the_waiting_registration(self, story: Story) -> None:
        page = story.employer
        menu(page, "کارتابل")
        expect(row_of(page, story.last_name)).to_be_visible()
        follow(page.locator(".title-row"), "درخواست جدید")
        heading(page, "درخواست جدید")
        story.guide.turn_to("employer", "main-registration")
        story.guide.step("«درخواست جدید» را بزنید و نوع درخواست را برگزینید.", page)
        follow(page, "ثبت نام بیمه‌شدهٔ اصلی")
        fill(page, "کد ملی بیمه‌شده", persian(story.national_code))
        story.guide.step("کد ملی بیمه‌شده را بنویسید و «جستجو» را بزنید.", page)
        press(page, "جستجو")
        expect(page.locator(".flash")).to_contain_text("هم‌اکنون در جریان است")
        expect(page.get_by_label("نام پدر", exact=True)).to_have_value("قربان")

    def test_the_employer_corrects_the_fathers_name_and_sends_to_the_organization(self, story: Story) -> None:
        page = story.employer
        story.guide.turn_to("employer", "main-registration")
        story.guide.step("مشخصاتی را که بیمه‌شده نوشته است بسنجید و در صورت نیاز اصلاح کنید.", page)
        fill(page, "نام پدر", "قربانعلی")
        press(page, "ارسال به سازمان")
        expect(page.locator(".flash.success")).to_contain_text("به سازمان ارسال شد")
        state_is(page, "ارسال‌شده")
        expect(page.locator(".timeline")).to_contain_text("از «قربان» به «قربانعلی»")
        story.guide.step("پس از «ارسال به سازمان» گردش درخواست نشان می‌دهد چه شده و گام بعدی چیست.", page)

    def test_the_officer_finds_it_in_the_queue_and_reviews_answers_beside_scans(self, story: Story) -> None:
        page = story.officer
        sign_in(page, "bayegan", story.password)
        heading(page, "داشبورد")
        menu(page, "کارتابل واحد")
        story.guide.turn_to("officer", "queue")
        story.guide.step("درخواست‌های واحد شما به ترتیب رسیدن در «کارتابل واحد» است.", page)
        press(row_of(page, persian(story.national_code)), "بررسی")
        state_is(page, "در حال بررسی")
        expect(page.locator(".paper")).to_contain_text(
            "کارفرما «نام پدر» را از «قربان» به «قربانعلی» اصلاح کرده است"
        )
        expect(page.locator(".paper")).to_contain_text(persian(story.national_code))
        seen(page.locator("#view-photo img"))
        story.guide.turn_to("officer", "review")
        story.guide.step("پاسخ‌ها در کنار تصویر مدارک؛ آنچه کارفرما اصلاح کرده است گفته می‌شود.", page)

    def test_the_officer_returns_it_flagging_the_photo_and_a_field(self, story: Story) -> None:
        page = story.officer
        page.locator("#view-photo summary").click()
        fill(page, "ایراد عکس پرسنلی ۳×۴", "تصویر تار یا ناخواناست؛ تصویر تازه بفرستید.")
        page.locator(".rows > div", has_text="کد پستی محل سکونت").locator("summary").click()
        fill(page, "ایراد کد پستی محل سکونت", "رقم آخر خوانده نمی‌شود.")
        page.get_by_label("یادداشت برای فرستنده").fill("این دو مورد را درست کنید.")
        story.guide.turn_to("officer", "review")
        story.guide.step("پرچم کنار هر مورد نادرست را بزنید، ایراد را بنویسید و درخواست را برگردانید.", page)
        press(page, "برگشت برای رفع نقص")
        expect(page.locator(".flash.success")).to_contain_text("برای رفع نقص برگشت")

    def test_the_follow_up_shows_what_to_correct(self, story: Story) -> None:
        page = story.insured
        follow_up(page, story.tracking_code, story.national_code)
        state_is(page, "برگشت برای رفع نقص")
        for words in ("این دو مورد را درست کنید", "عکس پرسنلی", "تصویر تار", "کد پستی", "رقم آخر"):
            expect(page.locator(".panel.now")).to_contain_text(words)
        story.guide.turn_to("insured", "follow-up")
        story.guide.step("اگر درخواست برگشته باشد، آنچه باید اصلاح شود همان‌جا نوشته است.", page)

    def test_correct_in_the_cartable_leads_straight_to_what_is_marked(self, story: Story) -> None:
        page = story.employer
        menu(page, "کارتابل")
        row = row_of(page, story.last_name)
        state_is(row, "برگشت برای رفع نقص")
        follow(row, "اصلاح")
        expect(page.locator("#first-mark")).to_be_in_viewport()
        expect(page.locator(".field.marked")).to_contain_text("رقم آخر خوانده نمی‌شود")
        follow(page.locator("#first-mark"), "کد پستی")
        expect(page.get_by_label("کد پستی محل سکونت", exact=True)).to_be_in_viewport()
        follow(page.locator("#first-mark"), "عکس پرسنلی")
        expect(page.locator("#scan-photo")).to_be_in_viewport()
        expect(page.locator("#scan-photo .mark")).to_contain_text("تصویر تار")

    def test_the_employer_replaces_the_photo_and_sends_it_again(
        self, story: Story, pictures: dict[str, Path]
    ) -> None:
        page = story.employer
        before = page.locator("#scan-photo img").get_attribute("src")
        choose(page, "photo", pictures["new_photo"])
        if story.javascript:
            expect(page.locator("#scan-photo img")).not_to_have_attribute("src", before or "")
        fill(page, "کد پستی محل سکونت", "4199612346")
        press(page, "ارسال به سازمان")
        expect(page.locator(".flash.success")).to_contain_text("به سازمان ارسال شد")
        assert page.locator(".gallery img").first.get_attribute("src") != before

    def test_the_officer_confirms(self, story: Story) -> None:
        page = story.officer
        menu(page, "کارتابل واحد")
        press(row_of(page, persian(story.national_code)), "بررسی")
        expect(page.locator(".paper")).to_contain_text("۴۱۹۹۶۱۲۳۴۶")
        story.guide.turn_to("officer", "review")
        story.guide.step("اگر همه چیز درست است «تأیید» را بزنید.", page)
        press(page, "تأیید")
        expect(page.locator(".flash.success")).to_contain_text("تأیید شد")

    def test_the_follow_up_says_done(self, story: Story) -> None:
        page = story.insured
        follow_up(page, story.tracking_code, story.national_code)
        state_is(page, "انجام‌شده")

    def test_the_person_is_now_registered_at_the_workshop(self, story: Story) -> None:
        page = story.employer
        menu(page, "کارتابل")
        follow(page.locator(".title-row"), "درخواست جدید")
        follow(page, "ثبت نام بیمه‌شدهٔ اصلی")
        fill(page, "کد ملی بیمه‌شده", story.national_code)
        press(page, "جستجو")
        expect(page.locator(".panel.now")).to_contain_text("هم‌اکنون در کارگاه شما ثبت است")
        expect(page.locator(".panel.now")).to_contain_text("قربانعلی")

    def test_the_employer_archives_it_and_takes_it_back_out(self, story: Story) -> None:
        page = story.employer
        menu(page, "کارتابل")
        follow(page, "پایان‌یافته")
        state_is(row_of(page, story.last_name), "انجام‌شده")
        story.guide.turn_to("employer", "cartable")
        story.guide.step("درخواست‌های «پایان‌یافته» را با دکمهٔ «بایگانی» از کارتابل بردارید.", page)
        press(row_of(page, story.last_name), "بایگانی")
        expect(page.locator(".flash.success")).to_contain_text("بایگانی شد")
        expect(row_of(page, story.last_name)).to_have_count(0)
        page.get_by_role("navigation", name="دسته‌های درخواست").get_by_role("link", name="بایگانی").click()
        press(row_of(page, story.last_name), "بیرون آوردن از بایگانی")
        expect(page.locator(".flash.success")).to_contain_text("از بایگانی بیرون آمد")
        menu(page, "کارتابل")
        follow(page, "پایان‌یافته")
        expect(row_of(page, story.last_name)).to_have_count(1)

    def test_it_is_found_by_name_by_tracking_code_and_by_date(self, story: Story) -> None:
        page = story.employer
        for text in (story.last_name.translate(ARABIC), story.tracking_code, "شیفت"):
            menu(page, "کارتابل")
            page.get_by_role("searchbox", name="جست‌وجو").fill(text)
            press(page, "جست‌وجو")
            expect(row_of(page, story.last_name)).to_have_count(1)
        menu(page, "کارتابل")
        story.guide.turn_to("employer", "cartable")
        story.guide.step("در کارتابل با نام، کد رهگیری، نوع درخواست و تاریخ جست‌وجو کنید.", page)
        more = page.get_by_role("link", name="نوع و تاریخ")
        if more.is_visible():
            more.click()
        fill(page, "تا تاریخ", "۱۴۰۵/۰۱/۰۱")
        press(page, "جست‌وجو")
        expect(page.locator(".empty")).to_contain_text("پیدا نشد")
