"""Writing a case: answers and scans, before it is sent and when it came back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from pishkhan.audit.operations import record
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.service import About, Service, Subject
from pishkhan.documents.operations import entered, write_document
from pishkhan.people.models import KnownScan, Person
from pishkhan.persian.calendar import age_on
from pishkhan.persian.digits import to_latin
from pishkhan.persian.letters import clean_text, search_key
from pishkhan.prepared import Prepared, insert, update
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor
from pishkhan.workshops.models import Branch, Workshop

from .checking import cautions
from .models import Case, CaseScan, EarlierScan
from .refusals import CaseMovedOnError, ServiceClosedError
from .states import State, WaitingOn

LONGEST_WORD = 300


_found_for = PreparedFor(
    lambda actor, pk: (
        Case.objects.visible_to(actor)
        .filter(pk=pk)
        .select_related("workshop", "branch", "assignee", "subject")
    ),
    int,
)
_locked_for = PreparedFor(
    lambda actor, pk: (
        Case.objects.visible_to(actor)
        .filter(pk=pk)
        .select_related("workshop", "branch", "subject")
        .select_for_update(of=("self",))
    ),
    int,
)
_place_locked_for = PreparedFor(
    lambda actor, pk: (
        Workshop.objects.filter(pk__in=Case.objects.visible_to(actor).filter(pk=pk).values("workshop"))
        .select_related("branch")
        .select_for_update(of=("self",), no_key=True)
    ),
    int,
)
_workshop_locked = Prepared(
    lambda pk: Workshop.objects.filter(pk=pk).select_for_update(of=("self",), no_key=True), int
)
_drafts_for = PreparedFor(
    lambda actor, workshop, service, code: (
        Case.objects.visible_to(actor)
        .filter(workshop=workshop, service_code=service, state=State.DRAFT, national_code=code)
        .order_by("-id")[:20]
    ),
    *(int, str, str),
)


def _only(found: Sequence[Case]) -> Case:
    if not found:
        raise Case.DoesNotExist
    return found[0]


def find(actor: Actor, case_id: int) -> Case:
    """The case as it is now; `Case.DoesNotExist` when the actor may not see it."""
    return _only(_found_for(actor, case_id))


def lock(actor: Actor, case_id: int) -> Case:
    """The same, locked until the transaction ends."""
    return _only(_locked_for(actor, case_id))


def lock_with_place(actor: Actor, case_id: int) -> Case:
    """The same, and until then nobody closes its workshop; of two sign-ups the second sees the first."""
    places = _place_locked_for(actor, case_id)
    case = lock(actor, case_id)
    if not places:
        Branch.objects.select_for_update(no_key=True).get(pk=case.branch_id)
    elif case.workshop_id == places[0].pk:
        case.workshop = places[0]  # the one that was read with the case may be older than the wait for it
    return case


def _own_draft(
    actor: Actor, service: Service, workshop: Workshop, answers: Answers, person: Person | None
) -> Case | None:
    """A draft of this workshop for that person, or one that nothing was written in yet.

    The workshop's row is locked, so that two clicks make one.
    """
    _workshop_locked(workshop.pk)
    national_code = person.national_code if person else service.subject(answers).national_code
    same = _drafts_for(actor, workshop.pk, service.code, national_code)
    return next((draft for draft in same if national_code or draft.answers == answers), None)


@transaction.atomic
def start_draft(
    actor: Actor,
    service: Service,
    workshop: Workshop | None,
    answers: Answers,
    person: Person | None = None,
) -> Case:
    """A new draft, or the one that this workshop already began for that person.

    `workshop` is None for strangers alone (a sign-up, R5). Known scans of `person` that the workshop has sent
    before are attached at once (R35). Raises `ServiceClosedError`.
    """
    elsewhere = actor.at_workshop and workshop != actor.workshop
    closed = workshop is not None and workshop.closed_at is not None
    placeless = (workshop is None) != (service.about == About.STRANGER)
    faceless = service.about.on_file != (person is not None) and service.about.on_file
    if actor.audience not in service.offered_to or elsewhere or closed or placeless or faceless:
        raise PermissionDenied
    if notice := service.closed:
        raise ServiceClosedError(notice)
    if actor.at_workshop and workshop and (begun := _own_draft(actor, service, workshop, answers, person)):
        return begun
    branch = workshop.branch if workshop else Branch.objects.home()
    case = Case(branch=branch, workshop=workshop, service_code=service.code, subject=person)
    case.begun_by = actor.audience
    case.waiting_on = WaitingOn.DRAFTER if actor.at_workshop else WaitingOn.APPLICANT
    case.answers = answers
    describe(case)
    insert(case)
    if person:
        _attach_known_scans(case, person)
    record("draft started", by=actor.author, about=f"case:{case.pk}", service=service.code)
    return case


def _attach_known_scans(case: Case, person: Person) -> None:
    wanted = {scan.code: scan for scan in case.service.scans if scan.known}
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # as whoever keeps or erases them does
    own = CaseScan.objects.filter(case__workshop=case.workshop_id).values("document")
    # Locked, or a picture that is being erased with its person could be attached after its key is gone.
    current = KnownScan.objects.current(person).select_for_update(of=("self",))
    for known in current.filter(kind__in=wanted, document__in=own):
        years = wanted[known.kind].fresh_years
        if years and age_on(timezone.localdate(known.kept_at), timezone.localdate()) >= years:
            continue
        CaseScan.objects.create(case=case, kind=known.kind, document=known.document, on_file=True)


def describe(case: Case) -> None:
    """Brings the columns that lists and searches read up to date with the answers, or with the file."""
    if case.service.about.on_file and case.subject:
        subject = Subject(case.subject.national_code, case.subject.full_name)
    else:
        subject = case.service.subject(case.answers)
    digits = to_latin(subject.national_code)
    case.national_code = digits if digits.isascii() and digits.isdigit() and len(digits) == 10 else ""
    case.subject_name = subject.name[:210]
    remarks = case.answers.get("remarks", "")
    case.search_key = search_key(f"{subject.name} {case.national_code} {case.tracking_code or ''} {remarks}")


def _lock_writable(actor: Actor, case_id: int) -> Case:
    return writable(actor, lock(actor, case_id))


def writable(actor: Actor, case: Case) -> Case:
    """The same case, if `actor` may write it now; raises `CaseMovedOnError`."""
    if not case.held_by(actor):
        raise CaseMovedOnError(case)
    return case


@transaction.atomic
def save_answers(actor: Actor, case_id: int, answers: Answers) -> Case:
    """Keeps what was typed, right or wrong; nothing is sent. Answers not named stay as they were.

    Lists and searches show a request that was sent once as it was sent, until it is sent again.
    """
    case = _lock_writable(actor, case_id)
    put_answers(actor, case, answers)
    update(case, ("answers", "national_code", "subject_name", "search_key", "subject"))
    return case


def put_answers(actor: Actor, case: Case, answers: Answers) -> None:
    """The same for a locked case that its caller writes."""
    changed = [name for name, answer in answers.items() if case.answers.get(name) != answer]
    case.answers = {**case.answers, **answers}
    if case.is_draft:
        describe(case)
        forget_other_person(case)
    if changed:
        record("answers saved", by=actor.author, about=f"case:{case.pk}", fields=changed)


@transaction.atomic
def explain(actor: Actor, case_id: int, said: Mapping[str, str]) -> Case:
    """Keeps what the sender says of cautions (code → words); what is said of none of them is left out."""
    case = _lock_writable(actor, case_id)
    put_words(actor, case, said)
    update(case, ["explanations"])
    return case


def put_words(actor: Actor, case: Case, said: Mapping[str, str]) -> None:
    """The same for a locked case that its caller writes."""
    asked = {caution.code: caution.text for caution in cautions(actor, case)}
    new = {
        code: {"text": asked[code], "said": clean_text(words[:LONGEST_WORD])}
        for code, words in said.items()
        if code in asked
    }
    if any(case.said(code) != told["said"] for code, told in new.items()):
        case.explanations = {**case.explanations, **new}
        record("cautions explained", by=actor.author, about=f"case:{case.pk}", cautions=sorted(new))


def forget_other_person(case: Case) -> None:
    """Another national code is another person: what was on file of the first is taken out."""
    if case.subject and case.subject.national_code != case.national_code:
        case.scans.filter(on_file=True).delete()
        case.subject = None


@transaction.atomic
def change_workshop(actor: Actor, case_id: int, workshop: Workshop) -> Case:
    """An applicant's draft goes to another workshop; nothing else of it is lost (R12)."""
    case = _lock_writable(actor, case_id)
    if not case.is_draft:
        raise CaseMovedOnError(case)
    if workshop.closed_at:
        raise PermissionDenied
    case.workshop, case.branch = workshop, workshop.branch
    case.save(update_fields=["workshop", "branch"])
    record("workshop changed", by=actor.author, about=f"case:{case.pk}", workshop=workshop.pk)
    return case


