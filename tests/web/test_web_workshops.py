"""The register of workshops at the desk, by hand and from the file of a premium list."""

import datetime

import pytest

from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.persian.digits import to_persian
from pishkhan.premiums.lists import Encoding, Kind, Layout, write_list
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.operations import close_workshop
from tests.world import World, answers_for, filled_case, fresh

from .browsing import Browser, Page

NEW = {
    "code": "۱۴۶۳۶۳۹۰۵۵",
    "name": "صنایع چوب شمال",
    "employer_name": "رضا رضایی",
    "activity": "نجاری",
    "legal_national_id": "",
    "economic_code": "",
    "phone": "۰۱۳۳۳۲۲۱۱۰۰",
    "postal_code": "۴۱۹۹۶۱۲۳۴۵",
    "address": "رشت، شهر صنعتی",
}


@pytest.fixture
def clerk(world: World) -> Browser:
    return Browser(world.clerk.user)


# The list


@pytest.mark.parametrize("typed", ["پلاستيك", "1463639001", "۱۴۶۳۶۳۹۰۰۱", "١٤٦٣٦٣٩٠٠١"])
def test_a_workshop_is_found_by_name_or_code_in_any_letters_and_digits(clerk, world, typed: str):
    clerk.open("/desk/workshops/")
    page = clerk.submit("جست‌وجو", {"text": typed})
    assert world.a.name in page.main and world.b.name not in page.main
    assert typed not in "".join(clerk.addresses)


def test_closed_workshops_have_a_tab_of_their_own_and_those_of_other_branches_none(clerk, world):
    close_workshop(world.clerk, world.b, "تعطیل")
    far = world.far_representative.workshop
    for tab, names in {
        "open": [world.a.name],
        "closed": [world.b.name],
        "all": [world.a.name, world.b.name],
    }.items():
        page = clerk.open(f"/desk/workshops/?tab={tab}")
        shown = [name for name in (world.a.name, world.b.name, far.name) if name in page.main]
        assert shown == names
    assert clerk.open("/desk/workshops/?tab=moon").status == 404


def test_all_workshops_are_reached_page_by_page_in_alphabetical_order(clerk, world):
    for number in range(60):
        workshop = Workshop(branch=world.branch, code=f"14688{number:05d}", name=f"کارگاه نمونه {number}")
        workshop.make_keys()
        workshop.save()
    for first in ("list", "search"):
        page = clerk.open("/desk/workshops/")
        if first == "search":
            page = clerk.submit("جست‌وجو", {"text": "نمونه"})
        seen: list[str] = []
        for _ in range(10):
            seen += [node.text() for node in page.tree.all("td", **{"data-label": "کد"})]
            if not any("بعدی" in node.text() for node in page.tree.all("a")):
                break
            page = clerk.open(page.link("بعدی"))
        assert len(seen) == len(set(seen)) == (62 if first == "list" else 60)


# By hand


