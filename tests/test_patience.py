"""A PostgreSQL that hangs, goes away or speaks unasked: what a page's connection does."""

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from pishkhan.patience import PatientConnection, TooSlowError, UnsureError, hurried
from pishkhan.web import outages

pytestmark = pytest.mark.django_db(transaction=True)


def address() -> str:
    held = connection.settings_dict
    return f"dbname={held['NAME']} user={held['USER']} host={held['HOST']} port={held['PORT']}"


def terminate(patient: PatientConnection) -> None:
    with psycopg.connect(address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [patient.info.backend_pid])


@pytest.fixture
def patient() -> Iterator[PatientConnection]:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is no server that could hang")
    with PatientConnection.connect(address(), autocommit=True) as patient:
        yield patient


def test_a_page_waits_no_longer_than_its_time_for_all_its_queries(patient):
    began = time.monotonic()
    with hurried(1.0), pytest.raises(TooSlowError):
        for _ in range(5):
            patient.execute("SELECT pg_sleep(0.4)")
    assert 0.8 < time.monotonic() - began < 2.5
    assert patient.closed


def test_a_query_that_was_given_up_does_not_go_on_in_the_server(patient):
    with connection.cursor() as cursor, hurried(0.3):
        with pytest.raises(TooSlowError):
            patient.execute("SELECT pg_sleep(60)")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'"
        )
        assert cursor.fetchone() == (0,)


def test_a_command_waits_as_long_as_it_takes(patient):
    with hurried(0.2):
        pass
    assert patient.execute("SELECT 1 FROM pg_sleep(0.5)").fetchone() == (1,)


def test_a_commit_without_an_answer_is_told_as_one(patient, rf):
    patient.autocommit = False
    patient.execute("SELECT 1")
    terminate(patient)
    with pytest.raises(UnsureError) as caught:
        patient.commit()
    try:
        raise OperationalError(*caught.value.args) from caught.value
    except OperationalError:
        response = outages.unavailable(rf.post("/cartable/5/edit/", {}))
    assert response.status_code == 503
    assert "معلوم نیست" in response.content.decode()


def test_the_pool_hands_out_no_connection_whose_server_has_gone(patient):
    ConnectionPool.check_connection(patient)
    terminate(patient)
    with pytest.raises(psycopg.OperationalError):
        ConnectionPool.check_connection(patient)


def test_a_connection_on_which_something_was_told_unasked_is_still_good(patient):
    patient.execute("LISTEN news")
    with psycopg.connect(address(), autocommit=True) as other:
        other.execute("NOTIFY news")
    time.sleep(0.1)
    ConnectionPool.check_connection(patient)
    assert patient.info.transaction_status == TransactionStatus.IDLE
    assert patient.execute("SELECT 1").fetchone() == (1,)


def test_to_check_a_connection_asks_the_server_nothing(patient):
    """A round trip a page, else; the last query of the connection stays the one before."""
    patient.execute("SELECT 'the last'")
    ConnectionPool.check_connection(patient)
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [patient.info.backend_pid])
        assert cursor.fetchone() == ("SELECT 'the last'",)


# Threads that come and go


def test_what_a_thread_left_open_is_closed_when_the_next_connects(committed_world):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's pool keeps its connections itself")
    gc.disable()
    try:
        for _ in range(10):
            thread = threading.Thread(target=lambda: Client().get("/"))
            thread.start()
            thread.join()
        assert 0 < files_of_database() <= 3 * 3
    finally:
        gc.enable()


def files_of_database() -> int:
    """How many of its files this process has open."""
    name, opened = str(connection.settings_dict["NAME"]), 0
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            opened += str(link.readlink()).startswith(name)
    return opened


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tehran"])
@pytest.mark.parametrize(
    "written",
    ["2026-03-21 20:29:59.123456", "1900-01-01 00:00:00.5", "2026-11-28 00:00:00", "9999-12-30 23:59:59.99"],
)
def test_times_are_read_as_the_driver_itself_reads_them(patient, zone, written):
    with psycopg.connect(address()) as plain:
        for link in (patient, plain):
            link.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        ours, theirs = (
            link.execute("SELECT %s::timestamptz", [written]).fetchone()[0] for link in (patient, plain)
        )
    assert ours == theirs
    assert ours.utcoffset() == timedelta(0)


def test_a_time_that_python_has_no_word_for_is_an_error_of_the_data(patient):
    with pytest.raises(psycopg.DataError):
        patient.execute("SELECT 'infinity'::timestamptz").fetchone()
