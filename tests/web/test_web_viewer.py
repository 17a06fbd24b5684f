"""The scans of a case at the desk: what each is compared with, and who opened which."""

import pytest
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.cases import operations
from pishkhan.cases.drafts import attach_scan
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.documents.operations import load_content
from pishkhan.letters.models import Kind
from pishkhan.people.models import KnownScan, Person
from pishkhan.persian.calendar import show_date
from pishkhan.web.access import HELD
from tests.inspections import inspecting
from tests.world import World, answers_for, code_of_person, drafted, filled_case, fresh, jpeg, returned

from .browsing import Browser

CARD = "national_card_front"


@pytest.fixture
def clerk(world: World) -> Browser:
    return Browser(world.clerk.user)


def came_back(world: World) -> Case:
    """A case that was returned, with another photo now."""
    case = filled_case(world, State.RETURNED)
    attach_scan(world.ali, case, "photo", jpeg(80))
    return operations.send(world.ali, case.pk)


def registered(world: World, number: int = 1) -> Person:
    """Somebody on the register, with the pictures that came then."""
    subject = filled_case(world, State.COMPLETED, answers=answers_for(number)).subject
    assert subject
    return subject


def elsewhere(world: World, person: Person) -> Case:
    """The same person begins at workshop B, with another photo than the one on file."""
    return begun_at_b(world, person.national_code)


def begun_at_b(world: World, national_code: str) -> Case:
    case = drafted(world, workshop=world.b, answers=answers_for(1, national_code=national_code))
    attach_scan(world.sara, case, "photo", jpeg(81))
    return operations.send(world.sara, case.pk)


def compared(case: Case, origin: str, kind: str = "photo") -> str:
    return f"/desk/cases/{case.pk}/scans/{kind}/{origin}/"


def shown(browser: Browser, case: Case) -> dict[str, str]:
    """The pictures of the review by their place, each with its words."""
    page = browser.open(f"/desk/cases/{case.pk}/")
    items = [item for item in page.tree.all("li") if item["id"].startswith("view-")]
    return {item["id"]: item["data-title"] for item in items}


def opened() -> list[dict]:
    return [entry.details for entry in Entry.objects.filter(action="scan opened").order_by("id")]


def test_the_picture_that_was_sent_back_stands_beside_the_new_one(clerk, world):
    case = came_back(world)
    titles = shown(clerk, case)
    assert list(titles)[:3] == ["view-photo", "view-photo-earlier", "view-national_card_front"]
    assert titles["view-photo"] == "عکس پرسنلی ۳×۴، تازه"
    assert titles["view-photo-earlier"] == "عکس پرسنلی ۳×۴، پیشین"
    assert clerk.page.tree.all(id="view-photo")[0]["data-beside"] == "view-photo-earlier"


def test_the_earlier_picture_is_served_as_it_was_sent_and_opening_it_is_an_entry(clerk, world):
    case = came_back(world)
    sent = case.earlier_scans.get().document
    content = clerk.client.get(compared(case, "earlier")).content
    assert content == load_content(sent)
    assert content != clerk.client.get(f"/desk/cases/{case.pk}/scans/photo/").content
    assert opened()[0] == {"kind": "photo", "origin": "earlier", "sha256": sent.sha256}
    assert Entry.objects.filter(action="scan opened", about=f"case:{case.pk}").count() == 2


def test_the_picture_on_file_stands_beside_another_one_of_the_same_person(clerk, world):
    person = registered(world)
    case = elsewhere(world, person)
    kept = KnownScan.objects.current(person).get(kind="photo")
    title = f"عکس پرسنلی ۳×۴، در پرونده، {show_date(kept.kept_at)}"
    assert shown(clerk, case)["view-photo-on-file"] == title
    assert clerk.client.get(compared(case, "on-file")).content == load_content(kept.document)
    assert opened() == [{"kind": "photo", "origin": "on-file", "sha256": kept.document.sha256}]


def test_a_picture_on_file_that_is_the_same_is_not_offered(clerk, world):
    case = elsewhere(world, registered(world))
    found = [place for place in shown(clerk, case) if place.endswith("-on-file")]
    assert found == ["view-photo-on-file"], "the other pictures came as they are on file"
    assert clerk.client.get(compared(case, "on-file", "national_card_front")).status_code == 404


def test_only_what_is_kept_of_the_cases_own_person_is_found(clerk, world):
    registered(world, number=30)
    case = begun_at_b(world, code_of_person(31))
    assert not any(place.endswith("-on-file") for place in shown(clerk, case))
    assert clerk.client.get(compared(case, "on-file")).status_code == 404
    assert not opened()


def test_somebody_known_to_another_branch_alone_is_not_on_file_here(clerk, world):
    person = registered(world)
    case = elsewhere(world, person)
    person.employments.update(workshop=world.far_representative.workshop)
    assert clerk.client.get(compared(case, "on-file")).status_code == 404


def test_a_picture_on_file_that_was_replaced_is_not_offered(clerk, world):
    person = registered(world)
    case = elsewhere(world, person)
    KnownScan.objects.current(person).filter(kind="photo").update(replaced_at=timezone.now())
    assert clerk.client.get(compared(case, "on-file")).status_code == 404


