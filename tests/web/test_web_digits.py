"""Persian digits and Jalali dates everywhere a person reads."""

import re
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from pishkhan.accounts.models import User
from pishkhan.cases.states import State
from pishkhan.people.models import Employment
from pishkhan.persian.digits import to_persian
from tests.world import World, answers_for, filled_case, insured, returned

from .browsing import Browser, Page
from .walking import walk

# Typed text stands in fields as it was typed; user names, passwords and addresses are marked left-to-right.
FIELDS = frozenset({"textarea"})
GREGORIAN = re.compile(r"(?<![۰-۹])(?:۱۹|۲۰)[۰-۹]{2}\s?[/.-]\s?[۰-۹]{1,2}(?![۰-۹]{2})")
MONTHS = re.compile("ژانویه|فوریه|آوریل|ژوئن|ژوئیه|سپتامبر|اکتبر|نوامبر|دسامبر|January|November")


def latin(page: Page) -> list[str]:
    """What on the page has Latin or Arabic digits, with a little around it."""
    text = page.tree.text(but=FIELDS, codes=False)
    return re.findall(r".{0,25}[0-9٠-٩]+.{0,25}", text)


def test_no_page_mixes_digits_or_shows_a_gregorian_date(world: World):
    seen, wrong = set(), []
    for who, page in walk(world):
        seen.add(page.path)
        text = page.tree.text(but=FIELDS, codes=False)
        foreign = latin(page) + GREGORIAN.findall(text) + MONTHS.findall(text)
        wrong += [f"{who or 'public'} {page.path} ({page.status}): {found}" for found in foreign]
    assert len(seen) > 60, "the walk went nowhere"
    assert not wrong, "\n".join(wrong)


def test_what_is_read_aloud_has_persian_digits_too(world: World):
    """Names of links, pictures and charts."""
    for who, page in walk(world):
        for node in page.tree.walk():
            for name in ("aria-label", "alt", "title", "placeholder"):
                said = node[name].replace("name@example.com", "")
                assert not re.search("[0-9٠-٩]", said), f"{who} {page.path}: {name}={said}"


@pytest.mark.parametrize("path", ["/dashboard/", "/cartable/", "/profile/"])
def test_a_user_without_a_name_is_shown_by_the_user_name_in_persian_digits(world: World, path: str):
    """The default account of a workshop is named by the workshop's code (R18)."""
    User.objects.filter(username="ali").update(username="1463639001", first_name="", last_name="")
    page = Browser(world.ali.user).open(path)
    assert to_persian("1463639001") in page.text
    assert not latin(page)


def test_the_account_of_a_workshop_is_listed_in_persian_digits(world: World):
    User.objects.filter(username="ali").update(username="1463639001", first_name="", last_name="")
    assert not latin(Browser(world.senior.user).open("/desk/accounts/"))


def test_the_timeline_names_a_user_without_a_name_in_persian_digits(world: World):
    case = filled_case(world, State.SUBMITTED)
    User.objects.filter(username="ali").update(username="1463639001", first_name="", last_name="")
    for user, path in (
        (world.ali.user, f"/cartable/{case.pk}/"),
        (world.clerk.user, f"/desk/cases/{case.pk}/"),
    ):
        assert not latin(Browser(user).open(path)), path


def test_latin_digits_that_people_typed_are_read_as_persian_ones(world: World):
    """In names, remarks, reasons and addresses."""
    for workshop in (world.a,):
        workshop.name, workshop.address = "صنایع 110 گیلان", "رشت، پلاک 12"
        workshop.make_keys()
        workshop.save()
    answers = answers_for(300, job="تراشکار 2", remarks="شیفت 3", address="رشت، پلاک 12")
    case = filled_case(world, State.SUBMITTED, answers=answers)
    marks = [{"target": "job", "label": "شغل", "reason": "بند 4 نادرست است"}]
    returned(world, case, note="تا 5 روز دیگر اصلاح کنید", marks=marks)
    wrong = []
    for user, paths in (
        (
            world.ali.user,
            ["/dashboard/", "/cartable/", f"/cartable/{case.pk}/", f"/cartable/{case.pk}/edit/"],
        ),
        (world.clerk.user, ["/desk/", "/desk/queue/?tab=all", f"/desk/cases/{case.pk}/"]),
        (world.senior.user, ["/desk/accounts/"]),
    ):
        browser = Browser(user)
        wrong += [f"{path}: {found}" for path in paths for found in latin(browser.open(path))]
    followed = Browser()
    followed.open("/follow-up/")
    codes = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    wrong += [f"follow-up: {found}" for found in latin(followed.submit("پیگیری", codes))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("ali", "/insured/export/?tab=active"),
        ("ali", "/insured/export/?tab=left"),
        ("inspector", "/desk/inspections/import/template/"),
        ("clerk", "/desk/workshops/excel/template/"),
        ("clerk", "/desk/people/records-template/"),
    ],
)
def test_no_sheet_mixes_digits_or_shows_a_gregorian_date(world: World, who: str, path: str):
    for number, has_left in ((1, False), (2, True)):
        employed = Employment.objects.filter(person=insured(world, number=number))
        employed.update(job="تراشکار 2", has_left=has_left)
    content = Browser(getattr(world, who).user).client.get(path).content
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    cells = [
        cell
        for sheet in book.sheet_names
        for row in book.get_sheet_by_name(sheet).to_python()
        for cell in row
    ]
    assert cells and all(isinstance(cell, str) for cell in cells)
    text = "\n".join(cells)
    assert not re.search("[0-9٠-٩]", text) and not GREGORIAN.findall(text)
