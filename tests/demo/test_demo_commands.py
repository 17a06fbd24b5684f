"""The commands around the demo data, and the check that warns of its accounts."""

import datetime as dt
import io
import stat

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from pishkhan.accounts.factors import POLICY, is_mandatory_for
from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import one_time_is_over
from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State
from pishkhan.demo import checks, load
from pishkhan.demo.accounts import (
    FIRST_WORKSHOP,
    HOLDERS,
    SECOND_WORKSHOP,
    Account,
    accounts_file,
    table,
    write_accounts,
)
from pishkhan.demo.beside import made_beside
from pishkhan.demo.days import Office, first_day
from pishkhan.demo.load import TooManyPeopleError, load_demo
from pishkhan.demo.plan import Wanted
from pishkhan.demo.workshops import code_of
from pishkhan.people.models import Booklet, ContributionRecord, Dependent, Employment, Person
from pishkhan.policy.models import Policy
from pishkhan.workshops.actors import actor_for
from pishkhan.workshops.models import Branch, StaffPost, Workshop

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR, settings.DOCUMENTS_DIR = tmp_path, tmp_path / "documents"
    return tmp_path


def told(*command, **options):
    out = io.StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def small(**options):
    return told("demo", **{"workshops": 4, "insured": 30, "cases": 60, "today": TODAY, **options})


def fingerprint():
    """Everything that people see of the data; not ids, hashes, and what was drawn anew."""
    cases = Case.objects.order_by("submitted_at", "national_code").values_list(
        *("workshop__code", "workshop__name", "tracking_code", "state", "submitted_at", "waiting_since"),
        *(
            "service_code",
            "answers",
            "decision",
            "note",
            "marks",
            "subject__national_code",
            "assignee__username",
            "archived_by_workshop",
        ),
    )
    events = Event.objects.order_by("at", "case__national_code", "id").values_list("at", "verb", "changes")
    work = Employment.objects.order_by("person__national_code", "started_on")
    people = work.values_list("person__search_key", "workshop__code", "job", "started_on", "ended_on")
    users = User.objects.order_by("username").values_list("username", "last_name")
    booklets = Booklet.objects.order_by("person__national_code", "issued_on").values_list(
        *("person__national_code", "kind", "issued_on", "valid_until", "ended_on", "ended_because")
    )
    records = ContributionRecord.objects.order_by("person__national_code", "started_on", "ended_on")
    histories = records.values_list("person__national_code", "workshop_name", "started_on", "days", "source")
    dependents = Dependent.objects.order_by("person__national_code").values_list(
        *("main__national_code", "person__search_key", "relation", "conditions", "started_on")
    )
    return [list(rows) for rows in (cases, events, people, users, booklets, histories, dependents)]


def made_with(**options):
    with transaction.atomic():
        small(**options)
        made = fingerprint()
        transaction.set_rollback(True)
    return made


def test_the_same_seed_makes_the_same_data_and_another_seed_others():
    first = made_with(seed=5)
    assert made_with(seed=5) == first
    assert made_with(seed=6) != first


def test_another_day_moves_the_data():
    small(today=dt.date(2025, 3, 15))
    latest = Event.objects.order_by("-at").first()
    assert latest.at.date() <= dt.date(2025, 3, 14)


@pytest.mark.parametrize(
    ("workshops", "insured", "cases"), [(1, 1, 30), (2, 3, 12), (3, 50, 0), (30, 5, 200), (5, 1, 1)]
)
def test_odd_sizes_are_made_too(workshops, insured, cases):
    small(workshops=workshops, insured=insured, cases=cases)
    at_work = Person.objects.filter(employments__ended_on=None, employments__isnull=False).distinct().count()
    assert (Workshop.objects.count(), at_work, Case.objects.count()) == (workshops, insured, cases)
    assert not Employment.objects.filter(ended_on__lt=dt.date(1900, 1, 1)).exists()


def test_a_database_with_workshops_is_left_alone():
    small()
    before = fingerprint()
    with pytest.raises(CommandError, match="--add"):
        small()
    assert fingerprint() == before


def test_more_is_added_when_asked():
    small()
    small(add=True, seed=2)
    insured = Person.objects.filter(employments__isnull=False).distinct().count()
    assert (Workshop.objects.count(), Case.objects.count(), insured) == (8, 120, 60)
    assert User.objects.filter(side=Side.DESK).count() == 5


