"""Rows of everything that a screen lists, as many as are wanted."""

import datetime

from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.approvals.models import Action as Question
from pishkhan.approvals.models import Approval
from pishkhan.audit.models import Entry
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State, WaitingOn
from pishkhan.catalogue.parties import Audience
from pishkhan.documents.models import Document
from pishkhan.inspections.models import Inspection, Objection, SeenWorker
from pishkhan.inspections.states import State as Visit
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Dependent, Employment, KnownScan, Person, Relation
from pishkhan.workshops.models import Representation, Workshop
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient
from tests.world import World, answers_for, code_of_person

WAITING = {
    State.DRAFT: WaitingOn.DRAFTER,
    State.AWAITING_EMPLOYER: WaitingOn.EMPLOYER,
    State.SUBMITTED: WaitingOn.BRANCH,
    State.UNDER_REVIEW: WaitingOn.BRANCH,
    State.RETURNED: WaitingOn.EMPLOYER,
    State.COMPLETED: WaitingOn.NOBODY,
    State.REJECTED: WaitingOn.NOBODY,
    State.WITHDRAWN: WaitingOn.NOBODY,
}


def grow(world: World, shown: list[Case], first: int, last: int) -> None:
    """Rows of everything that a screen lists, numbered from `first` to `last`, written without operations."""
    numbers, now = range(first, last), timezone.now()
    states = list(WAITING)
    Case.objects.bulk_create(
        Case(
            branch=world.branch,
            workshop=world.a,
            service_code="main-registration",
            begun_by=Audience.WORKSHOP,
            subject_name=f"نفر {number}",
            national_code=code_of_person(10_000 + number),
            tracking_code=f"1460-0501-{number:05d}-0",
            tracking_digits=f"14600501{number:05d}0",
            state=state,
            waiting_on=WAITING[state],
            unit="registration",
            assignee=world.clerk.user if state == State.UNDER_REVIEW else None,
            submitted_at=now - datetime.timedelta(hours=number),
            sent_at=now,
            archived_by_workshop=number % 3 == 0,
            archived_by_desk=number % 5 == 0,
            search_key=f"نفر {number}",
            answers=answers_for(10_000 + number),
        )
        for number in numbers
        for state in [states[number % len(states)]]
    )
    for recipient in (workshop_recipient(world.a.pk), unit_recipient(world.branch.pk, "registration")):
        Notification.objects.bulk_create(
            Notification(recipient=recipient, text=f"خبر {number}", case_id=shown[0].pk) for number in numbers
        )
    Event.objects.bulk_create(
        Event(case=case, verb="send", audience="workshop", user=world.ali.user, to="submitted")
        for case in shown
        for _ in numbers
    )
    Entry.objects.bulk_create(Entry(author="x", action="scan opened") for _ in numbers)
    people(world, numbers)
    visits(world, numbers)
    approvals(world, numbers)


def approvals(world: World, numbers: range) -> None:
    """Large files that wait for a second person or were refused, and roles that were."""
    now, parameters = timezone.now(), {"tab": "active", "order": "name", "text": "", "people": 900}
    by = {"branch": world.branch, "asked_by": world.ali.user, "expires_at": now + datetime.timedelta(days=1)}
    Approval.objects.bulk_create(
        Approval(
            **by,
            action=Question.EXPORT if number % 3 else Question.SENIOR,
            about=f"user:{number}",
            workshop=world.a if number % 3 else None,
            subject=None if number % 3 else world.clerk.user,
            parameters=parameters,
            state="refused" if number % 2 else "waiting",
            decided_by=world.senior.user if number % 2 else None,
        )
        for number in numbers
    )


def visits(world: World, numbers: range) -> None:
    """Visits to workshop A in every state; the first with an objection has ever more workers."""
    now, states = timezone.now(), list(Visit)
    Inspection.objects.bulk_create(
        Inspection(
            branch=world.branch,
            workshop=world.a,
            number=f"9/{number}",
            visited_at=now - datetime.timedelta(hours=number),
            kind="periodic",
            inspector_name="سعید خمامی",
            employer_present=True,
            workshop_state="open",
            observed_count=5,
            on_list_count=3,
            state=state,
            notified_at=None if state == Visit.DRAFT else now,
            objection_deadline=now.date(),
        )
        for number in numbers
        for state in [states[number % len(states)]]
    )
    shown = first_objected()
    if not hasattr(shown, "objection"):
        Objection.objects.create(inspection=shown, text="نه", made_by=world.ali.user)
    SeenWorker.objects.bulk_create(
        SeenWorker(inspection=shown, position=number, name="علی رضایی") for number in numbers
    )


def first_objected() -> Inspection:
    return Inspection.objects.filter(state=Visit.OBJECTED).earliest("id")


def people(world: World, numbers: range) -> None:
    """Workshops with a user each, and persons employed at workshop A."""
    workshops = [
        Workshop(branch=world.branch, code=f"14677{number:05d}", name=f"کارگاه {number}")
        for number in numbers
    ]
    for workshop in workshops:
        workshop.make_keys()
    made = Workshop.objects.bulk_create(workshops)
    named = [
        User(username=f"user{n}", side="workshop", last_name=f"نفر {n}", is_active=n % 3 > 0) for n in numbers
    ]
    for user in named:
        user.make_keys()
    users = User.objects.bulk_create(named)
    Representation.objects.bulk_create(
        Representation(user=user, workshop=workshop) for user, workshop in zip(users, made, strict=True)
    )
    born = datetime.date(1990, 1, 1)
    persons, spouses = (
        Person.objects.bulk_create(
            Person(
                national_code=code_of_person(start + number),
                first_name="سیده‌معصومه",
                last_name="کوچک‌پور",
                birth_date=born,
            )
            for number in numbers
        )
        for start in (10_000, 20_000)
    )
    Employment.objects.bulk_create(
        Employment(person=person, workshop=world.a, job="ماشین‌کار", started_on=born) for person in persons
    )
    Dependent.objects.bulk_create(
        Dependent(main=main, person=person, relation=Relation.WIFE, started_on=born)
        for main, person in zip(persons, spouses, strict=True)
    )
    photo = Document.objects.earliest("id")
    KnownScan.objects.bulk_create(
        KnownScan(person=person, kind="photo", document=photo) for person in [*persons, *spouses]
    )
