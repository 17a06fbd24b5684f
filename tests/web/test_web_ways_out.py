"""Nobody is led where there is no way on: what a page advises or offers can be done."""

import datetime

import pytest
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.operations import close_workshop, send
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.people.booklets import issue_booklet
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.accounts import end_representation
from tests import world as w
from tests.inspections.inspecting import published, recorded

from .browsing import PASSWORD, Browser

SIGN_UP = "representative-signup"


def correcting(world):
    """A sign-up that the branch returned, and its applicant who has begun to correct it."""
    case = w.filled_case(world, State.SUBMITTED, service=find(SIGN_UP), by=Audience.PUBLIC)
    case, visitor = w.returned(world, case), Browser()
    visitor.open("/follow-up/")
    visitor.submit("پیگیری", {"tracking_code": case.tracking_code, "national_code": case.national_code})
    visitor.submit("اصلاح و ارسال دوباره")
    return case, visitor


def test_who_starts_a_returned_request_anew_is_free_of_the_old_one(world):
    """It was let go of and stayed open: the new one was refused for it in the end."""
    case, visitor = correcting(world)
    page = visitor.open(f"/apply/{SIGN_UP}/")
    assert "شعبه درخواست شما را برای اصلاح برگردانده است" in page.main
    visitor.submit("انصراف می‌دهم")
    assert w.fresh(case).state == State.WITHDRAWN
    assert visitor.open(f"/apply/{SIGN_UP}/").has_button("آغاز ثبت نام")


def test_a_returned_request_is_not_given_up_for_a_new_one_that_cannot_be_begun(world):
    """It can still be corrected and sent, though the branch has closed the service since."""
    _, visitor = correcting(world)
    decide_policy(f"closed:{SIGN_UP}", "فعلاً بسته است", valid_from=timezone.localdate(), by=SYSTEM)
    page = visitor.open(f"/apply/{SIGN_UP}/")
    assert "اصلاح همان درخواست" in page.main and "فعلاً بسته است" not in page.main
    assert not page.has_button("انصراف می‌دهم")


def test_who_goes_on_with_a_draft_of_a_closed_service_is_told_before(world):
    visitor = Browser()
    visitor.open(f"/apply/{SIGN_UP}/")
    visitor.submit("آغاز ثبت نام")
    decide_policy(f"closed:{SIGN_UP}", "فعلاً بسته است", valid_from=timezone.localdate(), by=SYSTEM)
    page = visitor.open(f"/apply/{SIGN_UP}/")
    assert "درخواستی نیمه‌تمام دارید" in page.main and "فعلاً بسته است" in page.main


def test_what_was_returned_and_never_comes_back_can_be_rejected(world):
    """Its sender is gone, and an open request stands in the way of a new one."""
    case = w.returned(world, w.filled_case(world, State.SUBMITTED))
    clerk = Browser(world.clerk.user)
    page = clerk.open(f"/desk/cases/{case.pk}/")
    assert page.has_button("رد") and not any(map(page.has_button, ("تأیید", "برگشت برای رفع نقص")))
    assert clerk.submit("رد").status == 422
    page = clerk.submit("رد", {"note": "دو ماه است اصلاح نشده"})
    assert page.path == "/desk/queue/" and w.fresh(case).state == State.REJECTED
    assert "دو ماه است اصلاح نشده" in Browser(world.ali.user).open(f"/cartable/{case.pk}/").main


def test_what_the_sender_has_sent_again_meanwhile_is_not_rejected_unseen(world):
    case = w.returned(world, w.filled_case(world, State.SUBMITTED))
    clerk = Browser(world.clerk.user)
    clerk.open(f"/desk/cases/{case.pk}/")
    send(world.ali, case.pk)
    assert "کار شما انجام نشد" in clerk.submit("رد", {"note": "دو ماه است اصلاح نشده"}).main
    assert w.fresh(case).state == State.SUBMITTED


@pytest.mark.parametrize("how", ["closed", "ended"])
def test_no_new_password_is_offered_to_who_could_not_sign_in_with_it(world, how):
    senior, user = Browser(world.senior.user), world.ali.user
    before = senior.open(f"/desk/accounts/{user.pk}/")
    if how == "closed":
        close_workshop(world.senior, world.a, "تعطیل شد")
    else:
        end_representation(world.senior, user, world.a)
    page = senior.open(f"/desk/accounts/{user.pk}/")
    assert not page.has_button("ساخت رمز جدید") and "نخست کارگاهی به او بدهید" in page.main
    senior.page = before
    refused = senior.submit("ساخت رمز جدید")
    assert refused.path == f"/desk/accounts/{user.pk}/" and "نخست کارگاهی به او بدهید" in refused.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_senior_users_page_does_not_advise_what_it_does_not_do(world):
    other = w.promoted(world, w.staff(world.branch, "second", "registration"))
    old = timezone.now() - datetime.timedelta(days=8)
    User.objects.filter(pk=other.user.pk).update(must_change_password=True, password_set_at=old)
    page = Browser(world.senior.user).open(f"/desk/accounts/{other.user.pk}/")
    assert "مهلت آن گذشته است" in page.main and "رمز جدید بسازید" not in page.main


@pytest.mark.parametrize("visit", [recorded, published])
def test_that_nobody_of_a_closed_workshop_can_object_is_told_with_what_to_do(world, visit):
    address = f"/desk/inspections/{visit(world).pk}/"
    told = "این کارگاه بسته است و نماینده‌ای وارد سامانه نمی‌شود"
    inspector = Browser(world.inspector.user)
    assert told not in inspector.open(address).main
    close_workshop(world.senior, world.a, "تعطیل شد")
    assert told in inspector.open(address).main


def test_a_first_booklet_is_offered_only_to_who_has_none(world):
    person, employer = w.insured(world), Browser(world.ali.user)
    first = "صدور دفترچه برای اولین بار"
    assert employer.open(f"/insured/{person.pk}/").has_button(first)
    issue_booklet(person, "general", because="", by=SYSTEM)
    page = employer.open(f"/insured/{person.pk}/")
    assert not page.has_button(first) and page.has_button("تجدید دفترچه")
