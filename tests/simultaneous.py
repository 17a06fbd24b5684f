"""Two at the same moment: threads with connections of their own, on whichever database the tests run."""

import time
from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

from django.db import close_old_connections, connections, transaction

HELD = 0.4  # seconds for which a transaction is held open
Action = Callable[[], Any]


def at_once(*actions: Action) -> list[Any]:
    """Runs every action in a thread of its own at the same moment; what each gave or raised, in order."""
    barrier = Barrier(len(actions))

    def after_all(action: Action) -> Action:
        return lambda: (barrier.wait(timeout=20), action())[1]

    return _in_threads(*map(after_all, actions))


def meanwhile(first: Action, then: Action) -> list[Any]:
    """`then` begins when `first` is done and not committed yet; what each gave or raised."""
    done = Event()

    def held_open() -> Any:
        try:
            with transaction.atomic():
                gave = first()
                done.set()
                time.sleep(HELD)
            return gave
        finally:
            done.set()

    return _in_threads(held_open, lambda: (done.wait(timeout=20), then())[1])


def _in_threads(*actions: Action) -> list[Any]:
    answers: list[Any] = [None] * len(actions)

    def run(place: int, action: Action) -> None:
        close_old_connections()
        try:
            answers[place] = action()
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=item, daemon=True) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    return answers
