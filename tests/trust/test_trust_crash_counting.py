"""The counting of trust.kills and trust.power finds every kind of loss among the rows of a real request."""

from collections.abc import Callable

import pytest

from pishkhan.audit.models import Entry
from pishkhan.audit.sealing import seal_new_entries
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case, CaseScan, Event
from pishkhan.cases.states import Verb
from pishkhan.documents.models import Document
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Employment, Person
from tests import world as w
from trust.crash.counting import Verdict, judge
from trust.crash.facts import read
from trust.crash.history import (
    BEGIN,
    CONFIRM,
    REFUSED,
    SAVE,
    SAVED,
    SCAN,
    SEND,
    TAKE,
    UNKNOWN,
    Asked,
    History,
    Operation,
)
from trust.crash.load import SCANS

CODE = w.code_of_person(77)
LEFT_OUT = "birth_certificate_remarks"


@pytest.fixture
def asked(world) -> Asked:
    """A registration from the draft to the register, and what its users did and were told."""
    asked = History().new_person(CODE)
    representative = world.ali

    def did(what: str, value: str = "", place: str = "") -> None:
        asked.operations.append(Operation(what, value, place, tries=1, outcome=SAVED))

    case = drafts.start_draft(representative, w.registration(), world.a, {"national_code": CODE})
    did(BEGIN)
    for mark in ("first", "second"):
        drafts.save_answers(representative, case.pk, w.answers_for(77, remarks=mark))
        did(SAVE, mark)
    for kind, shade in [*((kind, w.shade_of(kind)) for kind in SCANS), ("photo", 190)]:
        scan = drafts.attach_scan(representative, case, kind, w.jpeg(shade))
        did(SCAN, scan.document.sha256, kind)
    operations.send(representative, case.pk)
    did(SEND)
    taken = operations.take(world.clerk, case.pk)
    did(TAKE)
    operations.confirm(world.clerk, case.pk, version=taken.version)
    did(CONFIRM)
    return asked


def verdict_on(asked: Asked) -> Verdict:
    return judge({asked.national_code: asked}, read())


def the_case() -> Case:
    return Case.objects.get(national_code=CODE)


def again(row: Case | Event | Employment | Notification | CaseScan | Document, **changes: object) -> None:
    """The row once more, as another one."""
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def document_of(kind: str) -> Document:
    return CaseScan.objects.get(kind=kind).document


def without(action: str) -> None:
    Entry.objects.filter(action=action, about=f"case:{the_case().pk}")._raw_delete("default")


def forget_answers() -> None:
    Case.objects.update(answers=w.answers_for(77, remarks="first"))


def invent_answers() -> None:
    Case.objects.update(answers=w.answers_for(77, remarks="third"))


def earlier_photo() -> None:
    photo = CaseScan.objects.get(kind="photo")
    older = Document.objects.filter(owner=f"case:{photo.case_id}").exclude(pk=photo.document_id)
    first = older.order_by("created_at").first()
    CaseScan.objects.filter(pk=photo.pk).update(document=first)


def unlink_a_file() -> None:
    document_of("photo").path.unlink()


def delete_a_sealed_entry() -> None:
    seal_new_entries()
    Entry.objects.filter(action="case send")._raw_delete("default")


LOST = {
    "the request": lambda: the_case().delete(),
    "what was typed last": forget_answers,
    "a picture of the request": lambda: CaseScan.objects.filter(kind="photo").delete(),
    "the picture that was sent last": earlier_photo,
    "the sending": lambda: Event.objects.filter(verb=Verb.SEND).delete(),
    "the confirmation": lambda: Event.objects.filter(verb=Verb.CONFIRM).delete(),
    "the employment": lambda: Employment.objects.all().delete(),
    "the news of it": lambda: Notification.objects.exclude(case_id=None).delete(),
    "an entry of the trail": lambda: without("case take"),
    "an entry of a picture": lambda: without("scan attached"),
}
INVENTED = {
    "a request of somebody": lambda: again(the_case(), national_code="0000000000", tracking_code=None),
    "a request of nobody": lambda: again(the_case(), national_code="", tracking_code=None),
    "words that nobody typed": invent_answers,
    "a picture that nobody sent": lambda: again(CaseScan.objects.get(kind="photo"), kind=LEFT_OUT),
    "a step that nobody took": lambda: again(Event.objects.get(verb=Verb.SEND), verb=Verb.RETURN),
    "a document that nobody sent": lambda: again(document_of("photo"), sha256="0" * 64),
    "a person": lambda: Person.objects.update(national_code="0000000000"),
}
TWICE = {
    "the request": lambda: again(the_case(), state="withdrawn", tracking_code=None),
    "the sending": lambda: again(Event.objects.get(verb=Verb.SEND)),
    "the employment": lambda: again(Employment.objects.get(), ended_on="2026-01-01"),
    "the news of it": lambda: again(Notification.objects.exclude(case_id=None).first()),
    "the entry of the trail": lambda: again(Entry.objects.get(action="case send")),
}
BROKEN = {
    "a file that is not there": unlink_a_file,
    "an entry of the trail": delete_a_sealed_entry,
}


def test_what_was_told_and_what_is_there_agree(asked):
    verdict = verdict_on(asked)
    assert verdict and not verdict.lines(), verdict.lines()


@pytest.mark.parametrize("what", LOST)
def test_lost(asked, what: str):
    assert _after(LOST[what], asked).lost


@pytest.mark.parametrize("what", INVENTED)
def test_nobody_sent(asked, what: str):
    assert _after(INVENTED[what], asked).invented


@pytest.mark.parametrize("what", TWICE)
def test_twice(asked, what: str):
    assert _after(TWICE[what], asked).twice


@pytest.mark.parametrize("what", BROKEN)
def test_broken(asked, what: str):
    assert _after(BROKEN[what], asked).broken


def _after(damage: Callable[[], object], asked: Asked) -> Verdict:
    damage()
    verdict = verdict_on(asked)
    assert not verdict
    return verdict


def last(asked: Asked, what: str) -> Operation:
    return asked.of(what)[-1]


def test_what_was_not_answered_may_be_there(asked):
    for operation in asked.operations:
        operation.outcome = UNKNOWN
    assert verdict_on(asked)


def test_what_was_not_answered_may_be_missing(asked):
    last(asked, SAVE).outcome = UNKNOWN
    forget_answers()
    without_second_entry = [each for each in verdict_on(asked).lines() if "answers saved" not in each]
    assert without_second_entry == []


def test_what_was_saved_afterwards_does_not_give_way_to_what_was_not_answered_before(asked):
    asked.of(SAVE)[0].outcome = UNKNOWN
    forget_answers()
    assert verdict_on(asked).lost == [f"{CODE}: answers"]


def test_what_was_refused_is_not_there(asked):
    last(asked, SAVE).outcome = REFUSED
    assert f"{CODE}: answers" in verdict_on(asked).invented


def test_what_was_sent_again_may_be_stored_twice_but_not_three_times(asked):
    photo = asked.of(SCAN, "photo")[-1]
    stored = Document.objects.get(sha256=photo.value)
    photo.tries = 2
    again(Document.objects.get(pk=stored.pk))
    assert not verdict_on(asked).twice
    again(Document.objects.get(pk=stored.pk))
    assert verdict_on(asked).twice
