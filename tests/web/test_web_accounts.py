"""The senior user opens accounts and resets passwords (R18, R47)."""

import pytest
from django.conf import settings

from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import create_account, edit_particulars
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts
from pishkhan.cases.states import State
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.accounts import deactivate_account
from pishkhan.workshops.models import Representation, Workshop
from pishkhan.workshops.operations import close_workshop
from tests.world import World, filled_case

from .browsing import PASSWORD, Browser, Page

NEW = "گل-نرگس-1405-rasht"
ACCOUNT = {
    "code": "۱۴۶۳۶۳۹۰۵۵",
    "name": "صنایع چوب شمال",
    "employer_name": "رضا رضایی",
    "first_name": "مینا",
    "last_name": "فلاح‌زاده",
    "username": "",
}


@pytest.fixture
def senior(world: World) -> Browser:
    return Browser(world.senior.user)


def open_account(senior: Browser, **changes: str) -> Page:
    senior.open("/desk/accounts/")
    senior.open(senior.page.link("حساب جدید برای کارگاه"))
    return senior.submit("ساختن حساب", ACCOUNT | changes)


def letter(page: Page) -> tuple[str, str]:
    """User name and password as the letter shows them."""
    name, password = (
        next(n for n in page.tree.all("bdi") if attribute in n.attrs).text()
        for attribute in ("data-username", "data-password")
    )
    return name, password


def test_a_new_account_gives_a_letter_whose_password_works_once_and_must_be_changed(senior, world):
    name, password = letter(open_account(senior))
    assert name == to_persian("1463639055")
    employer = Browser()
    assert employer.sign_in(name, password).path == "/first-password/"
    fields = {"old_password": password, "new_password": NEW, "new_password_again": NEW}
    employer.submit("تغییر رمز عبور", fields)
    assert employer.sign_in(name, password).status == 422
    page = employer.sign_in(name, NEW)
    assert page.path == "/dashboard/" and "صنایع چوب شمال" in page.text
    workshop = Workshop.objects.get(code="1463639055")
    assert workshop.branch == world.branch


def test_the_letter_names_branch_workshop_user_address_and_what_to_do(senior, world):
    page = open_account(senior)
    for told in (world.branch.name, "صنایع چوب شمال", "مینا فلاح‌زاده", to_persian("1463639055")):
        assert told in page.main
    assert f"{settings.ADDRESS}/" in page.main
    assert "testserver" not in page.main, "the Host header is whatever somebody writes in it"
    assert "رمز را تغییر دهید" in page.main


def test_a_password_is_shown_once_and_kept_nowhere_in_clear(senior, world):
    _, password = letter(open_account(senior))
    assert password not in senior.open("/desk/accounts/").html
    assert not Entry.objects.filter(details__icontains=password).exists()
    assert "no-store" in senior.page.response["Cache-Control"]


def test_the_code_of_a_workshop_on_record_is_refused_beside_its_field(senior, world):
    page = open_account(senior, code=world.a.code)
    assert page.status == 422
    assert "پیش‌تر ثبت شده است" in page.error("code")
    assert page.value("name") == ACCOUNT["name"]


def test_the_code_of_a_workshop_of_another_branch_is_refused_without_its_name(senior, world):
    far = world.far_representative.workshop
    page = open_account(senior, code=far.code)
    assert page.status == 422 and page.error("code")
    assert far.name not in page.text


def test_a_user_name_that_is_taken_is_refused_beside_its_field(senior, world):
    page = open_account(senior, username="clerk")
    assert page.status == 422
    assert "گرفته شده است" in page.error("username")
    assert not Workshop.objects.filter(code="1463639055").exists()


