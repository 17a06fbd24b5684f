"""What can be done to the register of insured persons. Called by services, in a case's transaction."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from pishkhan.audit.operations import Author, record
from pishkhan.documents.models import Document
from pishkhan.workshops.models import Workshop

from .models import ContributionRecord, Dependent, Employment, KnownScan, Person

IDENTITY = (
    "first_name",
    "last_name",
    "father_name",
    "gender",
    "birth_date",
    "birth_certificate_no",
    "birth_certificate_serial",
    "issue_place",
    "insurance_number",
    "mobile",
    "landline",
    "postal_code",
    "address",
)


def register_person(national_code: str, data: Mapping[str, Any], *, by: Author) -> Person:
    """Enters the person in the register, or brings what is on file up to date.

    `data` holds fields of `IDENTITY`; an empty value never wipes out what is known.
    """
    known = {name: data[name] for name in IDENTITY if data.get(name)}
    locked = Person.objects.select_for_update(no_key=True)
    person, created = locked.get_or_create(national_code=national_code, defaults=known)
    changed = [name for name, value in known.items() if created or getattr(person, name) != value]
    for name in changed:
        setattr(person, name, known[name])
    person.make_keys()
    person.save()
    if not created and {"first_name", "last_name"} & set(changed):
        person.employments.update(search_key=person.search_key, sort_key=person.sort_key)
    action = "person registered" if created else "person updated"
    record(action, by=by, about=f"person:{person.pk}", fields=changed)
    return person


def employ(
    person: Person, workshop: Workshop, *, job: str, started_on: datetime.date, by: Author
) -> Employment:
    """The person works at the workshop from that day on. One open employment per person and workshop."""
    employment = Employment.objects.create(
        person=person,
        workshop=workshop,
        job=job,
        started_on=started_on,
        search_key=person.search_key,
        sort_key=person.sort_key,
    )
    record("employment registered", by=by, about=f"person:{person.pk}", workshop=workshop.pk)
    return employment


def add_dependent(
    main: Person,
    person: Person,
    relation: str,
    conditions: Sequence[str],
    *,
    since: datetime.date,
    by: Author,
) -> Dependent:
    """`person` is covered through `main` from that day on (art. 58); another relation between them ends."""
    Dependent.objects.filter(main=main, person=person, ended_on=None).update(ended_on=since)
    dependent = Dependent.objects.create(
        main=main, person=person, relation=relation, conditions=list(conditions), started_on=since
    )
    record("dependent added", by=by, about=f"person:{main.pk}", dependent=person.pk, relation=relation)
    return dependent


@transaction.atomic
def add_records(person: Person, added: Sequence[ContributionRecord], *, by: Author) -> int:
    """Times of paid contributions enter the person's history; returns how many.

    A record of the same workshop and days is there already and is not entered twice.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    columns = ("workshop_name", "workshop_code", "started_on", "ended_on")
    known = set(person.records.values_list(*columns))
    entered = 0
    for each in added:
        same = tuple(getattr(each, name) for name in columns)
        if same in known:
            continue
        known.add(same)
        entered += 1
        each.person = person
        each.save(force_insert=True)
        source = str(each.source)
        record("record added", by=by, about=f"person:{person.pk}", record=each.pk, source=source)
    return entered


@transaction.atomic
def remove_record(removed: ContributionRecord, *, by: Author) -> None:
    """A record entered by mistake; the trail keeps its days and workshop. Twice changes nothing."""
    if not ContributionRecord.objects.filter(pk=removed.pk).delete()[0]:
        return
    said = {name: str(getattr(removed, name)) for name in ("started_on", "ended_on", "days", "source")}
    said |= {"workshop": removed.workshop_name, "workshop_code": removed.workshop_code}
    record("record removed", by=by, about=f"person:{removed.person_id}", record=removed.pk, **said)


@transaction.atomic
def end_employment(employment: Employment, *, on: datetime.date, by: Author) -> bool:
    """The person works there until that day (ترک کار); False when it was ended already."""
    going_on = Employment.objects.filter(pk=employment.pk, ended_on=None)
    if not going_on.update(ended_on=on, has_left=True):
        return False
    employment.ended_on, employment.has_left = on, True
    about = f"person:{employment.person_id}"
    record("employment ended", by=by, about=about, workshop=employment.workshop_id)
    return True


@transaction.atomic
def end_dependent(dependent: Dependent, *, on: datetime.date, by: Author) -> bool:
    """The dependent is covered through the main insured person until that day; False: it was ended before."""
    if not Dependent.objects.filter(pk=dependent.pk, ended_on=None).update(ended_on=on):
        return False
    dependent.ended_on = on
    record("dependent ended", by=by, about=f"person:{dependent.main_id}", dependent=dependent.person_id)
    return True


def keep_scan(person: Person, kind: str, document: Document, *, by: Author) -> None:
    """Keeps a scan with the person in the place of the older one of its kind."""
    current = KnownScan.objects.filter(person=person, kind=kind, replaced_at=None)
    if current.filter(document=document).exists():
        return
    current.update(replaced_at=timezone.now())
    KnownScan.objects.create(person=person, kind=kind, document=document)
    record("scan kept", by=by, about=f"person:{person.pk}", kind=kind, sha256=document.sha256)
