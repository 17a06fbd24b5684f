"""The visits of the demo data are as the operations would have left them."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from pishkhan.inspections.models import Inspection, Objection
from pishkhan.inspections.operations import OBJECTION_DAYS
from pishkhan.inspections.states import State
from pishkhan.notifications.models import Notification
from pishkhan.persian.calendar import tehran_day
from pishkhan.workshops.models import Workshop

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def visits(db, settings, tmp_path):
    settings.DATA_DIR, settings.DOCUMENTS_DIR = tmp_path, tmp_path / "documents"
    options = {"workshops": 8, "insured": 20, "cases": 30, "seed": 1, "today": TODAY}
    call_command("demo", stdout=StringIO(), **options)
    return list(Inspection.objects.prefetch_related("workers").order_by("id"))


def test_every_workshop_has_none_to_three_and_the_first_an_open_objection(visits):
    for workshop in Workshop.objects.all():
        assert workshop.inspections.count() <= 3
    first = Workshop.objects.order_by("id").first()
    assert first.inspections.filter(state=State.OBJECTED).exists()
    assert len({visit.state for visit in visits}) >= 4
    assert len({visit.number for visit in visits}) == len(visits)


def test_what_was_told_has_its_deadline_and_what_was_not_has_none(visits):
    for visit in visits:
        assert (visit.notified_at is None) == (visit.state == State.DRAFT)
        if visit.notified_at:
            assert visit.visited_at <= visit.notified_at
            told = tehran_day(visit.notified_at)
            assert visit.objection_deadline == told + dt.timedelta(days=OBJECTION_DAYS)
        assert (visit.acknowledged_at is not None) == (visit.state == State.ACKNOWLEDGED)


def test_an_objection_is_there_where_the_state_says_so_and_within_the_deadline(visits):
    objecting = {State.OBJECTED, State.OBJECTION_ACCEPTED, State.OBJECTION_REJECTED}
    for visit in visits:
        objection = Objection.objects.filter(inspection=visit).first()
        assert (objection is not None) == (visit.state in objecting)
        if objection:
            assert tehran_day(objection.made_at) <= visit.objection_deadline
            assert bool(objection.answer) == bool(objection.answered_by) == (visit.state != State.OBJECTED)


def test_nobody_is_named_who_was_not_counted(visits):
    for visit in visits:
        assert len(visit.workers.all()) <= visit.observed_count


def test_the_news_lead_to_visits_of_whom_they_tell(visits):
    lines = Notification.objects.filter(path__contains="/inspections/")
    assert lines.exists()
    workshops = {f"/inspections/{visit.pk}/": f"workshop:{visit.workshop_id}" for visit in visits}
    for line in lines:
        assert line.recipient.startswith("unit:") or workshops[line.path] == line.recipient
