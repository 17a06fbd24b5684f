"""Two at once, on whichever database the tests run."""

from collections import Counter

import pytest

from pishkhan.inspections import operations
from pishkhan.inspections.models import Inspection, Objection
from pishkhan.notifications.models import Notification
from tests.simultaneous import at_once

from .inspecting import objected, published, recorded, visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(committed_world):
    return committed_world


def kinds(*actions):
    return Counter(type(answer).__name__ for answer in at_once(*actions))


def test_two_objections_at_once_make_one(world):
    made = published(world)
    done = kinds(*[lambda: operations.object_to(world.ali, made.pk, "نه", {})] * 3)
    assert done == {"Inspection": 1, "NotNowError": 2}
    assert Objection.objects.count() == 1


def test_two_answers_at_once_make_one(world):
    made = objected(world)
    done = kinds(
        lambda: operations.decide_objection(world.inspector, made.pk, accepted=True, answer="بله"),
        lambda: operations.decide_objection(world.senior, made.pk, accepted=False, answer="نه"),
    )
    assert done == {"Inspection": 1, "NotNowError": 1}


def test_a_double_click_on_publish_tells_the_workshop_once(world):
    made = recorded(world)
    done = kinds(*[lambda: operations.publish(world.inspector, made.pk, version=0)] * 3)
    assert done == {"Inspection": 1, "NotNowError": 2}
    assert Notification.objects.count() == 1


def test_one_number_typed_by_two_at_once_is_one_visit(world):
    visits = [visit(world, number="1405/500") for _ in range(3)]
    done = kinds(*[lambda v=v: operations.record_inspection(world.inspector, v) for v in visits])
    assert done == {"Inspection": 1, "VisitWrongError": 2}
    assert Inspection.objects.count() == 1