def test_a_code_that_somebody_uses_as_a_name_asks_for_another_name(senior, world):
    User.objects.create(username="1463639055", side="desk")
    page = open_account(senior)
    assert page.status == 422
    assert "گرفته شده است" in page.error("username")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("code", "12", "۱۰ رقم"),
        ("code", "", "پر کنید"),
        ("name", "", "پر کنید"),
        ("first_name", "Mina", "حروف فارسی"),
        ("username", "علی", "حرف لاتین"),
        ("username", "a b", "حرف لاتین"),
        ("username", "abc", "۴ تا ۴۰"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_stays_as_typed(
    senior, world, field: str, typed: str, message: str
):
    page = open_account(senior, **{field: typed})
    assert page.status == 422
    assert message in page.error(field)
    assert page.value(field) in (typed, to_persian(typed))
    assert not Workshop.objects.filter(name=ACCOUNT["name"]).exists()


def test_a_double_click_opens_one_account(senior, world):
    senior.open("/desk/accounts/new/")
    form = senior.page
    senior.submit("ساختن حساب", ACCOUNT)
    senior.page = form
    page = senior.submit("ساختن حساب", ACCOUNT)
    assert page.status == 422
    assert Workshop.objects.filter(code="1463639055").count() == 1
    assert Representation.objects.filter(workshop__code="1463639055").count() == 1


def search(senior: Browser, text: str) -> Page:
    senior.open("/desk/accounts/")
    return senior.submit("جست‌وجو", {"text": text})


@pytest.mark.parametrize(
    "typed", ["ali", "ALI", "نماينده ali", "پلاستيك", "1463639001", "۱۴۶۳۶۳۹۰۰۱", "١٤٦٣٦٣٩٠٠١", "9990000018"]
)
def test_a_user_is_found_by_name_user_name_national_code_or_workshop(senior, world, typed: str):
    edit_particulars(world.ali.user, {"national_code": "9990000018"}, by=SYSTEM)
    page = search(senior, typed)
    assert world.a.name in page.main and world.b.name not in page.main
    assert typed not in "".join(senior.addresses)


def test_a_search_without_result_offers_a_new_account(senior, world):
    page = search(senior, "هیچ‌کجا")
    assert "کاربری پیدا نشد" in page.main
    assert "/desk/accounts/new/" in page.links


@pytest.mark.parametrize(
    ("tab", "shown", "hidden"),
    [
        ("representatives", ["ali نماینده", "sara نماینده"], ["clerk کارمند"]),
        ("staff", ["clerk کارمند", "senior کارمند"], ["ali نماینده"]),
        ("deactivated", ["colleague کارمند"], ["clerk کارمند", "ali نماینده"]),
        ("all", ["colleague کارمند", "clerk کارمند", "ali نماینده"], ["far نماینده", "far-clerk"]),
    ],
)
def test_each_tab_lists_its_users_and_nobody_of_another_branch(senior, world, tab, shown, hidden):
    deactivate_account(world.senior, world.colleague.user)
    page = senior.open(f"/desk/accounts/?tab={tab}")
    for name in shown:
        assert name in page.main
    for name in hidden:
        assert name not in page.main


def test_a_reset_gives_a_letter_and_ends_the_old_password_and_its_sessions(senior, world):
    employer = Browser(world.ali.user)
    assert employer.open("/cartable/").status == 200
    senior.open(search(senior, world.a.name).link("مشاهده"))
    name, password = letter(senior.submit("ساخت رمز جدید"))
    assert name == "ali" and world.a.name in senior.page.main
    assert employer.open("/cartable/").path.startswith("/login/")
    assert Browser().sign_in("ali", PASSWORD).status == 422
    assert Browser().sign_in("ali", password).path == "/first-password/"
    assert Entry.objects.filter(action="password reset", about=f"user:{world.ali.user.pk}").count() == 1


def test_a_further_user_of_a_workshop_gets_a_letter_and_the_others_stay(senior, world):
    senior.open(f"/desk/workshops/{world.a.pk}/")
    name, password = letter(senior.submit("افزودن کاربر"))
    latin = name.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    assert latin == world.a.code
    assert Browser().sign_in(latin, password).path == "/first-password/"
    assert Browser().sign_in("ali").path == "/dashboard/"
    senior.open(f"/desk/workshops/{world.a.pk}/")
    _, password = letter(senior.submit("افزودن کاربر"))
    assert Browser().sign_in(f"{world.a.code}-2", password).path == "/first-password/"


def test_a_second_press_adds_no_second_user(senior, world):
    page, before = senior.open(f"/desk/workshops/{world.a.pk}/"), User.objects.count()
    seen = {"seen": page.value("seen")}
    senior.post(f"/desk/accounts/workshops/{world.a.pk}/add/", seen)
    again = senior.post(f"/desk/accounts/workshops/{world.a.pk}/add/", seen)
    assert User.objects.count() == before + 1
    assert "کاربر دیگری ساخته نشد" in again.main


def test_a_workshop_of_another_branch_or_a_closed_one_gets_no_user(senior, world):
    close_workshop(world.senior, world.b, "تعطیل")
    before = User.objects.count()
    for workshop in (world.far_representative.workshop, world.b):
        assert senior.post(f"/desk/accounts/workshops/{workshop.pk}/add/").status == 404
    assert User.objects.count() == before


def test_all_users_are_reached_page_by_page_by_family_name(senior, world):
    for number in range(60):
        particulars = {"first_name": "ن", "last_name": f"خانوادهٔ {number}"}
        user, _ = create_account(f"user-{number}", Side.WORKSHOP, by=SYSTEM, **particulars)
        Representation.objects.create(user=user, workshop=world.a)
    seen: list[str] = []
    page = senior.open("/desk/accounts/")
    for _ in range(10):
        seen += [node.text() for node in page.tree.all("td", **{"data-label": "نام کاربری"})]
        if not any("بعدی" in node.text() for node in page.tree.all("a")):
            break
        page = senior.open(page.link("بعدی"))
    assert len(seen) == len(set(seen)) == 60 + 6


STAFF = {
    "username": "Leila.Sh",
    "first_name": "لیلا",
    "last_name": "شفتی",
    "national_code": "۹۹۹۰۰۰۰۰۱۸",
    "mobile": "",
    "email": "",
    "unit": "inspection",
    "is_senior": "staff",
}


def test_a_new_member_of_staff_gets_a_letter_and_works_in_the_unit(senior, world):
    senior.open("/desk/accounts/")
    senior.open(senior.page.link("کارمند جدید"))
    name, password = letter(senior.submit("ساختن حساب", STAFF))
    assert name == "leila.sh" and "همکار محترم لیلا شفتی" in senior.page.main
    clerk = Browser()
    assert clerk.sign_in("LEILA.SH", password).path == "/first-password/"
    fields = {"old_password": password, "new_password": NEW, "new_password_again": NEW}
    clerk.submit("تغییر رمز عبور", fields)
    assert "بازرسی" in clerk.sign_in("leila.sh", NEW).text
    assert clerk.open("/desk/accounts/").status == 404


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("username", "CLERK", "گرفته شده است"),
        ("username", "", "پر کنید"),
        ("username", "a<b>c", "حرف لاتین"),
        ("first_name", "", "پر کنید"),
        ("national_code", "1111111111", "درست نیست"),
        ("unit", "moon", ""),
        ("is_senior", "king", ""),
    ],
)
def test_a_wrong_field_of_a_new_member_of_staff_is_told_beside_it(senior, world, field, typed, message):
    before = User.objects.count()
    senior.open("/desk/accounts/new/staff/")
    page = senior.submit("ساختن حساب", STAFF | {field: typed})
    assert page.status == 422 and message in page.error(field) and page.error(field)
    assert page.value("last_name") == STAFF["last_name"]
    assert User.objects.count() == before


