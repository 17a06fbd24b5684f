"""A walk over every page there is to see: by every kind of visitor, in every state, right input and wrong."""

from collections.abc import Iterator
from urllib.parse import urljoin

from django.test import Client

from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.inspections.models import Inspection
from tests.inspections import inspecting
from tests.world import World, answers_for, code_of_person, filled_case, jpeg_bytes, returned

from .browsing import SITE, Browser, Page

START = "/apply/main-registration/"
LONG = "ب" * 3000 + "9"
WRONG_ANSWERS = {
    "national_code": "12",
    "first_name": LONG,
    "last_name": "Reza 7",
    "birth_date": "1499/01/01",
    "birth_certificate_no": "1" * 39,
    "birth_certificate_serial": "9",
    "issue_place": "رشت 1",
    "mobile": "0912",
    "landline": "12",
    "postal_code": "1111111111",
    "address": LONG,
    "job": LONG,
    "start_date": "1404/12/30",
    "insurance_number": "1",
    "remarks": LONG,
}
FILLED = answers_for(90) | {"birth_date": "1378/04/12", "start_date": "1405/08/25"}


def crawl(browser: Browser, first: str, at_most: int = 200) -> Iterator[Page]:
    """Every page that links lead to from the first, pictures and files left out."""
    waiting, seen = [first], set()
    while waiting and len(seen) < at_most:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page = browser.open(path)
        if not page.is_html:  # a letter
            continue
        yield page
        for link in page.links:
            path = urljoin(SITE + page.path, link).partition("#")[0]
            if path.startswith(SITE) and "/scans/" not in path.removesuffix("/scans/"):
                waiting.append(path.removeprefix(SITE))


def cases_in_every_state(world: World) -> dict[State, Case]:
    cases = {
        state: filled_case(world, state, answers=answers_for(200 + number))
        for number, state in enumerate(State)
    }
    marks = [{"target": "scan:photo", "label": "عکس پرسنلی", "reason": "تار است"}]
    extra = filled_case(world, State.SUBMITTED, answers=answers_for(230))
    returned(world, extra, marks=marks)
    return cases


_walked: list[tuple[str, Page]] = []


def walk(world: World) -> list[tuple[str, Page]]:
    """(who, page) of everything; `who` is "" for the public. Walked once, for all who look at the pages."""
    if not _walked:
        _walked.extend(_walk(world))
    return _walked


def _walk(world: World) -> Iterator[tuple[str, Page]]:
    cases = cases_in_every_state(world)
    visits = (inspecting.published(world), inspecting.objected(world), inspecting.recorded(world))
    yield from (("", page) for page in public(world, cases))
    yield from (("ali", page) for page in employer(world, cases))
    yield from (("clerk", page) for page in desk(world, cases))
    yield from (("senior", page) for page in senior(world))
    yield from (("inspector", page) for page in inspector(world))
    yield from (("ali", page) for page in objecting(world, visits[0]))


def public(world: World, cases: dict[State, Case]) -> Iterator[Page]:
    yield from crawl(Browser(), "/")
    yield Browser().open("/no-such-page/")
    yield from registering(world)
    yield from following(cases)
    yield from entering()


def registering(world: World) -> Iterator[Page]:
    phone = Browser()
    phone.open(START + "workshop/")
    yield phone.submit("یافتن کارگاه", {"workshop_code": "12"})
    yield phone.submit("یافتن کارگاه", {"workshop_code": "1463639990"})
    yield phone.submit("یافتن کارگاه", {"workshop_code": world.b.code})
    yield phone.submit("بله، همین کارگاه است")
    for code in ("identity", "contact", "job"):
        page = phone.open(f"{START}page/{code}/")
        wrong = {name: typed for name, typed in WRONG_ANSWERS.items() if page.tree.all(name=name)}
        yield phone.submit("ادامه", wrong)
        yield phone.open(f"{START}page/{code}/")
    yield phone.open(START + "check/")
    yield phone.submit("ارسال برای کارفرما")
    for code in ("identity", "contact", "job"):
        page = phone.open(f"{START}page/{code}/")
        yield phone.submit(
            "ادامه", {name: typed for name, typed in FILLED.items() if page.tree.all(name=name)}
        )
    yield phone.submit("ادامه", files={"scan:photo": b"GIF89a"})
    kinds = [node["name"] for node in phone.page.tree.all("input", type="file")]
    yield phone.submit("ادامه", files={name: jpeg_bytes(n) for n, name in enumerate(kinds)})
    yield phone.open(START)
    yield phone.open(START + "check/")
    yield phone.submit("ارسال برای کارفرما")


def following(cases: dict[State, Case]) -> Iterator[Page]:
    for case in cases.values():
        if case.tracking_code:
            browser = Browser()
            browser.open("/follow-up/")
            codes = {"tracking_code": case.tracking_code, "national_code": case.national_code}
            yield browser.submit("پیگیری", codes)
    browser.open("/follow-up/")
    yield browser.submit("پیگیری", {"tracking_code": "9" * 50, "national_code": "12"})
    yield browser.submit("پیگیری", {"tracking_code": "999", "national_code": code_of_person(999)})


