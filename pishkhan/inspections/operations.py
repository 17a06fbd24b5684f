"""Everything that can happen to the report of a visit: one transaction each, and no other way."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pishkhan.audit.operations import record
from pishkhan.catalogue.parties import Unit
from pishkhan.documents.operations import store_pictures, upload_limit
from pishkhan.documents.pictures import RefusedPicture, read_picture
from pishkhan.notifications.operations import notify
from pishkhan.persian.calendar import TEHRAN, show_date
from pishkhan.persian.digits import to_persian
from pishkhan.persian.letters import clean_text
from pishkhan.policy.operations import policy
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Workshop
from pishkhan.workshops.recipients import unit_recipient, workshop_recipient

from .models import Inspection, Objection, ObjectionScan, SeenWorker, inspects, last_day_to_object
from .states import Transition, Verb, find_transition

OBJECTION_DAYS = 30
"""Art. 42; a branch may decide otherwise under the policy `inspections:objection-days`."""

MOST_SCANS = 5
TAKEN = "بازدید دیگری با این شماره ثبت شده است."

Errors = dict[str, str]


@dataclass(frozen=True)
class Visit:
    """What was written down at one visit: the cleaned data of an `InspectionForm` and its `WorkerForm`s."""

    data: dict[str, Any]
    workers: Sequence[dict[str, Any]] = ()


class VisitWrongError(Exception):
    """A visit that cannot be recorded as it is: `errors` maps fields of `InspectionForm` to messages."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


class ObjectionWrongError(Exception):
    """An objection that cannot be made as it is: `errors` maps `text` and `scan-1` … to messages."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


class NotNowError(Exception):
    """Somebody was quicker, or it is too late; `message` tells the person who asked."""

    def __init__(self, inspection: Inspection, message: str = "") -> None:
        self.inspection = inspection
        self.message = message or (
            f"این بازدید اکنون «{inspection.state_label}» است؛ کار شما انجام نشد و چیزی تغییر نکرد."
        )
        super().__init__(self.message)


def check_visits(actor: Actor, visits: Sequence[Visit], *, but: int = 0) -> list[Errors]:
    """What hinders each visit, {} when nothing does; `but` is the report that one of them replaces."""
    codes = {visit.data["workshop_code"] for visit in visits}
    numbers = {visit.data["number"] for visit in visits}
    known = set(Workshop.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True))
    others = Inspection.objects.filter(branch=actor.branch, number__in=numbers).exclude(pk=but)
    taken = set(others.values_list("number", flat=True))
    return [_hindrances(visit, known, taken) for visit in visits]


def _hindrances(visit: Visit, known: set[str], taken: set[str]) -> Errors:
    errors: Errors = {}
    if visit.data["workshop_code"] not in known:
        errors["workshop_code"] = "کارگاهی با این کد در شعبهٔ شما ثبت نیست."
    if visit.data["number"] in taken:
        errors["number"] = TAKEN
    if _moment(visit.data) > timezone.now():
        errors["visit_time"] = "این ساعت هنوز نرسیده است."
    if visit.data["observed_count"] < len(visit.workers):
        listed = to_persian(len(visit.workers))
        errors["observed_count"] = f"از شمار کارگرانی که نوشته‌اید ({listed}) کمتر است."
    return errors


def _moment(data: dict[str, Any]) -> datetime.datetime:
    return datetime.datetime.combine(data["visit_date"], data["visit_time"], TEHRAN)


@transaction.atomic
def record_inspection(actor: Actor, visit: Visit) -> Inspection:
    """A new report, which nobody but the inspectors sees yet. Raises `VisitWrongError`."""
    if not inspects(actor):
        raise PermissionDenied
    inspection = Inspection(branch=actor.branch)
    _write(actor, inspection, visit)
    record("inspection recorded", by=actor.author, about=f"inspection:{inspection.pk}")
    return inspection


@transaction.atomic
def edit_inspection(actor: Actor, pk: int, visit: Visit, *, version: int) -> Inspection:
    """Corrects a report that is not published yet; `version` is that of the report that was looked at."""
    inspection, transition = _begin(actor, pk, Verb.EDIT, version)
    inspection.workers.all().delete()
    _write(actor, inspection, visit)
    _move(actor, inspection, transition)
    return inspection


@transaction.atomic
def discard_inspection(actor: Actor, pk: int, *, version: int) -> None:
    """Throws a report away that is not published yet; the trail keeps its number."""
    inspection, _ = _begin(actor, pk, Verb.DISCARD, version)
    record("inspection discard", by=actor.author, about=f"inspection:{pk}", number=inspection.number)
    inspection.delete()


@transaction.atomic
def import_inspections(actor: Actor, visits: Sequence[Visit], *, published: bool = False) -> list[Inspection]:
    """Records all visits or none, and publishes them if that is wished. Raises `VisitWrongError`."""
    made = [record_inspection(actor, visit) for visit in visits]
    record("inspections imported", by=actor.author, count=len(made))
    return [publish(actor, each.pk, version=each.version) for each in made] if published else made


@transaction.atomic
def publish(actor: Actor, pk: int, *, version: int) -> Inspection:
    """Tells the workshop; from this day on the employer has so many days to object (art. 42)."""
    inspection, transition = _begin(actor, pk, Verb.PUBLISH, version)
    inspection.notified_at = timezone.now()
    days = policy("inspections:objection-days", OBJECTION_DAYS)
    inspection.objection_deadline = last_day_to_object(timezone.localdate(), days)
    _move(actor, inspection, transition)
    told = f"نتیجهٔ بازرسی {show_date(inspection.visited_at)} به کارگاه شما ابلاغ شد."
    _tell_workshop(inspection, told)
    return inspection


@transaction.atomic
def acknowledge(actor: Actor, pk: int) -> Inspection:
    """«رؤیت شد»: the employer has seen the report."""
    inspection, transition = _begin(actor, pk, Verb.ACKNOWLEDGE)
    inspection.acknowledged_at = timezone.now()
    return _move(actor, inspection, transition)


def object_to(actor: Actor, pk: int, text: str, uploads: dict[str, Any]) -> Inspection:
    """The employer's one objection; `uploads` are at most five pictures, `scan-1` to `scan-5`.

    Raises `ObjectionWrongError`, and `NotNowError` after the deadline or a second time.
    """
    assert actor.user
    with transaction.atomic():
        _may_object(actor, pk)
    text = clean_text(text[:2000])
    errors = {} if text else {"text": "بنویسید به چه چیزی و چرا اعتراض دارید."}
    pictures = []
    for name, upload in list(uploads.items())[:MOST_SCANS]:
        try:
            pictures.append(read_picture(upload, upload_limit()))
        except RefusedPicture as refused:
            errors[name] = str(refused.messages[0])
    if errors:
        raise ObjectionWrongError(errors)
    documents = store_pictures(pictures, f"visit:{pk}")  # takes a while: not while the database is locked
    with transaction.atomic():
        inspection, transition = _may_object(actor, pk)
        objection = Objection.objects.create(inspection=inspection, text=text, made_by=actor.user)
        ObjectionScan.objects.bulk_create(
            ObjectionScan(objection=objection, position=position, document=document)
            for position, document in enumerate(documents, 1)
        )
        _move(actor, inspection, transition, scans=len(documents))
        _tell_unit(inspection)
    return inspection


@transaction.atomic
def decide_objection(actor: Actor, pk: int, *, accepted: bool, answer: str) -> Inspection:
    """The unit accepts or rejects the objection and says why. Raises `ObjectionWrongError`."""
    inspection, transition = _begin(actor, pk, Verb.ACCEPT if accepted else Verb.REJECT)
    answer = clean_text(answer[:2000])
    if not answer:
        raise ObjectionWrongError({"answer": "پاسخ را بنویسید؛ کارفرما همین را می‌خواند."})
    Objection.objects.filter(inspection=inspection).update(
        answer=answer, answered_at=timezone.now(), answered_by=actor.user
    )
    _move(actor, inspection, transition)
    done = "پذیرفته شد" if accepted else "رد شد"
    _tell_workshop(inspection, f"اعتراض شما به بازرسی {show_date(inspection.visited_at)} {done}.")
    return inspection


def _begin(actor: Actor, pk: int, verb: Verb, version: int | None = None) -> tuple[Inspection, Transition]:
    """The report, locked, and what `verb` does to it; a report that is not one's own does not exist."""
    inspection = Inspection.objects.visible_to(actor).select_for_update().get(pk=pk)
    if find_transition(inspection.state, verb) is None or version not in (None, inspection.version):
        raise NotNowError(inspection)
    transition = inspection.transition(actor, verb)
    if transition is None:
        raise PermissionDenied
    return inspection, transition