def attach_scan(actor: Actor, case: Case, kind: str, upload: Any) -> CaseScan:
    """Stores the picture and puts it in the place of the one of its kind.

    `case` is as the actor found it; what it has become while the picture was worked on counts. Raises
    `documents.pictures.RefusedPicture` when it is not a usable JPG of at most 200 kB (R8), and
    `LookupError` when the service asks for no such kind.
    """
    writable(actor, case)
    if case.service.scan(kind) is None:
        raise LookupError(kind)
    document = write_document(upload, f"case:{case.pk}")  # takes a while: not while the case is locked
    with transaction.atomic(), entered(document):
        case = _lock_writable(actor, case.pk)
        _keep_as_sent(case, kind)
        scan = insert(
            CaseScan(case=case, kind=kind, document=document, on_file=False), instead=("case", "kind")
        )
        record("scan attached", by=actor.author, about=f"case:{case.pk}", kind=kind, sha256=document.sha256)
    return scan


def _keep_as_sent(case: Case, kind: str) -> None:
    """Before a picture gives way: what the case was sent with stays, beside what comes in its place."""
    sent_at = case.last_sent_at
    sent = case.scans.filter(kind=kind, attached_at__lte=sent_at).first() if sent_at else None
    if sent:
        EarlierScan.objects.create(case=case, kind=kind, document=sent.document)


@transaction.atomic
def remove_scan(actor: Actor, case_id: int, kind: str) -> None:
    """Takes a scan out of the case; what is kept with the person stays."""
    case = _lock_writable(actor, case_id)
    _keep_as_sent(case, kind)
    if case.scans.filter(kind=kind).delete()[0]:
        record("scan removed", by=actor.author, about=f"case:{case.pk}", kind=kind)


@transaction.atomic
def discard_draft(actor: Actor, case_id: int) -> None:
    """Throws a draft away; a case that was ever sent stays for good."""
    case = _lock_writable(actor, case_id)
    if not case.is_draft:
        raise CaseMovedOnError(case)
    record("draft discarded", by=actor.author, about=f"case:{case.pk}")
    case.delete()