def entering() -> Iterator[Page]:
    browser = Browser()
    browser.open("/login/")
    yield browser.submit("ورود", {"username": "x" * 80, "password": "x" * 200})
    for _ in range(7):
        browser.open("/login/")
        yield browser.submit("ورود", {"username": "nobody", "password": "wrong"})
    yield Page(Client(enforce_csrf_checks=True).post("/follow-up/", {"national_code": "12"}), "/follow-up/")


def employer(world: World, cases: dict[State, Case]) -> Iterator[Page]:
    ali = Browser(world.ali.user)
    yield from crawl(ali, "/dashboard/")
    yield ali.open(f"/cartable/{cases[State.AWAITING_EMPLOYER].pk}/edit/")
    yield ali.submit("ارسال به سازمان", WRONG_ANSWERS, {"scan:photo": b"%PDF"})
    yield ali.open(f"/cartable/{cases[State.AWAITING_EMPLOYER].pk}/refuse/")
    yield ali.submit("رد درخواست")
    ali.open("/cartable/new/main-registration/")
    yield ali.submit("جستجو", {"national_code": "12"})
    yield ali.submit("جستجو", {"national_code": cases[State.COMPLETED].national_code})
    ali.open("/cartable/")
    yield ali.submit("جست‌وجو", {"text": "9" * 200, "since": "1404/12/30", "until": "x"})
    yield ali.submit("جست‌وجو", {"text": "هیچ‌کس", "since": "", "until": ""})
    yield ali.open("/profile/")
    names = [node["name"] for node in ali.page.tree.all("input") if "-" in node["name"]]
    yield ali.submit("ذخیره", dict.fromkeys(names, LONG), {"signature": b"GIF89a"})
    ali.open("/profile/password/")
    short = {"old_password": "x", "new_password": "a1", "new_password_again": "b"}
    yield ali.submit("تغییر رمز عبور", short)
    yield ali.submit("تغییر رمز عبور", dict.fromkeys(short, "x" * 200))
    yield ali.post(f"/cartable/{cases[State.UNDER_REVIEW].pk}/withdraw/")
    workshop = world.a
    kept, workshop.stamp = workshop.stamp, None
    workshop.save()
    yield ali.open("/dashboard/")
    yield ali.post(f"/cartable/{cases[State.AWAITING_EMPLOYER].pk}/edit/", {"send": "1"})
    workshop.stamp = kept
    workshop.save()


def desk(world: World, cases: dict[State, Case]) -> Iterator[Page]:
    clerk = Browser(world.clerk.user)
    yield from crawl(clerk, "/desk/")
    yield clerk.open(f"/desk/cases/{cases[State.UNDER_REVIEW].pk}/")
    yield clerk.submit("برگشت برای رفع نقص")
    yield clerk.submit("تأیید", {"mark:job": "ایراد"})
    yield clerk.post(f"/desk/cases/{cases[State.SUBMITTED].pk}/decide/", {"verb": "confirm", "version": "99"})
    clerk.open("/desk/queue/")
    yield clerk.submit("جست‌وجو", {"since": "1404/12/30"})


def inspector(world: World) -> Iterator[Page]:
    browser = Browser(world.inspector.user)
    yield from crawl(browser, "/desk/inspections/")
    browser.open("/desk/inspections/new/")
    wrong = {"number": "x9", "visit_time": "25:61", "observed_count": LONG, "workers-0-national_code": "12"}
    yield browser.submit("ثبت بازدید", wrong)
    browser.open("/desk/inspections/import/")
    row = inspecting.sheet_row(world)
    yield browser.submit(
        "خواندن فایل", files={"table": inspecting.sheet(row | {"kind": "9"}, {"number": ""})}
    )
    yield browser.submit("خواندن فایل", files={"table": b"x"})
    yield browser.submit("خواندن فایل", files={"table": inspecting.sheet(row)})


def objecting(world: World, visit: Inspection) -> Iterator[Page]:
    ali = Browser(world.ali.user)
    ali.open(f"/inspections/{visit.pk}/object/")
    yield ali.submit("ثبت اعتراض", {"text": ""}, {"scan-1": b"GIF89a"})
    yield ali.submit("ثبت اعتراض", {"text": LONG})


def senior(world: World) -> Iterator[Page]:
    browser = Browser(world.senior.user)
    yield from crawl(browser, "/desk/")
    browser.open("/desk/accounts/new/")
    wrong = {"code": "12", "name": LONG, "first_name": "Ali 1", "username": "x"}
    yield browser.submit("ساختن حساب", wrong)
    right = {"code": "1463639055", "name": "صنایع چوب", "first_name": "", "username": ""}
    yield browser.submit("ساختن حساب", right)
    browser.open("/desk/accounts/")
    yield browser.submit("جست‌وجو", {"text": "هیچ‌کجا"})
