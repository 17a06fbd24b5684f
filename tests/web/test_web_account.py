"""The page of one user, and everybody's own particulars (R46, R47)."""

import ast
from pathlib import Path

import pytest

import pishkhan
from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.cases.states import Verb
from pishkhan.persian.digits import to_persian
from pishkhan.web.desk.history import WORDS
from pishkhan.workshops.models import StaffPost, Workshop
from tests.world import World, promoted

from .browsing import Browser, Page


@pytest.fixture
def senior(world: World) -> Browser:
    return Browser(world.senior.user)


def page_of(senior: Browser, user: User) -> Page:
    return senior.open(f"/desk/accounts/{user.pk}/")


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_user_of_another_branch_does_not_exist(senior, world):
    for user in (world.far_clerk.user, world.far_senior.user, world.far_representative.user):
        before = User.objects.filter(pk=user.pk).values().get()
        assert page_of(senior, user).status == 404
        home = f"/desk/accounts/{user.pk}"
        for path, body in {
            f"{home}/": {"first_name": "ن", "last_name": "ن"},
            f"{home}/active/": {"active": "0"},
            f"{home}/reset/": {},
            f"{home}/post/": {"unit": "inspection", "is_senior": "staff"},
            f"{home}/workshops/": {"workshop_code": world.a.code},
            f"{home}/workshops/{world.a.pk}/end/": {},
        }.items():
            assert senior.post(path, body).status == 404, path
        assert User.objects.filter(pk=user.pk).values().get() == before


def test_particulars_of_any_user_are_changed_and_found_anew(senior, world):
    page_of(senior, world.ali.user)
    fields = {"first_name": "بهرام", "last_name": "گیلانی", "national_code": "۹۹۹۰۰۰۰۰۱۸", "mobile": ""}
    page = senior.submit("ذخیرهٔ مشخصات", fields)
    assert page.status == 200 and "بهرام گیلانی" in page.main and "ذخیره شد" in page.main
    assert fresh(world.ali.user).national_code == "9990000018"
    senior.open("/desk/accounts/")
    assert "بهرام گیلانی" in senior.submit("جست‌وجو", {"text": "گيلاني"}).main


def test_a_wrong_particular_is_told_beside_its_field_and_nothing_typed_is_lost(senior, world):
    page_of(senior, world.ali.user)
    page = senior.submit("ذخیرهٔ مشخصات", {"first_name": "بهرام", "national_code": "12"})
    assert page.status == 422 and "۱۰ رقم" in page.error("national_code")
    assert page.value("first_name") == "بهرام"
    assert fresh(world.ali.user).first_name == "ali"


def test_a_deactivated_user_is_at_the_sign_in_page_with_the_next_request(senior, world):
    employer, clerk = Browser(world.ali.user), Browser(world.clerk.user)
    assert employer.open("/cartable/").status == clerk.open("/desk/queue/").status == 200
    for user in (world.ali.user, world.clerk.user):
        page_of(senior, user)
        assert "غیرفعال شد" in senior.submit("غیرفعال کن").main
    assert employer.open("/cartable/").path.startswith("/login/")
    assert clerk.open("/desk/queue/").path.startswith("/login/")
    assert Browser().sign_in("ali").status == 422
    page_of(senior, world.ali.user)
    senior.submit("فعال کردن حساب")
    assert Browser().sign_in("ali").path == "/dashboard/"
    assert employer.open("/cartable/").path.startswith("/login/"), "an ended session stays ended"


def test_nobody_is_offered_to_deactivate_the_own_account_and_cannot(senior, world):
    page = page_of(senior, world.senior.user)
    assert not page.has_button("غیرفعال کن")
    page = senior.post(f"/desk/accounts/{world.senior.user.pk}/active/", {"active": "0"})
    assert "نمی‌توانید غیرفعال کنید" in page.main
    assert fresh(world.senior.user).is_active


def test_the_last_senior_role_is_not_taken_away_and_the_reason_is_told(senior, world):
    page_of(senior, world.senior.user)
    page = senior.submit("ذخیرهٔ سمت", {"unit": "management", "is_senior": "staff"})
    assert page.status == 422 and "تنها کاربر ارشد" in page.main
    assert StaffPost.objects.get(user=world.senior.user).is_senior


def test_a_senior_user_who_gives_the_role_away_leaves_user_management(senior, world):
    promoted(world, world.clerk)
    page_of(senior, world.senior.user)
    page = senior.submit("ذخیرهٔ سمت", {"unit": "inspection", "is_senior": "staff"})
    assert page.path == "/desk/"
    assert senior.open("/desk/accounts/").status == 404


def test_another_unit_counts_with_the_next_request(senior, world):
    clerk = Browser(world.clerk.user)
    page_of(senior, world.clerk.user)
    senior.submit("ذخیرهٔ سمت", {"unit": "inspection", "is_senior": "staff"})
    assert "بازرسی" in clerk.open("/desk/").text


def test_one_more_workshop_is_switched_to_at_the_top_without_a_new_password(senior, world):
    employer = Browser(world.ali.user)
    page_of(senior, world.ali.user)
    page = senior.submit("افزودن کارگاه", {"workshop_code": to_persian(world.b.code)})
    assert "با همان رمز" in page.main and world.b.name in page.main
    employer.open("/dashboard/")
    page = employer.submit("برو", {"workshop": str(world.b.pk)})
    assert f"اکنون برای «{world.b.name}» کار می‌کنید" in page.main


