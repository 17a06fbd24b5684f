"""PostgreSQL goes along a list's index with the plan that it makes once for all values (docs/speed.md)."""

from typing import Any

import pytest
from django.db import connection

from pishkhan.cases.states import State
from tests.conftest import made_once
from tests.world import World, answers_for, filled_case

from .browsing import Browser
from .conftest import signed_up_world
from .growing import grow

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans for each query anew")
ROWS = 300
USUAL = (
    """INSERT INTO people_employment (person_id, workshop_id, job, started_on, has_left, search_key, sort_key)
    SELECT p.id, w.id, 'کارگر', '2020-01-01', false, p.search_key, p.sort_key
    FROM people_person p CROSS JOIN workshops_workshop w
    WHERE (p.id + w.id) % 24 = 0 AND w.id NOT IN (SELECT workshop_id FROM people_employment)""",
    "ANALYZE people_employment, people_person",
)
"""Many workshops with as many people as most have, beside one with all those that `grow` makes."""
LISTS = ("/insured/", "/insured/?order=name-back", "/insured/?order=newest")


def filled_world() -> World:
    world = signed_up_world()
    grow(world, [filled_case(world, State.SUBMITTED, answers=answers_for(900))], 0, ROWS)
    with connection.cursor() as cursor:
        for statement in USUAL:
            cursor.execute(statement)
    return world


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    yield from made_once(django_db_blocker, filled_world)


def list_query(page: str, world: World) -> tuple[str, Any]:
    """What the page asks for the list."""
    asked = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    client = Browser(world.ali.user).client
    with connection.execute_wrapper(listen):
        assert client.get(page).status_code == 200
    (found,) = [
        (sql, params) for sql, params in asked if 'FROM "people_employment"' in sql and "LIMIT" in sql
    ]
    return found


def plan_for_all(sql: str, params: Any) -> list[str]:
    """The steps of the plan that does not know the values."""
    numbered = sql % tuple(f"${number + 1}" for number in range(len(params)))
    values = ", ".join(["%s"] * len(params))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE listed AS {numbered}")
        cursor.execute(connection.ops.compose_sql(f"EXPLAIN EXECUTE listed ({values})", params))
        steps = [line for (line,) in cursor.fetchall()]
        cursor.execute("DEALLOCATE listed")
    return steps


@pytest.mark.django_db
@pytest.mark.parametrize("page", LISTS)
def test_a_list_is_read_along_its_index_and_not_sorted_as_a_whole(filled: World, page: str):
    steps = plan_for_all(*list_query(page, filled))
    assert not [step for step in steps if "Sort" in step or "Seq Scan" in step], "\n".join(steps)
