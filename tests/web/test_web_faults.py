"""What everybody is told when a database, a disk or the keys are away, and that all goes on by itself.

Every failure is a real one of the database or of the system.
"""

import json
import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.audit import chain
from pishkhan.audit.models import Entry, Seal
from pishkhan.cases.models import Case, CaseScan
from pishkhan.cases.states import State
from pishkhan.documents.keyring import keys_file
from pishkhan.documents.models import Document
from pishkhan.letters.models import Letter
from pishkhan.mounted import MOUNT, mount_point
from pishkhan.web import outages
from pishkhan.web.management.commands.serve import check_documents
from pishkhan.workshops.models import Workshop
from tests.world import World, drafted, filled_case, jpeg_bytes

from . import pages
from .browsing import BACKEND
from .conftest import signed_up_world

pytestmark = pytest.mark.django_db(transaction=True)

READ_ONLY = Path("/sys/pishkhan")
"""A place where nobody can make a folder, not even root."""


@pytest.fixture
def world(transactional_db) -> World:
    return signed_up_world()


@pytest.fixture(autouse=True)
def _nothing_is_told_yet():
    outages._told.clear()


@pytest.fixture
def case(world) -> Case:
    return drafted(world)


@pytest.fixture
def office(world) -> Client:
    """The representative's browser, with a form of the portal open."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=world.ali.user.pk), backend=BACKEND)
    client.get("/cartable/")
    return client


def sent(client: Client, path: str, **fields: Any) -> Any:
    token = client.cookies["csrf"].value
    return client.post(path, {"csrfmiddlewaretoken": token, **fields})


def sent_by_script(client: Client, path: str, **fields: Any) -> Any:
    headers = {"X-CSRFToken": client.cookies["csrf"].value, "Accept": "application/json"}
    return client.post(path, fields, headers=headers)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", jpeg_bytes(3))


def says(response: Any, words: str) -> pages.Node:
    """Checks the page of an outage, and returns it."""
    text = response.content.decode()
    assert response.status_code == 503, text[:500]
    assert int(response.headers["Retry-After"]) <= 30
    assert response.headers["Cache-Control"] == "no-store"
    tree = pages.read(text)
    assert words in tree.text() and "یک دقیقه صبر کنید" in tree.text()
    assert settings.BRANCH["name"] in tree.text()
    assert not re.search(r"Error|Traceback|sqlite|psycopg|database", text)
    return tree


# Each way in which a database fails


@contextmanager
def read_only_database() -> Iterator[None]:
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("PRAGMA query_only = ON" if sqlite else "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        connection.close()


@contextmanager
def locked_database() -> Iterator[None]:
    """Somebody else is writing, for longer than anybody waits."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        other: Any = sqlite3.connect(held["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        connection.patience = 0.05
    else:
        other = psycopg.connect(_address())
        other.execute("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        connection.close()


@contextmanager
def broken_connection() -> Iterator[None]:
    """The next page finds no database: its connection was cut, or what is in its place is none."""
    if connection.vendor == "sqlite":
        connection.close()
        held, name = connection.settings_dict, connection.settings_dict["NAME"]
        held["NAME"] = __file__
        try:
            yield
        finally:
            held["NAME"] = name
        return
    connection.ensure_connection()
    with psycopg.connect(_address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    yield


def _address() -> str:
    held = connection.settings_dict
    return f"dbname={held['NAME']} user={held['USER']} host={held['HOST']} port={held['PORT']}"


@pytest.mark.parametrize("failing", [read_only_database, locked_database])
def test_what_cannot_be_written_is_never_said_to_be_saved_and_goes_again_with_one_click(
    failing, office, case
):
    before, entries = case.answers["address"], Entry.objects.count()
    path = f"/cartable/{case.pk}/edit/"
    with failing():
        tree = says(sent(office, path, address="رشت، خیابان تازه", mobile="09700000018"), "این کار ثبت نشد")
    assert Case.objects.get().answers["address"] == before and Entry.objects.count() == entries
    assert not office.cookies.get("messages") or not office.cookies["messages"].value
    form = next(form for form in tree.all("form") if form["action"] == path)
    typed = dict(pages.controls(form))
    assert typed["address"] == "رشت، خیابان تازه" and typed["csrfmiddlewaretoken"]
    assert office.post(path, typed).headers["Location"] == path
    assert Case.objects.get().answers["address"] == "رشت، خیابان تازه"


def test_a_broken_connection_is_told_and_the_next_page_has_a_new_one(office, case):
    with broken_connection():
        tree = says(office.get("/cartable/?tab=mine"), "این صفحه اکنون باز نمی‌شود")
    assert [link["href"] for link in tree.all("a", cls="btn-main")] == ["/cartable/?tab=mine"]
    assert office.get("/cartable/?tab=mine").status_code == 200


def test_the_page_is_made_without_a_query(rf, django_assert_num_queries):
    request = rf.post("/cartable/5/edit/", {"address": "رشت"})
    with django_assert_num_queries(0):
        try:
            raise OperationalError("server closed the connection unexpectedly")
        except OperationalError:
            response = outages.unavailable(request)
        says(response, "این کار ثبت نشد")


def test_what_failed_after_the_deed_is_not_said_to_have_failed(rf):
    request = rf.post("/cartable/5/edit/", {"address": "رشت"})
    request.answered = True
    try:
        raise OperationalError("disk I/O error")
    except OperationalError:
        tree = says(outages.unavailable(request), "معلوم نیست")
    assert "ثبت نشد؛" not in tree.text()


@pytest.mark.parametrize(
    "fault",
    [ProgrammingError("no such column"), IntegrityError("unique"), KeyError("x"), FileNotFoundError(2)],
)
def test_a_fault_of_the_code_is_no_outage(fault):
    assert outages.outage(fault) == ""


@pytest.mark.parametrize("wrong", ["SELEC 1", "SELECT no_such_column", "SELECT 1 ORDER BY 2"])
def test_wrong_sql_is_a_fault_of_the_code_on_either_database(wrong):
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute(wrong)
    assert outages.outage(caught.value) == ""


def test_a_database_without_its_tables_is_an_outage_on_sqlite():
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert ("pishkhan migrate" in outages.outage(caught.value)) == (connection.vendor == "sqlite")


def test_a_form_of_another_site_comes_back_empty(office, case):
    with read_only_database():
        office.cookies.pop("csrf")
        response = office.post(f"/cartable/{case.pk}/edit/", {"address": "رشت"})
    assert response.status_code == 403
    with broken_connection():
        response = office.post(
            f"/cartable/{case.pk}/edit/", {"address": "دزدی"}, headers={"Origin": "http://evil.example"}
        )
    says(response, "این کار ثبت نشد")
    assert "دزدی" not in response.content.decode()


def test_a_password_is_never_put_into_the_page(world):
    client = Client(raise_request_exception=False)
    with read_only_database():
        response = client.post("/login/", {"username": "ali", "password": "ramz-e-makhfi-8"})
    tree = says(response, "این کار ثبت نشد")
    assert b"ramz-e-makhfi" not in response.content and not tree.all("form")
    assert tree.all("a", cls="btn-main")[0]["href"] == "/login/"


# Disks and keys


@contextmanager
def keys_away() -> Iterator[None]:
    away = keys_file().with_suffix(".away")
    keys_file().rename(away)
    try:
        yield
    finally:
        away.rename(keys_file())


@contextmanager
def read_only_disk() -> Iterator[None]:
    before, settings.DOCUMENTS_DIR = settings.DOCUMENTS_DIR, READ_ONLY
    try:
        yield
    finally:
        settings.DOCUMENTS_DIR = before


@contextmanager
def unmounted_disk() -> Iterator[None]:
    """The folder is there, and writable: the one that is left where the disk was mounted."""
    os.environ[MOUNT] = "/sys/pishkhan"
    try:
        yield
    finally:
        del os.environ[MOUNT]


@pytest.mark.parametrize("failing", [keys_away, read_only_disk, unmounted_disk])
def test_a_scan_that_cannot_be_stored_is_told_beside_its_field_and_kept_by_nobody(
    failing, world, office, case
):
    path = f"/cartable/{case.pk}/scans/photo/"
    before = CaseScan.objects.get(case=case, kind="photo").document_id
    documents = Document.objects.count()
    with failing():
        response = sent_by_script(office, path, **{"scan:photo": picture()})
        assert response.status_code == 503
        assert json.loads(response.content) == {"error": "ثبت نشد؛ سامانه اکنون نمی‌تواند چیزی نگه دارد."}
        edit = f"/cartable/{case.pk}/edit/"
        tree = says(
            sent(office, edit, address="رشت، خیابان تازه", **{"scan:photo": picture()}),
            "فایل‌ها را پس از آن دوباره",
        )
        assert dict(pages.controls(tree.all("form")[0]))["address"] == "رشت، خیابان تازه"
    assert CaseScan.objects.get(case=case, kind="photo").document_id == before
    assert Document.objects.count() == documents
    assert sent_by_script(office, path, **{"scan:photo": picture()}).status_code == 200
    assert CaseScan.objects.get(case=case, kind="photo").document_id != before


def test_the_disk_of_a_folder_is_where_it_is_mounted():
    assert mount_point(Path("/proc/self")) == Path("/proc")
    assert mount_point(Path("/proc/no/such/folder")) == Path("/proc")


def test_a_scan_whose_key_is_away_is_there_again_with_the_key(office, case):
    path = f"/cartable/{case.pk}/scans/photo/"
    with keys_away():
        says(office.get(path), "این صفحه اکنون باز نمی‌شود")
    assert office.get(path).headers["Content-Type"] == "image/jpeg"


def test_a_letter_that_cannot_be_stored_is_issued_later(world, office, monkeypatch):
    done = filled_case(world, State.COMPLETED)
    path = f"/cartable/{done.pk}/letters/receipt/{done.events.get(verb='send').pk}/"
    with monkeypatch.context() as patch:
        patch.setattr(settings, "LETTERS_DIR", READ_ONLY)
        says(office.get(path), "این صفحه اکنون باز نمی‌شود")
        assert not Letter.objects.exists()
    assert office.get(path).headers["Content-Type"] == "application/pdf"
    assert Letter.objects.count() == 1


def test_without_the_key_of_the_trail_nothing_is_done(world, office, case, monkeypatch, tmp_path):
    path = f"/cartable/{case.pk}/edit/"
    with monkeypatch.context() as patch:
        patch.setattr(settings, "AUDIT_KEY_FILE", tmp_path / "audit_key")
        says(sent(office, path, address="رشت، خیابان تازه"), "این کار ثبت نشد")
        assert "audit_key is missing" in office.get("/healthz").content.decode()
    assert Case.objects.get().answers["address"] != "رشت، خیابان تازه"
    assert sent(office, path, address="رشت، خیابان تازه").status_code == 302


# The operator


def test_the_operator_gets_one_line_that_says_what_to_do_and_nothing_of_anybody(office, case, caplog):
    caplog.set_level(logging.WARNING)
    path, typed = f"/cartable/{case.pk}/edit/", {"address": "رشت، خیابان نهان", "mobile": "09700000018"}
    with keys_away():
        for _ in range(3):
            assert sent(office, path, **typed, **{"scan:photo": picture()}).status_code == 503
    with read_only_database():
        assert sent(office, path, **typed, last_name="دیگری").status_code == 503
    keys, database = (r.getMessage() for r in caplog.records if r.name == "pishkhan.outages")
    assert "restore it from the backup; the portal goes on by itself" in keys
    assert re.search("(writable again|by a setting); the portal goes on by itself", database)
    assert "09700000018" not in caplog.text and "نهان" not in caplog.text


def test_the_servers_own_log_leaves_outages_to_that_line():
    request_log = logging.getLogger("django.request")
    told, missed = (
        logging.makeLogRecord({"name": "django.request", "levelno": 40, "status_code": status})
        for status in (500, 503)
    )
    assert request_log.filter(told) and not request_log.filter(missed)


@pytest.mark.parametrize(
    ("failing", "reason"),
    [
        (
            read_only_database,
            r"the database cannot be used \(.*read-?only.*\): (make its disk writable|see whether it is)",
        ),
        (keys_away, "keys? .*keys.json"),
        (read_only_disk, "the documents folder cannot be written: "),
        (unmounted_disk, "the documents folder cannot be written: nothing is mounted at /sys/pishkhan"),
    ],
)
def test_healthz_says_why_in_one_line(failing, reason, world, office, case):
    with failing():
        response = office.get("/healthz")
    assert response.status_code == 503
    assert re.match(reason, response.content.decode(), re.IGNORECASE), response.content
    assert response.content.count(b"\n") == 1
    assert office.get("/healthz").content == b"ready\n"


def test_healthz_says_that_the_worker_does_not_run_and_that_pages_are_served_all_the_same(world, office):
    old = Entry(action="one", author="system", at=timezone.now() - timedelta(minutes=2))
    old.mac = chain.mac_of(vars(old))
    old.save(force_insert=True)
    Seal.objects.bulk_create([Seal(place=1, entry_id=old.pk - 1, digest="0" * 64)])
    response = office.get("/healthz")
    assert response.status_code == 200
    assert response.content.startswith(b"ready, but the worker does not run: the trail is not sealed since ")
    seal = Seal(place=2, entry_id=Entry.objects.latest("pk").pk, digest="0" * 64)
    Seal.objects.bulk_create([seal])
    assert office.get("/healthz").content == b"ready\n"


def test_the_server_does_not_begin_an_empty_folder_for_documents_that_lie_elsewhere(world, case, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DOCUMENTS_DIR", tmp_path / "mounted" / "documents")
        with pytest.raises(CommandError, match="mount its disk"):
            check_documents()
        assert not settings.DOCUMENTS_DIR.exists()
        CaseScan.objects.all().delete()
        Workshop.objects.update(signature=None, stamp=None)
        Document.objects.all().delete()
        check_documents()
        assert settings.DOCUMENTS_DIR.is_dir()
