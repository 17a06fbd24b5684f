"""The pages of visits, walked through as an inspector and an employer would, without scripts."""

import datetime as dt

import pytest
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.inspections.models import Inspection, Objection
from pishkhan.inspections.states import State
from pishkhan.sheets.reading import LARGEST
from tests.inspections.inspecting import fresh, objected, published, recorded, sheet, sheet_row, typed
from tests.web.browsing import Browser, scan

NEW = "/desk/inspections/new/"
IMPORT = "/desk/inspections/import/"


@pytest.fixture
def inspector(world):
    return Browser(world.inspector.user)


@pytest.fixture
def employer(world):
    return Browser(world.ali.user)


def written(world, **changes):
    """The fields of a visit as they are typed into the page's own form."""
    form = typed(world, **changes)
    return {name: value for name, value in form.items() if not name.endswith("_FORMS")}


def test_a_visit_goes_from_the_form_to_the_employer_and_back(world, inspector, employer):
    inspector.open("/desk/inspections/")
    inspector.open(inspector.page.link("بازدید جدید"))
    worker = {"workers-0-name": "رضا گیلانی", "workers-0-stated_wage": "۱۵۰٬۰۰۰٬۰۰۰"}
    page = inspector.submit("ثبت بازدید", written(world, **worker))
    assert "۱۵۰٬۰۰۰٬۰۰۰" in page.main
    assert "۲ نفر بیش از لیست" in page.main
    assert "بازدیدی ابلاغ نشده است" in employer.open("/inspections/").main
    inspector.submit("ابلاغ به کارگاه")
    employer.open("/dashboard/")
    page = employer.open(employer.page.link("نتیجهٔ بازرسی"))
    assert "رضا گیلانی" in page.main
    assert "۳۰ روز مانده است" in page.main
    page = employer.submit("رؤیت شد")
    assert page.has_button("رؤیت شد") is False
    employer.open(page.link("اعتراض"))
    page = employer.submit("ثبت اعتراض", {"text": "کارآموز بود."}, {"scan-2": scan()})
    assert "رسیدگی می‌شود" in page.main
    inspector.open("/desk/")
    page = inspector.open(inspector.page.link("اعتراض کرد"))
    assert "کارآموز بود." in page.main
    page = inspector.submit("رد اعتراض")
    assert (page.status, page.error("answer") != "") == (422, True)
    inspector.submit("رد اعتراض", {"answer": "قرارداد کارآموزی نبود."})
    assert "قرارداد کارآموزی نبود." in employer.open(f"/inspections/{Inspection.objects.get().pk}/").main


def test_wrong_fields_get_their_messages_and_nothing_typed_is_lost(world, inspector):
    inspector.open(NEW)
    page = inspector.submit(
        "ثبت بازدید",
        written(
            world,
            workshop_code="1463639999",
            visit_time="25:99",
            observed_count="x",
            remarks="یادداشت",
            **{"workers-1-job": "جوشکار", "workers-1-national_code": "123"},
        ),
    )
    assert page.status == 422
    for name in ("visit_time", "observed_count", "workers-1-name", "workers-1-national_code"):
        assert page.error(name), name
    assert page.value("remarks") == "یادداشت"
    assert page.value("workers-1-job") == "جوشکار"
    assert not Inspection.objects.exists()


def test_an_unknown_workshop_and_a_taken_number_are_told_beside_their_fields(world, inspector):
    number = recorded(world).number
    inspector.open(NEW)
    page = inspector.submit("ثبت بازدید", written(world, number=number, workshop_code="2593639003"))
    assert page.status == 422
    assert page.error("number")
    assert "در شعبهٔ شما ثبت نیست" in page.error("workshop_code")


def test_rows_are_added_without_scripts_and_without_judging(world, inspector):
    inspector.open(NEW)
    page = inspector.submit("ردیف‌های بیشتر", {"number": "x", "workers-2-name": "رضا گیلانی"})
    assert page.status == 200
    assert page.value("number") == "x"
    assert page.value("workers-0-name") == "رضا گیلانی"
    assert "workers-5-name" in page.html
    assert not page.tree.all("p", cls="error")


def test_rows_that_were_emptied_are_gone_after_the_edit(world, inspector):
    made = recorded(world, workers=[{"name": "رضا گیلانی"}, {"name": "علی رضایی"}])
    page = inspector.open(f"/desk/inspections/{made.pk}/edit/")
    assert page.value("workers-1-name") == "علی رضایی"
    assert page.value("visit_time") == "۰۹:۳۰"
    inspector.submit("ثبت بازدید", {"workers-0-name": ""})
    assert [worker.name for worker in made.workers.all()] == ["علی رضایی"]


