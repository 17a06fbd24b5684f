"""`pishkhan retention apply`: what is over its time goes, nothing else, once, and not while it is held."""

import datetime
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from pishkhan.accounts.models import Session
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case, CaseScan, EarlierScan
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.documents.models import Document
from pishkhan.documents.operations import store_document
from pishkhan.inspections.models import Inspection, SeenWorker
from pishkhan.keeping.verifying import dangling_rows, sealed_files
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.operations import issue_for_event, issue_statement
from pishkhan.notifications.models import Notification
from pishkhan.notifications.operations import notify
from pishkhan.people.models import KnownScan, Person
from pishkhan.policy.operations import decide_policy
from pishkhan.retention import applying
from pishkhan.retention.models import Hold
from pishkhan.retention.operations import lift_hold, put_hold
from pishkhan.retention.periods import GENERAL, REST, Kept, Thing
from tests import world as w
from tests.inspections import inspecting

from .aging import applied, decide, documents_of, file_names, files, tables_with

pytestmark = pytest.mark.django_db

NAME, CODE = "کوچک‌پور", w.code_of_person(7)
ENDED = {State.COMPLETED: 3650, State.REJECTED: 1825, State.WITHDRAWN: 365}


def ended(world: w.World, state: State, number: int = 7) -> Case:
    return w.filled_case(world, state, answers=w.answers_for(number))


def erased(case: Case) -> bool:
    return w.fresh(case).erased_at is not None


# What is over its time, by state and by type


@pytest.mark.parametrize(("state", "days"), ENDED.items())
def test_an_ended_request_is_erased_after_the_days_of_its_state(world, state, days):
    case = ended(world, state)
    assert "cases" not in applied(days - 1)
    assert not erased(case)
    assert applied(days + 1)["cases"] == 1
    assert erased(case)


def test_open_requests_are_never_erased(world):
    open_cases = [
        w.filled_case(world, state, answers=w.answers_for(number))
        for number, state in enumerate(
            (State.AWAITING_EMPLOYER, State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED), 1
        )
    ]
    applied(40_000)
    assert not any(map(erased, open_cases))


def test_a_type_with_a_period_of_its_own_is_kept_by_it(world):
    claim = w.filled_case(world, State.COMPLETED, service=find("record-collection"))
    other = ended(world, State.COMPLETED)
    applied(40_000)
    assert erased(other) and not erased(claim)
    decide({"service": "record-collection", "state": Kept.COMPLETED, "days": 100})
    applied(101)
    assert erased(claim)


def test_a_general_period_is_not_applied_to_the_type_that_has_its_own(world):
    decide(
        {"service": "", "state": Kept.REJECTED, "days": 10},
        {"service": "main-registration", "state": Kept.REJECTED, "days": 500},
    )
    case = ended(world, State.REJECTED)
    applied(400)
    assert not erased(case)
    applied(501)
    assert erased(case)


def test_the_branch_decides_and_what_it_says_nothing_of_has_its_default(world):
    decide({"service": "", "state": Kept.WITHDRAWN, "days": None})
    withdrawn, rejected = ended(world, State.WITHDRAWN), ended(world, State.REJECTED, 8)
    applied(40_000)
    assert erased(rejected) and not erased(withdrawn)
    assert {rule.state for rule in GENERAL} == set(Kept.values)


# Drafts


@pytest.mark.parametrize(("by", "days"), [(Audience.PUBLIC, 7), (Audience.WORKSHOP, 180)])
def test_a_draft_that_nobody_touches_goes_altogether(world, by, days):
    case = w.drafted(world, by=by, answers=w.answers_for(7))
    names = file_names(documents_of(case))
    assert applied(days - 1) == {}
    assert applied(days + 1)["drafts"] == 1
    assert not Case.objects.filter(pk=case.pk).exists()
    assert not names & files()
    assert tables_with(CODE) == set()


def test_a_draft_that_is_being_written_stays(world):
    case = w.drafted(world, answers=w.answers_for(7))
    Case.objects.filter(pk=case.pk).update(submitted_at=timezone.now() - timedelta(days=400))
    drafts.save_answers(world.ali, case.pk, {"job": "تراشکار"})
    applied(179)
    assert Case.objects.filter(pk=case.pk).exists()