def test_a_workshop_and_a_person_at_least_are_needed():
    for lacking in ({"workshops": 0}, {"workshops": 20_001}, {"insured": 0}):
        with pytest.raises(CommandError, match="at least one"):
            small(**lacking)


def test_too_many_people_are_refused_before_anything_is_written():
    with pytest.raises(TooManyPeopleError):
        load_demo(Wanted(3, 950_000, 10, 1, TODAY))
    assert not Workshop.objects.exists()
    assert not accounts_file().exists()


def test_a_large_load_makes_every_index_again(monkeypatch):
    """Above a batch, indexes are dropped and built once at the end."""
    monkeypatch.setattr(load, "LARGE", 25)
    monkeypatch.setattr(load, "BATCH", 25)
    before = indexes()
    small(cases=90)
    assert Case.objects.count() == 90
    assert indexes() == before


def test_a_large_load_makes_what_a_small_one_makes(monkeypatch):
    """Rows are made by another process then, in batches."""
    with transaction.atomic():
        small(cases=90)
        expected = fingerprint()
        transaction.set_rollback(True)
    monkeypatch.setattr(load, "LARGE", 25)
    monkeypatch.setattr(load, "BATCH", 25)
    small(cases=90)
    assert fingerprint() == expected


def test_what_fails_where_the_rows_of_a_large_load_are_made_leaves_nothing(monkeypatch):
    def stop(self, request):
        raise LookupError(request.service)

    monkeypatch.setattr(load, "LARGE", 25)
    monkeypatch.setattr(load.DemoLoad, "_make", stop)
    before = indexes()
    with pytest.raises(LookupError):
        small(cases=90)
    assert not Workshop.objects.exists()
    assert not Case.objects.exists()
    assert indexes() == before


def test_rows_are_never_made_by_asking_the_database():
    """Its connection is of the process that writes them."""

    def made():
        yield 1
        yield Workshop.objects.count()

    given = made_beside(made())
    assert next(given) == 1
    with pytest.raises(AssertionError, match="workshops_workshop"):
        next(given)


def test_a_large_load_has_scans_where_work_goes_on(monkeypatch):
    monkeypatch.setattr(load, "LARGE", 25)
    monkeypatch.setattr(load, "BATCH", 25)
    small(cases=90)
    for case in Case.objects.filter(state=State.SUBMITTED).select_related("subject"):
        needed = case.service.required_scans(case.answers, case.subject)
        assert case.scans.count() == len(needed)
    assert not Case.objects.filter(state=State.COMPLETED, scans__isnull=False).exists()


def indexes():
    with connection.cursor() as cursor:
        found = {}
        for table in ("cases_case", "cases_event", "cases_casescan", "people_employment", "people_person"):
            for name, about in connection.introspection.get_constraints(cursor, table).items():
                if not name.startswith("__"):  # SQLite's own, numbered as they come
                    found[table, name] = about["columns"], about["unique"], about["foreign_key"]
        return found


def test_workshop_codes_are_all_different():
    codes = [code_of(place) for place in range(15_000)]
    assert codes[0] == FIRST_WORKSHOP
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 10 and code.startswith("146") for code in codes)


def test_the_office_is_closed_on_fridays_and_at_new_year():
    office = Office(TODAY)
    assert office.days[0] >= first_day(TODAY) == dt.date(2024, 11, 21)
    assert office.days[-1] == dt.date(2026, 11, 23)
    assert not any(day.weekday() == 4 for day in office.days)
    assert dt.date(2026, 3, 21) not in office.days


def test_preparing_makes_the_demo_once_and_tells_the_accounts_every_time(settings, monkeypatch):
    settings.DEMO = True
    shrink(monkeypatch)
    first, again = told("prepare"), told("prepare")
    assert Case.objects.count() == 60
    assert all(holder.account.password in text for holder in HOLDERS for text in (first, again))


def shrink(monkeypatch):
    """Lets `prepare` make less than it does by default, which is tested elsewhere."""
    real = load.load_demo

    def smaller(wanted, progress):
        assert (wanted.workshops, wanted.insured, wanted.cases, wanted.seed) == (20, 400, 1000, 1)
        real(Wanted(4, 30, 60, 1, wanted.today), progress)

    monkeypatch.setattr("pishkhan.demo.management.commands.demo.load_demo", smaller)


