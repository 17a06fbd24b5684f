"""The default demo data, loaded once: every case is what the operations would have made of it."""

import datetime as dt
import json
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.password_validation import validate_password
from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from pishkhan.accounts.models import Side, User
from pishkhan.cases import operations
from pishkhan.cases.drafts import describe
from pishkhan.cases.labelling import labelled
from pishkhan.cases.models import Case, CaseScan, Event, TrackingSequence
from pishkhan.cases.states import ENDED, OPEN, State, find_transition
from pishkhan.cases.tracking import next_tracking_code
from pishkhan.catalogue.service import closed_services
from pishkhan.demo.accounts import FIRST_WORKSHOP, HOLDERS, SECOND_WORKSHOP, accounts_file, read_accounts
from pishkhan.documents.models import Document
from pishkhan.documents.operations import load_content
from pishkhan.notifications.models import Notification
from pishkhan.people.models import Dependent, Employment, KnownScan, Person
from pishkhan.persian import identifiers
from pishkhan.persian.calendar import age_on, jalali_year_month
from pishkhan.workshops.actors import actor_for
from pishkhan.workshops.models import Branch, Workshop

TODAY = dt.date(2026, 11, 24)
TEHRAN = ZoneInfo("Asia/Tehran")


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def representative(code):
    return actor_for(User.objects.get(username=code))


def clerk():
    return actor_for(User.objects.get(username="registration"))


def sent_cases():
    return Case.objects.exclude(state=State.DRAFT).order_by("id")


def insured_persons():
    """Main insured persons: those who work or worked somewhere."""
    return Person.objects.filter(employments__isnull=False).distinct().count()


def test_families_are_around_every_limit_of_the_table_of_eligibility():
    today = timezone.localdate()
    relations = {d.relation for d in Dependent.objects.all()}
    assert {"wife", "son", "daughter", "mother", "father"} <= relations
    ages = {age_on(d.person.birth_date, today) for d in Dependent.objects.select_related("person")}
    assert min(ages) < 2
    assert max(ages) > 60
    for dependent in Dependent.objects.select_related("person", "main"):
        if dependent.relation in ("son", "daughter"):
            assert dependent.person.birth_date > dependent.main.birth_date
            assert dependent.person.father_name == dependent.main.first_name
        assert dependent.started_on <= today


def test_it_makes_as_many_as_asked():
    assert (Workshop.objects.count(), insured_persons(), Case.objects.count()) == (20, 400, 1000)


def test_most_cases_are_completed_and_a_few_rejected():
    states = Counter(Case.objects.values_list("state", flat=True))
    assert states[State.COMPLETED] > 750
    assert 10 <= states[State.REJECTED] <= 60
    assert set(states) == set(State)


def test_about_one_in_seven_was_returned_once():
    returned = Event.objects.filter(verb="return", case__state=State.COMPLETED).count()
    assert 0.10 < returned / Case.objects.filter(state=State.COMPLETED).count() < 0.20


def test_the_first_workshop_has_several_pages_and_several_in_every_state():
    first = Workshop.objects.get(code=FIRST_WORKSHOP)
    states = Counter(Case.objects.filter(workshop=first).values_list("state", flat=True))
    assert first.name == "صنایع پلاستیک دیلمان گیلان"
    assert sum(states.values()) >= 60
    assert min(states[state] for state in State) >= 4


def test_its_representative_is_ready_to_work():
    actor = representative(FIRST_WORKSHOP)
    assert str(actor.user) == "مریم پوررضا"
    assert actor.workshop.can_send
    assert not actor.user.must_change_password


def test_only_the_second_workshop_lacks_signature_and_stamp():
    assert [w.code for w in Workshop.objects.order_by("id") if not w.can_send] == [SECOND_WORKSHOP]


def test_the_second_workshop_has_sent_nothing():
    cases = Case.objects.filter(workshop__code=SECOND_WORKSHOP)
    assert set(cases.values_list("state", flat=True)) == {State.AWAITING_EMPLOYER}
    assert cases.count() >= 3


def test_every_workshop_is_somebodys():
    for workshop in Workshop.objects.all():
        assert actor_for(User.objects.get(username=workshop.code)).workshop == workshop


def test_one_representative_may_switch_to_another_workshop():
    others = User.objects.exclude(username=FIRST_WORKSHOP).filter(side=Side.WORKSHOP)
    assert len(representative(FIRST_WORKSHOP).workshops) == 2
    assert representative(FIRST_WORKSHOP).workshop.code == FIRST_WORKSHOP
    assert {len(actor_for(user).workshops) for user in others} == {1}