def test_the_file_is_compared_with_while_the_branch_decides_and_no_longer(clerk, world):
    person = registered(world)
    case = elsewhere(world, person)
    kept = KnownScan.objects.current(person).get(kind="photo")
    operations.reject(world.clerk, case.pk, version=fresh(case).version, note="عکس شخص دیگری است.")
    assert KnownScan.objects.current(person).get(kind="photo") == kept
    assert clerk.client.get(compared(case, "on-file")).status_code == 404
    assert not any(place.endswith("-on-file") for place in shown(clerk, case))


def test_what_to_compare_with_is_nobodys_but_the_unit_in_charge(world):
    case, known = came_back(world), elsewhere(world, registered(world, number=40))
    addresses = [compared(case, "earlier"), compared(known, "on-file")]
    for actor in (world.inspector, world.far_clerk, world.ali, world.sara):
        browser = Browser(actor.user)
        for address in addresses:
            assert browser.client.get(address).status_code == 404
    assert not opened()


def test_the_workshop_sees_no_picture_of_the_file_of_another_workshop(world):
    case = elsewhere(world, registered(world))
    page = Browser(world.sara.user).open(f"/cartable/{case.pk}/")
    assert "on-file" not in page.html and "در پرونده" not in page.main


@pytest.mark.parametrize("origin", ["earlier", "on-file", "nonsense"])
def test_where_there_is_nothing_to_compare_with_there_is_no_picture_and_no_entry(clerk, world, origin: str):
    case = filled_case(world, State.SUBMITTED)
    assert clerk.client.get(compared(case, origin)).status_code == 404
    assert clerk.client.get(compared(case, origin, "nonsense")).status_code == 404
    assert not opened()


def test_the_photo_goes_with_the_card_and_the_card_with_the_birth_certificate(clerk, world):
    case = filled_case(world, State.SUBMITTED)
    shown(clerk, case)
    beside = {kind: clerk.page.tree.all(id=f"view-{kind}")[0]["data-beside"] for kind in ("photo", CARD)}
    assert beside == {"photo": f"view-{CARD}", CARD: "view-birth_certificate_1"}


def test_without_a_script_every_picture_is_in_the_page_and_a_link_to_itself(clerk, world):
    case = came_back(world)
    places = shown(clerk, case)
    for place in places:
        item = clerk.page.tree.all(id=place)[0]
        image = item.all("img")[0]
        assert image["src"] in [a["href"] for a in item.all("a")]
        assert clerk.client.get(image["src"]).status_code == 200
    assert len(opened()) == len(places)


def test_only_the_picture_that_the_case_uses_can_be_flagged(clerk, world):
    case = came_back(world)
    shown(clerk, case)
    assert clerk.page.tree.all("input", name="mark:scan:photo")
    assert not clerk.page.tree.all(id="view-photo-earlier")[0].all("input")


def test_an_employer_who_opens_a_scan_is_an_entry_of_the_trail(world):
    case = filled_case(world, State.SUBMITTED)
    assert Browser(world.ali.user).client.get(f"/cartable/{case.pk}/scans/photo/").status_code == 200
    entry = Entry.objects.get(action="scan opened")
    assert (entry.user_id, entry.about) == (world.ali.user.pk, f"case:{case.pk}")
    assert entry.details == {"kind": "photo"}
    assert Browser(world.sara.user).client.get(f"/cartable/{case.pk}/scans/photo/").status_code == 404
    assert len(opened()) == 1


def test_a_letter_that_the_employer_or_the_applicant_opens_is_an_entry_of_the_trail(world):
    case = filled_case(world, State.COMPLETED)
    event = case.events.order_by("id").last()
    phone = Browser()
    phone.open("/follow-up/")
    phone.submit("پیگیری", {"tracking_code": case.tracking_code, "national_code": case.national_code})
    ali = Browser(world.ali.user)
    address = f"letters/{Kind.DECISION}/{event.pk}/"
    assert ali.client.get(f"/cartable/{case.pk}/{address}").status_code == 200
    assert phone.client.get(f"/held/{case.pk}/{address}").status_code == 200
    by = list(Entry.objects.filter(action="letter opened").order_by("id").values_list("user_id", flat=True))
    assert by == [world.ali.user.pk, None]


def test_a_picture_of_an_objection_that_the_workshop_opens_is_an_entry_of_the_trail(world):
    visit = inspecting.objected(world)
    assert Browser(world.ali.user).client.get(f"/inspections/{visit.pk}/scans/1/").status_code == 200
    entry = Entry.objects.get(action="objection scan opened")
    assert (entry.user_id, entry.about) == (world.ali.user.pk, f"inspection:{visit.pk}")


def holding(case: Case) -> Browser:
    """The browser of a visitor who holds the case."""
    browser = Browser()
    session = browser.client.session
    session[HELD] = {case.service_code: case.pk}
    session.save()
    browser.client.cookies["session"] = session.session_key
    return browser


def test_an_applicant_who_opens_what_was_sent_is_an_entry_and_a_draft_is_not(world):
    sign_up = find("representative-signup")
    case = filled_case(world, State.SUBMITTED, service=sign_up, by=Audience.PUBLIC)
    case = returned(world, case)
    kind = case.scans.first().kind
    assert holding(case).client.get(f"/apply/{case.service_code}/scans/{kind}/").status_code == 200
    entry = Entry.objects.get(action="scan opened")
    assert (entry.user_id, entry.about, entry.details) == (None, f"case:{case.pk}", {"kind": kind})
    draft = drafted(world, by=Audience.PUBLIC)
    assert holding(draft).client.get(f"/apply/{draft.service_code}/scans/photo/").status_code == 200
    assert len(opened()) == 1
