"""Expired sessions and stale forms: back on the same page, with what was typed, and to nobody else."""

import pytest
from django.conf import settings

from pishkhan.accounts.sessions import SessionStore
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.service import every_service
from tests.world import World, code_of_person, drafted, filled_case, fresh

from .browsing import PASSWORD, SITE, Browser, Page

TYPED = {"job": "جوشکار لوله", "remarks": "نوشته‌ای که گم نمی‌شود", "first_name": "Wrong 7"}


@pytest.fixture
def ali(world: World) -> Browser:
    browser = Browser()
    browser.sign_in("ali")
    return browser


@pytest.fixture
def clerk(world: World) -> Browser:
    browser = Browser()
    browser.sign_in("clerk")
    return browser


def back_in(browser: Browser, username: str) -> Page:
    assert browser.page.path.startswith("/login/?next="), browser.page.path
    return browser.submit("ورود", {"username": username, "password": PASSWORD})


def test_a_form_sent_after_the_session_ended_comes_back_with_what_was_typed(ali, world):
    case = drafted(world)
    edit = ali.open(f"/cartable/{case.pk}/edit/").path
    ali.lose_session()
    ali.submit("ذخیره بدون ارسال", TYPED)
    page = back_in(ali, "ali")
    assert page.path == edit
    for name, typed in TYPED.items():
        assert page.value(name) == typed, name
    assert "نشست شما پایان یافته بود" in page.main
    assert fresh(case).answers["job"] != TYPED["job"], "nothing was written for somebody not signed in"
    ali.submit("ذخیره بدون ارسال")
    assert fresh(case).answers["job"] == TYPED["job"]


def test_what_was_typed_comes_back_once(ali, world):
    case = drafted(world)
    edit = ali.open(f"/cartable/{case.pk}/edit/").path
    ali.lose_session()
    ali.submit("ذخیره بدون ارسال", TYPED)
    back_in(ali, "ali")
    assert ali.open(edit).value("job") == case.answers["job"]


def test_another_user_of_the_same_browser_does_not_see_what_was_typed(ali, world):
    case = drafted(world)
    edit = ali.open(f"/cartable/{case.pk}/edit/").path
    ali.lose_session()
    ali.submit("ذخیره بدون ارسال", TYPED)
    from pishkhan.workshops.models import Representation  # noqa: PLC0415

    Representation.objects.create(user=world.sara.user, workshop=world.a)
    Representation.objects.filter(user=world.sara.user, workshop=world.b).delete()
    page = back_in(ali, "sara")
    assert page.path == edit and page.status == 200
    assert page.value("job") == case.answers["job"]
    assert not any(typed in page.html for typed in TYPED.values())


def test_what_a_stranger_sends_is_kept_for_nobody(world):
    case = drafted(world)
    browser = Browser()
    browser.post(f"/cartable/{case.pk}/edit/", TYPED)
    page = back_in(browser, "ali")
    assert page.value("job") == case.answers["job"]


def test_a_forged_owner_is_not_believed(ali, world):
    case = drafted(world)
    ali.open(f"/cartable/{case.pk}/edit/")
    ali.lose_session()
    ali.client.cookies["last_user"] = f'"{world.ali.user.pk}:forged:signature"'
    ali.submit("ذخیره بدون ارسال", TYPED)
    assert back_in(ali, "ali").value("job") == case.answers["job"]


def test_the_profile_comes_back_with_what_was_typed(ali, world):
    ali.open("/profile/")
    ali.lose_session()
    ali.submit("ذخیره", {"workshop-address": "نشانی تازه", "user-mobile": "12"})
    page = back_in(ali, "ali")
    assert page.path == "/profile/"
    assert page.value("workshop-address") == "نشانی تازه" and page.value("user-mobile") == "۱۲"
    assert world.a.address != "نشانی تازه"


def test_the_code_to_look_up_comes_back(ali, world):
    ali.open("/cartable/new/main-registration/")
    ali.lose_session()
    ali.submit("جستجو", {"national_code": code_of_person(3)})
    page = back_in(ali, "ali")
    assert page.path == "/cartable/new/main-registration/"
    assert page.value("national_code").translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")) == code_of_person(
        3
    )
    assert code_of_person(3) not in "".join(ali.addresses)


