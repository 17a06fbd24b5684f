"""«تنظیمات شعبه»: what the senior user decides holds on the screens it is about, from its day on."""

import datetime

import pytest
from django.utils import timezone

from pishkhan.accounts.factors import POLICY as SECOND_FACTOR
from pishkhan.accounts.models import User
from pishkhan.audit.models import Entry
from pishkhan.catalogue.service import every_service
from pishkhan.letters import press
from pishkhan.people import eligibility
from pishkhan.persian.calendar import show_date
from pishkhan.policy.models import Policy
from pishkhan.policy.operations import policy
from pishkhan.web.desk.setting_forms import GROUPS
from tests.approvals.asking import second_senior
from tests.world import World, jpeg_bytes

from .browsing import Browser

TODAY = timezone.localdate()


@pytest.fixture
def senior(world: World) -> Browser:
    return Browser(world.senior.user)


def decided_there() -> bool:
    """Whether anything was decided on the pages of the settings."""
    return Policy.objects.exclude(key=SECOND_FACTOR).exists()


def save(senior: Browser, group: str, **typed: str):
    senior.open(f"/desk/settings/{group}/")
    return senior.submit("ذخیره", typed)


@pytest.mark.parametrize("group", [group.code for group in GROUPS])
def test_saving_a_page_as_it_stands_decides_nothing(senior, group):
    page = save(senior, group)
    assert "چیزی تغییر نکرد" in page.main
    assert not decided_there()


def test_a_closed_service_is_not_offered_and_says_why_until_it_is_opened_again(world, senior):
    save(senior, "services", booklet_first="چاپ دفترچه متوقف است.")
    ali = Browser(world.ali.user)
    assert "چاپ دفترچه متوقف است." in ali.open("/cartable/new/").main
    answer = ali.post("/cartable/new/booklet-first/", {"national_code": "9990000018"})
    assert answer.status in (409, 422)
    save(senior, "services", booklet_first="")
    assert "چاپ دفترچه متوقف است." not in ali.open("/cartable/new/").main


def test_the_public_reads_the_notice_of_the_first_page_and_nobody_elses(world, senior):
    save(senior, "notices", public="فردا تعطیل است.", desk="جلسه ساعت ۱۰")
    assert "فردا تعطیل است." in Browser().open("/").main
    assert "جلسه" not in Browser().open("/").main
    assert "جلسه ساعت ۱۰" in Browser(world.clerk.user).open("/desk/").main


def test_a_scan_made_optional_stops_no_request(world, senior):
    service = next(s for s in every_service() if s.code == "main-registration")
    assert "questionnaire" in {scan.code for scan in service.required_scans(service.example)}
    save(senior, "scans", main_registration__questionnaire="optional")
    assert "questionnaire" not in {scan.code for scan in service.required_scans(service.example)}


def test_a_change_holds_from_the_day_that_was_written(senior):
    later = TODAY + datetime.timedelta(days=20)
    save(senior, "upload", kilobytes="۱۵۰", valid_from=show_date(later))
    assert policy("upload", 200) == 200
    assert policy("upload", 200, later) == 150


def test_a_change_that_was_planned_is_taken_back_for_its_own_day(senior):
    later = show_date(TODAY + datetime.timedelta(days=20))
    save(senior, "upload", kilobytes="150", valid_from=later)
    assert "هنوز نرسیده" in senior.open("/desk/settings/upload/").main
    save(senior, "upload", kilobytes="200", valid_from=later)
    assert policy("upload", 0, TODAY + datetime.timedelta(days=30)) == 200


def test_the_past_is_not_changed(senior):
    page = save(senior, "upload", kilobytes="150", valid_from=show_date(TODAY - datetime.timedelta(days=1)))
    assert page.status == 422
    assert "گذشته عوض نمی‌شود" in page.main
    assert not decided_there()


def test_a_smaller_limit_refuses_larger_pictures_with_its_own_figure(world, senior):
    save(senior, "upload", kilobytes="50")
    ali = Browser(world.ali.user)
    assert 'data-limit="51200"' in ali.open("/profile/").html
    page = ali.submit("ذخیره", files={"signature": jpeg_bytes(7) + b"\0" * 60_000})
    assert page.status == 422
    assert "۵۰ کیلوبایت" in page.main


def test_the_table_of_eligibility_is_changed_row_by_row(senior):
    rows = eligibility.rules()
    place = next(i for i, r in enumerate(rows) if (r.relation, r.max_age) == ("son", 22))
    save(senior, "eligibility", **{f"rules-{place}-max_age": "۲۰"})
    assert next(r for r in eligibility.rules() if r.relation == "son").max_age == 20
    assert len(eligibility.rules()) == len(rows)


