"""Letters on screen: who is offered which, what is served, and how anybody checks one."""

import hashlib
import re

import pytest
from django.conf import settings
from django.test import Client

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import change_password
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import operations
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.letters.codes import new_code, readable
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.operations import load_letter
from pishkhan.letters.press import address_of
from pishkhan.persian.digits import to_persian
from tests.letters.reading import flat, letter_of
from tests.web.test_web_accounts import open_account
from tests.world import World, answers_for, filled_case, returned

from .browsing import Browser, Page

PDF_LINK = re.compile(r"/letters/([a-z]+)/[0-9]+/$")


def offered(page: Page) -> list[str]:
    """The kinds of letters that a page links to."""
    return [found[1] for link in page.links if (found := PDF_LINK.search(link))]


def link(page: Page, kind: Kind) -> str:
    return next(link for link in page.links if f"/letters/{kind}/" in link)


def following(case: Case) -> Browser:
    browser = Browser()
    browser.open("/follow-up/")
    codes = {"tracking_code": case.tracking_code or "", "national_code": case.national_code}
    browser.submit("پیگیری", codes)
    return browser


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (State.DRAFT, []),
        (State.AWAITING_EMPLOYER, []),
        (State.SUBMITTED, ["receipt", "form"]),
        (State.UNDER_REVIEW, ["receipt", "form"]),
        (State.RETURNED, ["receipt", "return", "form"]),
        (State.COMPLETED, ["receipt", "decision", "form"]),
        (State.REJECTED, ["receipt", "rejection", "form"]),
        (State.WITHDRAWN, ["receipt", "form"]),
    ],
)
def test_a_workshop_is_offered_what_makes_sense_in_the_state(world, state: State, kinds: list[str]):
    case = filled_case(world, state)
    page = Browser(world.ali.user).open(f"/cartable/{case.pk}/")
    assert offered(page) == kinds
    assert not Letter.objects.exists(), "nothing is issued before it is asked for"


def test_the_desk_is_offered_its_answers_and_the_form_but_no_receipt(world):
    case = filled_case(world, State.COMPLETED)
    assert offered(Browser(world.clerk.user).open(f"/desk/cases/{case.pk}/")) == ["decision", "form"]


def test_who_follows_is_offered_the_receipt_of_the_own_sending_and_the_answers(world):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    browser = following(case)
    assert offered(browser.page) == ["receipt"]
    response = browser.client.get(link(browser.page, Kind.RECEIPT))
    assert response.content.startswith(b"%PDF-")
    assert case.subject_name in flat(Letter.objects.get().facts)


def test_who_only_knows_the_codes_is_not_offered_the_form(world):
    case = filled_case(world, State.COMPLETED)
    browser = following(case)
    assert offered(browser.page) == ["decision"]
    event = case.events.first()
    assert browser.client.get(f"/held/{case.pk}/letters/form/{event.pk}/").status_code == 404


def test_every_return_has_a_notice_of_its_own(world):
    case = returned(world, filled_case(world, State.SUBMITTED), note="بار نخست")
    case = returned(world, operations.send(world.ali, case.pk), note="بار دوم")
    browser = Browser(world.ali.user)
    page = browser.open(f"/cartable/{case.pk}/")
    notices = [link for link in page.links if "/letters/return/" in link]
    for notice in notices:
        assert browser.client.get(notice).status_code == 200
    told = [str(letter.facts) for letter in Letter.objects.order_by("id")]
    assert len(notices) == 2 and "بار نخست" in told[0] and "بار دوم" in told[1]


def test_the_stored_file_is_served_bit_for_bit_and_kept_by_nobody(world):
    case = filled_case(world, State.COMPLETED)
    browser = Browser(world.ali.user)
    path = link(browser.open(f"/cartable/{case.pk}/"), Kind.DECISION)
    first, second = browser.client.get(path), browser.client.get(path)
    letter = Letter.objects.get()
    assert first.content == second.content == load_letter(letter)
    assert first["Content-Type"] == "application/pdf"
    assert first["X-Content-Type-Options"] == "nosniff" and "no-store" in first["Cache-Control"]
    disposition = first["Content-Disposition"]
    assert disposition.isascii() and letter.number.replace("/", "-") in disposition