# What erasing leaves


def test_nothing_of_an_erased_request_tells_whom_it_was_about(world):
    case = ended(world, State.REJECTED)
    issue_for_event(case, Kind.REJECTION, case.events.last(), by=SYSTEM)
    notify("unit:1:registration", f"درخواست {NAME}", case_id=case.pk)
    case.events.update(
        note=f"مدارک {NAME} نمی‌خواند", changes=[{"label": "نام", "before": NAME, "after": "x"}]
    )
    assert "case" in tables_with(CODE)
    applied(1826)
    assert tables_with(CODE, NAME) == set()


@pytest.mark.skipif(not w.on_sqlite(), reason="PostgreSQL's index goes with its rows")
def test_the_index_of_words_forgets_an_erased_request(world):
    rare = "\u03c9\u03c8\u03be"
    w.filled_case(world, State.REJECTED, answers=w.answers_for(7, remarks=rare))
    assert rare.encode() in index_of_words()
    applied(1826)
    assert rare.encode() not in index_of_words()


def index_of_words() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM case_words_data")
        return b"".join(block for (block,) in cursor.fetchall())


def test_what_is_counted_stays(world):
    case = ended(world, State.REJECTED)
    kept = (
        "service_code",
        "state",
        "branch_id",
        "workshop_id",
        "tracking_code",
        "submitted_at",
        "ended_at",
        "unit",
    )
    before = Case.objects.filter(pk=case.pk).values(*kept).get()
    events = list(case.events.order_by("pk").values_list("verb", "at", "to"))
    applied(1826)
    assert Case.objects.filter(pk=case.pk).values(*kept).get() == before
    after = w.fresh(case).events.order_by("pk").values_list("verb", "at", "to")
    assert list(after) == events


def test_scans_and_letters_are_destroyed_with_key_and_file(world):
    case = ended(world, State.REJECTED)
    letter = issue_for_event(case, Kind.REJECTION, case.events.last(), by=SYSTEM)
    documents = documents_of(case)
    names = file_names(documents) | file_names([letter])
    assert names <= files()
    gone = applied(1826)
    assert gone["documents"] == len(documents) and gone["letters"] == 1
    assert not names & files()
    assert not Document.objects.filter(pk__in=[d.pk for d in documents]).exists()
    letter = Letter.objects.get(pk=letter.pk)
    assert (letter.facts, bytes(letter.wrapped_key), letter.is_stored) == ([], b"", False)
    assert letter.sha256 and letter.number
    assert not [*sealed_files(0), *dangling_rows(0)]


def test_a_scan_that_something_else_uses_stays(world):
    """A picture on file of the person came with the completed request, and is used by the next."""
    case = ended(world, State.COMPLETED)
    person = w.fresh(case).subject or KnownScan.objects.first().person
    known = {scan.document_id for scan in KnownScan.objects.filter(person=person)}
    assert known & {d.pk for d in documents_of(case)}
    applied(3651)
    assert erased(case)
    assert Document.objects.filter(pk__in=known).exclude(key_id="").count() == len(known)


# Once, whole, and again after an interruption


def test_applied_again_it_finds_nothing(world):
    ended(world, State.REJECTED)
    w.drafted(world, by=Audience.PUBLIC, answers=w.answers_for(8))
    assert applied(2000)
    before, entries = w.everything(Case, Document, Letter, CaseScan), Entry.objects.count()
    assert applied(2000) == {}
    assert w.everything(Case, Document, Letter, CaseScan) == before
    assert Entry.objects.count() == entries


def test_a_dry_run_tells_and_changes_nothing(world):
    ended(world, State.REJECTED)
    w.drafted(world, by=Audience.PUBLIC, answers=w.answers_for(8))
    before, there = w.everything(Case, Document, Letter, CaseScan, Entry), files()
    assert applied(2000, dry=True)["cases"] == 2
    assert w.everything(Case, Document, Letter, CaseScan, Entry) == before
    assert files() == there


