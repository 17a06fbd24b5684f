"""A letter is issued once for its occasion, numbered, on the disk before its row, and never changed."""

import hashlib
import json
import os
import stat
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError
from pypdf import PdfReader

from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.documents.drawn import draw_signature, draw_stamp
from pishkhan.documents.operations import store_document
from pishkhan.letters import operations
from pishkhan.letters.models import Kind, Letter, LetterSequence
from pishkhan.letters.operations import (
    DamagedLetter,
    issue_booklet_letter,
    issue_credentials,
    issue_statement,
    load_letter,
    next_number,
)
from pishkhan.people.booklets import issue_booklet
from pishkhan.people.models import ContributionRecord, Person
from pishkhan.people.operations import add_records
from pishkhan.persian.digits import to_persian
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.accounts import add_representative
from tests.documents.generated import noisy
from tests.letters.reading import flat, letter_of, pages, reader
from tests.world import World, answers_for, applicant, filled_case, returned


@pytest.fixture
def case(world: World) -> Case:
    return filled_case(world, State.COMPLETED)


@pytest.fixture
def person(case: Case) -> Person:
    assert case.subject
    return case.subject


def test_a_letter_asked_for_again_is_the_same_letter(case):
    first, second = letter_of(case, Kind.DECISION), letter_of(case, Kind.DECISION)
    assert first == second
    assert load_letter(first) == load_letter(second)
    assert Letter.objects.count() == Entry.objects.filter(action="letter issued").count() == 1
    assert LetterSequence.objects.get().last == 1