def test_a_damaged_letter_is_not_found_rather_than_served(world, caplog):
    case = filled_case(world, State.COMPLETED)
    browser = Browser(world.ali.user)
    path = link(browser.open(f"/cartable/{case.pk}/"), Kind.DECISION)
    browser.client.get(path)
    Letter.objects.get().path.write_bytes(b"%PDF-else")
    assert browser.client.get(path).status_code == 404
    assert "restore it from the backup" in caplog.text


@pytest.mark.parametrize("kind", ["decision", "form", "receipt", "statement", "booklet", "credentials", "x"])
def test_another_workshop_and_another_branch_get_no_letter_of_a_case(world, kind: str):
    case = filled_case(world, State.COMPLETED)
    for event in case.events.all():
        for actor in (world.sara, world.far_representative):
            address = f"/cartable/{case.pk}/letters/{kind}/{event.pk}/"
            assert Browser(actor.user).client.get(address).status_code == 404
        for actor in (world.far_clerk, world.inspector):
            address = f"/desk/cases/{case.pk}/letters/{kind}/{event.pk}/"
            assert Browser(actor.user).client.get(address).status_code == 404
        assert Client().get(f"/held/{case.pk}/letters/{kind}/{event.pk}/").status_code == 404
    assert not Letter.objects.exists()


def test_an_event_of_another_case_gives_no_letter(world):
    mine = filled_case(world, State.COMPLETED)
    other = filled_case(world, State.COMPLETED, answers=answers_for(7))
    browser = Browser(world.ali.user)
    address = f"/cartable/{mine.pk}/letters/decision/{other.events.last().pk}/"
    assert browser.client.get(address).status_code == 404
    assert browser.client.get(f"/cartable/{mine.pk}/letters/decision/{'9' * 30}/").status_code == 404


def test_a_letter_opened_at_the_desk_is_an_entry_of_the_trail(world):
    case = filled_case(world, State.COMPLETED)
    browser = Browser(world.clerk.user)
    browser.client.get(link(browser.open(f"/desk/cases/{case.pk}/"), Kind.FORM))
    entry = Entry.objects.get(action="letter opened")
    assert entry.about == f"letter:{Letter.objects.get().pk}" and entry.user_id == world.clerk.user.pk


@pytest.fixture
def letter(world: World) -> Letter:
    return letter_of(filled_case(world, State.COMPLETED), Kind.DECISION)


def check(number: str, code: str) -> Page:
    browser = Browser()
    browser.open("/letters/")
    return browser.submit("سنجش", {"number": number, "code": code})


def test_a_letter_is_found_by_its_number_and_code_as_they_are_printed(letter):
    page = check(to_persian(letter.number), readable(letter.code).lower())
    assert page.status == 200 and "این نامه اصل است" in page.main
    assert page.path == f"/letters/{letter.code}/"


def test_the_page_shows_what_is_printed_and_nothing_more(letter, world):
    page = Browser().open(f"/letters/{letter.code}/")
    for part in letter.facts:
        for row in part["rows"]:
            assert row["label"] in page.main and row["shown"] in page.main
    case = letter.case
    assert case.answers["mobile"] and to_persian(case.answers["mobile"]) not in page.main
    assert letter.issued_by not in page.main
    assert "no-store" in page.response["Cache-Control"]


@pytest.mark.parametrize("number", ["1460/1405/999999", "x", "۱۲"])
def test_a_right_code_with_another_number_is_not_found(letter, number: str):
    page = check(number, letter.code)
    assert page.status == 422 and "صادر نکرده است" in page.main
    assert page.value("code") == letter.code


def test_a_mistyped_code_is_told_beside_its_field_and_costs_no_attempt(letter):
    page = check(letter.number, "C" * 12)
    assert page.status == 422 and "درست نوشته نشده" in page.error("code")
    assert not Entry.objects.filter(action="letter check failed").exists()


def test_a_code_that_was_never_given_is_not_genuine(world):
    page = Browser().open(f"/letters/{new_code()}/")
    assert page.status == 404 and "نامه پیدا نشد" in page.main


