"""What a row of the insured list shows of a person: the family covered now, the photo kept now."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from pishkhan.cases.states import State
from pishkhan.people.models import Dependent, KnownScan, Person, Relation
from tests.world import World, code_of_person, confirmed, filled_case

from .browsing import Browser


@pytest.fixture
def worker(world: World) -> Person:
    """Somebody with a photo on file, and a wife."""
    person = confirmed(world, filled_case(world, State.UNDER_REVIEW)).subject
    assert person
    wife = Person(
        national_code=code_of_person(77),
        first_name="مهتاب",
        last_name="رستمی",
        father_name="یحیی",
        birth_date="1992-01-01",
        birth_certificate_no="0",
        gender="female",
    )
    wife.make_keys()
    wife.save()
    Dependent.objects.create(
        main=person, person=wife, relation=Relation.WIFE, started_on=timezone.localdate()
    )
    return person


def row(world: World) -> str:
    return Browser(world.ali.user).open("/insured/").main


def test_a_dependent_stands_under_the_main_insured_until_the_cover_ends(world: World, worker: Person):
    assert "مهتاب رستمی" in row(world)
    worker.dependents.update(ended_on=timezone.localdate())
    assert "مهتاب رستمی" not in row(world) and worker.last_name in row(world)


@pytest.mark.parametrize(
    "gone",
    [
        lambda scans: scans.filter(kind="photo").update(replaced_at=timezone.now()),
        lambda scans: scans.filter(kind="photo").delete(),
    ],
    ids=["replaced", "another kind alone"],
)
def test_a_photo_is_asked_for_where_there_is_one(world: World, worker: Person, gone: Callable[..., object]):
    scans = KnownScan.objects.filter(person=worker)
    assert scans.exclude(kind="photo").exists()
    page = Browser(world.ali.user)
    address = f"/insured/{worker.pk}/photo/"
    assert address in page.open("/insured/").html
    assert page.client.get(address).status_code == 200
    gone(scans)
    assert address not in page.open("/insured/").html