def test_the_reason_of_a_refusal_comes_back(ali, world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    ali.open(f"/cartable/{case.pk}/refuse/")
    ali.lose_session()
    ali.submit("رد درخواست", {"note": "دلیلی که گم نمی‌شود"})
    page = back_in(ali, "ali")
    assert page.path == f"/cartable/{case.pk}/refuse/" and page.value("note") == "دلیلی که گم نمی‌شود"
    assert fresh(case).state == State.AWAITING_EMPLOYER


def test_a_decision_comes_back_with_note_and_marks_and_is_not_taken(clerk, world):
    case = filled_case(world, State.UNDER_REVIEW)
    clerk.open(f"/desk/cases/{case.pk}/")
    clerk.lose_session()
    clerk.submit("برگشت برای رفع نقص", {"note": "یادداشت من", "mark:job": "ایراد شغل"})
    page = back_in(clerk, "clerk")
    assert page.path == f"/desk/cases/{case.pk}/"
    assert page.value("note") == "یادداشت من" and page.value("mark:job") == "ایراد شغل"
    assert fresh(case).state == State.UNDER_REVIEW


def test_a_new_account_comes_back_with_what_was_typed(world):
    browser = Browser()
    browser.sign_in("senior")
    browser.open("/desk/accounts/new/")
    browser.lose_session()
    browser.submit("ساختن حساب", {"code": "1463639077", "name": "صنایع چوب"})
    page = back_in(browser, "senior")
    assert page.path == "/desk/accounts/new/" and page.value("name") == "صنایع چوب"


@pytest.mark.parametrize(("username", "path"), [("ali", "/cartable/"), ("clerk", "/desk/queue/")])
def test_a_search_comes_back(world, username: str, path: str):
    browser = Browser()
    browser.sign_in(username)
    browser.open(path)
    browser.lose_session()
    browser.submit("جست‌وجو", {"text": "کوچک‌پور", "since": "۱۴۰۵/۰۱/۰۱"})
    page = back_in(browser, username)
    assert page.path.startswith(path)
    assert page.value("text") == "کوچک‌پور" and page.value("since") == "۱۴۰۵/۰۱/۰۱"
    assert "کوچک" not in "".join(browser.addresses)


def everything_kept() -> str:
    """Every session in the database, as readable text."""
    from pishkhan.accounts.models import Session  # noqa: PLC0415

    return "".join(str(SessionStore().decode(row.session_data)) for row in Session.objects.all())


@pytest.mark.parametrize("path", ["/cartable/", "/profile/", "/desk/accounts/new/"])
def test_passwords_are_never_kept(ali, world, path: str):
    ali.open("/dashboard/")
    ali.lose_session()
    names = ("password", "old_password", "new_password", "new_password_again", "one_time_code", "passkey")
    secrets = dict.fromkeys(names, "very-secret")
    ali.post(path, {**secrets, "text": "نگهداشتنی"})
    assert "نگهداشتنی" in everything_kept() and "very-secret" not in everything_kept()


def test_a_password_change_after_the_session_ended_keeps_nothing(ali, world):
    ali.open("/profile/password/")
    ali.lose_session()
    fields = dict.fromkeys(("old_password", "new_password", "new_password_again"), "very-secret")
    page = ali.submit("تغییر رمز عبور", fields)
    assert page.path == "/login/" and "very-secret" not in page.html + everything_kept()


def test_a_huge_form_is_not_kept(ali, world):
    ali.open("/dashboard/")
    ali.lose_session()
    page = ali.post("/cartable/", {"text": "ب" * 60_000})
    assert page.path.startswith("/login/") and len(everything_kept()) < 10_000


def test_signing_in_leads_back_to_the_page_and_not_to_the_address_of_the_button(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    clerk.open("/desk/queue/")
    clerk.lose_session()
    clerk.submit(f"بررسی {case.subject_name}")
    assert back_in(clerk, "clerk").path == "/desk/queue/"


@pytest.mark.parametrize(
    "referer", ["http://evil.example/x", "//evil.example", "javascript:1", "http://[", ""]
)
def test_the_page_before_is_believed_only_when_it_is_ours(ali, world, referer: str):
    ali.open("/cartable/")
    ali.lose_session()
    token = ali.client.cookies["csrf"].value
    response = ali.client.post(
        "/cartable/",
        {"csrfmiddlewaretoken": token, "text": "x"},
        headers={"Referer": referer, "Origin": SITE},
    )
    assert response.status_code == 302
    assert response["Location"] == "/login/?next=/cartable/"


def test_a_script_is_told_in_words_that_the_session_ended(ali, world):
    case = drafted(world)
    ali.open("/dashboard/")
    ali.lose_session()
    headers = {"Accept": "application/json", "X-CSRFToken": ali.client.cookies["csrf"].value}
    response = ali.client.post(f"/cartable/{case.pk}/scans/photo/", headers=headers)
    assert response.status_code == 401
    assert "نشست شما پایان یافته است" in response.json()["error"]


def stale(browser: Browser, path: str, data: dict[str, str], **headers: str) -> Page:
    """A form whose token is of another time."""
    body = {**data, "csrfmiddlewaretoken": "a" * 64}
    response = browser.client.post(path, body, headers=headers)
    browser.page = Page(response, path)
    return browser.page


def test_a_stale_form_offers_to_send_again_what_was_typed_and_that_works(ali, world):
    case = drafted(world)
    edit = f"/cartable/{case.pk}/edit/"
    ali.open(edit)
    page = stale(ali, edit, TYPED | {"keep": "1"}, Origin=SITE)
    assert page.status == 403 and "منقضی شده" in page.main
    assert fresh(case).answers["job"] == case.answers["job"]
    page = ali.submit("ارسال دوباره")
    assert page.path == edit and fresh(case).answers["job"] == TYPED["job"]


def test_a_stale_form_keeps_the_query_of_its_address(world):
    browser = Browser()
    browser.open("/follow-up/")
    page = stale(browser, "/follow-up/?x=1", {"tracking_code": "123"}, Origin=SITE)
    assert page.form("ارسال دوباره")[0]["action"] == "/follow-up/?x=1"


def test_a_form_of_before_the_sign_in_can_be_sent_again_without_its_password(world):
    """Two tabs of the sign-in page; the second is sent after the first."""
    browser = Browser()
    second = browser.open("/login/")
    browser.sign_in("ali")
    browser.page = second
    page = browser.submit("ورود", {"username": "ali", "password": PASSWORD})
    assert page.status == 403
    assert page.value("username") == "ali" and PASSWORD not in page.html


def test_a_form_without_the_cookie_of_the_token_is_offered_again(world):
    browser = Browser()
    browser.open("/follow-up/")
    browser.client.cookies.pop(settings.CSRF_COOKIE_NAME)
    page = browser.submit("پیگیری", {"tracking_code": "1460", "national_code": "12"})
    assert page.status == 403
    page = browser.submit("ارسال دوباره")
    assert page.status == 422 and page.value("tracking_code") == "۱۴۶۰"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.testserver"},
        {"Origin": "http://testserver.evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_form_of_another_site_is_refused_and_nothing_of_it_offered(ali, world, headers: dict[str, str]):
    case = drafted(world)
    page = stale(ali, f"/cartable/{case.pk}/edit/", TYPED | {"send": "1"}, **headers)
    assert page.status == 403
    assert not page.has_button("ارسال دوباره")
    assert not any(typed in page.html for typed in TYPED.values())
    assert fresh(case).answers == case.answers and fresh(case).state == State.DRAFT


def test_an_applicant_whose_browser_lost_its_cookies_is_led_to_the_start(world):
    phone = Browser()
    page = phone.post("/apply/main-registration/page/identity/", {"first_name": "علی"})
    assert page.path == "/apply/main-registration/" and "در این مرورگر نیست" in page.main
    assert not Case.objects.exists()


def test_rows_and_several_choices_come_back_after_the_session_ended(ali, world):
    services = {service.code: service for service in every_service()}
    claims = drafted(world, service=services["record-collection"])
    ali.open(f"/cartable/{claims.pk}/edit/")
    ali.lose_session()
    ali.submit("ذخیره بدون ارسال", {"claims-0-workshop_name": "نساجی گم نشده"})
    assert back_in(ali, "ali").value("claims-0-workshop_name") == "نساجی گم نشده"
    ali.submit("ذخیره بدون ارسال")
    assert [row["workshop_name"] for row in fresh(claims).answers["claims"]] == ["نساجی گم نشده"]

    child = drafted(world, service=services["dependent-registration"])
    ali.open(f"/cartable/{child.pk}/edit/")
    ali.lose_session()
    ali.submit("ذخیره بدون ارسال", {"conditions": ["studying", "disabled"]})
    boxes = back_in(ali, "ali").tree.all("input", name="conditions")
    assert [box["value"] for box in boxes if "checked" in box.attrs] == ["studying", "disabled"]
