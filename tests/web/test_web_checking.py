"""Right the first time, on the pages: what is in the way, with a link to where it is mended."""

import pytest

from pishkhan.cases import drafts
from pishkhan.cases.models import Case
from pishkhan.cases.returns import OFTEN, Reason
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from tests import world as w

from .browsing import PASSWORD, Browser

SON = {"relation": "son", "birth_date": "2003-01-01", "since": "2020-01-01", "conditions": []}
WORD = "explain:not-covered"


@pytest.fixture
def son(world):
    service = find("dependent-registration")
    return w.drafted(world, service=service, answers={**service.example, **SON})


def test_the_workshop_says_a_word_and_the_desk_reads_it(world, son):
    employer = Browser(world.ali.user)
    page = employer.open(f"/cartable/{son.pk}/edit/")
    assert "مشمول نیست" in page.text
    page = employer.submit("ارسال به سازمان")
    assert page.status == 422
    assert "بنویسید چرا" in page.error(WORD)
    assert page.link("مشمول نیست") == "#explain-not-covered"
    employer.submit("ارسال به سازمان", {WORD: "دانشجوست؛ گواهی در راه است."})
    assert w.fresh(son).state == State.SUBMITTED
    review = Browser(world.clerk.user).open(f"/desk/cases/{son.pk}/")
    assert "توضیح فرستنده: دانشجوست؛ گواهی در راه است." in review.text
    assert review.text.count("مشمول نیست") == 1


def test_the_desk_does_not_read_what_the_sender_of_a_returned_request_is_still_writing(world, son):
    drafts.explain(world.ali, son.pk, {"not-covered": "دانشجوست."})
    case = w.returned(world, w.to_the_branch(world, son))
    drafts.explain(world.ali, case.pk, {"not-covered": "هنوز ننوشته‌ام."})
    assert "هنوز ننوشته‌ام" not in Browser(world.clerk.user).open(f"/desk/cases/{son.pk}/").text


def test_a_word_is_kept_when_something_else_is_wrong(world, son):
    employer = Browser(world.ali.user)
    employer.open(f"/cartable/{son.pk}/edit/")
    employer.submit("ذخیره بدون ارسال", {WORD: "دانشجوست.", "father_name": ""})
    page = employer.submit("ارسال به سازمان", {"father_name": "علی"})
    assert page.status == 200
    assert w.fresh(son).said("not-covered") == "دانشجوست."


def test_a_word_is_given_back_after_signing_in_again(world, son):
    employer = Browser()
    employer.sign_in("ali")
    employer.open(f"/cartable/{son.pk}/edit/")
    employer.lose_session()
    employer.submit("ذخیره بدون ارسال", {WORD: "دانشجوست."})
    employer.submit("ورود", {"username": "ali", "password": PASSWORD})
    assert employer.page.path == f"/cartable/{son.pk}/edit/"
    assert employer.page.value(WORD) == "دانشجوست."


def test_the_request_that_is_going_on_is_one_press_away(world):
    first = w.filled_case(world, State.SUBMITTED)
    second = w.drafted(world)
    employer = Browser(world.ali.user)
    employer.open(f"/cartable/{second.pk}/edit/")
    page = employer.submit("ارسال به سازمان")
    assert "درخواست دیگری از همین نوع" in page.error("national_code")
    assert page.link("در جریان است") == f"/cartable/{first.pk}/"


def test_a_service_that_does_not_ask_for_the_code_shows_the_request_too(world):
    service = find("booklet-first")
    second = w.drafted(world, service=service)
    Case.objects.filter(pk=second.pk).update(national_code="")  # else the look-up goes on with the first
    first = w.filled_case(world, State.SUBMITTED, service=service)
    employer = Browser(world.ali.user)
    employer.open(f"/cartable/{second.pk}/edit/")
    page = employer.submit("ارسال به سازمان")
    assert page.status == 422
    assert page.link("در جریان است") == f"/cartable/{first.pk}/"


def test_an_employer_who_opens_an_applicants_request_sees_at_once_what_is_in_its_way(world):
    case = w.filled_case(world, State.AWAITING_EMPLOYER)
    w.insured(world)
    page = Browser(world.ali.user).open(f"/cartable/{case.pk}/edit/")
    assert page.status == 200
    assert "همین کارگاه" in page.error("national_code")


def test_a_draft_is_not_scolded_before_it_is_sent(world):
    case = w.drafted(world, answers={}, scans=False)
    page = Browser(world.ali.user).open(f"/cartable/{case.pk}/edit/")
    assert page.tree.all(id="problems") == []


def test_the_applicants_check_tells_what_is_in_the_way_before_the_button_is_pressed(world):
    visitor = _at_the_check(world, {**SON, "father_name": ""})
    page = visitor.open("/apply/dependent-registration/check/")
    assert page.status == 200
    place = page.link("نام پدر: این خانه را پر کنید")
    assert place.startswith("/apply/dependent-registration/page/identity/")


def test_an_applicant_says_a_word_on_the_check(world):
    visitor = _at_the_check(world, SON)
    page = visitor.open("/apply/dependent-registration/check/")
    assert "مشمول نیست" in page.text
    page = visitor.submit("ارسال برای کارفرما")
    assert page.status == 422
    assert page.error(WORD)
    visitor.submit("ارسال برای کارفرما", {WORD: "دانشجوست."})
    case = Case.objects.get()
    assert (case.state, case.said("not-covered")) == (State.AWAITING_EMPLOYER, "دانشجوست.")


def _at_the_check(world, answers):
    """A visitor's browser whose request is written, up to its check."""
    w.insured(world)
    service = find("dependent-registration")
    visitor = Browser()
    visitor.open(f"/apply/{service.code}/workshop/")
    visitor.submit("یافتن کارگاه", {"workshop_code": world.a.code})
    visitor.submit("بله", {})
    case = Case.objects.get()
    drafts.save_answers(w.applicant(case), case.pk, {**service.example, **answers})
    for number, scan in enumerate(service.required_scans(w.fresh(case).answers)):
        drafts.attach_scan(w.applicant(case), case, scan.code, w.jpeg(number))
    return visitor


def test_what_is_often_returned_stands_before_the_button_of_both_senders(world):
    marks = [{"target": "scan:photo", "label": "عکس پرسنلی", "reason": Reason.UNREADABLE.label}]
    for number in range(OFTEN):
        case = w.filled_case(world, State.SUBMITTED, answers=w.answers_for(60 + number))
        w.returned(world, case, marks=marks)
    case = w.drafted(world)
    page = Browser(world.ali.user).open(f"/cartable/{case.pk}/edit/")
    assert page.link("عکس پرسنلی") == "#scan-photo"
    assert "(۳ بار)" in page.main
    assert Audience.WORKSHOP in case.service.offered_to