@pytest.mark.parametrize("seen", ["", "-1", "x", "1.0", "9" * 5000])
def test_what_was_seen_wrongly_adds_nobody(senior, world, seen):
    before = User.objects.count()
    page = senior.post(f"/desk/accounts/workshops/{world.a.pk}/add/", {"seen": seen})
    assert "کاربر دیگری ساخته نشد" in page.main and User.objects.count() == before


def test_a_letter_page_that_is_loaded_again_renews_no_password(senior, world):
    path = f"/desk/accounts/{world.ali.user.pk}/"
    seen = {"seen": senior.open(path).value("seen")}
    _, password = letter(senior.post(f"{path}reset/", seen))
    again = senior.post(f"{path}reset/", seen)
    assert "رمز دیگری ساخته نشد" in again.main
    assert User.objects.get(pk=world.ali.user.pk).check_password(password)


def test_the_history_of_an_account_names_the_questions_that_were_answered(senior, world):
    case = filled_case(world, State.DRAFT)
    drafts.save_answers(world.ali, case.pk, {"job": "برقکار"})
    line = senior.open(f"/desk/accounts/{world.ali.user.pk}/").tree
    saved = [row.text() for row in line.all("tr") if "پاسخ‌های درخواستی" in row.text()]
    assert "شغل" in saved[0] and "نشانی" not in saved[0]