def test_guessing_codes_is_stopped_for_a_while_even_with_a_right_one(letter):
    browser = Browser(address="10.0.0.7")
    for _ in range(20):
        assert browser.open(f"/letters/{new_code()}/").status == 404
    assert browser.open(f"/letters/{letter.code}/").status == 429
    browser.open("/letters/")
    assert browser.submit("سنجش", {"number": letter.number, "code": letter.code}).status == 429
    assert Browser(address="10.0.0.8").open(f"/letters/{letter.code}/").status == 200


def upload(letter: Letter, content: bytes) -> Page:
    browser = Browser()
    browser.open(f"/letters/{letter.code}/")
    return browser.submit("سنجش فایل", files={"file": content})


def test_the_issued_file_is_told_to_be_the_same(letter):
    assert "یکی است" in upload(letter, load_letter(letter)).main


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_one_changed_byte_is_told(letter, place: int):
    content = bytearray(load_letter(letter))
    content[place] ^= 1
    assert "یکی نیست" in upload(letter, bytes(content)).main


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"x" * 300_000])
def test_another_file_is_told_whatever_its_size(letter, content: bytes):
    assert "یکی نیست" in upload(letter, content).main


def test_no_file_is_asked_for_again(letter):
    page = upload(letter, b"")
    assert page.status == 422 and "انتخاب کنید" in page.main


def test_a_letter_larger_than_a_scan_may_be_can_be_checked(letter):
    content = b"%PDF-" + b"x" * 300_000
    Letter.objects.update(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    assert "یکی است" in upload(letter, content).main
    assert "یکی نیست" in upload(letter, content[:-1] + b"y").main


def test_what_somebody_typed_is_text_on_the_page_of_the_letter(world):
    case = filled_case(world, State.REJECTED)
    event = case.events.last()
    event.note = "<script>alert(1)</script>"
    event.save()
    letter = letter_of(case, Kind.REJECTION)
    page = Browser().open(f"/letters/{letter.code}/")
    assert "<script>alert" not in page.html and "alert(۱)" in page.main


@pytest.fixture
def senior(world: World) -> Browser:
    return Browser(world.senior.user)


def test_the_letter_with_the_password_is_given_out_as_pdf_and_stored_nowhere(senior):
    page = open_account(senior)
    password = page.value("password")
    pdf = senior.submit("دریافت PDF").response
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"].startswith("attachment") and "no-store" in pdf["Cache-Control"]
    letter = Letter.objects.get()
    assert not letter.path.exists() and not list(settings.LETTERS_DIR.rglob(f"{letter.code}*"))
    stored = [*Letter.objects.values(), *Entry.objects.values(), *senior.client.session.items()]
    assert password not in str(stored)
    shown = Browser().open(f"/letters/{letter.code}/")
    assert "این نامه اصل است" in shown.main and password not in shown.html


def test_a_password_that_is_no_longer_the_users_gives_no_letter(senior, world):
    page = open_account(senior)
    user = User.objects.get(username="1463639055")
    change_password(user, "گل-نرگس-1405-rasht", by=SYSTEM)
    senior.page = page
    answer = senior.submit("دریافت PDF")
    assert answer.path == "/desk/accounts/" and "رمز جدید بسازید" in answer.text
    assert not Letter.objects.exists()


def test_another_password_than_the_users_gives_no_letter(senior):
    open_account(senior)
    answer = senior.submit("دریافت PDF", {"password": "abcd-efgh-2346"})
    assert answer.path == "/desk/accounts/"
    assert not Letter.objects.exists()


def test_a_senior_user_gets_no_letter_for_a_workshop_or_user_of_others(senior, world):
    open_account(senior)
    far = world.far_representative
    for workshop, username in ((far.workshop, "far"), (world.a, "sara"), (world.a, "senior"), (world.a, "")):
        address = f"/desk/accounts/workshops/{workshop.pk}/letter/"
        assert senior.post(address, {"username": username, "password": "x"}).status == 404
    assert not Letter.objects.exists()


def test_addresses_in_letters_are_the_settings_and_not_the_askers(world, settings):
    settings.ADDRESS = "https://portal.example.ir"
    letter = letter_of(filled_case(world, State.COMPLETED), Kind.DECISION)
    assert address_of(letter) == f"https://portal.example.ir/letters/{letter.code}/"
