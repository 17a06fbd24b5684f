"""A failure is told to the operator: where and of what kind, and nothing of those whose data was in hand."""

import io
import logging
from importlib import import_module

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.utils.log import AdminEmailHandler

from pishkhan.accounts.models import User
from pishkhan.documents.keyring import LostKeyError
from pishkhan.web import reporting
from pishkhan.web.management.commands.worker import Job
from tests import canaries
from tests import world as w

from .browsing import BACKEND
from .failing import FAILURES, SAID

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.failing")]

SENT = {"national_code": "9990000018", "mobile": "09121112233", "password": "nemune-1405-khoob"}


@pytest.fixture
def log(monkeypatch) -> io.StringIO:
    """What the portal's own handlers write, with the formatter that they were given by the settings."""
    written = io.StringIO()
    for handler in {*logging.getLogger("django").handlers, *logging.getLogger().handlers}:
        if isinstance(handler.formatter, reporting.QuietFormatter) and hasattr(handler, "stream"):
            monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.fixture
def mailed(settings):
    """An operator who has error mails sent, with everything that Django offers."""
    settings.ADMINS = [("operator", "operator@example.org")]
    handler = AdminEmailHandler(include_html=True)
    handler.setLevel(logging.ERROR)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield mail
    logger.removeHandler(handler)


def failed(world: w.World, view: str) -> None:
    w.insured(world)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(pk=world.clerk.user.pk), backend=BACKEND)
    session = client.session
    session["said"] = SAID
    session.save()
    client.cookies["said"] = "9990000018"
    assert client.post(f"/fail/{view}/", SENT).status_code == 500


@pytest.mark.parametrize("view", [view.__name__ for view in FAILURES])
def test_a_failure_names_nobody_in_the_log_and_in_the_mail(world, log, mailed, view):
    failed(world, view)
    assert f"Internal Server Error: /fail/{view}/" in log.getvalue()
    assert "failing.py" in log.getvalue() and f"in {view}" in log.getvalue()
    assert not canaries.in_text(log.getvalue())
    (letter,) = mail.outbox
    (html, _), *_ = letter.alternatives
    for told in (letter.subject, letter.body, html):
        assert not canaries.in_text(told)
    for told in (letter.body, html):
        assert f"POST /fail/{view}/" in told and f"in {view}" in told
        assert "secret_key" not in told.lower() and "session" not in told


def test_a_broken_rule_of_the_database_is_told_without_its_values(world, log):
    failed(world, "in_database")
    assert "IntegrityError: " in log.getvalue()
    assert "people_person" in log.getvalue() and "national_code" in log.getvalue()


def test_what_led_to_a_failure_is_told_in_its_order(world, log):
    failed(world, "in_chain")
    told = log.getvalue()
    assert told.index("ValueError") < told.index("which led to") < told.index("KeyError")


def test_a_job_of_the_worker_that_fails_names_nobody(world, log):
    def job() -> None:
        w.insured(world)
        raise ValueError(SAID)

    Job("sealing", 1, job).run_if_due()
    assert "sealing: ValueError" in log.getvalue()
    assert not canaries.in_text(log.getvalue())


def test_what_the_operator_has_to_do_is_told_in_words():
    assert reporting.words_of(LostKeyError("restore it")).endswith("LostKeyError: restore it")
    assert reporting.words_of(OperationalError("disk I/O error")) == (
        "django.db.utils.OperationalError: disk I/O error"
    )
    missing = FileNotFoundError(2, "No such file or directory", "/srv/x")
    assert reporting.words_of(missing) == "FileNotFoundError: No such file or directory /srv/x"
    assert reporting.words_of(ValueError(SAID)) == "ValueError"
    assert reporting.words_of(OSError(SAID)) == "OSError"


def test_what_another_handler_wrote_into_a_record_is_not_told():
    """`logging` keeps a traceback that was formatted once in the record, for the next handler."""
    try:
        raise ValueError(SAID)
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("any", logging.ERROR, __file__, 1, "failed", (), told)
    assert canaries.in_text(logging.Formatter().format(record))
    assert not canaries.in_text(reporting.QuietFormatter().format(record))


def test_an_exception_that_led_to_itself_is_told_once():
    error = ValueError()
    error.__cause__ = error
    assert reporting.told_of(error).count("ValueError") == 1


def test_every_exception_that_may_speak_exists():
    for name in reporting.OURS:
        module, _, kind = name.rpartition(".")
        assert issubclass(getattr(import_module(module), kind), Exception)