def _may_object(actor: Actor, pk: int) -> tuple[Inspection, Transition]:
    inspection, transition = _begin(actor, pk, Verb.OBJECT)
    if inspection.too_late_to_object and inspection.objection_deadline:
        last = show_date(inspection.objection_deadline)
        raise NotNowError(
            inspection, f"مهلت اعتراض تا {last} بود و گذشته است؛ اگر پرسشی دارید به شعبه مراجعه کنید."
        )
    return inspection, transition


def _write(actor: Actor, inspection: Inspection, visit: Visit) -> None:
    """The report's columns and rows from what was typed."""
    if errors := check_visits(actor, [visit], but=inspection.pk or 0)[0]:
        raise VisitWrongError(errors)
    data = dict(visit.data)
    inspection.workshop = Workshop.objects.visible_to(actor).get(code=data.pop("workshop_code"))
    inspection.visited_at = _moment(data)
    for name in set(data) - {"visit_date", "visit_time"}:
        setattr(inspection, name, data[name])
    try:
        with transaction.atomic():
            inspection.save()
    except IntegrityError as error:  # a colleague was quicker
        raise VisitWrongError({"number": TAKEN}) from error
    SeenWorker.objects.bulk_create(
        SeenWorker(inspection=inspection, position=position, **worker)
        for position, worker in enumerate(visit.workers, 1)
    )


def _move(actor: Actor, inspection: Inspection, transition: Transition, **details: Any) -> Inspection:
    assert transition.to
    inspection.state = transition.to
    inspection.version += 1
    inspection.save()
    record(
        f"inspection {transition.verb}",
        by=actor.author,
        about=f"inspection:{inspection.pk}",
        to=str(transition.to),
        **details,
    )
    return inspection


def _tell_workshop(inspection: Inspection, text: str) -> None:
    path = reverse("inspection", args=[inspection.pk])
    notify(workshop_recipient(inspection.workshop_id), text, path=path)


def _tell_unit(inspection: Inspection) -> None:
    text = f"{inspection.workshop.name} به بازرسی شمارهٔ {to_persian(inspection.number)} اعتراض کرد."
    path = reverse("desk_inspection", args=[inspection.pk])
    notify(unit_recipient(inspection.branch_id, Unit.INSPECTION), text, path=path)