def test_without_demo_it_says_how_to_make_the_first_senior_user(settings):
    settings.DEMO = False
    assert "pishkhan create_staff" in told("prepare")
    assert not Workshop.objects.exists()
    assert not accounts_file().exists()
    assert Branch.objects.home().code == settings.BRANCH["code"]
    told("create_staff", "rais", "--senior")
    assert told("prepare") == ""


def test_accounts_of_people_are_never_mixed_with_the_demo(settings):
    settings.DEMO = True
    told("create_staff", "rais", "--senior")
    told("prepare")
    assert not Workshop.objects.exists()


def test_the_first_senior_user_may_manage_and_must_change_the_password():
    text = told("create_staff", "rais", "--senior")
    user = User.objects.get(username="rais")
    assert actor_for(user).is_senior
    assert user.must_change_password
    assert user.check_password(text.strip().rsplit(" ", 1)[1])


def test_a_user_name_is_given_once():
    told("create_staff", "rais", "--senior")
    with pytest.raises(CommandError, match="taken"):
        told("create_staff", "rais", "--senior")
    assert StaffPost.objects.count() == 1


def warned(*tags):
    return [message.id for message in checks.check_demo_accounts(None)]


def in_production(settings):
    settings.HTTPS, settings.DEBUG = True, False


def test_the_check_warns_of_the_file_in_production_only(settings):
    write_accounts()
    settings.HTTPS = False
    assert warned() == []
    in_production(settings)
    assert warned() == ["pishkhan.W001"]
    accounts_file().unlink()
    assert warned() == []


def test_the_check_warns_of_an_account_without_the_file(settings):
    in_production(settings)
    account = HOLDERS[2].account
    user = User.objects.create(
        username=account.username, side=Side.DESK, password=make_password("another one")
    )
    assert warned() == []
    user.set_password(account.password)
    user.save()
    assert warned() == ["pishkhan.W001"]


def test_before_deploying_it_warns_whatever_the_settings_are_but_not_twice(settings):
    write_accounts()
    settings.HTTPS = False
    assert [m.id for m in checks.check_demo_accounts_before_deploying(None)] == ["pishkhan.W001"]
    in_production(settings)
    assert checks.check_demo_accounts_before_deploying(None) == []


def test_the_check_says_what_to_do(settings):
    write_accounts()
    err = io.StringIO()
    call_command("check", deploy=True, stderr=err)
    assert "pishkhan.W001" in err.getvalue()
    assert "PISHKHAN_DEMO=0" in err.getvalue()


def test_a_check_without_a_database_is_silent(settings, monkeypatch):
    in_production(settings)

    def fail(**wanted):
        raise DatabaseError

    monkeypatch.setattr(User.objects, "filter", fail)
    assert warned() == []


def test_with_demo_data_the_second_factor_is_required_of_none_and_the_check_says_so(capsys):
    assert checks.check_second_factor(None) == []
    small()
    assert [message.id for message in checks.check_second_factor(None)] == ["pishkhan.I001"]
    assert not any(is_mandatory_for(user) for user in User.objects.all())
    call_command("check")
    assert "گام دوم ورود به همه پیشنهاد" in "".join(capsys.readouterr())


def test_data_beside_demo_accounts_that_are_there_decide_nothing_again():
    small()
    small(add=True)
    assert Policy.objects.filter(key=POLICY).count() == 1


def test_each_start_of_a_demonstration_begins_the_term_of_its_first_passwords_anew(settings):
    small()
    settings.DEMO = True
    waiting = User.objects.filter(username=SECOND_WORKSHOP)
    long_ago = timezone.now() - dt.timedelta(days=30)
    waiting.update(password_set_at=long_ago, one_time_used_at=long_ago)
    chosen = User.objects.get(username="senior").password_set_at
    told("prepare")
    assert not one_time_is_over(waiting.get())
    assert User.objects.get(username="senior").password_set_at == chosen


def test_the_file_is_private_from_the_first_byte(data_dir):
    write_accounts()
    assert stat.S_IMODE(accounts_file().stat().st_mode) == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["demo-accounts.json"]


@pytest.mark.django_db
def test_a_first_password_that_was_changed_is_told_to_be_changed():
    account = Account("1461719001", "hcmp", "representative", "1461719001", must_change_password=True)
    User.objects.create(username=account.username, side="workshop", must_change_password=True)
    assert "رمز باید عوض شود" in table([account])
    User.objects.update(must_change_password=False)
    assert "رمز نخستین آن عوض شده است" in table([account])
