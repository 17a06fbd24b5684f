"""What people typed is shown as text on every screen, never as a part of the page."""

import pytest

from pishkhan.accounts.models import User
from pishkhan.cases import operations
from pishkhan.cases.states import State
from pishkhan.workshops.models import Representation, Workshop
from tests.world import World, answers_for, code_of_person, filled_case, fresh

from .browsing import Browser, Page
from .test_web_cartable import search
from .walking import START

EVIL = "\"'><script>alert(x)</script><img src=x onerror=alert(x)>{{ x }}"


def shown(page: Page, *, at_least: int = 1) -> None:
    """The text is there as text, and nowhere as an element."""
    assert "<script>alert" not in page.html and "<img src=x" not in page.html
    assert all(node["src"].startswith("/static/") for node in page.tree.all("script"))
    assert not [node for node in page.tree.walk() if "onerror" in node.attrs]
    said = page.text.count("<script>alert(x)</") + sum(
        EVIL[:22] in value for node in page.tree.walk() for value in node.attrs.values()
    )
    assert said >= at_least, f"{page.path} does not show it"


def rename(workshop: Workshop) -> None:
    workshop.name = workshop.employer_name = workshop.address = workshop.activity = EVIL
    workshop.make_keys()
    workshop.save()


@pytest.fixture
def case(world: World):
    rename(world.a)
    evil = answers_for(400, address=EVIL, job=EVIL[:80], remarks=EVIL)
    return filled_case(world, State.AWAITING_EMPLOYER, answers=evil)


def test_answers_and_the_name_of_the_workshop_on_the_screens_of_the_employer(world, case):
    ali = Browser(world.ali.user)
    for path in (
        "/dashboard/",
        "/cartable/",
        f"/cartable/{case.pk}/",
        f"/cartable/{case.pk}/edit/",
        "/profile/",
    ):
        shown(ali.open(path))
    shown(ali.open(f"/cartable/{case.pk}/refuse/"))


def test_answers_and_the_name_of_the_workshop_on_the_screens_of_the_desk(world, case):
    operations.send(world.ali, case.pk)
    clerk = Browser(world.clerk.user)
    for path in ("/desk/", "/desk/queue/", f"/desk/cases/{case.pk}/"):
        shown(clerk.open(path))
    shown(Browser(world.senior.user).open("/desk/accounts/"))