def test_no_service_is_closed():
    assert closed_services() == {}


def test_other_representatives_cannot_sign_in():
    known = {holder.account.username for holder in HOLDERS}
    others = User.objects.exclude(username__in=known)
    assert others.count() == 18
    assert not any(user.has_usable_password() for user in others)


def test_answers_pass_every_check():
    for case in sent_cases()[::7]:
        assert case.service.errors(case.answers) == {}, case.answers


def test_rows_are_those_that_sending_freezes():
    for case in sent_cases().select_related("subject"):
        assert case.rows == labelled(case)
    assert not any(Case.objects.filter(state=State.DRAFT).values_list("rows", flat=True))


def test_json_is_stored_as_django_stores_it():
    """A page must not be cheaper on demo data than on what people wrote."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps JSON in its own form")
    case = sent_cases().first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, rows FROM cases_case WHERE id = %s", [case.pk])
        assert cursor.fetchone() == (json.dumps(case.answers), json.dumps(case.rows))


def test_what_lists_and_searches_read_is_what_the_answers_say():
    columns = ("subject_name", "national_code", "search_key", "tracking_digits")
    for case in Case.objects.all():
        stored = [getattr(case, name) for name in columns]
        describe(case)
        case.tracking_digits = (case.tracking_code or "").replace("-", "")
        assert stored == [getattr(case, name) for name in columns]


def test_a_search_finds_a_demo_case():
    case = Case.objects.filter(workshop__code=FIRST_WORKSHOP, state=State.COMPLETED).first()
    seen = Case.objects.visible_to(representative(FIRST_WORKSHOP))
    for text in (case.subject_name, case.tracking_code, case.national_code):
        assert case in seen.search(text)


def test_every_timeline_follows_the_table_of_transitions():
    party = {
        "public": {"starter", "applicant"},
        "workshop": {"starter", "employer", "sender"},
        "desk": {"unit"},
    }
    for case in Case.objects.prefetch_related("events"):
        events = sorted(case.events.all(), key=lambda event: event.id)
        state = State.DRAFT
        for event in events:
            transition = find_transition(state, event.verb)
            assert transition and transition.by in party[event.audience]
            assert transition.to in (None, event.to)
            assert bool(event.note) == (event.verb in ("return", "reject", "refuse"))
            state = event.to
        assert state == case.state
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert case.version == len(events)


def test_only_people_with_an_account_have_done_something_in_a_name():
    assert not Event.objects.filter(audience="public", user__isnull=False).exists()
    assert not Event.objects.exclude(audience="public").filter(user=None).exists()
    stranger = Event.objects.filter(audience="workshop").exclude(user__username=F("case__workshop__code"))
    assert not stranger.exists()


def test_everybody_works_somewhere_and_nobody_ended_before_the_beginning():
    at_work = Employment.objects.filter(ended_on=None).values("person").annotate(n=Count("id"))
    assert {row["n"] for row in at_work} == {1}
    assert len(at_work) == 400
    assert not Employment.objects.filter(ended_on__lt=F("started_on")).exists()


def test_people_on_the_register_are_as_the_operations_would_enter_them():
    for person in Person.objects.all():
        stored = person.search_key, person.sort_key
        person.make_keys()
        assert stored == (person.search_key, person.sort_key)
        assert identifiers.national_code(person.national_code).startswith("999")
        if person.mobile:  # not asked of a dependent
            assert identifiers.mobile(person.mobile).startswith("0970")
            assert identifiers.postal_code(person.postal_code)


def test_nobody_asks_for_what_is_done_already():
    """A person does not apply to the workshop where the person works."""
    for case in Case.objects.filter(state__in=OPEN):
        assert case.service.obstacles(case) == {}


def test_every_case_that_was_sent_has_its_scans():
    kinds = {case: set() for case in sent_cases().values_list("id", flat=True)}
    for case, kind in CaseScan.objects.filter(case__in=kinds).values_list("case", "kind"):
        kinds[case].add(kind)
    for case in sent_cases().select_related("subject"):
        required = case.service.required_scans(case.answers, case.subject)
        assert kinds[case.pk] == {scan.code for scan in required}, case.service_code


def test_pictures_are_few_and_sound(demo, settings):
    settings.DOCUMENTS_DIR = demo / "documents"
    documents = Document.objects.all()
    assert len(documents) < 100
    assert all(load_content(document).startswith(b"\xff\xd8\xff") for document in documents)


def test_scans_on_file_are_those_of_the_persons_cases():
    case = Case.objects.filter(state=State.COMPLETED, scans__kind="photo").order_by("-id").first()
    assert (
        KnownScan.objects.current(case.subject).get(kind="photo").document
        == case.scans.get(kind="photo").document
    )


def test_new_tracking_codes_go_on_where_the_demo_ends():
    branch = Branch.objects.home()
    for sequence in TrackingSequence.objects.filter(branch=branch):
        codes = Case.objects.filter(tracking_code__startswith=f"{branch.code}-{sequence.year_month}-")
        assert sequence.last == max(
            int(code.split("-")[2]) for code in codes.values_list("tracking_code", flat=True)
        )
    assert not Case.objects.filter(tracking_code=next_tracking_code(branch)).exists()


def test_things_happen_in_office_hours_and_before_today():
    moments = [at.astimezone(TEHRAN) for at in Event.objects.values_list("at", flat=True)]
    assert max(moments).date() < TODAY
    assert all(dt.time(7, 30) <= at.time() <= dt.time(14, 30) for at in moments)
    assert not any(at.weekday() == 4 for at in moments)


def test_cases_spread_over_two_years_with_peaks_at_the_ends_of_months():
    days = [at.astimezone(TEHRAN).date() for at in sent_cases().values_list("submitted_at", flat=True)]
    assert len({jalali_year_month(day) for day in days}) >= 24
    ending = [d for d in days if jalali_year_month(d + dt.timedelta(days=3)) != jalali_year_month(d)]
    assert len(ending) / len(days) > 0.18


def test_what_is_open_is_recent():
    oldest = Case.objects.exclude(state__in=ENDED).order_by("submitted_at").first()
    assert (TODAY - oldest.submitted_at.date()).days < 30


def test_ids_follow_time():
    moments = list(Case.objects.order_by("id").values_list("submitted_at", flat=True))
    assert moments == sorted(moments)


def test_some_ended_cases_are_archived_on_either_side_and_no_open_one():
    archived = Case.objects.filter(archived_by_workshop=True)
    assert 100 < archived.count() < 800
    assert Case.objects.filter(archived_by_desk=True).count() > 100
    assert not Case.objects.exclude(state__in=ENDED).filter(archived_by_workshop=True).exists()


def test_there_are_news_on_the_dashboards():
    first = Workshop.objects.get(code=FIRST_WORKSHOP)
    for recipient in (f"workshop:{first.pk}", f"unit:{first.branch_id}:registration"):
        news = Notification.objects.for_recipient(recipient)
        assert news.count() > 3
        assert [n.created_at for n in news] == sorted((n.created_at for n in news), reverse=True)


def test_the_employer_can_send_on_a_demo_case():
    actor = representative(FIRST_WORKSHOP)
    for state in (State.AWAITING_EMPLOYER, State.RETURNED):
        case = Case.objects.visible_to(actor).filter(state=state).first()
        assert operations.send(actor, case.pk).state == State.SUBMITTED


def test_passwords_are_accepted_and_right(demo):
    for holder in HOLDERS:
        user = User.objects.get(username=holder.account.username)
        validate_password(holder.account.password, user)
        assert user.check_password(holder.account.password)
        assert user.must_change_password == holder.account.must_change_password


def test_the_accounts_stand_in_a_file_that_only_its_owner_reads(demo, settings):
    settings.DATA_DIR = demo
    assert accounts_file().stat().st_mode & 0o777 == 0o600
    entries = json.loads(accounts_file().read_text())
    assert all(
        set(entry) == {"username", "password", "role", "workshop_code", "must_change_password"}
        for entry in entries
    )
    assert Counter(entry["role"] for entry in entries) == {"representative": 2, "staff": 3, "senior": 2}
    assert [entry["must_change_password"] for entry in entries].count(True) == 1
    assert read_accounts() == [holder.account for holder in HOLDERS]


def test_the_accounts_are_told(demo):
    told = (demo / "told").read_text()
    assert all(holder.account.username in told and holder.account.password in told for holder in HOLDERS)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans without knowing the rows")
def test_pages_are_planned_for_its_rows_at_once():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = current_schema()")
        known = {name for (name,) in cursor.fetchall()}
    assert {"cases_case", "people_person", "people_employment"} <= known
