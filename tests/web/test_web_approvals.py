"""«تأیید دوم» on screen: at the desk, on a workshop's profile, and for large files."""

import pytest

from pishkhan.accounts.models import User
from pishkhan.approvals import operations as approvals
from pishkhan.approvals.models import Approval, State
from pishkhan.approvals.operations import BULK
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.accounts import add_representative, deactivate_account
from pishkhan.workshops.models import StaffPost
from tests import world as w
from tests.approvals import asking
from tests.sheets.test_sheets_writing import cells
from tests.world import World, inked_bytes

from .browsing import Browser
from .test_web_employer import PROFILE

DAY = "2020-01-01"
HOME = "/desk/approvals/"


@pytest.fixture
def senior(world: World) -> Browser:
    return Browser(world.senior.user)


@pytest.fixture
def second(world: World) -> Browser:
    return signed_in(asking.second_senior(world).user)


def signed_in(user: User) -> Browser:
    """Somebody who was made in the test has signed in before, too."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.refresh_from_db()
    return Browser(user)


@pytest.fixture
def _tight(world: World) -> None:
    """Every file with somebody in it is large."""
    decide_policy(BULK, 0, valid_from=DAY, by=SYSTEM)


# At the desk


def test_what_waits_is_counted_in_the_menu_and_told_on_the_dashboard_of_who_decides(world, senior):
    asking.stamp(world)
    clerk = Browser(world.clerk.user)
    for browser in (clerk, senior):
        page = browser.open("/desk/")
        assert "۱ خواسته منتظر تأیید دوم شماست" in page.main
        counted = [node.text() for node in page.tree.all("a") if node["href"] == HOME]
        assert any("۱" in text for text in counted[:1])
    assert "تأیید دوم" not in Browser(world.inspector.user).open("/desk/").text


def test_both_pictures_stand_side_by_side_and_looking_is_an_entry(world):
    asked = asking.stamp(world)
    clerk = Browser(world.clerk.user)
    page = clerk.open(HOME)
    assert "مهر پیشین گم شد." in page.main and world.a.name in page.main
    sources = [node["src"] for node in page.tree.all("img")]
    assert sources == [f"{HOME}{asked.pk}/earlier/", f"{HOME}{asked.pk}/new/"]
    contents = {clerk.client.get(source).content for source in sources}
    assert len(contents) == 2 and all(content.startswith(b"\x89PNG") for content in contents)
    seen = Entry.objects.filter(action="scan opened", about=f"workshop:{world.a.pk}", details__kind="stamp")
    assert seen.count() == 2


def test_a_yes_at_the_desk_puts_the_new_stamp_on_record(world):
    asked = asking.stamp(world)
    clerk = Browser(world.clerk.user)
    clerk.open(HOME)
    page = clerk.submit("تأیید")
    assert "تأیید شد: تعویض مهر کارگاه" in page.main and "چیزی منتظر شما نیست" in page.main
    assert world.a.stamp == asked.document


def test_a_no_without_a_reason_is_told_beside_the_field_and_decides_nothing(world):
    asked = asking.stamp(world)
    clerk = Browser(world.clerk.user)
    clerk.open(HOME)
    page = clerk.submit("نمی‌پذیرم")
    assert page.status == 422 and "چرا نمی‌پذیرید" in page.error(f"approval-{asked.pk}-answer")
    assert Approval.objects.get(pk=asked.pk).state == State.WAITING
    page = clerk.submit("نمی‌پذیرم", {f"approval-{asked.pk}-answer": "نام کارگاه روی آن نیست."})
    assert "نام کارگاه روی آن نیست." in page.main
    assert "نام کارگاه روی آن نیست." in Browser(world.ali.user).open("/dashboard/").main


def test_two_officers_who_decide_at_once_are_told_who_was_second(world):
    asked = asking.stamp(world)
    clerk = Browser(world.clerk.user)
    clerk.open(HOME)
    approvals.approve(world.colleague, asked.pk)
    page = clerk.submit("تأیید")
    assert page.status == 200 and "دیگر در انتظار نیست" in page.main


def test_a_senior_role_is_asked_for_on_the_accounts_page_and_given_by_another_senior_user(
    world, senior, second
):
    home = f"/desk/accounts/{world.clerk.user.pk}/"
    senior.open(home)
    page = senior.submit("ذخیرهٔ سمت", {"unit": "registration", "is_senior": "senior", "reason": ""})
    assert page.status == 422 and "بنویسید چرا" in page.error("reason")
    page = senior.submit(
        "ذخیرهٔ سمت", {"unit": "registration", "is_senior": "senior", "reason": "جانشین من است."}
    )
    assert page.status == 200 and "در انتظار تأیید دوم" in page.main
    assert not StaffPost.objects.get(user=world.clerk.user).is_senior
    assert not senior.open(HOME).has_button("نمی‌پذیرم"), "the own question"
    page = second.open(HOME)
    assert "جانشین من است." in page.main and home in page.links
    second.submit("تأیید")
    assert StaffPost.objects.get(user=world.clerk.user).is_senior


def test_who_asked_takes_a_role_back_at_the_desk(world, senior):
    asked = asking.role(world)
    senior.open(HOME)
    page = senior.submit("پس گرفتن")
    assert "پس گرفته شد: نقش کاربر ارشد" in page.main
    assert Approval.objects.get(pk=asked.pk).state == State.WITHDRAWN


def test_a_new_colleague_begins_as_staff_and_the_role_is_asked_for(world, senior):
    senior.open("/desk/accounts/new/staff/")
    typed = {"username": "tazeh.kar", "first_name": "هما", "last_name": "دیلمی", "unit": "revenue"}
    page = senior.submit("ساختن حساب", typed | {"is_senior": "senior", "reason": "معاون شعبه"})
    assert "در انتظار تأیید دوم" in page.main and "tazeh.kar" in page.main
    assert not StaffPost.objects.get(user__username="tazeh.kar").is_senior
    assert Approval.objects.get().reason == "معاون شعبه"


def test_a_deactivated_senior_user_is_asked_back_on_the_accounts_page(world, senior, second):
    chief = w.staff(world.branch, "chief", senior=True)
    deactivate_account(world.senior, chief.user)
    senior.open(f"/desk/accounts/{chief.user.pk}/")
    page = senior.submit("درخواست فعال کردن حساب")
    assert "در انتظار تأیید دوم" in page.main
    assert not User.objects.get(pk=chief.user.pk).is_active
    second.open(HOME)
    second.submit("تأیید")
    assert User.objects.get(pk=chief.user.pk).is_active


def test_the_page_of_a_senior_user_offers_no_password_and_the_address_gives_none(world, senior, second):
    home = f"/desk/accounts/{asking.second_senior(world).user.pk}/"
    page = senior.open(home)
    assert not page.has_button("ساخت رمز جدید") and "مسئول رایانهٔ سامانه" in page.main
    from pishkhan.accounts.operations import password_mark  # noqa: PLC0415

    user = User.objects.get(username="senior-two")
    page = senior.post(f"{home}reset/", {"seen": password_mark(user)})
    assert "renew_password" in page.main
    assert User.objects.get(pk=user.pk).password == user.password


def test_a_key_operation_is_shown_to_a_senior_user_alone(world, senior):
    asking.rotation(world)
    assert "عوض کردن کلید" in senior.open(HOME).main
    assert "عوض کردن کلید" not in Browser(world.clerk.user).open(HOME).main


# On the profile


def test_the_profile_shows_what_waits_and_takes_it_back(world):
    ali, before = Browser(world.ali.user), world.a.stamp
    ali.open("/profile/")
    page = ali.submit("ذخیره", PROFILE | {"reason": "مهر تازه ساخته شد."}, {"stamp": inked_bytes(90)})
    asked = Approval.objects.get()
    assert "در انتظار تأیید دوم" in page.main and "مهر تازه ساخته شد." in page.main
    picture = ali.client.get(f"/profile/approvals/{asked.pk}/").content
    assert picture.startswith(b"\x89PNG") and picture != ali.client.get("/profile/images/stamp/").content
    assert not page.has_button("نمی‌پذیرم")
    page = ali.submit("پس گرفتن")
    assert "پس گرفته شد" in page.main and "در انتظار تأیید دوم" not in page.main
    assert world.a.stamp == before


def test_another_representative_sees_it_on_the_profile_and_decides(world):
    asked = asking.stamp(world)
    user, _ = add_representative(world.senior, world.a, seen=1)
    other = signed_in(user)
    assert "در انتظار تأیید دوم" in other.open("/dashboard/").main
    other.open("/profile/")
    page = other.submit("نمی‌پذیرم")
    assert page.status == 422 and page.error(f"approval-{asked.pk}-answer")
    page = other.submit("تأیید")
    assert page.status == 200 and world.a.stamp == asked.document


def test_a_second_picture_is_held_up_by_a_colleagues_and_the_reason_is_told_beside_it(world):
    asking.stamp(world)
    user, _ = add_representative(world.senior, world.a, seen=1)
    other = signed_in(user)
    other.open("/profile/")
    page = other.submit("ذخیره", PROFILE, {"stamp": inked_bytes(30)})
    assert page.status == 422 and "در انتظار تأیید دوم است" in page.error("stamp")


# Large files


def test_a_small_file_is_given_at_once_and_counts(world):
    w.insured(world)
    rows = cells(Browser(world.ali.user).open("/insured/export/").response.content)
    assert len(rows) == 2
    assert Entry.objects.filter(action="insured exported").latest("id").details["people"] == 1


def test_a_large_file_waits_for_a_senior_user_and_is_taken_once(_tight, world, senior):
    w.insured(world)
    ali = Browser(world.ali.user)
    page = ali.open("/insured/export/")
    assert page.status == 200 and page.is_html and "مشخصات ۱ نفر" in page.main
    page = ali.submit("درخواست تأیید", {"reason": ""})
    assert page.status == 422 and page.error("reason")
    page = ali.submit("درخواست تأیید", {"reason": "بیمه تکمیلی"})
    home = page.path
    assert home.startswith("/insured/exports/") and not page.has_button("دریافت فایل")
    assert ali.post(home).status == 409, "not yet"
    page = senior.open(HOME)
    assert "بیمه تکمیلی" in page.main and "۱ نفر" in page.main
    senior.submit("تأیید")
    assert ali.open(home).has_button("دریافت فایل")
    page = ali.submit("دریافت فایل")
    assert len(cells(page.response.content)) == 2
    entry = Entry.objects.filter(action="insured exported").latest("id")
    assert entry.details["approval"] == Approval.objects.get().pk
    page = ali.post(home)
    assert page.status == 409 and "دیگر در انتظار نیست" in page.main and not page.has_button("دریافت فایل")


def test_the_file_is_the_one_that_was_asked_for_whatever_is_sent_when_it_is_taken(_tight, world, senior):
    from pishkhan.people.operations import employ, register_person  # noqa: PLC0415

    w.insured(world)
    other = {**w.registration().example, "birth_date": "1999-07-03", "last_name": "دیگرنژاد"}
    person = register_person(w.code_of_person(7), other, by=SYSTEM)
    employ(person, world.a, job="تراشکار", started_on="2024-01-01", by=SYSTEM)
    ali = Browser(world.ali.user)
    ali.open("/insured/")
    ali.submit("جست‌وجو", {"text": "دیگرنژاد"})
    ali.open(ali.page.link("فایل اکسل"))
    home = ali.submit("درخواست تأیید", {"reason": "بیمه تکمیلی"}).path
    assert "دیگرنژاد" in senior.open(HOME).main
    senior.submit("تأیید")
    page = ali.post(f"{home}?tab=left&text=", {"tab": "left", "text": "", "people": "1"})
    rows = cells(page.response.content)
    assert len(rows) == 2 and "دیگرنژاد" in str(rows)
    assert "دیگرنژاد" not in str(list(Entry.objects.values_list("details", flat=True)))


def test_only_the_one_who_asked_takes_a_file_and_only_while_acting_for_the_workshop(_tight, world, senior):
    from pishkhan.workshops.accounts import end_representation  # noqa: PLC0415

    w.insured(world)
    asked = asking.export(world)
    approvals.approve(world.senior, asked.pk)
    home = f"/insured/exports/{asked.pk}/"
    user, _ = add_representative(world.senior, world.a, seen=1)
    assert signed_in(user).post(home).status == 404
    assert Browser(world.sara.user).post(home).status == 404
    ali = Browser(world.ali.user)
    assert ali.open(home).has_button("دریافت فایل")
    end_representation(world.senior, world.ali.user, world.a)
    assert ali.post(home).status == 404
    assert Approval.objects.get(pk=asked.pk).state == State.APPROVED


def test_a_file_that_was_approved_is_there_for_a_day(_tight, world):
    asked = asking.export(world)
    approvals.approve(world.senior, asked.pk)
    asking.long_ago(asked)
    page = Browser(world.ali.user).post(f"/insured/exports/{asked.pk}/")
    assert page.status == 409 and "مهلت آن گذشت" in page.main


def test_many_small_files_are_a_large_one(world):
    """The list cannot be taken in slices."""
    decide_policy(BULK, 1, valid_from=DAY, by=SYSTEM)
    w.insured(world)
    ali = Browser(world.ali.user)
    answers = [ali.open("/insured/export/").is_html for _ in range(3)]
    assert answers == [False, False, True]


def test_no_policy_makes_the_limit_higher_than_the_programs(world, senior):
    decide_policy(BULK, 100_000, valid_from=DAY, by=SYSTEM)
    assert approvals.bulk_limit() == 500
    senior.open("/desk/settings/exports/")
    page = senior.submit("ذخیره", {"people": "۵۰۱"})
    assert page.status == 422 and page.error("people")
