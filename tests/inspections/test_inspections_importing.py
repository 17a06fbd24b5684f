"""Many visits from one sheet: grouped by number, checked row by row, all or nothing."""

from io import BytesIO

import pytest

from pishkhan.inspections import operations
from pishkhan.inspections.forms import MOST_WORKERS
from pishkhan.inspections.importing import COLUMNS, plan_import
from pishkhan.inspections.models import Inspection, SeenWorker
from pishkhan.inspections.operations import VisitWrongError
from pishkhan.inspections.states import State
from pishkhan.sheets.reading import read_rows

from .inspecting import recorded, sheet, sheet_row


def plan(world, *rows):
    table = read_rows(BytesIO(sheet(*rows)), COLUMNS)
    return plan_import(world.inspector, table.rows, table.problems)


def worker(number="1405/77", **cells):
    return {"number": number, "worker-name": "علی رضایی", **cells}


def places(made):
    return {(problem.row, problem.title) for problem in made.problems}


def test_rows_of_one_number_are_one_visit_with_several_workers(world):
    made = plan(
        world,
        sheet_row(world, **worker(**{"worker-name": "رضا گیلانی"})),
        sheet_row(world, number="1405/78"),
        worker("۱۴۰۵/۷۷"),
    )
    assert made.problems == []
    assert [len(visit.workers) for visit in made.visits] == [2, 0]
    inspections = operations.import_inspections(world.inspector, made.visits)
    assert [i.number for i in inspections] == ["1405/77", "1405/78"]
    assert SeenWorker.objects.filter(inspection__number="1405/77").count() == 2
    assert {i.state for i in inspections} == {State.DRAFT}
    assert inspections[0].employer_present


def test_they_may_be_published_at_once(world):
    made = plan(world, sheet_row(world), sheet_row(world, number="1405/78"))
    operations.import_inspections(world.inspector, made.visits, published=True)
    assert set(Inspection.objects.visible_to(world.ali).values_list("number", flat=True)) == {
        "1405/77",
        "1405/78",
    }


def test_what_is_wrong_is_told_with_row_and_column(world):
    taken = recorded(world).number
    made = plan(
        world,
        sheet_row(world, kind="هیچ", employer_present="شاید", **{"worker-job": "جوشکار"}),
        worker(inspector_name="کسی دیگر", **{"worker-national_code": "123"}),
        sheet_row(world, number="", visit_time="25:99"),
        sheet_row(world, number=taken, workshop_code="2593639003"),
        sheet_row(world, number="1405/80", observed_count=0, **{"worker-name": "علی رضایی"}),
    )
    assert places(made) == {
        *((2, "نوع بازرسی"), (2, "کارفرما حاضر بود"), (2, "نام و نام خانوادگی")),
        *((3, "نام بازرس"), (3, "کد ملی"), (4, "شماره بازدید"), (4, "ساعت بازدید")),
        *((5, "شماره بازدید"), (5, "کد کارگاه"), (6, "شمار کارگران دیده‌شده")),
    }
    assert Inspection.objects.count() == 1


def test_a_visit_has_no_more_workers_than_its_form_shows(world):
    rows = [sheet_row(world, observed_count=99), *[worker() for _ in range(MOST_WORKERS + 1)]]
    assert places(plan(world, *rows)) == {(2, "شماره بازدید")}


def test_when_one_cannot_be_recorded_none_is(world):
    made = plan(world, sheet_row(world), sheet_row(world, number="1405/78"))
    recorded(world, number="1405/78")  # a colleague, between the preview and the confirmation
    with pytest.raises(VisitWrongError):
        operations.import_inspections(world.inspector, made.visits)
    assert list(Inspection.objects.values_list("number", flat=True)) == ["1405/78"]


def test_a_sheet_full_of_visits_is_planned_with_two_queries(world, django_assert_num_queries):
    rows = [sheet_row(world, number=f"1405/{n}") for n in range(100, 300)]
    table = read_rows(BytesIO(sheet(*rows)), COLUMNS)
    with django_assert_num_queries(2):
        assert len(plan_import(world.inspector, table.rows).visits) == 200
