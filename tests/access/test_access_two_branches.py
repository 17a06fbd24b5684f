"""What reaches into two branches, workshops or units: each sees, counts and changes its own part alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pishkhan.accounts.operations import password_mark
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case
from pishkhan.cases.refusals import CaseMovedOnError
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import find
from pishkhan.documents.operations import store_document
from pishkhan.inspections.models import Inspection
from pishkhan.notifications.operations import notify
from pishkhan.people.models import Dependent, Employment, KnownScan, Person
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_latin
from pishkhan.web.access import HELD
from pishkhan.workshops import accounts, users
from pishkhan.workshops.actors import visitor
from pishkhan.workshops.models import Representation
from pishkhan.workshops.recipients import unit_recipient
from pishkhan.workshops.refusals import RefusedChangeError
from tests import world as making
from tests.access.asking import browser
from tests.access.objects import Objects
from tests.access.operating import who
from tests.access.table import SERVICE
from tests.inspections import inspecting

FAR = "چای کوهستان"


@pytest.fixture
def both(objects: Objects) -> Representation:
    """Who acts for A and B acts for the workshop of the other branch too."""
    far = objects.world.far_representative.workshop
    return Representation.objects.create(user=objects.users["both"], workshop=far)


@pytest.fixture
def moved(objects: Objects) -> Person:
    """Works at A, and at the workshop of the other branch too."""
    making.insured(objects.world, number=60)
    return making.insured(objects.world, objects.world.far_representative.workshop, number=60)


def page(role: str, o: Objects, name: str, *args: int, **query: str) -> str:
    response = browser(role, o).get(reverse(name, args=args), query)
    assert response.status_code == 200
    return to_latin(response.content.decode())


# A user of two branches


def test_a_senior_user_reads_of_an_account_the_workshops_of_the_own_branch(objects, both):
    mine, theirs = (page(role, objects, "account", both.user_id) for role in ("senior", "far senior"))
    assert objects.world.a.name in mine and FAR not in mine
    assert FAR in theirs and objects.world.a.name not in theirs


def test_the_list_of_accounts_names_the_workshops_of_the_own_branch(objects, both):
    mine, theirs = (page(role, objects, "accounts") for role in ("senior", "far senior"))
    assert objects.world.a.name in mine and FAR not in mine
    assert FAR in theirs and objects.world.a.name not in theirs


def test_a_letter_with_a_new_password_names_the_workshops_of_the_own_branch(objects, both):
    seen = password_mark(both.user)
    response = browser("far senior", objects).post(
        reverse("reset_password", args=[both.user_id]), {"seen": seen}
    )
    assert response.status_code == 200
    assert FAR in response.content.decode() and objects.world.a.name not in response.content.decode()


def test_a_senior_user_ends_no_representation_at_another_branch(objects, both):
    accounts.end_representation(who("senior", objects), both.user, both.workshop)
    both.refresh_from_db()
    assert both.ended_at is None


def test_whoever_acts_for_another_branch_alone_by_now_is_no_longer_seen(objects, both):
    seen = users.visible_to(who("senior", objects)).filter(pk=both.user_id)
    assert seen.exists()
    here = Representation.objects.filter(user=both.user).exclude(pk=both.pk)
    here.update(ended_at=timezone.now())
    assert not users.visible_to(who("senior", objects)).filter(pk=both.user_id).exists()
    Representation.objects.filter(pk=both.pk).update(ended_at=timezone.now())
    assert users.visible_to(who("senior", objects)).filter(pk=both.user_id).exists(), "acts for nobody"


def test_accounts_of_another_branch_are_not_found_by_name(objects):
    far = objects.world.far_representative.user
    assert far.username in page("far senior", objects, "accounts")
    assert not users.search(who("senior", objects), far.username).exists()
    assert not users.search(who("senior", objects), "کوهستان").exists()


def test_the_last_senior_user_of_a_branch_stays_whoever_there_is_at_another(objects):
    with pytest.raises(RefusedChangeError):
        accounts.change_post(who("senior", objects), objects.users["senior"], Unit.REVENUE, senior=False)


# A person of two branches


def test_the_other_branchs_employment_of_a_person_is_not_ended_here(objects, moved):
    ended_on = show_date(timezone.localdate())
    for role, row in (("registration", 404), ("far registration", 302)):
        there = moved.employments.get(workshop=objects.world.far_representative.workshop)
        address = reverse("end_employment", args=[moved.pk, there.pk])
        assert browser(role, objects).post(address, {"ended_on": ended_on}).status_code == row


def test_a_persons_page_at_the_desk_lists_the_requests_of_the_own_branch(objects, moved):
    far = objects.world.far_representative.workshop
    service = find("history-request")
    case = making.filled_case(objects.world, State.SUBMITTED, service=service, person=moved, workshop=far)
    assert case.tracking_code not in page("registration", objects, "desk_person", moved.pk)
    assert case.tracking_code in page("far registration", objects, "desk_person", moved.pk)


def test_the_branch_is_shown_no_picture_that_another_branch_has_of_a_person(objects):
    """Of somebody who works elsewhere alone, and whose code a request here names."""
    o = objects
    elsewhere = making.insured(o.world, o.world.far_representative.workshop, number=12)
    Employment.objects.filter(person=elsewhere, workshop=o.world.a).delete()
    KnownScan.objects.create(person=elsewhere, kind="photo", document=store_document(making.jpeg(9), "x"))
    assert o.submitted.national_code == elsewhere.national_code
    beside = reverse("review_compared_scan", args=[o.submitted.pk, "photo", "on-file"])
    assert browser("registration", o).get(beside).status_code == 404
    making.insured(o.world, number=12)
    assert browser("registration", o).get(beside).status_code == 200


def test_dependents_of_whoever_left_a_workshop_are_no_longer_seen_there(objects):
    main = making.insured(objects.world, number=61)
    child = making.insured(objects.world, objects.world.b, number=62)
    Employment.objects.filter(person=child).delete()
    Dependent.objects.create(main=main, person=child, relation="son", started_on="2024-01-01")
    seen = Person.objects.visible_to(who("a", objects)).filter(pk=child.pk)
    assert seen.exists()
    main.employments.update(has_left=True, ended_on=timezone.localdate())
    assert not seen.all().exists()


# A person of two workshops


@pytest.fixture
def shared(objects: Objects) -> Person:
    """Works at A as "جوشکار" and at B as "حسابدار"; a booklet was asked for at B."""
    person = making.insured(objects.world, number=64)
    making.insured(objects.world, objects.world.b, number=64)
    person.employments.filter(workshop=objects.world.b).update(job="حسابدار")
    return person


def test_a_workshop_reads_of_a_person_the_employments_and_requests_there_alone(objects, shared):
    service = find("booklet-duplicate")
    case = making.filled_case(
        objects.world, State.SUBMITTED, service=service, person=shared, workshop=objects.world.b
    )
    told = page("a", objects, "person", shared.pk)
    assert "جوشکار" in told
    assert "حسابدار" not in told and f"/cartable/{case.pk}/" not in told
    told = page("b", objects, "person", shared.pk)
    assert "حسابدار" in told and f"/cartable/{case.pk}/" in told
    assert "جوشکار" not in told


def test_whoever_left_a_workshop_is_told_so_there_whatever_there_is_at_another(objects, shared):
    shared.employments.filter(workshop=objects.world.a).update(has_left=True, ended_on=timezone.localdate())
    assert '<span class="state muted">ترک کار</span>' in page("a", objects, "person", shared.pk)
    assert '<span class="state muted">ترک کار</span>' not in page("b", objects, "person", shared.pk)


def test_through_whom_of_another_workshop_somebody_is_covered_is_not_told(objects, shared):
    elsewhere = making.insured(objects.world, objects.world.b, number=65)
    here = making.insured(objects.world, number=66)
    for main in (elsewhere, here):
        Dependent.objects.create(main=main, person=shared, relation="son", started_on="2024-01-01")
    told = page("a", objects, "person", shared.pk)
    assert f"/insured/{here.pk}/" in told and f"/insured/{elsewhere.pk}/" not in told


def test_whoever_is_covered_through_somebody_here_and_works_elsewhere_gets_no_history_from_here(objects):
    main, child = making.insured(objects.world, number=67), making.insured(objects.world, objects.world.b, 68)
    Dependent.objects.create(main=main, person=child, relation="son", started_on="2024-01-01")
    asked = reverse("look_up", args=["history-request"])
    assert asked not in page("a", objects, "person", child.pk)
    assert asked in page("a", objects, "person", main.pk)
    response = browser("a", objects).post(asked, {"national_code": child.national_code})
    assert response.status_code == 422, "nor by the code"


def test_a_request_of_another_workshop_is_neither_gone_on_with_nor_told(objects, shared):
    service = find("booklet-duplicate")
    drafted = making.drafted(objects.world, service=service, person=shared, workshop=objects.world.b)
    case = operations.send(objects.world.sara, drafted.pk)
    response = browser("a", objects).post(
        reverse("look_up", args=[service.code]), {"national_code": shared.national_code}, follow=True
    )
    assert f"/cartable/{case.pk}/" not in str(response.redirect_chain)
    assert "هم‌اکنون در جریان است" not in response.content.decode()


def test_what_is_on_its_way_at_another_workshop_is_not_listed_or_counted(objects):
    address = reverse("dashboard"), reverse("insured")
    before = [browser("b", objects).get(each).content.decode() for each in address]
    assert "سوسن‌تبار" not in "".join(before)
    making.filled_case(
        objects.world, State.AWAITING_EMPLOYER, answers=making.answers_for(69, last_name="سوسن‌تبار")
    )
    after = page("b", objects, "insured", tab="awaiting") + page("b", objects, "dashboard")
    assert "سوسن‌تبار" not in after
    assert "سوسن‌تبار" in page("a", objects, "insured", tab="awaiting")
    told = re.compile(r"<b>(\d+)</b><span>منتظر تأیید شما")
    assert told.findall(page("b", objects, "dashboard")) == ["0"]
    assert told.findall(page("a", objects, "dashboard")) != ["0"]


# Visits, units, sheets


def test_a_number_that_another_branch_gave_to_a_visit_is_free_here(objects):
    taken = objects.told.number
    Inspection.objects.filter(pk=objects.told.pk).update(branch=objects.world.elsewhere)
    made = inspecting.recorded(objects.world, number=taken)
    assert made.number == taken


def test_objections_at_another_branch_are_not_counted(objects):
    address, told = reverse("desk_dashboard"), "اعتراض به بازرسی"
    assert told in browser("inspection", objects).get(address).content.decode()
    Inspection.objects.filter(pk=objects.objected.pk).update(branch=objects.world.elsewhere)
    assert told not in browser("inspection", objects).get(address).content.decode()


def test_news_of_another_unit_are_not_read_by_choosing_it_in_the_address(objects):
    news = unit_recipient(objects.world.branch.pk, Unit.REVENUE)
    notify(news, "خبر واحد درآمد", case_id=objects.submitted.pk)
    assert "خبر واحد درآمد" in page("senior", objects, "desk_dashboard", unit="revenue")
    assert "خبر واحد درآمد" not in page("registration", objects, "desk_dashboard", unit="revenue")


def test_the_next_request_in_the_queue_is_one_of_the_own_unit(objects):
    """Whoever decides is led on, and only to what the unit may decide."""
    o = objects
    Case.objects.filter(pk=o.returned.pk).update(
        state=State.SUBMITTED,
        waiting_on="branch",
        unit=Unit.REVENUE,
        submitted_at=timezone.now() - timedelta(9),
    )
    assert f"/desk/queue/{o.returned.pk}/" not in page("registration", o, "review", o.submitted.pk)


def test_how_much_goes_on_at_a_workshop_is_counted_for_the_own_unit(objects):
    o = objects
    Case.objects.filter(pk=o.submitted.pk).update(unit=Unit.REVENUE)
    told = re.compile(r"<b>(\d+)</b><span>درخواست باز در شعبه")
    counted = [told.findall(page(role, o, "workshop", o.world.a.pk)) for role in ("registration", "senior")]
    assert counted == [["0"], ["1"]]


# What was sent


def test_a_picture_that_was_sent_is_not_left_open_on_a_shared_device(objects):
    """The same browser holds the case, and looked at the picture while it was a draft."""
    case = making.drafted(objects.world, by=Audience.PUBLIC, answers=making.answers_for(72))
    client = Client()
    session = client.session
    session[HELD] = {SERVICE: case.pk}
    session.save()
    address = reverse("apply_scan", args=[SERVICE, "photo"])
    assert client.get(address).status_code == 200
    operations.send(visitor(frozenset({case.pk}), source="0" * 32), case.pk)
    assert client.get(address).status_code == 404


def test_a_signup_that_was_sent_is_corrected_by_nobody_until_it_comes_back(objects):
    service = find("representative-signup")
    case = making.drafted(objects.world, by=Audience.PUBLIC, service=service)
    holder = visitor(frozenset({case.pk}), source="0" * 32)
    drafts.save_answers(holder, case.pk, case.answers)
    operations.send(holder, case.pk)
    with pytest.raises(CaseMovedOnError):
        drafts.save_answers(holder, case.pk, case.answers)
