"""Two processors for one load: rows are made by a process of its own while those before are written."""

import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, NoReturn, TypeVar

from django.db import connection

from pishkhan.parents import PARENT, end_with_parent

Made = TypeVar("Made")
AHEAD = 2

_making: Iterator[Any] = iter(())


def made_beside(making: Iterator[Made]) -> Iterator[Made]:
    """What `making` yields, made in a copy of this process; what fails there is raised here.

    It may not ask the database, whose connection is this process's, and nothing that it changes is seen here.
    """
    with ProcessPoolExecutor(1, get_context("fork"), _begin, (making, os.getpid())) as maker:
        coming = deque(maker.submit(_next) for _ in range(AHEAD))
        while (made := coming.popleft().result()) is not None:
            coming.append(maker.submit(_next))
            yield made


def _begin(making: Iterator[Any], parent: int) -> None:
    os.environ[PARENT] = str(parent)
    end_with_parent(signal.SIGKILL)
    global _making  # noqa: PLW0603 of a process that does nothing else
    _making = making
    connection.execute_wrappers.append(_refuse)


def _next() -> Any:
    return next(_making, None)


def _refuse(*asked: Any) -> NoReturn:
    raise AssertionError(f"the database was asked where rows are made: {asked[1]}")