def test_too_many_rows_are_told_and_never_an_error_of_the_server(world, inspector):
    for total in ("61", "100000", "-1", "x"):
        page = inspector.post(NEW, typed(world, **{"workers-TOTAL_FORMS": total}))
        assert page.status in (422, 302, 200), total


def test_what_a_colleague_changed_meanwhile_is_not_published_unseen(world, inspector):
    made = recorded(world)
    inspector.open(f"/desk/inspections/{made.pk}/")
    colleague = Browser(world.senior.user)
    colleague.open(f"/desk/inspections/{made.pk}/edit/")
    colleague.submit("ثبت بازدید", {"remarks": "تازه"})
    page = inspector.submit("ابلاغ به کارگاه")
    assert "کار شما انجام نشد" in page.text
    assert fresh(made).state == State.DRAFT


def test_what_is_typed_over_a_colleagues_change_is_shown_again_and_not_saved_unasked(world, inspector):
    made = recorded(world)
    inspector.open(f"/desk/inspections/{made.pk}/edit/")
    colleague = Browser(world.senior.user)
    colleague.open(f"/desk/inspections/{made.pk}/edit/")
    colleague.submit("ثبت بازدید", {"remarks": "از همکار"})
    page = inspector.submit("ثبت بازدید", {"remarks": "از من"})
    assert page.status == 422
    assert "همکاری این گزارش را" in page.main
    assert page.value("remarks") == "از من"
    assert fresh(made).remarks == "از همکار"
    inspector.submit("ثبت بازدید")
    assert fresh(made).remarks == "از من"


def test_a_published_visit_is_not_edited_any_more(world, inspector):
    made = published(world)
    assert "دیگر تغییر نمی‌کند" in inspector.open(f"/desk/inspections/{made.pk}/edit/").text
    inspector.post(f"/desk/inspections/{made.pk}/edit/", typed(world, number=made.number, remarks="تازه"))
    assert fresh(made).remarks == ""


def test_who_is_too_late_to_object_is_told_politely(world, employer):
    made = published(world)
    employer.open(f"/inspections/{made.pk}/object/")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Inspection.objects.filter(pk=made.pk).update(objection_deadline=yesterday)
    page = employer.submit("ثبت اعتراض", {"text": "نه"})
    assert page.path == f"/inspections/{made.pk}/"
    assert "گذشته است" in page.text
    assert "شعبه مراجعه کنید" in page.text
    assert not Objection.objects.exists()
    assert employer.open(f"/inspections/{made.pk}/object/").path == f"/inspections/{made.pk}/"


def test_a_bad_picture_is_told_beside_it_and_the_words_stay(world, employer):
    made = published(world)
    employer.open(f"/inspections/{made.pk}/object/")
    page = employer.submit("ثبت اعتراض", {"text": "کارآموز بود."}, {"scan-1": scan(), "scan-3": b"GIF89a"})
    assert page.status == 422
    assert page.error("scan-3")
    assert page.error("scan-1") == ""
    assert page.value("text") == "کارآموز بود."
    assert not Objection.objects.exists()


def test_opening_a_picture_of_an_objection_is_an_entry_of_the_trail(world, inspector, employer):
    """At the desk always; the workshop's own page shows it small, which is none."""
    made = objected(world)
    opened = Entry.objects.filter(action="objection scan opened", about=f"inspection:{made.pk}")
    for number, (browser, path) in enumerate(((employer, ""), (inspector, "/desk"))):
        page = browser.open(f"{path}/inspections/{made.pk}/")
        [shown] = [image["src"] for image in page.tree.all("img") if "/scans/" in image["src"]]
        assert browser.client.get(shown).status_code == 200
        assert opened.count() == 2 * number
        browser.open(page.link("پیوست"))
        assert opened.count() == 2 * number + 1
    assert employer.client.get(f"/inspections/{made.pk}/scans/9/?small").status_code == 404
    assert inspector.open(f"/desk/inspections/{made.pk}/scans/2/").status == 404


@pytest.mark.parametrize("text", ["صنايع پلاستیک", "1463639001", "۱۴۶۳۶", "گیلان‌بافت"])
def test_visits_are_found_by_the_workshop_and_nothing_of_it_stands_in_the_address(world, inspector, text):
    here, there = recorded(world), recorded(world, workshop_code=world.b.code)
    inspector.open("/desk/inspections/")
    page = inspector.submit("جست‌وجو", {"text": text})
    found = {made for made in (here, there) if f"/desk/inspections/{made.pk}/" in page.links}
    wanted = {"۱۴۶۳۶": {here, there}, "گیلان‌بافت": {there}}.get(text, {here})
    assert found == wanted
    assert text not in page.path