def test_stopped_in_the_middle_it_goes_on_where_it_was(world, monkeypatch):
    cases = [ended(world, State.REJECTED, number) for number in (7, 8, 9)]
    real, turns = applying.erase_case, iter([True, False, True, True, True])

    def erase(*args, **kwargs):
        if not next(turns):
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(applying, "erase_case", erase)
    with pytest.raises(KeyboardInterrupt):
        applied(1826)
    assert [erased(case) for case in cases] == [True, False, False]
    assert applied(1826)["cases"] == 2
    assert all(map(erased, cases))
    assert not [*sealed_files(0), *dangling_rows(0)]


def test_files_that_were_left_are_removed_the_next_time(world):
    """Killed between the commit and the removing: the key is gone already, the file goes now."""
    case = ended(world, State.REJECTED)
    documents = documents_of(case)
    CaseScan.objects.filter(case=case).delete()
    Document.objects.filter(pk__in=[d.pk for d in documents]).update(key_id="", wrapped_key=b"")
    assert file_names(documents) <= files()
    applied(0)
    assert not file_names(documents) & files()
    assert not Document.objects.filter(pk__in=[d.pk for d in documents]).exists()


# Legal hold


@pytest.mark.parametrize("state", ENDED)
def test_a_held_request_is_not_erased_until_the_hold_is_lifted(world, state):
    case = ended(world, state)
    hold = put_hold(world.senior, case, "نامهٔ دادگاه")
    applied(40_000)
    assert not erased(case)
    lift_hold(world.senior, hold, "رأی صادر شد")
    applied(40_000)
    assert erased(case)


def test_a_hold_on_a_person_keeps_the_persons_requests_scans_and_letters(world):
    person = w.insured(world, number=7)
    case = w.filled_case(world, State.REJECTED, service=find("history-request"), person=person)
    letter = issue_statement(person, case=None, by=SYSTEM)
    known = KnownScan.objects.create(
        person=person,
        kind="photo",
        document=store_document(w.jpeg(3), "person:1"),
        replaced_at=timezone.now(),
    )
    put_hold(world.senior, person, "شکایت")
    applied(40_000)
    assert not erased(case)
    assert Letter.objects.get(pk=letter.pk).facts
    assert KnownScan.objects.filter(pk=known.pk).exists()


def test_a_hold_on_the_main_insured_keeps_the_request_for_a_dependent(world):
    service = find("dependent-registration")
    case = w.filled_case(world, State.REJECTED, service=service)
    main = w.Person.objects.get(national_code=case.answers["main_national_code"])
    assert main.national_code != case.national_code
    put_hold(world.senior, main, "شکایت")
    applied(40_000)
    assert not erased(case)


def test_a_hold_that_is_put_while_retention_runs_counts(world, monkeypatch):
    case = ended(world, State.REJECTED)
    person = w.insured(world, number=7)
    real = applying.people_of

    def people_of(case):
        put_hold(world.senior, person, "همین حالا")
        return real(case)

    monkeypatch.setattr(applying, "people_of", people_of)
    assert "cases" not in applied(1826)
    assert not erased(case)


def test_a_hold_put_while_pictures_are_going_keeps_those_of_its_request(world, monkeypatch):
    """Who is held is asked of each request when its turn comes, not once before the first."""
    first, second = (picture_gave_way(world, number) for number in (7, 8))
    real = applying.erase_earlier_pictures

    def erase(case):
        if not Hold.objects.exists():
            put_hold(world.senior, Person.objects.get(national_code=second.national_code), "همین حالا")
        return real(case)

    monkeypatch.setattr(applying, "erase_earlier_pictures", erase)
    assert applied(366)["documents"] == 1
    assert not EarlierScan.objects.filter(case=first, document__isnull=False).exists()
    assert EarlierScan.objects.get(case=second).document


# Everything else that has a period


def picture_gave_way(world: w.World, number: int) -> Case:
    """A completed request whose first photo was replaced when it had come back."""
    case = w.filled_case(world, State.RETURNED, answers=w.answers_for(number))
    drafts.attach_scan(world.ali, case, "photo", w.jpeg(90 + number))
    return w.finished(world, w.to_the_branch(world, operations.send(world.ali, case.pk)))


