"""Two at once, on whichever database the tests run."""

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import close_old_connections, connections

from pishkhan.inspections import operations
from pishkhan.inspections.models import Inspection, Objection
from pishkhan.notifications.models import Notification

from .inspecting import objected, published, recorded, visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(committed_world):
    return committed_world


def at_once(*actions):
    """Runs every action in a thread of its own at the same moment; the kinds of what each gave or raised."""
    barrier, answers = Barrier(len(actions)), []

    def run(action):
        close_old_connections()
        try:
            barrier.wait(timeout=20)
            answers.append(action())
        except Exception as error:
            answers.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(action,), daemon=True) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(type(answer).__name__ for answer in answers)


def test_two_objections_at_once_make_one(world):
    made = published(world)
    done = at_once(*[lambda: operations.object_to(world.ali, made.pk, "نه", {})] * 3)
    assert done == {"Inspection": 1, "NotNowError": 2}
    assert Objection.objects.count() == 1


def test_two_answers_at_once_make_one(world):
    made = objected(world)
    done = at_once(
        lambda: operations.decide_objection(world.inspector, made.pk, accepted=True, answer="بله"),
        lambda: operations.decide_objection(world.senior, made.pk, accepted=False, answer="نه"),
    )
    assert done == {"Inspection": 1, "NotNowError": 1}


def test_a_double_click_on_publish_tells_the_workshop_once(world):
    made = recorded(world)
    done = at_once(*[lambda: operations.publish(world.inspector, made.pk, version=0)] * 3)
    assert done == {"Inspection": 1, "NotNowError": 2}
    assert Notification.objects.count() == 1


def test_one_number_typed_by_two_at_once_is_one_visit(world):
    visits = [visit(world, number="1405/500") for _ in range(3)]
    done = at_once(*[lambda v=v: operations.record_inspection(world.inspector, v) for v in visits])
    assert done == {"Inspection": 1, "VisitWrongError": 2}
    assert Inspection.objects.count() == 1
