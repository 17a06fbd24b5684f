"""What a row of the insured list shows of a person: the family covered now, the photo kept now."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from pishkhan.cases.states import State
from pishkhan.people import lookup
from pishkhan.people.models import Dependent, KnownScan, Person, Relation
from pishkhan.persian.digits import to_persian
from pishkhan.prepared import Prepared
from pishkhan.web.workshop.insured import PAGES, employments, narrowed
from tests.world import World, answers_for, code_of_person, confirmed, filled_case, insured

from .browsing import Browser
from .pages import Node


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


def small(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(content)).size


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
    sizes = [max(small(page.client.get(at).content)) for at in (f"{address}?small", address)]
    assert sizes == [96, 160], "in the list, and on the person's page"
    gone(scans)
    assert address not in page.open("/insured/").html


def found_by(world: World, digits: str) -> list[Node]:
    """The rows of the list that a search for these digits shows."""
    employer = Browser(world.ali.user)
    employer.open("/insured/")
    return employer.submit("جست‌وجو", {"text": digits}).tree.all("div", cls="person-row")


@pytest.mark.parametrize("most", [lookup.FEW, 1])
def test_an_insurance_number_finds_everybody_here_who_has_it(
    world: World, worker: Person, most: int, monkeypatch: pytest.MonkeyPatch
):
    """Also when so many have it that the list is gone through."""
    monkeypatch.setattr(lookup, "FEW", most)
    monkeypatch.setattr(lookup, "_jobs_of", Prepared(lookup._jobs_of.build, str))
    here, elsewhere = (
        confirmed(world, filled_case(world, State.UNDER_REVIEW, answers=answers_for(n), workshop=where))
        for n, where in ((81, world.a), (82, world.b))
    )
    namesakes = [worker.pk, here.subject_id, elsewhere.subject_id]
    Person.objects.filter(pk__in=namesakes).update(insurance_number="1234567890")
    told = " ".join(row.text() for row in found_by(world, "۱۲۳۴۵۶۷۸۹۰"))
    assert to_persian(worker.national_code) in told and to_persian(here.national_code) in told
    assert to_persian(elsewhere.national_code) not in told
    assert not found_by(world, "۱۲۳۴۵۶۷۸۹۱")
    Person.objects.filter(pk=here.subject_id).update(insurance_number=worker.national_code)
    assert len(found_by(world, worker.national_code)) == 2, "the code of one is the number of another"


@pytest.mark.parametrize("text", ["{name}", "{name} {name}", "{name} ا", "{name} ا ا {name}", "۱۲۳۴۵۶۷۸۹۰"])
def test_a_search_goes_on_over_as_many_pages_as_it_finds(world: World, text: str):
    """By queries built before or anew, it finds what the Excel file of the same search holds."""
    people = [insured(world, number=number) for number in range(200, 230)]
    Person.objects.filter(pk__in=[each.pk for each in people]).update(insurance_number="1234567890")
    asked = text.format(name=people[0].last_name)
    found, after, pages = list[int](), "", PAGES["active", "name"]
    for _ in range(2):
        page = pages.found(world.ali, asked, after)
        found, after = found + [row["id"] for row in page.rows], page.after
    there = narrowed(employments(world.ali, "active"), asked).order_by("sort_key", "id")
    assert found == list(there.values_list("pk", flat=True)) and len(found) == 30 and not after


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows which list is long")
def test_a_code_is_not_sought_along_the_list(world: World, worker: Person):
    with CaptureQueriesContext(connection) as asked:
        assert len(found_by(world, worker.national_code)) == 1
    searched = [
        query["sql"] for query in asked if "NOT INDEXED" in query["sql"] and "LIMIT 26" in query["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {searched[-1]}")
        steps = [step for *_, step in cursor.fetchall()]
    assert "SEARCH people_employment USING INTEGER PRIMARY KEY (rowid=?)" in steps
