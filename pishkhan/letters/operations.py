"""Issuing letters: once for each occasion, numbered, and on the disk before their row is.

Printing takes some hundredths of a second: a service rather names its letters (`Service.letters`), which are
then issued when first asked for, than issuing one in the transaction that completes a case.
"""

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.audit.operations import Author, record
from pishkhan.cases.models import Case, Event
from pishkhan.documents.files import sync_folders, write_file
from pishkhan.documents.vault import BrokenSealError, seal, unseal
from pishkhan.people.models import Booklet, Person
from pishkhan.persian.calendar import jalali_year
from pishkhan.workshops.models import Branch, Workshop

from . import contents
from .codes import new_code
from .models import Kind, Letter, LetterSequence
from .press import Content, facts, pdf_of


class DamagedLetter(Exception):  # noqa: N818
    """The file of a letter is missing or is not the one that was issued."""


class ErasedMeanwhileError(Exception):
    """The request was erased while its letter was being printed: there is none."""


def issue_for_event(case: Case, kind: Kind, event: Event, *, by: Author) -> Letter:
    """The letter about something that happened to a case; `offers.offered` tells which there are."""
    letter = Letter(
        kind=kind,
        occasion=f"{kind}:event:{event.pk}",
        branch=case.branch,
        case=case,
        person=case.subject,
        workshop=case.workshop,
    )
    return _once(letter, lambda: contents.OF_EVENT[kind](case, event), by)


def issue_statement(
    person: Person, *, case: Case | None, by: Author, entered: datetime.datetime | None = None
) -> Letter:
    """The person's history, sealed; issued once for a case, else whenever asked.

    `entered`: only what was on record by then, so that a later download tells nothing of later employers.
    """
    occasion = f"{Kind.STATEMENT}:case:{case.pk}" if case else None
    letter = Letter(kind=Kind.STATEMENT, occasion=occasion, person=person, case=case)
    letter.branch = case.branch if case else Branch.objects.home()
    letter.workshop = case.workshop if case else None
    return _once(letter, lambda: contents.statement(person, entered), by)


def issue_booklet_letter(booklet: Booklet, *, by: Author, case: Case | None = None) -> Letter:
    """The letter that goes with a booklet, with its holder's photo; issued once."""
    letter = Letter(
        kind=Kind.BOOKLET, occasion=f"{Kind.BOOKLET}:{booklet.pk}", person=booklet.person, case=case
    )
    letter.branch = case.branch if case else Branch.objects.home()
    letter.workshop = case.workshop if case else None
    return _once(letter, lambda: contents.booklet(booklet), by)


def issue_credentials(workshop: Workshop, user: User, password: str, *, by: Author) -> tuple[Letter, bytes]:
    """The official letter with a one-time password (R18), and its PDF, which is stored nowhere."""
    letter = Letter(kind=Kind.CREDENTIALS, branch=workshop.branch, workshop=workshop, is_stored=False)
    content = contents.credentials(workshop, user, password)
    pdf = _make(letter, content, by)
    with transaction.atomic():
        _enter(letter, by)
    return letter, pdf


def load_letter(letter: Letter) -> bytes:
    """The PDF, exactly as issued; raises `DamagedLetter`, or what `load_content` does while keys are away."""
    try:
        return unseal(letter)
    except BrokenSealError as broken:
        raise DamagedLetter(f"letter {letter.number}: {broken}") from broken


def destroy_letters(letters: "QuerySet[Letter]") -> int:
    """Number, code, kind, day and SHA-256 stay, so that a paper can still be checked; returns how many.

    Keys and facts go with the transaction, files when it is committed.
    """
    count = letters.exclude(facts=[]).update(key_id="", wrapped_key=b"", facts=[], person=None)
    transaction.on_commit(sweep_letters)
    return count


def sweep_letters() -> None:
    """Removes the files of letters whose keys are gone; again after it was interrupted."""
    for letter in Letter.objects.filter(key_id="", is_stored=True):
        letter.path.unlink(missing_ok=True)
        Letter.objects.filter(pk=letter.pk).update(is_stored=False)


def _once(letter: Letter, say: Callable[[], Content], by: Author) -> Letter:
    """The letter that was issued for the occasion, or this one; of two made at once the first stays."""
    issued = Letter.objects.filter(occasion=letter.occasion).first() if letter.occasion else None
    if issued:
        return issued
    pdf = _make(letter, say(), by)
    try:
        write_file(letter.path, seal(letter, pdf), durable=True)
        sync_folders({letter.path.parent}, Path(settings.LETTERS_DIR))
        with transaction.atomic():
            _require_not_erased(letter)
            _enter(letter, by)
    except ErasedMeanwhileError:
        letter.path.unlink(missing_ok=True)
        raise
    except IntegrityError as error:
        # After any other error its row may be there all the same: a commit that was not answered.
        letter.path.unlink(missing_ok=True)
        return _first(letter, error)
    return letter


def _require_not_erased(letter: Letter) -> None:
    """Erasing a request destroys the letters that it has by then: none may come after it."""
    if letter.case_id and Case.objects.select_for_update().get(pk=letter.case_id).erased_at:
        raise ErasedMeanwhileError


def _first(letter: Letter, error: IntegrityError) -> Letter:
    """The letter that somebody else has issued for the same occasion meanwhile; else the error goes on."""
    first = Letter.objects.filter(occasion=letter.occasion).first() if letter.occasion else None
    if first is None:
        raise error
    return first


def _make(letter: Letter, content: Content, by: Author) -> bytes:
    """Numbers the letter and prints it, outside of any transaction of ours."""
    letter.number, letter.code = next_number(letter.branch), new_code()
    letter.issued_at, letter.issued_by = timezone.now(), by.label
    letter.facts = facts(content)
    pdf = pdf_of(letter, content)
    if content.sealed:
        # It takes half as long to import as all the rest of the portal: no start waits for it.
        from .seal import sealed  # noqa: PLC0415

        pdf = sealed(pdf)
    letter.set_owner()
    letter.sha256, letter.size = hashlib.sha256(pdf).hexdigest(), len(pdf)
    return pdf


def _enter(letter: Letter, by: Author) -> None:
    letter.save(force_insert=True)
    record("letter issued", by=by, about=f"letter:{letter.pk}", kind=letter.kind, number=letter.number)


@transaction.atomic
def next_number(branch: Branch) -> str:
    """1460/1405/000123: branch, Jalali year, number in it. None is given twice; a failure leaves a gap."""
    year = jalali_year(timezone.localdate())
    sequence, _ = LetterSequence.objects.select_for_update().get_or_create(branch=branch, year=year)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"{branch.code}/{year}/{sequence.last:06d}"