def test_an_answer_that_the_employer_changed(world, case):
    ali = Browser(world.ali.user)
    ali.open(f"/cartable/{case.pk}/edit/")
    ali.submit("ارسال به سازمان", {"remarks": "پاک", "job": f"نو {EVIL}"[:80]})
    assert fresh(case).state == State.SUBMITTED
    shown(Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/"), at_least=3)
    shown(ali.open(f"/cartable/{case.pk}/"), at_least=3)


def test_note_and_marks_of_the_officer_on_every_screen(world):
    case = filled_case(world, State.SUBMITTED)
    clerk = Browser(world.clerk.user)
    clerk.open(f"/desk/cases/{case.pk}/")
    page = clerk.submit("تأیید", {"note": EVIL, "mark:job": EVIL, "mark:scan:photo": EVIL})
    assert page.status == 422
    shown(page, at_least=3)
    clerk.submit("برگشت برای رفع نقص", {"note": EVIL, "mark:job": EVIL, "mark:scan:photo": EVIL})
    assert fresh(case).state == State.RETURNED
    shown(clerk.open(f"/desk/cases/{case.pk}/"), at_least=3)
    ali = Browser(world.ali.user)
    for path in ("/cartable/", f"/cartable/{case.pk}/", f"/cartable/{case.pk}/edit/"):
        shown(ali.open(path))
    public = Browser()
    public.open("/follow-up/")
    codes = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    shown(public.submit("پیگیری", codes), at_least=3)


def test_a_refusal_on_every_screen(world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    ali = Browser(world.ali.user)
    ali.open(f"/cartable/{case.pk}/refuse/")
    ali.submit("رد درخواست", {"note": EVIL})
    shown(ali.open(f"/cartable/{case.pk}/"))
    public = Browser()
    public.open("/follow-up/")
    codes = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    shown(public.submit("پیگیری", codes))


@pytest.mark.parametrize("field", ["first_name", "last_name", "father_name", "issue_place", "national_code"])
def test_a_name_that_is_refused_is_shown_again_as_text(world, field: str):
    ali = Browser(world.ali.user)
    ali.open("/cartable/new/main-registration/")
    ali.submit("جستجو", {"national_code": code_of_person(401)})
    edit = ali.page.path
    page = ali.submit("ارسال به سازمان", {field: EVIL})
    assert page.status == 422 and page.error(field)
    shown(page)
    shown(ali.open(edit))
    shown(ali.open(edit.replace("edit/", "")))
    page = ali.open("/cartable/?tab=drafts")
    assert "<script>alert" not in page.html
    if field in ("first_name", "last_name"):
        shown(page)


def test_everything_an_applicant_types(world):
    rename(world.a)
    phone = Browser()
    phone.open(START + "workshop/")
    shown(phone.submit("یافتن کارگاه", {"workshop_code": EVIL[:39]}))
    shown(phone.submit("یافتن کارگاه", {"workshop_code": world.a.code}))
    phone.submit("بله، همین کارگاه است")
    for code in ("identity", "contact", "job"):
        page = phone.open(f"{START}page/{code}/")
        typed = [n["name"] for n in page.tree.all("input", "textarea") if n["type"] in ("text", "tel", "")]
        shown(phone.submit("ادامه", dict.fromkeys(typed, EVIL)), at_least=len(typed) - 1)
        shown(phone.open(f"{START}page/{code}/"), at_least=len(typed) - 1)
    shown(phone.open(START + "check/"), at_least=10)
    shown(phone.open(START))


def test_what_is_searched_for(world):
    for user, path in ((world.ali.user, "/cartable/"), (world.clerk.user, "/desk/queue/")):
        shown(search(Browser(user), path, text=EVIL))
        shown(search(Browser(user), path, since=EVIL, text=EVIL), at_least=2)
    senior = Browser(world.senior.user)
    senior.open("/desk/accounts/")
    shown(senior.submit("جست‌وجو", {"text": EVIL}))


def test_what_is_typed_to_sign_in_or_to_follow_up(world):
    browser = Browser()
    browser.open("/login/")
    shown(browser.submit("ورود", {"username": EVIL[:59], "password": EVIL}))
    browser.open("/follow-up/")
    shown(browser.submit("پیگیری", {"tracking_code": EVIL[:39], "national_code": EVIL[:39]}), at_least=2)


def test_the_next_address_on_the_sign_in_page(world):
    page = Browser().open("/login/?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page.html


def test_a_new_account_and_its_letter(world):
    senior = Browser(world.senior.user)
    senior.open("/desk/accounts/new/")
    page = senior.submit("ساختن حساب", {"code": "1463639077", "name": EVIL, "employer_name": EVIL})
    assert page.status == 200
    shown(page)


def test_a_message_about_the_workshop_that_was_chosen(world):
    rename(world.b)
    Representation.objects.create(user=world.ali.user, workshop=world.b)
    ali = Browser(world.ali.user)
    ali.open("/dashboard/")
    page = ali.submit("برو", {"workshop": str(world.b.pk)})
    assert "اکنون برای" in page.main
    shown(page, at_least=2)


def test_the_name_of_a_user(world):
    User.objects.filter(username="ali").update(first_name=EVIL)
    case = filled_case(world, State.SUBMITTED)
    shown(Browser(world.ali.user).open("/dashboard/"))
    shown(Browser(world.ali.user).open(f"/cartable/{case.pk}/"))
    shown(Browser(world.senior.user).open("/desk/accounts/"))


def test_the_page_that_offers_to_send_again(world):
    browser = Browser(world.clerk.user)
    response = browser.client.post("/desk/queue/", {"text": EVIL, EVIL: "x"})
    page = Page(response, "/desk/queue/")
    assert page.status == 403
    shown(page, at_least=2)
