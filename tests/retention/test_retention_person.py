"""One person's data: exported whole, erased as far as the law lets, by a senior user or the operator."""

import datetime
import io
import json
import subprocess
import sys
import tracemalloc
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from pishkhan.accounts.models import User
from pishkhan.accounts.operations import deactivate
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM, record
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case, CaseScan, EarlierScan
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.documents.models import Document
from pishkhan.documents.operations import load_content, sweep_destroyed
from pishkhan.inspections import operations as visits
from pishkhan.keeping.verifying import dangling_rows, sealed_files
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_for_event, load_letter, sweep_letters
from pishkhan.people.models import ContributionRecord, Dependent, Employment, KnownScan, Person
from pishkhan.people.operations import add_records
from pishkhan.retention import operations as retention
from pishkhan.retention.models import Hold
from pishkhan.retention.operations import erase_person, export_person, lift_hold, put_hold
from pishkhan.retention.refusals import HeldError, ReasonWantedError, RequestOpenError
from tests import world as w
from tests.inspections import inspecting

from .aging import documents_of, file_names, files, tables_with

pytestmark = pytest.mark.django_db
CODE = w.code_of_person(1)


@pytest.fixture
def person(world) -> Person:
    """A completed registration, a rejected request, a letter, a record, an account, a replaced picture."""
    case = w.filled_case(world, State.RETURNED, answers=w.answers_for(1))
    drafts.attach_scan(world.ali, case, "photo", w.jpeg(99))
    case = w.finished(world, w.to_the_branch(world, operations.send(world.ali, case.pk)))
    person = Person.objects.get(national_code=CODE)
    rejected = w.filled_case(world, State.REJECTED, service=find("history-request"), person=person)
    issue_for_event(rejected, Kind.REJECTION, rejected.events.last(), by=SYSTEM)
    day = datetime.date(2024, 1, 1)
    facts = {"workshop_name": "نساجی", "started_on": day, "ended_on": day, "days": 1, "source": "desk"}
    add_records(person, [ContributionRecord(**facts)], by=SYSTEM)
    User.objects.filter(pk=world.sara.user.pk).update(national_code=CODE, mobile="09121112233")
    return person


def completed(person: Person) -> Case:
    return Case.objects.get(national_code=CODE, state=State.COMPLETED)


def rejected(person: Person) -> Case:
    return Case.objects.get(subject=person, state=State.REJECTED)


def zipped(world: w.World, code: str = CODE) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(export_person(world.senior, code))))


def table(archive: ZipFile, name: str) -> list[dict]:
    return json.loads(archive.read(f"{name}.json"))


# Export


def test_everything_that_is_held_of_a_person_is_in_the_file(world, person):
    archive = zipped(world)
    assert archive.testzip() is None
    (told,) = table(archive, "person")
    assert told["first_name (نام)"] == person.first_name
    assert told["national_code (کد ملی)"] == CODE
    assert {row["id"] for row in table(archive, "requests")} == {completed(person).pk, rejected(person).pk}
    assert len(table(archive, "employments")) == Employment.objects.filter(person=person).count() > 0
    assert table(archive, "contribution_records")[0]["workshop_name (نام کارگاه)"] == "نساجی"
    assert table(archive, "accounts")[0]["mobile (تلفن همراه)"] == "09121112233"
    assert len(table(archive, "letters")) == 1
    about = {row["about"] for row in table(archive, "events")}
    assert {f"person:{person.pk}", f"case:{completed(person).pk}"} <= about


def test_scans_and_letters_are_in_the_file_as_they_were_stored(world, person):
    archive = zipped(world)
    scans = [scan.document for model in (CaseScan, EarlierScan) for scan in model.objects.all()]
    scans += [known.document for known in KnownScan.objects.filter(person=person)]
    inside = {archive.read(name) for name in archive.namelist() if name.startswith("scans/")}
    assert inside == {load_content(document) for document in scans}
    assert any("replaced" in name for name in archive.namelist())
    letter = rejected(person).letters.get()
    assert archive.read(f"letters/{letter.file_name}") == load_letter(letter)


def test_nothing_of_other_people_and_no_secret_is_in_the_file(world, person):
    w.filled_case(world, State.COMPLETED, answers=w.answers_for(2))
    archive = zipped(world)
    said = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".json"))
    assert w.code_of_person(2) not in said
    for secret in ('"password"', "wrapped_key", "search_key", '"mac"'):
        assert secret not in said


def test_somebody_covered_is_exported_with_the_relation_and_no_code_of_the_main_insured(world):
    case = w.filled_case(world, State.COMPLETED, service=find("dependent-registration"))
    cover = Dependent.objects.get()
    archive = zipped(world, case.national_code)
    (row,) = table(archive, "covered_through")
    assert row["main"] == cover.main.full_name
    (other,) = table(zipped(world, cover.main.national_code), "dependents")
    assert other["person"] == cover.person.full_name


