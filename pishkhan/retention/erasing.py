"""What erasing means: identity values are overwritten, documents destroyed, references and dates stay.

All of it is called in a transaction that has locked what is erased; files go when that is committed.
"""

from collections import Counter
from uuid import UUID

from django.utils import timezone

from pishkhan.audit.operations import Author, record
from pishkhan.cases.models import Case, EarlierScan
from pishkhan.documents.operations import destroy_unused
from pishkhan.inspections.models import Inspection, ObjectionScan
from pishkhan.letters.operations import destroy_letters
from pishkhan.notifications.operations import forget_case
from pishkhan.people.models import KnownScan, Person

ERASED = "پاک‌شده"
"""Shown where a name was."""

CONTACT = ("mobile", "landline", "postal_code", "address")


def erase_case(case: Case, *, why: str, by: Author) -> Counter[str]:
    """A draft goes altogether; of an ended request stay the service, the state, dates, places and number.

    `why` is `retention` or `request`. Returns how many of what.
    """
    pictures = _pictures_of(case)
    case.scans.all().delete()
    case.earlier_scans.all().delete()
    forget_case(case.pk)
    gone = Counter({"letters": destroy_letters(case.letters.all())})
    reference = f"case:{case.pk}"
    if case.is_draft:
        case.delete()
        gone["drafts"] += 1
    else:
        _overwrite(case)
        gone["cases"] += 1
    gone["documents"] += destroy_unused(pictures)
    counted = {"documents": gone["documents"], "letters": gone["letters"]}
    record("draft expired" if gone["drafts"] else "case erased", by=by, about=reference, why=why, **counted)
    return gone


def _pictures_of(case: Case) -> set[UUID]:
    return {*case.scans.values_list("document", flat=True), *_earlier(case)}


def _earlier(case: Case) -> set[UUID]:
    return set(case.earlier_scans.values_list("document", flat=True))


def _overwrite(case: Case) -> None:
    case.subject, case.subject_name, case.national_code, case.search_key = None, ERASED, "", ""
    case.answers, case.rows, case.marks, case.decision, case.explanations = {}, [], [], {}, {}
    case.note, case.erased_at = "", timezone.now()
    case.save()
    case.events.update(note="", marks=[], changes=[])


def erase_earlier_pictures(case: Case) -> int:
    """Pictures that gave way to others before the request ended."""
    pictures = _earlier(case)
    EarlierScan.objects.filter(case=case).delete()
    return destroy_unused(pictures)


def erase_known_pictures(person: Person) -> int:
    """The pictures that are kept with the person; those that a request uses stay with it."""
    known = KnownScan.objects.filter(person=person)
    pictures = set(known.values_list("document", flat=True))
    known.delete()
    return destroy_unused(pictures)


def erase_contact(person: Person) -> bool:
    """How the person is reached; False when nothing was known."""
    known = [name for name in CONTACT if getattr(person, name)]
    if known:
        Person.objects.filter(pk=person.pk).update(**dict.fromkeys(known, ""))
    return bool(known)


def erase_visit(inspection: Inspection) -> int:
    """Whom the inspector met, and the pictures of an objection; the report and its figures stay."""
    personal = {"father_name": "", "national_code": "", "insurance_number": ""}
    inspection.workers.update(name=ERASED, **personal)
    Inspection.objects.filter(pk=inspection.pk).update(present_name="", erased_at=timezone.now())
    scans = ObjectionScan.objects.filter(objection__inspection=inspection)
    pictures = set(scans.values_list("document", flat=True))
    scans.delete()
    return destroy_unused(pictures)