@pytest.mark.parametrize("which", ["far", "unknown", "short", "closed"])
def test_a_workshop_that_cannot_be_given_is_told_beside_the_field(senior, world, which: str):
    Workshop.objects.filter(pk=world.b.pk).update(closed_at="2026-01-01T00:00:00Z")
    far = world.far_representative.workshop
    code = {"far": far.code, "unknown": "1463639555", "short": "12", "closed": world.b.code}[which]
    page_of(senior, world.ali.user)
    page = senior.submit("افزودن کارگاه", {"workshop_code": code})
    assert page.status == 422 and page.error("workshop_code")
    assert far.name not in page.text


def test_an_ended_representation_ends_the_access_with_the_next_request(senior, world):
    employer = Browser(world.ali.user)
    assert employer.open("/cartable/").status == 200
    page_of(senior, world.ali.user)
    page = senior.submit("پایان دادن")
    assert "پایان‌یافته" in page.main
    assert employer.open("/cartable/").status == 404


# History


def test_the_history_tells_in_words_what_was_done_to_the_account_and_with_it(senior, world):
    employer = Browser()
    employer.sign_in("ali")
    Browser().sign_in("ali", "wrong-password")
    page_of(senior, world.ali.user)
    senior.submit("ذخیرهٔ مشخصات", {"mobile": "09700000018"})
    text = page_of(senior, world.ali.user).main
    for told in ("حساب ساخته شد", "وارد سامانه شد", "خود کاربر", "بازدیدکننده", "تلفن همراه", "senior"):
        assert told in text
    assert world.a.code not in text or to_persian(world.a.code) in text


def test_all_of_a_long_history_is_reached_once_the_latest_first(senior, world):
    about = f"user:{world.ali.user.pk}"
    for number in range(60):
        author = world.ali.author if number % 2 else world.senior.author
        record("password reset", by=author, about=about if number % 3 else "user:0", code=f"n{number}.")
    seen: list[str] = []
    page = page_of(senior, world.ali.user)
    for _ in range(9):
        seen += [
            node.text() for node in page.tree.all("td", **{"data-label": "رویداد"}) if "n" in node.text()
        ]
        if not any("پیشین‌تر" in node.text() for node in page.tree.all("a")):
            break
        page = senior.open(page.link("پیشین‌تر").partition("#")[0])
    # Those by the senior user about somebody else (an even number divisible by three) are not this account's.
    expected = [f"n{number}." for number in reversed(range(60)) if number % 2 or number % 3]
    assert [text.split()[-1] for text in seen] == [to_persian(code) for code in expected]


def test_a_broken_place_in_the_history_shows_the_beginning(senior, world):
    for before in ("x", "-1", "9" * 30, "۱۲"):
        page = senior.open(f"/desk/accounts/{world.ali.user.pk}/?before={before}")
        assert page.status == 200


WRITERS = ("record", "_record", "_set_password")


def actions_in_the_code() -> set[str]:
    """Every action that some `record(…)` of the product writes, as far as it is written out."""
    found = {f"case {verb}" for verb in Verb} | {"signature set", "stamp set"}
    for file in Path(pishkhan.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "record",
                "_record",
                "_set_password",
            ):
                found |= {
                    text.value
                    for argument in node.args[:3]
                    for text in ast.walk(argument)
                    if isinstance(text, ast.Constant) and isinstance(text.value, str) and " " in text.value
                }
    return {action for action in found if action != " set"}


def test_every_action_of_the_trail_has_words():
    assert actions_in_the_code() - WORDS.keys() - {"case ", "inspection "} == set()


# Own particulars


def test_staff_tell_their_own_particulars(world):
    clerk = Browser(world.clerk.user)
    clerk.open("/desk/")
    clerk.open(clerk.page.link("مشخصات من"))
    fields = {
        "first_name": "لیلا",
        "last_name": "شفتی",
        "national_code": "۹۹۹۰۰۰۰۰۱۸",
        "mobile": "۰۹۷۰۰۰۰۰۰۱۸",
    }
    page = clerk.submit("ذخیره", fields | {"email": "leila@example.com"})
    assert "ذخیره شد" in page.main
    user = fresh(world.clerk.user)
    assert (user.full_name, user.national_code, user.mobile) == ("لیلا شفتی", "9990000018", "09700000018")
    entry = Entry.objects.filter(action="particulars edited").latest("id")
    assert (entry.author, entry.about) == ("clerk", f"user:{user.pk}")


def test_own_particulars_that_are_wrong_are_told_and_kept(world):
    clerk = Browser(world.clerk.user)
    clerk.open("/desk/profile/")
    page = clerk.submit("ذخیره", {"first_name": "لیلا", "national_code": "", "mobile": "12"})
    assert page.status == 422
    assert page.error("national_code") and page.error("mobile")
    assert page.value("first_name") == "لیلا"
    assert fresh(world.clerk.user).first_name == "clerk"


def test_own_particulars_change_neither_unit_nor_role(world):
    clerk = Browser(world.clerk.user)
    clerk.open("/desk/profile/")
    body = {"first_name": "ل", "last_name": "ش", "national_code": "9990000018", "mobile": "09700000018"}
    clerk.post(
        "/desk/profile/",
        body | {"unit": "management", "is_senior": "senior", "username": "root", "side": "x"},
    )
    user = fresh(world.clerk.user)
    assert user.username == "clerk" and not user.post.is_senior and user.post.unit == "registration"


def test_the_trail_can_be_written_by_the_system(senior, world):
    record(
        "staff post given", by=SYSTEM, about=f"user:{world.clerk.user.pk}", unit="registration", senior=True
    )
    text = page_of(senior, world.clerk.user).main
    assert "سامانه" in text and "نام‌نویسی و حساب‌های انفرادی، کاربر ارشد" in text
