"""Writing a case: drafts, answers, scans, and what is known of a person already (R12, R33, R35)."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import ProtectedError
from django.utils import timezone
from PIL import Image, ImageChops, ImageStat

from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case, CaseScan
from pishkhan.cases.refusals import CaseMovedOnError
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.documents.models import Document
from pishkhan.documents.operations import load_content
from pishkhan.documents.pictures import RefusedPicture
from pishkhan.people.models import Employment, KnownScan, Person
from pishkhan.workshops.actors import visitor
from pishkhan.workshops.models import Workshop
from tests import world as w

WRITABLE = {
    (Audience.PUBLIC, State.DRAFT): "applicant",
    (Audience.WORKSHOP, State.DRAFT): "employer",
    (Audience.PUBLIC, State.AWAITING_EMPLOYER): "employer",
    (Audience.PUBLIC, State.RETURNED): "employer",
    (Audience.WORKSHOP, State.RETURNED): "employer",
}
REACHED = [
    (by, state)
    for by in (Audience.PUBLIC, Audience.WORKSHOP)
    for state in State
    if (by, state) != (Audience.WORKSHOP, State.AWAITING_EMPLOYER)
]
REFUSALS = (Case.DoesNotExist, PermissionDenied, CaseMovedOnError)


def writings(actor, case):
    return {
        "save": lambda: drafts.save_answers(actor, case.pk, {"job": "جوشکار"}),
        "attach": lambda: drafts.attach_scan(actor, case, "photo", w.jpeg(77)),
        "remove": lambda: drafts.remove_scan(actor, case.pk, "photo"),
    }


@pytest.mark.parametrize(("by", "state"), REACHED)
def test_only_whoever_holds_a_case_writes_in_it(by, state, world):
    case = w.filled_case(world, state, by=by)
    everybody = {
        "applicant": w.applicant(case),
        "stranger": visitor(),
        "employer": world.ali,
        "workshop B": world.sara,
        "unit": world.clerk,
        "other unit": world.inspector,
        "senior": world.senior,
    }
    for who, actor in everybody.items():
        for what, write in writings(actor, case).items():
            refusal = w.attempted(write)
            if WRITABLE.get((by, state)) == who:
                assert refusal is None, f"{who} cannot {what}: {refusal!r}"
            else:
                assert isinstance(refusal, REFUSALS), f"{who} may {what} what is {state}"


@pytest.mark.parametrize(("by", "state"), REACHED)
def test_only_drafts_are_thrown_away_and_only_by_their_writer(by, state, world):
    case = w.filled_case(world, state, by=by)
    writer = "applicant" if by == Audience.PUBLIC else "employer"
    everybody = {"applicant": w.applicant(case), "employer": world.ali, "unit": world.clerk, "B": world.sara}
    for who, actor in everybody.items():
        refusal = w.attempted(lambda a=actor: drafts.discard_draft(a, case.pk))
        if state == State.DRAFT and who == writer:
            assert refusal is None
        else:
            assert isinstance(refusal, REFUSALS), f"{who} may throw away what is {state}"


def test_a_discarded_draft_is_gone_with_its_scans(world):
    case = w.drafted(world)
    drafts.discard_draft(world.ali, case.pk)
    assert not Case.objects.exists()
    assert not CaseScan.objects.exists()


def test_a_draft_is_begun_at_ones_own_workshop_only(world):
    with pytest.raises(PermissionDenied):
        drafts.start_draft(world.ali, w.registration(), world.b, {})
    assert not Case.objects.exists()


def test_nobody_begins_a_request_at_a_closed_workshop(world):
    Workshop.objects.filter(pk=world.a.pk).update(closed_at=timezone.now())
    with pytest.raises(PermissionDenied):
        drafts.start_draft(visitor(), w.registration(), world.a, {})


# Answers


def test_answers_not_named_stay_as_they_were(world):
    case = w.drafted(world, scans=False)
    drafts.save_answers(world.ali, case.pk, {"job": "جوشکار"})
    assert w.fresh(case).answers == {**w.registration().example, "job": "جوشکار"}


def test_what_was_typed_wrong_is_kept_as_typed(world):
    case = w.drafted(world, scans=False)
    drafts.save_answers(world.ali, case.pk, {"mobile": "۰۹۱۲ نمی‌دانم", "birth_date": "دیروز"})
    answers = w.fresh(case).answers
    assert (answers["mobile"], answers["birth_date"]) == ("۰۹۱۲ نمی‌دانم", "دیروز")


def test_lists_show_the_person_as_last_typed(world):
    case = w.drafted(world, scans=False)
    drafts.save_answers(world.ali, case.pk, {"first_name": "مریم", "national_code": "۹۹۹۰۰۰۰۰۲۶"})
    case = w.fresh(case)
    assert (case.subject_name, case.national_code) == ("مریم کوچک‌پور", "9990000026")


@pytest.mark.parametrize("code", ["", "12", "99900000181", "abcdefghij", "²²²²²²²²²²", "९९९००००००१"])
def test_what_is_no_national_code_is_not_listed_as_one(code, world):
    case = w.drafted(world, scans=False)
    drafts.save_answers(world.ali, case.pk, {"national_code": code})
    assert w.fresh(case).national_code == ""


def test_a_draft_begun_before_is_found_again_by_its_workshop_alone(world):
    case = w.drafted(world, answers=w.answers_for(3), scans=False)
    service = w.registration()
    assert drafts.start_draft(world.ali, service, world.a, w.answers_for(3)) == case
    assert drafts.start_draft(world.sara, service, world.b, w.answers_for(3)) != case
    assert drafts.start_draft(world.ali, service, world.a, w.answers_for(4)) != case


def test_a_sent_request_is_no_draft_to_go_on_with(world):
    sent = w.filled_case(world, State.SUBMITTED, answers=w.answers_for(3))
    assert drafts.start_draft(world.ali, w.registration(), world.a, w.answers_for(3)) != sent


def test_another_workshop_may_be_chosen_and_nothing_typed_is_lost(world):
    case = w.drafted(world, by=Audience.PUBLIC)
    drafts.change_workshop(w.applicant(case), case.pk, world.far_representative.workshop)
    now = w.fresh(case)
    assert (now.workshop, now.branch) == (world.far_representative.workshop, world.elsewhere)
    assert now.answers == case.answers
    assert now.scans.count() == case.scans.count() == 6


def test_a_closed_workshop_cannot_be_chosen_afterwards_either(world):
    case = w.drafted(world, by=Audience.PUBLIC, scans=False)
    Workshop.objects.filter(pk=world.b.pk).update(closed_at=timezone.now())
    with pytest.raises(PermissionDenied):
        drafts.change_workshop(w.applicant(case), case.pk, world.b)
    assert w.fresh(case).workshop == world.a


@pytest.mark.parametrize("state", [State.AWAITING_EMPLOYER, State.RETURNED])
def test_what_was_sent_stays_with_its_workshop(state, world):
    case = w.filled_case(world, state)
    with pytest.raises(REFUSALS):
        drafts.change_workshop(world.ali, case.pk, world.b)
    assert w.fresh(case).workshop == world.a


# Scans


def test_a_new_picture_takes_the_place_of_the_one_of_its_kind(world):
    case = w.drafted(world)
    before = case.scans.get(kind="photo").document
    drafts.attach_scan(world.ali, case, "photo", w.jpeg(99))
    assert case.scans.get(kind="photo").document != before
    assert case.scans.count() == 6


def test_a_kind_that_the_service_does_not_ask_for_is_not_attached(world):
    case = w.drafted(world)
    assert w.attempted(lambda: drafts.attach_scan(world.ali, case, "passport", w.jpeg())) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"\xff\xd8\xff" + b"\0" * 500,
        w.jpeg_bytes()[:300],
        b"\x89PNG\r\n" + b"\0" * 300,
    ],
    ids=["empty", "text", "zeros", "truncated", "png"],
)
def test_a_refused_picture_changes_nothing(content, world):
    case = w.drafted(world)
    before = w.everything(Case, CaseScan, Document)
    files = sorted(django_settings.DOCUMENTS_DIR.rglob("*"))
    with pytest.raises(RefusedPicture):
        drafts.attach_scan(world.ali, case, "photo", BytesIO(content))
    assert w.everything(Case, CaseScan, Document) == before
    assert sorted(django_settings.DOCUMENTS_DIR.rglob("*")) == files


def test_a_picture_whose_case_moves_on_while_its_file_is_written_leaves_nothing(world, monkeypatch):
    case = w.drafted(world)
    before = w.everything(CaseScan, Document)
    write = drafts.write_document

    def slowly(*given):
        operations.send(world.ali, case.pk)
        return write(*given)

    monkeypatch.setattr(drafts, "write_document", slowly)
    files = set(django_settings.DOCUMENTS_DIR.rglob("*.sealed"))
    with pytest.raises(CaseMovedOnError):
        drafts.attach_scan(world.ali, case, "photo", w.jpeg(7))
    assert w.everything(CaseScan, Document) == before
    assert set(django_settings.DOCUMENTS_DIR.rglob("*.sealed")) == files


def test_a_picture_for_a_case_that_is_not_ones_own_leaves_nothing(world):
    case = w.drafted(world)
    before = w.everything(CaseScan, Document)
    files = set(django_settings.DOCUMENTS_DIR.rglob("*.sealed"))
    for actor in (world.sara, world.clerk, visitor()):
        with pytest.raises((Case.DoesNotExist, CaseMovedOnError)):
            drafts.attach_scan(actor, case, "photo", w.jpeg(71))
    assert w.everything(CaseScan, Document) == before
    assert set(django_settings.DOCUMENTS_DIR.rglob("*.sealed")) == files


def test_no_answer_and_no_picture_waits_for_a_lock_while_a_file_is_written(world, monkeypatch):
    """The file of a slow upload is written outside the transaction that locks the case."""
    held = []
    monkeypatch.setattr(
        drafts, "write_document", lambda upload, owner: held.append(len(connection.savepoint_ids))
    )
    case = w.drafted(world, scans=False)
    depth = len(connection.savepoint_ids)
    w.attempted(lambda: drafts.attach_scan(world.ali, case, "photo", w.jpeg()))
    assert held == [depth + 1]  # the test's own transaction, and that of `attempted`


def test_what_is_stored_is_the_picture_that_was_sent(world):
    case = w.drafted(world, scans=False)
    scan = drafts.attach_scan(world.ali, case, "photo", w.jpeg(5))
    kept, sent = Image.open(BytesIO(load_content(scan.document))), Image.open(w.jpeg(5))
    assert kept.size == sent.size
    assert max(ImageStat.Stat(ImageChops.difference(kept, sent)).mean) < 4


# What is known already


@pytest.fixture
def known(world):
    """A person registered at workshop A, with the scans that were kept."""
    w.filled_case(world, State.COMPLETED, answers=w.answers_for(1))
    return Person.objects.get()


def test_known_scans_are_kept_with_the_person_and_others_are_not(known):
    kept = set(KnownScan.objects.current(known).values_list("kind", flat=True))
    assert kept == {scan.code for scan in w.registration().required_scans({}) if scan.known}
    assert "questionnaire" not in kept


def test_a_workshop_is_given_no_scans_that_another_sent(known, world):
    service = w.registration()
    case = drafts.start_draft(world.sara, service, world.b, service.prefill(known), known)
    assert not case.scans.exists()


def test_another_national_code_takes_out_what_was_on_file(known, world):
    service = w.registration()
    case = drafts.start_draft(world.ali, service, world.a, service.prefill(known), known)
    drafts.attach_scan(world.ali, case, "questionnaire", w.jpeg())
    drafts.save_answers(world.ali, case.pk, {"national_code": w.code_of_person(7)})
    assert [scan.kind for scan in case.scans.all()] == ["questionnaire"]
    assert w.fresh(case).subject is None


def test_known_scans_are_there_in_the_next_request(known, world):
    service = w.registration()
    case = drafts.start_draft(world.ali, service, world.a, service.prefill(known), known)
    attached = {scan.kind: scan.document_id for scan in case.scans.all()}
    assert attached == dict(KnownScan.objects.current(known).values_list("kind", "document_id"))
    assert all(case.scans.values_list("on_file", flat=True))


@pytest.mark.parametrize(("years", "attached"), [(4, True), (6, False)])
def test_a_photo_older_than_five_years_is_asked_for_again(years, attached, known, world):
    kept = timezone.now() - timedelta(days=365 * years)
    KnownScan.objects.filter(person=known).update(kept_at=kept)
    service = w.registration()
    case = drafts.start_draft(world.ali, service, world.a, service.prefill(known), known)
    kinds = set(case.scans.values_list("kind", flat=True))
    assert ("photo" in kinds) == attached
    assert "national_card_front" in kinds


def test_what_is_on_file_is_not_asked_again(known, world):
    service = w.registration()
    Employment.objects.update(ended_on="2026-11-18")
    contact = {name: w.answers_for(1)[name] for name in ("mobile", "postal_code", "address")}
    answers = {**service.prefill(known), **contact, "job": "جوشکار", "start_date": "2026-11-20"}
    case = drafts.start_draft(world.ali, service, world.a, answers, known)
    drafts.attach_scan(world.ali, case, "questionnaire", w.jpeg())
    assert w.finished(world, operations.send(world.ali, case.pk)).state == State.COMPLETED
    assert Person.objects.count() == 1


def test_a_newer_scan_takes_the_place_of_the_kept_one_when_the_case_ends(known, world):
    service = w.registration()
    before = KnownScan.objects.current(known).get(kind="photo").document
    case = w.drafted(world, workshop=world.b, answers=w.answers_for(1), person=known)
    new = drafts.attach_scan(world.sara, case, "photo", w.jpeg(50))
    assert not new.on_file
    assert KnownScan.objects.current(known).get(kind="photo").document == before
    w.finished(world, case)
    assert KnownScan.objects.current(known).get(kind="photo").document == new.document
    assert KnownScan.objects.filter(person=known, kind="photo").count() == 2
    assert service.scan("photo").known


def used(case: Case) -> dict[str, bytes]:
    """The pictures of a case, bit for bit."""
    return {scan.kind: load_content(scan.document) for scan in case.scans.select_related("document")}


def test_what_a_past_case_used_stays_when_the_person_gets_a_newer_picture(known, world):
    past = Case.objects.get(state=State.COMPLETED)
    before = used(past)
    case = w.drafted(world, workshop=world.b, answers=w.answers_for(1), person=known)
    new = drafts.attach_scan(world.sara, case, "photo", w.jpeg(52))
    w.finished(world, case)
    assert used(past) == before
    assert KnownScan.objects.current(known).get(kind="photo").document == new.document
    assert before["photo"] != load_content(new.document)


def test_what_a_past_case_used_stays_whatever_happens_to_a_draft_that_was_offered_it(known, world):
    service, past = w.registration(), Case.objects.get(state=State.COMPLETED)
    before = used(past)
    case = drafts.start_draft(world.ali, service, world.a, service.prefill(known), known)
    drafts.attach_scan(world.ali, case, "photo", w.jpeg(53))
    drafts.remove_scan(world.ali, case.pk, "national_card_front")
    assert used(past) == before
    drafts.discard_draft(world.ali, case.pk)
    assert used(past) == before
    assert set(KnownScan.objects.current(known).values_list("kind", flat=True)) <= set(before)


def test_nobody_puts_another_picture_into_a_case_that_was_sent(known, world):
    past = Case.objects.get(state=State.COMPLETED)
    sent = w.filled_case(world, State.SUBMITTED, answers=w.answers_for(2))
    for case in (past, sent):
        before = used(case)
        for actor in (world.ali, world.clerk, world.senior):
            assert w.attempted(lambda a=actor, c=case: drafts.attach_scan(a, c, "photo", w.jpeg(54)))
            assert w.attempted(lambda a=actor, c=case: drafts.remove_scan(a, c.pk, "photo"))
        assert used(case) == before


def test_a_document_that_a_case_or_a_person_uses_cannot_be_deleted(known):
    for scan in (CaseScan.objects.first(), KnownScan.objects.first()):
        with pytest.raises(ProtectedError):
            scan.document.delete()


def test_taking_a_known_scan_out_of_a_case_leaves_it_with_the_person(known, world):
    service = w.registration()
    case = drafts.start_draft(world.sara, service, world.b, service.prefill(known), known)
    drafts.remove_scan(world.sara, case.pk, "photo")
    assert not case.scans.filter(kind="photo").exists()
    assert KnownScan.objects.current(known).filter(kind="photo").exists()


def test_a_rejected_request_leaves_no_scans_with_the_person(known, world):
    count = KnownScan.objects.count()
    case = w.drafted(world, workshop=world.b, answers=w.answers_for(1), person=known)
    drafts.attach_scan(world.sara, case, "photo", w.jpeg(51))
    case = operations.send(world.sara, case.pk)
    operations.reject(world.clerk, case.pk, version=case.version, note="نه")
    assert KnownScan.objects.count() == count