def test_a_new_workshop_is_registered_with_everything_typed(clerk, world):
    clerk.open("/desk/workshops/")
    clerk.open(clerk.page.link("کارگاه جدید"))
    page = clerk.submit("ذخیره", NEW)
    for told in (NEW["name"], NEW["employer_name"], NEW["activity"], NEW["postal_code"], NEW["code"]):
        assert told in page.main
    assert "نماینده‌ای ندارد" in page.main
    workshop = Workshop.objects.get(code="1463639055")
    assert (workshop.branch, workshop.phone) == (world.branch, "01333221100")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("code", "12", "۱۰ رقم"),
        ("code", "1463639001", "پیش‌تر ثبت شده"),
        ("code", "2593639003", "پیش‌تر ثبت شده"),
        ("name", "", "پر کنید"),
        ("phone", "09121234567", "همراه"),
        ("postal_code", "0000000000", "درست نیست"),
        ("legal_national_id", "12345678901", "درست نیست"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_kept(clerk, world, field, typed, message):
    clerk.open("/desk/workshops/new/")
    page = clerk.submit("ذخیره", NEW | {field: typed})
    assert page.status == 422 and message in page.error(field)
    assert page.value("activity") == NEW["activity"]
    assert "چای کوهستان" not in page.text
    assert not Workshop.objects.filter(name=NEW["name"]).exists()


def test_an_edited_workshop_shows_the_new_data_and_keeps_its_code(clerk, world):
    clerk.open(f"/desk/workshops/{world.a.pk}/")
    clerk.open(clerk.page.link("ویرایش"))
    assert clerk.page.value("name") == world.a.name
    page = clerk.submit("ذخیره", {"name": "صنایع نو", "employer_name": "زهرا نوری"})
    assert "صنایع نو" in page.main and "زهرا نوری" in page.main
    assert Workshop.objects.get(pk=world.a.pk).code == "1463639001"
    assert Entry.objects.latest("id").details == {"fields": ["name", "employer_name"]}


def test_the_page_counts_open_requests_and_names_the_representatives(clerk, world):
    filled_case(world, State.SUBMITTED, answers=answers_for(1))
    filled_case(world, State.RETURNED, answers=answers_for(2))
    filled_case(world, State.SUBMITTED, answers=answers_for(3), workshop=world.b)
    page = clerk.open(f"/desk/workshops/{world.a.pk}/")
    numbers = {node.all("span")[0].text(): node.all("b")[0].text() for node in page.tree.all(cls="number")}
    assert numbers == {
        "بیمه‌شدهٔ شاغل": "۰",
        "درخواست باز در شعبه": "۱",
        "درخواست برگشته نزد کارفرما": "۱",
    }
    assert "ali نماینده" in page.main
    assert not page.has_button("افزودن کاربر"), "accounts are the senior user's"


# Closing


def test_a_workshop_is_closed_for_a_reason_that_everybody_reads_and_opened_again(clerk, world):
    employer = Browser(world.ali.user)
    assert employer.open("/cartable/new/").status == 200
    clerk.open(f"/desk/workshops/{world.a.pk}/")
    clerk.open(clerk.page.link("بستن کارگاه"))
    assert clerk.submit("بستن کارگاه", {"reason": " "}).status == 422
    page = clerk.submit("بستن کارگاه", {"reason": "تغییر کارفرما"})
    assert "تغییر کارفرما" in page.main and "بسته" in page.main
    assert employer.open("/cartable/new/").status == 404
    assert Case.objects.count() == 0
    page = clerk.submit("دوباره باز کن")
    assert "تغییر کارفرما" not in page.main
    assert employer.open("/cartable/new/").status == 200


def test_who_closes_is_told_what_the_branch_still_holds(clerk, world):
    filled_case(world, State.SUBMITTED)
    assert "۱ درخواست آن در شعبه است" in clerk.open(f"/desk/workshops/{world.a.pk}/close/").main


@pytest.mark.parametrize("state", [State.AWAITING_EMPLOYER, State.RETURNED])
def test_what_waits_for_the_employer_of_a_closed_workshop_is_rejected_and_the_applicant_told(
    clerk, world, state
):
    waiting = filled_case(world, state, by=Audience.PUBLIC)
    held = filled_case(world, State.SUBMITTED, answers=answers_for(2))
    page = clerk.open(f"/desk/workshops/{world.a.pk}/close/")
    assert "۱ درخواست که منتظر کارفرماست رد می‌شود" in page.main
    assert "۱ درخواستی که منتظر کارفرما بود رد شد" in clerk.submit("بستن کارگاه", {"reason": "تعطیل"}).text
    assert (fresh(waiting).state, fresh(held).state) == (State.REJECTED, State.SUBMITTED)
    assert "این کارگاه بسته شد: تعطیل" in fresh(waiting).note
    assert fresh(waiting).events.latest("id").title == "بسته شدن کارگاه"


def test_nobody_begins_a_registration_for_a_closed_workshop(clerk, world):
    close_workshop(world.clerk, world.a, "تعطیل")
    visitor = Browser()
    visitor.open("/apply/main-registration/workshop/")
    page = visitor.post(
        "/apply/main-registration/workshop/", {"workshop_code": world.a.code, "confirmed": "1"}
    )
    assert page.status == 422 and Case.objects.count() == 0


# From the file of a premium list


def kar(**changes) -> bytes:
    row = {
        "workshop_code": "1463639088",
        "workshop_name": "صنایع چوب گیلان",
        "employer_name": "رضا احمدی",
        "workshop_address": "رشت خیابان 12 بهشتی",
    }
    options = {name: changes.pop(name) for name in ("layout", "encoding") if name in changes}
    return write_list([row | changes], Kind.WORKSHOP, datetime.date(2026, 11, 24), **options)


def sent(clerk: Browser, content: bytes) -> Page:
    clerk.open("/desk/workshops/import/")
    return clerk.submit("خواندن فایل", files={"file": content})


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("encoding", Encoding)
def test_a_new_workshop_is_added_from_its_file_after_a_look(clerk, world, layout: Layout, encoding: Encoding):
    page = sent(clerk, kar(layout=layout, encoding=encoding))
    for told in ("صنایع چوب گیلان", "رضا احمدی", "رشت خیابان ۱۲ بهشتی", to_persian("1463639088")):
        assert told in page.main
    assert not Workshop.objects.filter(code="1463639088").exists(), "not before it is confirmed"
    page = clerk.submit("افزودن کارگاه")
    workshop = Workshop.objects.get(code="1463639088")
    assert page.path == f"/desk/workshops/{workshop.pk}/"
    assert (workshop.name, workshop.employer_name, workshop.branch) == (
        "صنایع چوب گیلان",
        "رضا احمدی",
        world.branch,
    )
    assert workshop.address == "رشت خیابان 12 بهشتی"


def test_a_known_workshop_is_shown_beside_the_file_and_updated_where_ticked(clerk, world):
    page = sent(clerk, kar(workshop_code=world.a.code, employer_name="زهرا نوری"))
    assert world.a.name in page.main and "صنایع چوب گیلان" in page.main
    form, _ = page.form("به‌روز کردن کارگاه")
    assert {node["name"] for node in form.all("input", type="checkbox") if "checked" in node.attrs} == {
        "take_name",
        "take_employer_name",
        "take_address",
    }
    form.all("input", name="take_name")[0].attrs.pop("checked")
    clerk.submit("به‌روز کردن کارگاه")
    assert world.a.name == "صنایع پلاستیک شمالین"
    assert (world.a.employer_name, world.a.address) == ("زهرا نوری", "رشت خیابان 12 بهشتی")
    assert Entry.objects.latest("id").details == {"fields": ["employer_name", "address"]}


def test_a_text_that_the_file_cut_off_does_not_replace_the_whole_one_unasked(clerk, world):
    page = sent(clerk, kar(workshop_code=world.a.code, workshop_name="صنایع پلاست"))
    box = page.tree.all("input", name="take_name")[0]
    assert "checked" not in box.attrs and "بریده" in page.main
    clerk.submit("به‌روز کردن کارگاه")
    assert world.a.name == "صنایع پلاستیک شمالین"


def test_what_the_file_leaves_empty_wipes_nothing_out(clerk, world):
    Workshop.objects.filter(pk=world.a.pk).update(address="رشت")
    sent(clerk, kar(workshop_code=world.a.code, workshop_address=""))
    clerk.submit("به‌روز کردن کارگاه")
    assert world.a.address == "رشت"


def test_a_file_without_news_offers_nothing_to_confirm(clerk, world):
    empty = {"employer_name": "", "workshop_address": ""}
    page = sent(clerk, kar(workshop_code=world.a.code, workshop_name=world.a.name, **empty))
    assert "یکی است" in page.main and not page.has_button("به‌روز کردن")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "خالی"),
        (b"PK\x03\x04 a zip", "DBF"),
        (kar()[:-60], "ناقص"),
        (kar(workshop_code="12"), "۱۰ رقم"),
        (kar(workshop_name=""), "نام کارگاه"),
        (kar(workshop_code="2593639003"), "شعبهٔ دیگر"),
        (write_list([], Kind.WORKSHOP, datetime.date(2026, 11, 24)), "یک کارگاه"),
        (write_list([{"workshop_code": "1"}], Kind.WORKERS, datetime.date(2026, 11, 24)), "DSKKAR"),
        (b"\x03" * 300_000, "۲۰۰ کیلوبایت"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_beside_the_field(clerk, world, content: bytes, message: str):
    before = Workshop.objects.count()
    page = sent(clerk, content)
    assert page.status == 422 and message in page.error("file")
    assert world.far_representative.workshop.name not in page.text
    assert Workshop.objects.count() == before


def test_no_file_at_all_is_told(clerk, world):
    clerk.open("/desk/workshops/import/")
    page = clerk.submit("خواندن فایل")
    assert page.status == 422 and "انتخاب کنید" in page.error("file")


@pytest.mark.parametrize(
    "changed",
    [{"code": "12"}, {"code": "2593639003"}, {"name": ""}, {"name": "x" * 500}, {"code": "1\0" * 5}],
)
def test_a_page_that_was_tampered_with_changes_nothing(clerk, world, changed: dict[str, str]):
    body = {"confirmed": "1", "code": "1463639088", "name": "ن", "employer_name": "", "address": ""}
    before = list(Workshop.objects.order_by("pk").values())
    assert clerk.post("/desk/workshops/import/", body | changed).status == 422
    assert list(Workshop.objects.order_by("pk").values()) == before


def test_a_double_click_adds_one_workshop(clerk, world):
    page = sent(clerk, kar())
    clerk.submit("افزودن کارگاه")
    clerk.page = page
    clerk.submit("افزودن کارگاه")
    assert Workshop.objects.filter(code="1463639088").count() == 1
    assert Entry.objects.filter(action="workshop opened", author="clerk").count() == 1


def test_other_units_and_employers_do_not_know_these_pages(world):
    for user in (world.inspector.user, world.ali.user):
        browser = Browser(User.objects.get(pk=user.pk))
        for path in ("", "new/", "import/", f"{world.a.pk}/", f"{world.a.pk}/edit/", f"{world.a.pk}/close/"):
            assert browser.open(f"/desk/workshops/{path}").status == 404