def test_visits_are_filtered_by_state_and_open_objections_counted(world, inspector):
    draft, answered = recorded(world), objected(world)
    page = inspector.open("/desk/inspections/?tab=objected")
    assert f"/desk/inspections/{answered.pk}/#answer" in page.links
    assert f"/desk/inspections/{draft.pk}/" not in page.links
    assert inspector.open("/desk/inspections/?tab=nothing").status == 404


def test_the_list_goes_on_page_by_page(world, employer):
    for _ in range(26):
        published(world)
    page = employer.open("/inspections/")
    assert len(page.tree.all("a", cls="row-title")) == 25
    assert len(employer.open(page.link("بازدیدهای پیشین")).tree.all("a", cls="row-title")) == 1


def test_only_who_inspects_has_the_entry_in_the_menu(world):
    assert "/desk/inspections/" in Browser(world.senior.user).open("/desk/").links
    assert "/desk/inspections/" not in Browser(world.clerk.user).open("/desk/").links


def test_a_file_is_shown_before_it_is_saved_and_saved_once_confirmed(world, inspector):
    inspector.open(IMPORT)
    rows = [sheet_row(world), {"number": "1405/77", "worker-name": "رضا گیلانی"}]
    page = inspector.submit("خواندن فایل", files={"table": sheet(*rows)})
    assert page.status == 200
    assert "رضا گیلانی" in page.main
    assert not Inspection.objects.exists()
    page = inspector.submit("ثبت بدون ابلاغ")
    assert "۱ بازدید ثبت شد" in page.text
    assert Inspection.objects.get().state == State.DRAFT


def test_a_confirmation_may_publish_all(world, inspector, employer):
    inspector.open(IMPORT)
    inspector.submit("خواندن فایل", files={"table": sheet(sheet_row(world))})
    inspector.submit("ثبت و ابلاغ به کارگاه‌ها")
    assert "۱۴۰۵/۷۷" in employer.open("/inspections/").main


def test_wrong_cells_are_listed_by_row_and_nothing_can_be_confirmed(world, inspector):
    inspector.open(IMPORT)
    page = inspector.submit("خواندن فایل", files={"table": sheet(sheet_row(world, kind="x", visit_date=""))})
    assert page.status == 422
    assert "نوع بازرسی" in page.main
    assert "تاریخ بازدید" in page.main
    assert not page.has_button("ثبت بدون ابلاغ")
    assert not Inspection.objects.exists()


@pytest.mark.parametrize("content", [b"", b"x", b"PK\3\4xxxx", b"PK\3\4" + b"x" * (2 * LARGEST)])
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(inspector, content):
    inspector.open(IMPORT)
    page = inspector.submit("خواندن فایل", files={"table": content})
    assert page.status == 422
    assert page.error("table")


def test_a_forged_or_anothers_preview_is_not_confirmed(world, inspector):
    inspector.open(IMPORT)
    inspector.submit("خواندن فایل", files={"table": sheet(sheet_row(world))})
    held = inspector.page.value("rows")
    assert inspector.post(IMPORT, {"rows": held[:-2] + "xx", "keep": "1"}).status == 422
    assert Browser(world.senior.user).post(IMPORT, {"rows": held, "keep": "1"}).status == 422
    assert not Inspection.objects.exists()


def test_a_second_confirmation_is_told_that_the_numbers_are_taken(world, inspector):
    inspector.open(IMPORT)
    inspector.submit("خواندن فایل", files={"table": sheet(sheet_row(world))})
    held = inspector.page.value("rows")
    inspector.submit("ثبت بدون ابلاغ")
    page = inspector.post(IMPORT, {"rows": held, "keep": "1"})
    assert page.status == 422
    assert "بازدید دیگری با این شماره" in page.main
    assert Inspection.objects.count() == 1


def test_words_of_a_file_and_of_an_objection_are_shown_as_words(world, inspector, employer):
    made = published(world, remarks="<script>alert(1)</script>")
    assert "<script>alert(1)" not in employer.open(f"/inspections/{made.pk}/").html
    employer.open(f"/inspections/{made.pk}/object/")
    employer.submit("ثبت اعتراض", {"text": "<img src=x>"})
    assert "<img src=x>" not in inspector.open(f"/desk/inspections/{made.pk}/").html
