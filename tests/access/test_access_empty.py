"""A form that comes without a single field, its token in a header: no browser sends that, a program does."""

import time

from django.urls import reverse

from pishkhan.audit.operations import Author, record, source_of
from pishkhan.web.portal.letters import FAILED, TRIES_AN_HOUR
from pishkhan.web.security import CONFIRMED
from tests.access.asking import browser, undone
from tests.access.bodies import PATTERNS, kwargs_of
from tests.access.objects import Objects
from tests.access.test_access_csrf import owner_of


def test_every_form_without_a_field_is_answered_with_a_page(objects: Objects):
    for name in PATTERNS:
        with undone():
            answer = browser(owner_of(name), objects).post(reverse(name, kwargs=kwargs_of(name, objects)))
        assert answer.status_code in (200, 302, 404, 405, 409, 422), (name, answer.status_code)


def test_so_is_one_behind_the_password_asked_again(objects: Objects):
    client = browser("a", objects)
    session = client.session
    session[CONFIRMED] = int(time.time())
    session.save()
    assert client.post(reverse("add_passkey")).status_code == 422
    assert client.post(reverse("add_authenticator")).status_code == 422


def test_so_is_one_after_too_many_tries(objects: Objects):
    visitor = Author(None, "public", source_of("127.0.0.1"))
    with undone():
        for _ in range(TRIES_AN_HOUR):
            record(FAILED, by=visitor)
        assert browser("stranger", objects).post(reverse("check_letter")).status_code == 429
