"""The register of insured persons: what is known is never lost, nobody works twice at one place."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.states import State
from pishkhan.documents.operations import store_document
from pishkhan.people.models import Employment, KnownScan, Person
from pishkhan.people.operations import IDENTITY, employ, end_employment, keep_scan, register_person
from pishkhan.workshops.actors import visitor
from tests import world as w

DAY = datetime.date(2026, 11, 20)
DATA = {
    "first_name": "علی‌رضا",
    "last_name": "کوچک‌پور",
    "father_name": "قربان",
    "gender": "male",
    "birth_date": datetime.date(1999, 7, 3),
    "birth_certificate_no": "12",
    "birth_certificate_serial": "ب12/123456",
    "issue_place": "رشت",
    "insurance_number": "99000001",
    "mobile": "09700000018",
    "landline": "01333123456",
    "postal_code": "4199612345",
    "address": "رشت، خیابان نمونه",
}


@pytest.fixture
def person(db):
    with transaction.atomic():
        return register_person("9990000018", DATA, by=SYSTEM)


def identity(person):
    return {name: getattr(Person.objects.get(pk=person.pk), name) for name in IDENTITY}


def test_the_example_names_everything_that_a_person_is_known_by():
    assert set(DATA) == set(IDENTITY)


def test_a_person_is_entered_with_all_that_is_told(person):
    assert identity(person) == DATA
    assert Entry.objects.latest("id").action == "person registered"


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("name", IDENTITY)
def test_an_empty_value_never_wipes_out_what_is_known(name, nothing, person):
    register_person("9990000018", {**DATA, name: nothing}, by=SYSTEM)
    assert identity(person) == DATA


def test_what_is_not_told_stays(person):
    register_person("9990000018", {"mobile": "09700000099"}, by=SYSTEM)
    assert identity(person) == {**DATA, "mobile": "09700000099"}


def test_a_person_known_already_is_brought_up_to_date_not_entered_twice(person):
    again = register_person("9990000018", {**DATA, "last_name": "فومنی"}, by=SYSTEM)
    assert again.pk == person.pk
    assert Person.objects.count() == 1
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.details) == ("person updated", {"fields": ["last_name"]})


def test_the_national_code_of_a_person_is_not_among_what_is_brought_up_to_date(person):
    register_person("9990000018", {**DATA, "national_code": "9990000026"}, by=SYSTEM)
    assert Person.objects.get().national_code == "9990000018"


def test_keys_for_search_and_order_follow_the_name(person):
    before = person.sort_key
    again = register_person("9990000018", {"first_name": "آرش"}, by=SYSTEM)
    assert "ارش" in Person.objects.get().search_key
    assert again.sort_key != before
    assert again.sort_key.isascii()


def test_the_longest_names_fit_their_keys(db):
    long = {**DATA, "first_name": "ش" * 60, "last_name": "ی" * 60}
    register_person("9990000018", long, by=SYSTEM).refresh_from_db()


# Employment


def test_a_person_works_at_a_workshop_once_at_a_time(person, world):
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        employ(person, world.a, job="تراشکار", started_on=DAY, by=SYSTEM)
    assert Employment.objects.get().job == "جوشکار"


def test_a_person_may_work_at_two_workshops(person, world):
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    employ(person, world.b, job="جوشکار", started_on=DAY, by=SYSTEM)
    assert person.employments.count() == 2


def test_who_left_may_come_back(person, world):
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    Employment.objects.update(ended_on=DAY)
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    assert person.employments.filter(ended_on=None).count() == 1


def test_an_employment_is_in_the_trail_of_the_person(person, world):
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.about) == ("employment registered", f"person:{person.pk}")


# Who sees whom


def test_persons_are_seen_where_they_work_or_worked_and_by_that_branch(person, world):
    def seen(actor):
        return Person.objects.visible_to(actor).filter(pk=person.pk).exists()

    everybody = (world.ali, world.sara, world.clerk, world.inspector, world.far_clerk, visitor())
    assert [seen(actor) for actor in everybody] == [False] * 6
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    assert [seen(actor) for actor in everybody] == [True, False, True, True, False, False]
    Employment.objects.update(ended_on=DAY)
    assert [seen(actor) for actor in everybody] == [True, False, True, True, False, False]


def test_a_person_who_worked_twice_at_a_place_is_listed_once(person, world):
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    Employment.objects.update(ended_on=DAY)
    employ(person, world.a, job="جوشکار", started_on=DAY, by=SYSTEM)
    assert Person.objects.visible_to(world.ali).count() == 1


def test_a_request_alone_does_not_open_a_persons_file(world):
    w.filled_case(world, State.COMPLETED)
    w.filled_case(world, State.SUBMITTED, workshop=world.b)
    assert not Person.objects.visible_to(world.sara).exists()


# Scans kept with a person


def test_a_newer_scan_takes_the_place_of_the_older_which_is_not_lost(person):
    first, second = store_document(w.jpeg(1), "person:1"), store_document(w.jpeg(2), "person:1")
    keep_scan(person, "photo", first, by=SYSTEM)
    keep_scan(person, "photo", second, by=SYSTEM)
    assert KnownScan.objects.current(person).get().document == second
    assert KnownScan.objects.get(document=first).replaced_at


def test_keeping_the_same_scan_again_changes_nothing(person):
    document = store_document(w.jpeg(1), "person:1")
    keep_scan(person, "photo", document, by=SYSTEM)
    count = Entry.objects.count()
    keep_scan(person, "photo", document, by=SYSTEM)
    assert KnownScan.objects.count() == 1
    assert Entry.objects.count() == count


def test_an_older_scan_may_come_back(person):
    first, second = store_document(w.jpeg(1), "person:1"), store_document(w.jpeg(2), "person:1")
    for document in (first, second, first):
        keep_scan(person, "photo", document, by=SYSTEM)
    assert KnownScan.objects.current(person).get().document == first


def test_kinds_are_kept_beside_each_other(person):
    for number, kind in enumerate(("photo", "national_card_front")):
        keep_scan(person, kind, store_document(w.jpeg(number), "person:1"), by=SYSTEM)
    assert KnownScan.objects.current(person).count() == 2


def test_what_a_colleague_has_ended_keeps_its_day(world):
    """Two officers look at one page: the second is told, and nothing is written over."""
    first, second = (w.insured(world).employments.get() for _ in range(2))
    assert end_employment(first, on=DAY, by=SYSTEM)
    assert not end_employment(second, on=datetime.date(2026, 11, 23), by=SYSTEM)
    assert Employment.objects.get(pk=first.pk).ended_on == DAY
    assert Entry.objects.filter(action="employment ended").count() == 1