def test_pictures_that_gave_way_go_before_their_request(world):
    case = picture_gave_way(world, 7)
    earlier = EarlierScan.objects.get(case=case)
    assert "documents" not in applied(364)
    assert applied(366)["documents"] == 1
    assert not Document.objects.filter(pk=earlier.document_id).exists()
    assert w.fresh(case).scans.count() and not erased(case)


def test_notices_sessions_and_failed_uploads_go(world):
    notify("unit:1:registration", "خبر")
    Session.objects.create(session_key="x" * 32, session_data="", expire_date=timezone.now())
    document = store_document(w.jpeg(5), "case:0")
    assert applied(0.5) == {"sessions": 1}
    assert applied(2) == {"documents": 1}
    assert not Document.objects.filter(pk=document.pk).exists()
    assert applied(181) == {"notices": 1}
    assert not Notification.objects.exists()


def test_letters_of_no_request_go_after_their_own_time(world):
    letter = issue_statement(w.insured(world), case=None, by=SYSTEM)
    assert applied(3649) == {}
    assert applied(3651) == {"letters": 1}
    assert not files() & file_names([letter])


def test_the_names_in_a_report_go_and_its_figures_stay(world):
    visit = inspecting.objected(world)
    SeenWorker.objects.filter(inspection=visit).update(national_code=CODE)
    counted = ("observed_count", "on_list_count", "number", "state")
    before = Inspection.objects.filter(pk=visit.pk).values(*counted).get()
    applied(4000)
    assert tables_with(CODE), "the objection is not decided yet"
    Inspection.objects.filter(pk=visit.pk).update(state="objection_rejected")
    before |= {"state": "objection_rejected"}
    assert applied(4000)["visits"] == 1
    assert tables_with(CODE) == set()
    assert Inspection.objects.filter(pk=visit.pk).values(*counted).get() == before


@pytest.mark.parametrize("thing", Thing.values)
def test_what_the_branch_keeps_for_good_stays(world, thing):
    days = {other: None if other == thing else 1 for other in Thing.values}
    decide_policy(REST, days, valid_from=datetime.date(2020, 1, 1), by=SYSTEM)
    issue_statement(w.insured(world), case=None, by=SYSTEM)
    notify("unit:1:registration", "خبر")
    gone = applied(5000)
    expected = {Thing.NOTICES: {"notices": 1}, Thing.LETTERS: {"letters": 1}}
    for other, counts in expected.items():
        assert (counts.items() <= gone.items()) == (thing != other)


# The trail, and the command


def test_each_erasing_is_an_entry_without_a_name(world):
    case = ended(world, State.REJECTED)
    applied(1826)
    entry = Entry.objects.get(action="case erased")
    assert (entry.about, entry.details["why"], entry.author) == (f"case:{case.pk}", "retention", "system")
    letter = issue_statement(w.insured(world), case=None, by=SYSTEM)
    applied(4000)
    entry = Entry.objects.filter(action="retention applied").latest("id")
    assert (entry.about, entry.details["gone"]) == (f"letter:{letter.pk}", {"letters": 1})


def test_without_its_entry_nothing_is_erased(world, monkeypatch):
    case = ended(world, State.REJECTED)
    there = files()

    def refuse(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("pishkhan.retention.erasing.record", refuse)
    with pytest.raises(RuntimeError):
        applied(1826)
    assert not erased(case) and CaseScan.objects.filter(case=case).exists() and files() == there


def test_the_command_tells_what_it_did(world, capsys):
    case = ended(world, State.REJECTED)
    Case.objects.filter(pk=case.pk).update(ended_at=timezone.now() - timedelta(days=2000))
    call_command("retention", "apply", "--dry-run")
    assert capsys.readouterr().out == "would be erased: 1 cases\n"
    call_command("retention", "apply")
    assert "1 cases" in capsys.readouterr().out
    call_command("retention", "apply")
    assert capsys.readouterr().out == "erased: nothing\n"
