"""Tries at the same moment: none has seen another's when it writes its own, on whichever database."""

from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.test import RequestFactory

from pishkhan.accounts.models import Session, User
from pishkhan.approvals.operations import BULK, EXPORTS
from pishkhan.audit import operations
from pishkhan.audit.models import Entry
from pishkhan.audit.operations import SYSTEM
from pishkhan.policy.models import Policy
from pishkhan.policy.operations import decide_policy
from pishkhan.web import bot_check, entering
from tests import simultaneous
from tests import world as w
from tests.approvals.asking import second_senior
from tests.authenticating import with_app

from .browsing import PASSWORD, Browser, work_for
from .conftest import signed_up_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    return signed_up_world()


def at_once(times: int, name: str) -> list[int]:
    """So many sign-ins with a wrong password, none of which has seen another's try when it writes its own."""
    barrier, answers, write = Barrier(times), list[int](), operations.record

    def together(action: str, **details: object) -> Entry:
        barrier.wait(timeout=60)
        return write(action, **details)  # type: ignore[arg-type]

    def run() -> None:
        try:
            answers.append(Browser().sign_in(name, "wrong").status)
        finally:
            connections.close_all()

    Browser().open("/login/")  # what is imported with the first page has the real `record`
    threads = [Thread(target=run, daemon=True) for _ in range(times)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "record", together)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    return answers


@pytest.mark.parametrize("name", ["ali", "no-such-user"])
def test_of_thirty_two_guesses_at_once_ten_at_most_reach_the_hasher(world, name: str):
    answers = at_once(32, name)
    assert len(answers) == 32
    assert set(answers) <= {422, 429}
    assert answers.count(422) <= 10
    assert Entry.objects.filter(action="sign-in failed").count() == answers.count(422)


def test_one_work_sent_sixteen_times_at_once_counts_once(world):
    work, barrier, counted = work_for(bot_check.challenge("follow-up")), Barrier(16), list[bool]()
    write = operations.record

    def together(action: str, **details: object) -> Entry:
        barrier.wait(timeout=60)
        return write(action, **details)  # type: ignore[arg-type]

    def send() -> None:
        try:
            request = RequestFactory().post("/follow-up/", {"work": work})
            request.session = {}  # type: ignore[assignment]
            counted.append(bot_check.worked(request, "follow-up"))
        finally:
            connections.close_all()

    threads = [Thread(target=send, daemon=True) for _ in range(16)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "record", together)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert len(counted) == 16 and counted.count(True) <= 1


def test_many_files_asked_for_at_once_are_a_large_one_too(world):
    decide_policy(BULK, 1, valid_from="2020-01-01", by=SYSTEM)
    with transaction.atomic():
        w.insured(world)
    browsers = [Browser(world.ali.user) for _ in range(6)]
    pages = simultaneous.at_once(*[partial(browser.open, "/insured/export/") for browser in browsers])
    assert sorted(page.is_html for page in pages) == [False, False, True, True, True, True]
    assert Entry.objects.filter(action=EXPORTS).count() == 2


def test_who_signs_in_while_a_second_factor_is_added_is_asked_for_it(world, monkeypatch):
    """The password alone was right before there was one; that session must not go on without it."""
    look = entering.has_second_factor

    def then_added(user):
        had = look(user)
        if not had:
            with_app(user)
        return had

    monkeypatch.setattr(entering, "has_second_factor", then_added)
    page = Browser().sign_in("ali", PASSWORD)
    assert page.path.startswith("/login/") and "هنگام ورود شما تغییر کرد" in page.text
    assert not Session.objects.filter(user__username="ali").exists()
    monkeypatch.undo()
    assert "کد" in Browser().sign_in("ali", PASSWORD).main


def test_a_session_has_its_user_by_the_time_others_can_see_that_somebody_signed_in(world, monkeypatch):
    """Whoever ends all sessions of a user ends this one too."""
    seen = []
    real = entering.remember_user

    def remember(response, pk, **how):
        seen.append(Session.objects.filter(user=pk).count())
        real(response, pk, **how)

    monkeypatch.setattr(entering, "remember_user", remember)
    Browser().sign_in("ali", PASSWORD)
    assert seen == [1]


def test_of_two_who_save_settings_at_once_one_is_shown_what_the_other_decided(world):
    users = [world.senior.user, second_senior(world).user]
    User.objects.update(must_change_password=False)
    first, second = map(Browser, users)
    first.open("/desk/settings/upload/")
    second.open("/desk/settings/upload/")
    saved = simultaneous.meanwhile(
        lambda: first.submit("ذخیره", {"kilobytes": "150"}).status,
        lambda: second.submit("ذخیره", {"kilobytes": "160"}).status,
    )
    assert saved == [200, 422]
    assert Policy.objects.filter(key="upload").count() == 1
    assert second.submit("ذخیره", {"kilobytes": "160"}).status == 200, "who insists is not told again"


def test_a_double_click_on_save_is_no_colleague(world):
    once, twice = Browser(world.senior.user), Browser(world.senior.user)
    once.open("/desk/settings/upload/")
    twice.open("/desk/settings/upload/")
    saved = simultaneous.meanwhile(
        lambda: once.submit("ذخیره", {"kilobytes": "150"}).status,
        lambda: twice.submit("ذخیره", {"kilobytes": "150"}).status,
    )
    assert saved == [200, 200]
    assert Policy.objects.filter(key="upload").count() == 1
