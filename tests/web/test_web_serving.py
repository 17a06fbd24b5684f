"""What `pishkhan serve` hands over to the web server."""

import os

import pytest
from django.db import connections

from pishkhan.web.management.commands.serve import MEMORY, SILENT_SECONDS, Command


@pytest.fixture
def handed_over(monkeypatch) -> list[list[str]]:
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append(command))
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return commands


def test_threads_share_their_memory_and_give_much_of_it_back(handed_over):
    for name in MEMORY:
        os.environ.pop(name, None)
    Command().hand_over("127.0.0.1", 8000, 2)
    assert MEMORY.items() <= os.environ.items()
    assert handed_over[0][-1] == "pishkhan.wsgi:application"


def test_what_the_operator_set_stays(handed_over):
    os.environ["MALLOC_MMAP_THRESHOLD_"] = "5000000"
    Command().hand_over("127.0.0.1", 8000, 2)
    assert os.environ["MALLOC_MMAP_THRESHOLD_"] == "5000000"


def test_a_connection_without_a_whole_header_is_closed_after_the_time_that_proxies_are_told(handed_over):
    Command().hand_over("127.0.0.1", 8000, 2)
    given = dict(zip(handed_over[0], handed_over[0][1:], strict=False))
    assert given["--http1-header-read-timeout"] == str(SILENT_SECONDS * 1000)