def test_the_stored_file_is_the_one_that_the_row_tells_of_and_only_the_owner_reads_it(case, folder):
    letter = letter_of(case, Kind.FORM)
    content = load_letter(letter)
    assert content.startswith(b"%PDF-") and letter.path.is_relative_to(folder)
    assert letter.owner == f"case:{case.pk}"
    assert (letter.sha256, letter.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert stat.S_IMODE(letter.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(letter.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_file_that_is_not_the_issued_one_is_not_served(case, damage: str):
    letter = letter_of(case, Kind.DECISION)
    content = letter.path.read_bytes()
    if damage == "gone":
        letter.path.unlink()
    else:
        letter.path.write_bytes(content[:-9] + b"x" + content[-8:])
    with pytest.raises(DamagedLetter):
        load_letter(letter)


def test_the_file_and_its_folders_are_synced_before_the_row_is_written(case, monkeypatch):
    done: list[str] = []
    fsync, save = os.fsync, Letter.save

    def noted_fsync(handle):
        done.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    def noted_save(self, **options):
        done.append("row")
        save(self, **options)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Letter, "save", noted_save)
    letter = letter_of(case, Kind.DECISION)
    assert done[-1] == "row"
    assert {letter.path.parent.name, "letters", "data"} <= set(done[1:-1]), done
    assert done[0].endswith(".part")


def test_a_row_that_could_not_be_written_leaves_no_letter_and_its_number_is_not_given_again(
    case, monkeypatch
):
    def fail(*args, **options):
        raise DatabaseError("no")

    with monkeypatch.context() as patch:
        patch.setattr(operations, "record", fail)
        with pytest.raises(DatabaseError):
            letter_of(case, Kind.DECISION)
    assert not Letter.objects.exists()
    assert letter_of(case, Kind.DECISION).number.endswith("/000002")


def test_a_number_tells_branch_year_and_place_in_the_year(world):
    with time_machine.travel(datetime(2027, 3, 20, 12, tzinfo=UTC)):
        assert [next_number(world.branch) for _ in range(2)] == ["1460/1405/000001", "1460/1405/000002"]
        assert next_number(world.elsewhere) == "2590/1405/000001"
    with time_machine.travel(datetime(2027, 3, 21, 12, tzinfo=UTC)):
        assert next_number(world.branch) == "1460/1406/000001"


def test_the_form_is_issued_as_the_answers_were_when_it_was_asked_for(world):
    case = filled_case(world, State.SUBMITTED)
    letter = letter_of(case, Kind.FORM)
    Case.objects.filter(pk=case.pk).update(rows=[])
    again = letter_of(Case.objects.get(pk=case.pk), Kind.FORM)
    assert again == letter
    assert to_persian(case.national_code) in flat(again.facts)


def test_the_form_tells_every_answer_and_the_scans(world):
    case = filled_case(world, State.SUBMITTED)
    told = flat(letter_of(case, Kind.FORM).facts)
    for page in case.rows:
        for row in page["answers"]:
            assert not row["shown"] or f"{row['label']}: {row['shown']}" in told
    assert "عکس پرسنلی" in told and to_persian(case.tracking_code) in told


def test_answers_in_rows_are_told_in_rows(world):
    case = filled_case(world, State.SUBMITTED)
    table = {"head": ["کارگاه", "از"], "rows": [["نساجی", "۱۳۹۰/۰۱/۰۱"], ["چای", "۱۳۹۵/۰۱/۰۱"]]}
    rows = {"field": "claims", "label": "ادعاها", "shown": "x", "table": table}
    case.rows = [{"page": "سابقه", "answers": [rows]}]
    letter = letter_of(case, Kind.FORM)
    assert [part["table"] for part in letter.facts if part["table"]] == [table]
    assert "ادعاها" in [part["title"] for part in letter.facts]


def pictures(pdf: bytes) -> int:
    return sum(len(page.images) for page in PdfReader(BytesIO(pdf)).pages)


def signed(case: Case) -> Case:
    case.workshop.signature = store_document(BytesIO(draw_signature(1)), "workshop:1")
    case.workshop.stamp = store_document(BytesIO(draw_stamp("کارگاه", 1)), "workshop:1")
    return case


def test_the_form_that_the_workshop_sent_carries_its_signature_and_stamp_and_no_other_does(world):
    case = signed(filled_case(world, State.SUBMITTED))
    assert pictures(load_letter(letter_of(case, Kind.FORM))) == 2
    assert pictures(load_letter(letter_of(case, Kind.RECEIPT))) == 0


def test_a_return_notice_tells_every_mark_and_the_note(world):
    marks = [{"target": "scan:photo", "label": "عکس پرسنلی", "reason": "تار است 2"}]
    case = returned(world, filled_case(world, State.SUBMITTED), note="زودتر بفرستید.", marks=marks)
    told = flat(letter_of(case, Kind.RETURN).facts)
    assert "عکس پرسنلی: تار است ۲" in told and "زودتر بفرستید." in told


def test_a_rejection_tells_the_reason(world):
    case = filled_case(world, State.REJECTED)
    assert "مدارک با هم نمی‌خواند." in flat(letter_of(case, Kind.REJECTION).facts)


def test_a_receipt_is_for_whoever_sent(world):
    case = filled_case(world, State.SUBMITTED, answers=answers_for(3))
    assert world.a.name in letter_of(case, Kind.RECEIPT).facts[0]["rows"][0]["shown"]
    mine = filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(4))
    receipt = letter_of(mine, Kind.RECEIPT, Audience.PUBLIC)
    assert mine.subject_name in receipt.facts[0]["rows"][0]["shown"]


def test_the_letterhead_is_what_the_branch_decided(case, monkeypatch):
    said: list[dict] = []

    def noted(*args, sys_inputs, **options):
        said.append(json.loads(sys_inputs["letter"]))
        return b"%PDF-"

    monkeypatch.setattr("pishkhan.letters.press.typst.compile", noted)
    decide_policy("letterhead", {"head_name": "مهدی رضایی"}, valid_from=date(2020, 1, 1), by=SYSTEM)
    letter = letter_of(case, Kind.DECISION)
    head = said[0]["letterhead"]
    assert (head["head_name"], head["head_title"], head["branch"]) == (
        "مهدی رضایی",
        "رئیس شعبه",
        case.branch.name,
    )
    assert said[0]["number"] == to_persian(letter.number)


def test_a_booklet_letter_is_issued_once_with_the_photo_of_its_holder(person):
    booklet = issue_booklet(person, "general", because="تمدید", by=SYSTEM)
    letter = issue_booklet_letter(booklet, by=SYSTEM)
    assert issue_booklet_letter(booklet, by=SYSTEM) == letter
    told = flat(letter.facts)
    assert to_persian(booklet.serial) in told and person.full_name in told
    assert pictures(load_letter(letter)) == 1


def history(person: Person, count: int) -> None:
    for number in range(count):
        day = date(1990 + number % 30, 4, 1)
        row = ContributionRecord(
            workshop_name=f"کارگاه {number}", started_on=day, ended_on=day, days=31, source="list"
        )
        add_records(person, [row], by=SYSTEM)


def test_a_statement_tells_every_record_and_the_sum_of_the_days(person):
    history(person, 3)
    letter = issue_statement(person, case=None, by=SYSTEM)
    rows = next(part["table"]["rows"] for part in letter.facts if part["table"])
    assert len(rows) == 3
    assert f"{to_persian(93)} روز" in flat(letter.facts)


def test_a_statement_of_nothing_says_so(person):
    assert "در این سامانه ثبت نیست" in flat(issue_statement(person, case=None, by=SYSTEM).facts)


def test_a_long_statement_goes_on_over_pages(person):
    history(person, 200)
    assert pages(load_letter(issue_statement(person, case=None, by=SYSTEM))) > 4


def test_a_statement_is_issued_once_for_a_case_and_anew_without_one(case, person):
    first = issue_statement(person, case=case, by=SYSTEM)
    assert issue_statement(person, case=case, by=SYSTEM) == first
    loose = issue_statement(person, case=None, by=SYSTEM)
    assert issue_statement(person, case=None, by=SYSTEM) not in (first, loose)


def test_the_password_of_a_letter_is_stored_nowhere(world, folder):
    user, password = add_representative(world.senior, world.a, seen=1)
    letter, pdf = issue_credentials(world.a, user, password, by=world.senior.author)
    assert pdf.startswith(b"%PDF-") and hashlib.sha256(pdf).hexdigest() == letter.sha256
    assert not list(folder.rglob("*.*"))
    stored = [*Letter.objects.values(), *Entry.objects.values()]
    assert password not in str(stored)
    assert user.username in flat(letter.facts)
    assert not Letter.objects.get().is_stored
    with pytest.raises(DamagedLetter):
        load_letter(letter)


def test_a_letter_is_titled_and_its_language_told(case):
    pdf = load_letter(letter_of(case, Kind.DECISION))
    assert reader(pdf).root["/Lang"] == "fa"
    assert pages(pdf) == 1


def test_letters_are_seen_by_their_workshop_their_branch_and_who_holds_the_case(world):
    case = filled_case(world, State.COMPLETED)
    letter = letter_of(case, Kind.DECISION)
    for actor in (world.ali, world.clerk, world.senior, applicant(case)):
        assert list(Letter.objects.visible_to(actor)) == [letter]
    other = filled_case(world, State.SUBMITTED, answers=answers_for(9))
    for actor in (world.sara, world.far_clerk, world.far_senior, applicant(other)):
        assert not Letter.objects.visible_to(actor).exists()


def test_a_damaged_signature_does_not_stop_the_form(world):
    case = signed(filled_case(world, State.SUBMITTED))
    case.workshop.signature.path.unlink()
    assert pictures(load_letter(letter_of(case, Kind.FORM))) == 1


def test_a_large_photo_is_made_small_for_the_letter(world):
    case = filled_case(world, State.SUBMITTED)
    case.workshop.signature = store_document(BytesIO(noisy((500, 500), 60)), "workshop:1")
    assert letter_of(case, Kind.FORM).size < 204_800
