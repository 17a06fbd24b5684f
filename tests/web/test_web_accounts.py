"""The senior user opens accounts and resets passwords (R18, R47)."""

import pytest
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.persian.digits import to_persian
from pishkhan.workshops.models import Representation, Workshop
from tests.world import World

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
    assert "http://testserver/" in page.main
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


@pytest.mark.parametrize("typed", ["پلاستيك", "1463639001", "۱۴۶۳۶۳۹۰۰۱", "١٤٦٣٦٣٩٠٠١"])
def test_a_workshop_is_found_by_name_or_code_in_any_letters_and_digits(senior, world, typed: str):
    page = search(senior, typed)
    assert world.a.name in page.main and world.b.name not in page.main
    assert typed not in "".join(senior.addresses)


def test_a_search_without_result_offers_a_new_account(senior, world):
    page = search(senior, "هیچ‌کجا")
    assert "کارگاهی پیدا نشد" in page.main
    assert "/desk/accounts/new/" in page.links


def test_the_workshops_of_another_branch_are_neither_listed_nor_reset(senior, world):
    far = world.far_representative
    assert far.workshop.name not in senior.open("/desk/accounts/").text
    assert far.workshop.name not in search(senior, far.workshop.name).main
    held = Representation.objects.get(user=far.user)
    before = User.objects.get(pk=far.user.pk).password
    assert senior.post(f"/desk/accounts/{held.pk}/reset/").status == 404
    assert User.objects.get(pk=far.user.pk).password == before


def test_a_reset_gives_a_letter_and_ends_the_old_password_and_its_sessions(senior, world):
    employer = Browser(world.ali.user)
    assert employer.open("/cartable/").status == 200
    search(senior, world.a.name)
    name, password = letter(senior.submit("ساخت رمز جدید"))
    assert name == "ali"
    assert employer.open("/cartable/").path.startswith("/login/")
    assert Browser().sign_in("ali", PASSWORD).status == 422
    assert Browser().sign_in("ali", password).path == "/first-password/"
    assert Entry.objects.filter(action="password reset", about=f"user:{world.ali.user.pk}").count() == 1


def test_an_ended_representation_is_not_reset(senior, world):
    held = Representation.objects.get(user=world.ali.user)
    Representation.objects.filter(pk=held.pk).update(ended_at=timezone.now())
    before = User.objects.get(pk=world.ali.user.pk).password
    assert senior.post(f"/desk/accounts/{held.pk}/reset/").status == 404
    assert User.objects.get(pk=world.ali.user.pk).password == before


def test_a_further_user_of_a_workshop_gets_a_letter_and_the_others_stay(senior, world):
    search(senior, world.a.name)
    name, password = letter(senior.submit("افزودن کاربر"))
    latin = name.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    assert latin == world.a.code
    assert Browser().sign_in(latin, password).path == "/first-password/"
    assert Browser().sign_in("ali").path == "/dashboard/"
    _, password = letter(senior.post(f"/desk/accounts/workshops/{world.a.pk}/add/"))
    assert Browser().sign_in(f"{world.a.code}-2", password).path == "/first-password/"


def test_a_workshop_of_another_branch_gets_no_user(senior, world):
    far = world.far_representative.workshop
    before = User.objects.count()
    assert senior.post(f"/desk/accounts/workshops/{far.pk}/add/").status == 404
    assert User.objects.count() == before


def test_all_workshops_are_reached_page_by_page_in_alphabetical_order(senior, world):
    for number in range(60):
        workshop = Workshop(branch=world.branch, code=f"14688{number:05d}", name=f"کارگاه نمونه {number}")
        workshop.make_keys()
        workshop.save()
    seen: list[str] = []
    page = senior.open("/desk/accounts/")
    for _ in range(10):
        seen += [node.text() for node in page.tree.all("td", **{"data-label": "کد"})]
        if not any("بعدی" in node.text() for node in page.tree.all("a")):
            break
        page = senior.open(page.link("بعدی"))
    assert len(seen) == len(set(seen)) == Workshop.objects.filter(branch=world.branch).count()


def test_more_workshops_found_than_one_page_holds_are_all_reached(senior, world):
    for number in range(40):
        workshop = Workshop(branch=world.branch, code=f"14688{number:05d}", name=f"کارگاه نمونه {number}")
        workshop.make_keys()
        workshop.save()
    page = search(senior, "نمونه")
    shown = len(page.tree.all("td", **{"data-label": "کد"}))
    more = any("بعدی" in node.text() for node in page.tree.all("a"))
    assert shown == 40 or more or "دقیق" in page.main, "the rest is neither shown nor spoken of"