def test_somebody_who_is_not_on_the_register_is_found_in_requests(world):
    case = w.drafted(world, by=Audience.PUBLIC, answers=w.answers_for(5))
    (row,) = table(zipped(world, w.code_of_person(5)), "requests")
    assert row["id"] == case.pk
    assert table(zipped(world, w.code_of_person(6)), "requests") == []


def test_the_export_is_an_entry_before_its_first_byte(world, person):
    export_person(world.senior, CODE)
    entry = Entry.objects.get(action="person exported")
    assert (entry.about, entry.user_id) == (f"person:{person.pk}", world.senior.user.pk)


def test_the_memory_of_an_export_does_not_grow_with_what_is_in_it(world, person):
    for _ in range(3000):
        record("person viewed", by=SYSTEM, about=f"person:{person.pk}", said="x" * 300)
    list(export_person(world.senior, CODE))  # what is loaded once
    tracemalloc.start()
    size = sum(map(len, export_person(world.senior, CODE)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table(zipped(world), "events")) > 3000
    assert size > 100_000
    assert peak < 3_000_000


# Erasing


def test_what_may_go_goes_with_keys_and_files(world, person):
    gone = rejected(person)
    letter = gone.letters.get()
    earlier = EarlierScan.objects.get().document
    names = file_names([*documents_of(gone), letter, earlier])
    kept = file_names(documents_of(completed(person)))
    assert names - kept <= files()
    done = erase_person(world.senior, CODE)
    assert done.gone["cases"] == 1 and done.gone["letters"] == 1
    person.refresh_from_db()
    assert not (person.mobile or person.landline or person.address or person.postal_code)
    sweep_destroyed()
    sweep_letters()
    assert not (names - kept) & files()
    assert kept <= files()
    assert Case.objects.get(pk=gone.pk).erased_at
    assert not [*sealed_files(0), *dangling_rows(0)]


def test_what_the_law_wants_kept_stays_and_is_told(world, person):
    before = w.everything(Employment, ContributionRecord, Dependent)
    identity = Person.objects.filter(pk=person.pk).values("national_code", "first_name", "birth_date").get()
    done = erase_person(world.senior, CODE)
    assert w.everything(Employment, ContributionRecord, Dependent) == before
    assert Person.objects.filter(pk=person.pk).values(*identity).get() == identity
    assert completed(person).rows and completed(person).scans.exists()
    assert done.kept == [retention.KEPT_RECORD, retention.KEPT_CASES, retention.KEPT_TRAIL]


def test_of_somebody_without_a_record_nothing_is_left(world):
    w.drafted(world, by=Audience.PUBLIC, answers=w.answers_for(5))
    w.filled_case(world, State.REJECTED, answers=w.answers_for(5))
    code = w.code_of_person(5)
    done = erase_person(world.senior, code)
    assert done.gone["drafts"] == 1 and done.gone["cases"] == 1
    assert done.kept == [retention.KEPT_TRAIL]
    assert tables_with(code) == set()


def test_an_account_that_is_closed_loses_code_and_mobile(world, person):
    erase_person(world.senior, CODE)
    assert User.objects.filter(national_code=CODE).exists()
    deactivate(world.sara.user, by=SYSTEM)
    assert erase_person(world.senior, CODE).gone == {"accounts": 1}
    user = User.objects.get(pk=world.sara.user.pk)
    assert (user.national_code, user.mobile) == ("", "") and CODE not in user.search_key


def test_a_second_time_there_is_nothing_more(world, person):
    assert erase_person(world.senior, CODE).gone
    before = w.everything(Case, Person, Document, KnownScan)
    assert erase_person(world.senior, CODE).gone == {}
    assert w.everything(Case, Person, Document, KnownScan) == before


def test_an_open_request_stands_in_the_way(world, person):
    case = w.filled_case(world, State.SUBMITTED, service=find("booklet-first"), person=person)
    before = w.everything(Case, Person, Document, KnownScan)
    with pytest.raises(RequestOpenError):
        erase_person(world.senior, CODE)
    assert w.everything(Case, Person, Document, KnownScan) == before
    operations.withdraw(world.ali, case.pk)
    assert erase_person(world.senior, CODE).gone["cases"] == 2


def test_requests_for_dependents_are_not_the_main_insureds(world):
    case = w.filled_case(world, State.REJECTED, service=find("dependent-registration"))
    done = erase_person(world.senior, case.answers["main_national_code"])
    assert not w.fresh(case).erased_at
    assert retention.KEPT_OTHERS in done.kept


@pytest.mark.parametrize("on", ["person", "case"])
def test_a_hold_stands_in_the_way_until_it_is_lifted(world, person, on):
    hold = put_hold(world.senior, person if on == "person" else rejected(person), "شکایت")
    before = w.everything(Case, Person, Document, KnownScan)
    with pytest.raises(HeldError):
        erase_person(world.senior, CODE)
    assert w.everything(Case, Person, Document, KnownScan) == before
    lift_hold(world.senior, hold, "رأی")
    assert erase_person(world.senior, CODE).gone


def test_what_is_erased_at_another_branch_is_not_ours_to_erase(world):
    far = world.far_representative.workshop
    case = w.filled_case(world, State.WITHDRAWN, answers=w.answers_for(5), workshop=far)
    erase_person(world.senior, w.code_of_person(5))
    assert not w.fresh(case).erased_at
    erase_person(world.far_senior, w.code_of_person(5))
    assert w.fresh(case).erased_at


def test_what_another_branch_knows_of_a_person_is_neither_exported_nor_erased(world, person):
    visits.record_inspection(
        world.inspector, inspecting.visit(world, workers=[{**inspecting.WORKER, "national_code": CODE}])
    )
    before = w.everything(Case, Person, Document, KnownScan, User)
    told = ZipFile(io.BytesIO(b"".join(export_person(world.far_senior, CODE))))
    assert all(told.read(name) == b"[]\n" for name in told.namelist() if name != "README.txt")
    assert erase_person(world.far_senior, CODE).gone == {}
    assert w.everything(Case, Person, Document, KnownScan, User) == before


# Who may


@pytest.mark.parametrize("who", ["clerk", "inspector", "ali"])
def test_nobody_but_a_senior_user_exports_erases_or_holds(world, person, who):
    actor = getattr(world, who)
    hold = put_hold(world.senior, rejected(person), "شکایت")
    for attempt in (
        lambda: export_person(actor, CODE),
        lambda: erase_person(actor, CODE),
        lambda: put_hold(actor, person, "x"),
        lambda: lift_hold(actor, hold, "x"),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert Hold.objects.in_force().count() == 1


def test_a_senior_user_of_another_branch_holds_nothing_here(world, person):
    with pytest.raises(PermissionDenied):
        put_hold(world.far_senior, person, "x")
    with pytest.raises(PermissionDenied):
        put_hold(world.far_senior, rejected(person), "x")
    hold = put_hold(world.senior, person, "شکایت")
    with pytest.raises(PermissionDenied):
        lift_hold(world.far_senior, hold, "x")


def test_a_hold_needs_a_reason_and_is_put_once(world, person):
    with pytest.raises(ReasonWantedError):
        put_hold(world.senior, person, "  ")
    hold = put_hold(world.senior, person, "شکایت")
    assert put_hold(world.senior, person, "باز هم") == hold
    with pytest.raises(ReasonWantedError):
        lift_hold(world.senior, hold, "")
    lift_hold(world.senior, hold, "رأی")
    lift_hold(world.senior, hold, "باز هم")
    assert Hold.objects.get().lifted_because == "رأی"
    assert Entry.objects.filter(action="hold put").count() == 1
    assert Entry.objects.filter(action="hold lifted").count() == 1
    assert Entry.objects.get(action="hold put").about == f"person:{person.pk}"


# The command


def typed(monkeypatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_the_operator_exports_into_a_file_that_nobody_else_reads(
    world, person, tmp_path, monkeypatch, capsys
):
    to = tmp_path / "person.zip"
    typed(monkeypatch, "۹۹۹۰۰۰۰۰۱۸\n" if CODE == "9990000018" else f"{CODE}\n")
    call_command("person", "export", "--to", str(to))
    assert to.stat().st_mode & 0o777 == 0o600
    assert "person.json" in ZipFile(to).namelist()
    assert CODE not in capsys.readouterr().out
    typed(monkeypatch, f"{CODE}\n")
    with pytest.raises(CommandError, match="cannot write"):
        call_command("person", "export", "--to", str(to))


def test_the_operator_erases_and_reads_what_stays(world, person, monkeypatch, capsys):
    typed(monkeypatch, f"{CODE}\n")
    call_command("person", "erase")
    out = capsys.readouterr().out
    assert "1 cases" in out and "سوابق بیمه" in out and CODE not in out
    put_hold(world.senior, person, "شکایت")
    typed(monkeypatch, f"{CODE}\n")
    with pytest.raises(CommandError, match="توقیف"):
        call_command("person", "erase")


@pytest.mark.parametrize("text", ["", "12\n", "9990000019\n", "abc\n"])
def test_what_is_no_national_code_is_refused(text, monkeypatch):
    typed(monkeypatch, text)
    with pytest.raises(CommandError, match="not a national code"):
        call_command("person", "erase")


def test_the_code_cannot_be_given_on_the_command_line():
    command = [sys.executable, "-m", "pishkhan", "person", "erase", CODE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode != 0 and "unrecognized arguments" in done.stderr
