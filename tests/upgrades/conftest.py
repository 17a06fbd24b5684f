"""A database with the first migrations applied and nothing in it, anew for every test."""

from collections.abc import Iterator

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from .scratch import BASE, TRY, Server, first_steps


@pytest.fixture(scope="session")
def first_release(django_db_blocker, request) -> Iterator[tuple[Server, ProjectState]]:
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        server = Server()
        server.drop(BASE)
        if not server.sqlite:
            server.say(f"CREATE DATABASE {server.place(BASE)}")
        try:
            with server.opened(BASE) as connection:
                executor = MigrationExecutor(connection)
                state = executor.migrate(first_steps(executor))
            yield server, state
        finally:
            server.drop(BASE)


@pytest.fixture
def database(first_release, django_db_blocker) -> Iterator[tuple[BaseDatabaseWrapper, ProjectState]]:
    """As the first release left it, and the models of that release."""
    server, state = first_release
    with django_db_blocker.unblock():
        server.drop(TRY)
        server.copy(BASE, TRY)
        try:
            with server.opened(TRY) as connection:
                yield connection, state.clone()
        finally:
            server.drop(TRY)