def test_a_wrong_row_is_told_beside_itself_and_nothing_is_lost(senior):
    page = save(senior, "eligibility", **{"rules-0-min_age": "پنج", "rules-1-basis": "نوشتهٔ دیگر"})
    assert page.status == 422
    assert "فقط با رقم" in page.main
    assert "نوشتۀ دیگر" in page.main or "نوشتهٔ دیگر" in page.html
    assert not decided_there()


def test_an_age_that_ends_before_it_begins_is_refused(senior):
    page = save(senior, "eligibility", **{"rules-0-min_age": "۳۰", "rules-0-max_age": "۳۰"})
    assert page.status == 422 and "بیشتر باشد" in page.main
    assert not decided_there()


def test_two_kinds_of_booklet_do_not_share_a_code(senior):
    page = save(senior, "booklets", **{"kinds-0-code": "special"})
    assert page.status == 422 and "«special»" in page.main
    assert not decided_there()


def test_every_decision_is_in_the_trail_and_on_the_page(senior):
    save(senior, "upload", kilobytes="120")
    entry = Entry.objects.filter(action="policy decided").latest("id")
    assert entry.details["key"] == "upload"
    assert "تغییرهای پیشین" in senior.open("/desk/settings/upload/").main


def test_an_unknown_page_of_settings_is_not_there(senior):
    assert senior.open("/desk/settings/nonsense/").status == 404


@pytest.mark.parametrize("group", [group.code for group in GROUPS])
def test_enter_saves(senior, group):
    """A browser presses the first button of a form."""
    page = senior.open(f"/desk/settings/{group}/")
    [form] = [form for form in page.tree.all("form") if form.all(name="valid_from")]
    assert form.all("button")[0]["name"] == "save"


MEANWHILE = "پس از باز شدن صفحه تغییر کرده است"


@pytest.fixture
def other(world: World) -> Browser:
    user = second_senior(world).user
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    return Browser(user)


def test_what_a_colleague_decided_since_the_page_was_opened_is_not_taken_back_unseen(senior, other):
    """The second to save is shown what the first decided, loses nothing typed, and may then insist."""
    senior.open("/desk/settings/letterhead/")
    save(other, "letterhead", head_name="نگار فرضی")
    page = senior.submit("ذخیره", {"head_title": "رئیس"})
    assert page.status == 422
    assert MEANWHILE in page.main and "برای این تاریخ «نگار فرضی» ثبت است." in page.main
    assert press.letterhead()["head_name"] == "نگار فرضی"
    assert page.value("head_title") == "رئیس"
    senior.submit("ذخیره", {"head_title": "رئیس", "head_name": ""})
    assert (press.letterhead()["head_title"], press.letterhead()["head_name"]) == ("رئیس", "")


def test_rows_that_a_colleague_decided_are_not_taken_back_unseen(senior, other):
    senior.open("/desk/settings/holidays/")
    save(other, "holidays", **{"holidays-0-day": "۱۴۰۶/۰۱/۰۲", "holidays-0-title": "نوروز"})
    page = senior.submit("ذخیره", {"holidays-0-day": "۱۴۰۶/۰۱/۰۳", "holidays-0-title": "نوروز"})
    assert page.status == 422 and "ردیف‌های ثبت‌شده با این‌ها یکی نیست" in page.main


def test_a_wrong_answer_does_not_hide_what_a_colleague_decided_meanwhile(senior, other):
    senior.open("/desk/settings/letterhead/")
    save(other, "letterhead", head_name="نگار فرضی")
    page = senior.submit("ذخیره", {"head_title": ""})
    assert page.status == 422 and MEANWHILE not in page.main
    assert MEANWHILE in senior.submit("ذخیره", {"head_title": "رئیس"}).main


def test_what_is_planned_stays_where_an_answer_was_left_as_it_is(senior):
    """The page shows today's answers: to leave one of them is not to take back what is planned for it."""
    later = TODAY + datetime.timedelta(days=20)
    save(senior, "letterhead", head_name="نگار فرضی", valid_from=show_date(later))
    save(senior, "letterhead", head_title="سرپرست", valid_from=show_date(later + datetime.timedelta(days=1)))
    planned = press.letterhead(later + datetime.timedelta(days=1))
    assert (planned["head_name"], planned["head_title"]) == ("نگار فرضی", "سرپرست")
    assert press.letterhead()["head_name"] == ""
