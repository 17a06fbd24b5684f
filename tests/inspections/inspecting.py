"""Visits to the workshops of the small world, made by the operations as the screens would."""

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from pishkhan.inspections import operations
from pishkhan.inspections.importing import COLUMNS
from pishkhan.inspections.models import Inspection
from pishkhan.inspections.operations import Visit
from pishkhan.persian.calendar import show_date
from pishkhan.sheets.writing import write_table
from tests.world import World, jpeg

NUMBERS = count(1)
WORKER = {"name": "رضا گیلانی", "job": "جوشکار", "on_last_list": False, "signed": True}


def yesterday() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=1)


def visit(world: World, *, workers: Any = (WORKER,), **changes: Any) -> Visit:
    """What an inspector wrote down at workshop A yesterday."""
    data = {
        "number": f"1405/{next(NUMBERS)}",
        "workshop_code": world.a.code,
        "visit_date": yesterday(),
        "visit_time": dt.time(9, 30),
        "kind": "periodic",
        "workshop_state": "open",
        "inspector_name": "سعید خمامی",
        "inspector_code": "",
        "present_name": "حسن رودباری",
        "present_role": "سرپرست",
        "employer_present": False,
        "observed_count": 5,
        "on_list_count": 3,
        "documents_seen": "دفتر حضور",
        "remarks": "",
    }
    return Visit(data | changes, workers)


def recorded(world: World, **changes: Any) -> Inspection:
    return operations.record_inspection(world.inspector, visit(world, **changes))


def published(world: World, **changes: Any) -> Inspection:
    made = recorded(world, **changes)
    return operations.publish(world.inspector, made.pk, version=made.version)


def objected(world: World, **changes: Any) -> Inspection:
    made = published(world, **changes)
    return operations.object_to(world.ali, made.pk, "دو نفر کارآموز بودند.", {"scan-1": jpeg(40)})


def fresh(inspection: Inspection) -> Inspection:
    return Inspection.objects.get(pk=inspection.pk)


def typed(world: World, **changes: str) -> dict[str, str]:
    """The form of a visit as an inspector types it, without workers."""
    return {
        "number": f"۱۴۰۵/{next(NUMBERS)}",
        "workshop_code": world.a.code,
        "visit_date": show_date(yesterday()),
        "visit_time": "۹:۳۰",
        "kind": "periodic",
        "workshop_state": "open",
        "inspector_name": "سعید خمامی",
        "observed_count": "۵",
        "on_list_count": "۳",
        "workers-TOTAL_FORMS": "3",
        "workers-INITIAL_FORMS": "0",
        **changes,
    }


def sheet(*rows: dict[str, Any]) -> bytes:
    """An Excel file with these cells, by the columns' names."""
    return write_table(
        "بازدیدها", [c.title for c in COLUMNS], [[row.get(c.name, "") for c in COLUMNS] for row in rows]
    )


def sheet_row(world: World, **changes: Any) -> dict[str, Any]:
    """One row of such a file."""
    return {
        "number": "1405/77",
        "workshop_code": world.a.code,
        "visit_date": yesterday(),
        "visit_time": "9:30",
        "kind": "دوره‌ای",
        "workshop_state": "دایر",
        "inspector_name": "سعید خمامی",
        "employer_present": "بله",
        "observed_count": 5,
        "on_list_count": 3,
        **changes,
    }
