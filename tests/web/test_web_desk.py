"""The desk of a unit: queue, review, decision."""

import re

import pytest

from pishkhan.audit.models import Entry
from pishkhan.cases import operations
from pishkhan.cases.states import State
from pishkhan.people.models import Employment, KnownScan, Person
from pishkhan.persian.digits import to_persian
from tests.world import World, answers_for, code_of_person, filled_case, fresh

from .browsing import Browser, Page
from .test_web_cartable import listed, rows, search, through


@pytest.fixture
def clerk(world: World) -> Browser:
    return Browser(world.clerk.user)


def opened(browser: Browser, case) -> Page:
    browser.open("/desk/queue/")
    return browser.submit(f"بررسی {case.subject_name}")


def test_taking_a_case_opens_it_and_puts_it_under_my_review(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    page = opened(clerk, case)
    case = fresh(case)
    assert page.path == f"/desk/cases/{case.pk}/"
    assert (case.state, case.assignee) == (State.UNDER_REVIEW, world.clerk.user)
    assert str(world.clerk.user) in page.main


def test_a_case_that_a_colleague_took_just_opens_and_stays_the_colleagues(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    queue = clerk.open("/desk/queue/")
    operations.take(world.colleague, case.pk)
    clerk.page = queue
    page = clerk.submit(f"بررسی {case.subject_name}")
    assert page.path == f"/desk/cases/{case.pk}/"
    assert str(world.colleague.user) in page.main
    assert fresh(case).assignee == world.colleague.user


def test_the_review_shows_answers_scans_and_the_past(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    page = opened(clerk, case)
    for told in ("علی‌رضا", to_persian(case.national_code), "۱۳۷۸/۰۴/۱۲", world.a.name, "شیفت شب"):
        assert told in page.main
    for kind in case.scans.values_list("kind", flat=True):
        assert f"/desk/cases/{case.pk}/scans/{kind}/" in page.html
    assert "ارسال کارفرما به سازمان" in page.tree.all("ol", cls="timeline")[0].text()


def test_confirming_registers_the_person_and_the_employment(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    page = clerk.submit("تأیید")
    assert page.path == "/desk/queue/" and "تأیید شد" in page.main
    assert fresh(case).state == State.COMPLETED
    person = Person.objects.get(national_code=case.national_code)
    assert (person.first_name, person.birth_date.isoformat()) == ("علی‌رضا", "1999-07-03")
    employment = Employment.objects.get(person=person, ended_on=None)
    assert (employment.workshop, employment.job) == (world.a, case.answers["job"])
    assert KnownScan.objects.filter(person=person, kind="photo").count() == 1
    assert "انجام شد" in Browser(world.ali.user).open("/dashboard/").main


def test_confirming_twice_registers_once_and_the_second_is_told(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    form = opened(clerk, case)
    clerk.submit("تأیید")
    clerk.page = form
    page = clerk.submit("تأیید")
    assert page.path == f"/desk/cases/{case.pk}/"
    assert "اکنون «انجام‌شده» است" in page.main and "کار شما انجام نشد" in page.main
    assert Employment.objects.count() == 1


def test_returning_names_the_fields_and_scans_and_why(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    page = clerk.submit(
        "برگشت برای رفع نقص",
        {"note": "دو مورد", "mark:father_name": "با شناسنامه یکی نیست", "mark:scan:photo": "تار است"},
    )
    assert page.path == "/desk/queue/" and "برای رفع نقص برگشت" in page.main
    case = fresh(case)
    assert case.state == State.RETURNED and case.note == "دو مورد"
    assert [(m["target"], m["label"], m["reason"]) for m in case.marks] == [
        ("father_name", "نام پدر", "با شناسنامه یکی نیست"),
        ("scan:photo", "عکس پرسنلی ۳×۴", "تار است"),
    ]
    employer = Browser(world.ali.user).open(f"/cartable/{case.pk}/").main
    assert "با شناسنامه یکی نیست" in employer and "تار است" in employer and "دو مورد" in employer


@pytest.mark.parametrize("note", ["", "  ", "\u200c\n"])
@pytest.mark.parametrize("button", ["برگشت برای رفع نقص", "رد"])
def test_returning_and_rejecting_need_a_reason(clerk, world, button: str, note: str):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    _form, pressed = decision(clerk.page, button)
    page = clerk.submit(pressed, {"note": note})
    assert page.status == 422 and "دلیل را بنویسید" in page.main
    assert fresh(case).state == State.UNDER_REVIEW


def decision(page: Page, words: str) -> tuple[object, str]:
    """The button of the decision that begins with these words (each also names its key)."""
    for node in page.tree.all("button", name="verb"):
        if node.text().startswith(words) and not (words == "رد" and "برگشت" in node.text()):
            return node, node.text()
    raise AssertionError(words)


def test_rejecting_with_a_reason_ends_the_case(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    page = clerk.submit(decision(clerk.page, "رد")[1], {"note": "سن کمتر از حد است"})
    assert page.path == "/desk/queue/"
    case = fresh(case)
    assert (case.state, case.note) == (State.REJECTED, "سن کمتر از حد است")
    assert not Person.objects.exists()
    assert "سن کمتر از حد است" in Browser(world.ali.user).open(f"/cartable/{case.pk}/").main


def test_a_rejection_without_reason_keeps_the_marks_that_were_written(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    page = clerk.submit(decision(clerk.page, "رد")[1], {"mark:scan:photo": "تار است"})
    assert page.status == 422
    assert page.value("mark:scan:photo") == "تار است"


@pytest.mark.parametrize("written", [("note",), ("mark:first_name",), ("note", "mark:scan:photo")])
def test_confirming_with_a_note_or_marks_written_is_asked_about_and_loses_nothing(clerk, world, written):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    page = clerk.submit("تأیید", dict.fromkeys(written, "ایراد دارد"))
    assert page.status == 422
    assert "ایراد یا یادداشتی نوشته‌اید" in page.main
    assert all(page.value(name) == "ایراد دارد" for name in written)
    assert fresh(case).state == State.UNDER_REVIEW


@pytest.mark.parametrize("button, state", [("تأیید", State.COMPLETED), ("رد", State.REJECTED)])
def test_what_the_branch_holds_of_a_closed_workshop_is_decided_but_not_returned(clerk, world, button, state):
    """Nobody there could correct it: the page says so and has no way to return it (decision 28)."""
    case = filled_case(world, State.SUBMITTED)
    operations.close_workshop(world.senior, world.a, "تعطیل شد")
    page = opened(clerk, case)
    assert "این کارگاه بسته شده است و کسی نیست که اصلاح کند" in page.main
    assert not page.has_button("برگشت برای رفع نقص") and 'name="mark:' not in page.html
    decided = clerk.submit(button, {"note": "" if state == State.COMPLETED else "تکراری است"})
    assert decided.path == "/desk/queue/"
    assert fresh(case).state == state


def test_what_is_returned_while_its_workshop_is_closed_stays_and_loses_nothing(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    operations.close_workshop(world.senior, world.a, "تعطیل شد")
    page = clerk.submit("برگشت برای رفع نقص", {"note": "عکس تار است", "mark:scan:photo": "تار است"})
    assert page.status == 422 and "کسی نیست که اصلاح کند" in page.main
    assert page.value("note") == "عکس تار است" and page.value("mark:scan:photo") == "تار است"
    assert fresh(case).state == State.UNDER_REVIEW


@pytest.mark.parametrize("button", ["تأیید", "برگشت برای رفع نقص", "رد"])
def test_of_two_who_decide_at_once_the_second_is_told_who_did_what(clerk, world, button: str):
    case = filled_case(world, State.UNDER_REVIEW)
    clerk.open(f"/desk/cases/{case.pk}/")
    operations.return_for_correction(world.colleague, case.pk, version=case.version, note="عکس تار است")
    page = clerk.submit(decision(clerk.page, button)[1], {"note": "نظر من"})
    assert page.path == f"/desk/cases/{case.pk}/"
    flash = " ".join(node.text() for node in page.tree.all("p", cls="flash"))
    assert str(world.colleague.user) in flash and "برگشت برای رفع نقص" in flash
    case = fresh(case)
    assert case.state == State.RETURNED and case.note == "عکس تار است"


def test_a_decision_on_answers_that_have_changed_since_is_not_taken_unseen(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    form = opened(clerk, case)
    now = fresh(case)
    operations.return_for_correction(world.colleague, case.pk, version=now.version, note="اصلاح کنید")
    operations.send(world.ali, case.pk)
    clerk.page = form
    page = clerk.submit("تأیید")
    assert "کار شما انجام نشد" in page.main
    assert fresh(case).state == State.SUBMITTED and not Person.objects.exists()


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 5000, "۱", "1.0", "²"])
def test_a_version_that_is_none_decides_nothing(clerk, world, version: str):
    case = filled_case(world, State.UNDER_REVIEW)
    page = clerk.post(f"/desk/cases/{case.pk}/decide/", {"verb": "confirm", "version": version})
    assert page.status in (200, 404)
    assert fresh(case).state == (State.UNDER_REVIEW if int_of(version) != case.version else State.COMPLETED)


def int_of(version: str) -> int:
    return int(version) if version.isdecimal() and len(version) < 10 else -1


@pytest.mark.parametrize("verb", ["", "send", "take", "withdraw", "refuse", "nonsense", "CONFIRM"])
def test_a_verb_that_is_no_decision_does_nothing(clerk, world, verb: str):
    case = filled_case(world, State.UNDER_REVIEW)
    body = {"verb": verb, "version": case.version, "note": "x"}
    assert clerk.post(f"/desk/cases/{case.pk}/decide/", body).status == 404
    assert fresh(case).state == State.UNDER_REVIEW


def test_somebody_registered_meanwhile_is_told_and_nothing_is_lost(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    opened(clerk, case)
    person = Person.objects.create(
        national_code=case.national_code,
        **{n: case.answers[n] for n in ("first_name", "last_name", "father_name", "gender", "birth_date")},
    )
    Employment.objects.create(person=person, workshop=world.a, job="x", started_on="2026-01-01")
    page = clerk.submit("تأیید")
    assert page.status == 422 and "هم‌اکنون در همین کارگاه ثبت شده است" in page.main
    assert fresh(case).state == State.UNDER_REVIEW


def test_what_differs_from_the_file_is_shown_to_the_officer(clerk, world):
    first = filled_case(world, State.COMPLETED, workshop=world.b)
    case = filled_case(world, State.SUBMITTED, answers={**first.answers, "father_name": "رمضان"})
    page = opened(clerk, case)
    flashes = [node.text() for node in page.tree.all(cls="flash")]
    assert any("نام پدر" in f and "قربان" in f and "رمضان" in f for f in flashes)


def test_a_unit_without_rights_does_not_find_the_case(world):
    case = filled_case(world, State.SUBMITTED)
    inspector = Browser(world.inspector.user)
    assert inspector.open(f"/desk/cases/{case.pk}/").status == 404
    assert case.subject_name not in inspector.open("/desk/queue/?tab=all").text
    for path in ("take/", "decide/", "archive/"):
        body = {"verb": "confirm", "version": case.version}
        assert inspector.post(f"/desk/cases/{case.pk}/{path}", body).status == 404
    assert fresh(case).state == State.SUBMITTED
    unit = inspector.open("/desk/queue/?unit=registration&tab=all")
    assert case.subject_name not in unit.text


def test_the_senior_user_reads_every_unit_and_decides_nothing(world):
    case = filled_case(world, State.SUBMITTED)
    senior = Browser(world.senior.user)
    assert case.subject_name in senior.open("/desk/queue/?unit=registration").main
    page = senior.open(f"/desk/cases/{case.pk}/")
    assert page.status == 200 and not page.tree.all("button", name="verb")
    body = {"verb": "confirm", "version": case.version}
    assert senior.post(f"/desk/cases/{case.pk}/decide/", body).status == 404
    assert senior.post(f"/desk/cases/{case.pk}/take/").status == 404
    assert fresh(case).state == State.SUBMITTED


def test_the_senior_user_finds_in_the_unit_that_was_chosen(world):
    case = filled_case(world, State.SUBMITTED)
    senior = Browser(world.senior.user)
    assert listed(search(senior, "/desk/queue/?unit=registration", text=case.national_code))
    assert not listed(search(senior, "/desk/queue/?unit=inspection", text=case.national_code))
    assert senior.open("/desk/queue/?unit=nonsense").status == 200


def test_opening_a_scan_is_an_entry_of_the_trail(clerk, world):
    """At the desk none is shown small."""
    case = filled_case(world, State.SUBMITTED)
    assert clerk.client.get(f"/desk/cases/{case.pk}/scans/photo/?small").status_code == 200
    entry = Entry.objects.get(action="scan opened")
    assert entry.user_id == world.clerk.user.pk and entry.about == f"case:{case.pk}"
    assert entry.details["kind"] == "photo" and entry.source


def test_every_picture_of_a_case_that_is_opened_is_an_entry_of_its_own(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    kinds = list(case.scans.order_by("kind").values_list("kind", flat=True))
    for kind in kinds:
        clerk.client.get(f"/desk/cases/{case.pk}/scans/{kind}/")
    clerk.client.get(f"/desk/cases/{case.pk}/scans/{kinds[0]}/")
    told = [entry.details["kind"] for entry in Entry.objects.filter(action="scan opened").order_by("id")]
    assert told == [*kinds, kinds[0]]


def test_opening_the_photo_of_a_person_is_an_entry_of_the_trail(clerk, world):
    person = filled_case(world, State.COMPLETED).subject
    assert clerk.client.get(f"/desk/people/{person.pk}/photo/").status_code == 200
    entry = Entry.objects.get(action="scan opened", about=f"person:{person.pk}")
    assert entry.user_id == world.clerk.user.pk and entry.details["kind"] == "photo"
    KnownScan.objects.filter(person=person).delete()
    assert clerk.client.get(f"/desk/people/{person.pk}/photo/").status_code == 404
    assert Entry.objects.filter(about=f"person:{person.pk}", action="scan opened").count() == 1


def test_a_picture_that_somebody_may_not_open_is_no_entry(world):
    case = filled_case(world, State.SUBMITTED)
    for actor in (world.far_clerk, world.ali):
        response = Browser(actor.user).client.get(f"/desk/cases/{case.pk}/scans/photo/")
        assert response.status_code in (302, 403, 404)
    assert not Entry.objects.filter(action="scan opened").exists()


def test_a_scan_that_is_not_there_is_no_entry(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    assert clerk.client.get(f"/desk/cases/{case.pk}/scans/birth_certificate_remarks/").status_code == 404
    assert clerk.client.get(f"/desk/cases/{case.pk}/scans/nonsense/").status_code == 404
    assert not Entry.objects.filter(action="scan opened").exists()


def test_the_oldest_waiting_case_comes_first(clerk, world):
    rows(world, 60, state=State.SUBMITTED, waiting_on="branch")
    pages = through(clerk, "/desk/queue/", "درخواست‌های بعدی")
    names = [name for page in pages for name in page]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert names == [f"نفر {number}" for number in reversed(range(60))]


def test_every_tab_of_the_queue_holds_its_states(clerk, world):
    cases = {
        state: filled_case(world, state, answers=answers_for(60 + n, first_name=f"نام{'آبپتثجچ'[n]}"))
        for n, state in enumerate(s for s in State if s not in (State.DRAFT, State.AWAITING_EMPLOYER))
    }
    tabs = {
        "queue": {State.SUBMITTED, State.UNDER_REVIEW},
        "returned": {State.RETURNED},
        "ended": {State.COMPLETED, State.REJECTED, State.WITHDRAWN},
        "all": set(cases),
        "archive": set(),
    }
    for tab, states in tabs.items():
        text = clerk.open(f"/desk/queue/?tab={tab}").main
        found = {state for state, case in cases.items() if case.subject_name in text}
        assert found == states, tab
    assert clerk.open("/desk/queue/?tab=nonsense").status == 404


def test_the_queue_is_searched_like_the_cartable_and_no_name_stands_in_an_address(clerk, world):
    case = filled_case(world, State.SUBMITTED, answers=answers_for(80, first_name="کاظم"))
    filled_case(world, State.SUBMITTED, answers=answers_for(81))
    for typed in ("كاظم", to_persian(code_of_person(80)), to_persian(case.tracking_code)):
        page = search(clerk, "/desk/queue/", text=typed)
        assert case.subject_name in page.main and to_persian(code_of_person(81)) not in page.main
    assert not re.search(r"%D9|%DA|999|1460", "".join(clerk.addresses))
    assert search(clerk, "/desk/queue/", since="دیروز").status == 422


@pytest.mark.parametrize("tab", ["queue", "returned", "ended", "all", "archive"])
def test_an_empty_tab_leads_onward(clerk, world, tab: str):
    page = clerk.open(f"/desk/queue/?tab={tab}")
    links = [a["href"] for a in page.tree.all(cls="empty")[0].all("a")]
    assert links and all(clerk.open(link).status == 200 for link in links)


def test_the_next_case_of_the_queue_is_one_press_away(clerk, world):
    first = filled_case(world, State.SUBMITTED, answers=answers_for(82))
    second = filled_case(world, State.SUBMITTED, answers=answers_for(83))
    opened(clerk, first) if first.subject_name != second.subject_name else clerk.open(
        f"/desk/cases/{first.pk}/"
    )
    page = clerk.submit("درخواست بعدی")
    assert page.path == f"/desk/cases/{second.pk}/"


def test_the_dashboard_of_the_unit_counts_and_names_the_oldest(clerk, world):
    filled_case(world, State.SUBMITTED, answers=answers_for(84, first_name="نخستین"))
    filled_case(world, State.UNDER_REVIEW, answers=answers_for(85))
    filled_case(world, State.COMPLETED, answers=answers_for(86))
    page = clerk.open("/desk/")
    numbers = [b.text() for b in page.tree.all(cls="numbers")[0].all("b")]
    assert numbers == ["۱", "۱", "۰", "۱"]
    first = page.tree.all("ul", cls="short")[0].all("li")[0]
    assert "نخستین" in first.text()


def test_an_officer_who_decided_cannot_be_overtaken_by_the_employers_withdrawal(clerk, world):
    case = filled_case(world, State.UNDER_REVIEW)
    employer = Browser(world.ali.user)
    page = employer.post(f"/cartable/{case.pk}/withdraw/")
    assert "در حال بررسی" in page.main
    assert fresh(case).state == State.UNDER_REVIEW
