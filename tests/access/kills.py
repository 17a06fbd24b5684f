"""What notices that a check is gone: cells of the table, rights that are taken away, operations."""

import builtins
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.urls import reverse

from pishkhan.cases.refusals import CaseMovedOnError
from tests.access import mutants
from tests.access.asking import asked, browser, leaks, outcome, sent, undone
from tests.access.bodies import kwargs_of
from tests.access.objects import Objects
from tests.access.operating import ATTEMPTS
from tests.access.roles import BYTES, DOORS, NO
from tests.access.table import DOOR, NOWHERE, PUBLISHED, TABLE
from tests.access.test_access_planted import (
    GUESSED,
    NAMED,
    SEARCHES,
    TAKEN_FOR,
    is_nothing,
    told_or_changed,
)
from tests.access.test_access_taken_away import LOSSES

ASKING = (
    *("stranger", "applicant", "follower", "deactivated", "rightless", "must change"),
    *("a", "both at b", "b"),
    *("registration", "inspection", "revenue", "senior"),
    *("far registration", "far inspection", "far senior"),
)
"""One of each kind of those in the table: the others differ from one of these in nothing that is checked."""


PREPARED = {
    ("pishkhan.accounts.sessions", "_of_key"),
    ("pishkhan.workshops.actors", "_post_of"),
    ("pishkhan.workshops.actors", "_held_by"),
}
"""Queries built once a process: every request comes through them, so what is lost must show their checks."""


@dataclass(frozen=True)
class Cell:
    """One thing that must be so; `opens` says that it is a refusal, which a missing check would turn."""

    name: tuple[str, ...]
    holds: Callable[[Objects], bool]
    opens: bool = True

    def fails(self, o: Objects) -> bool:
        """Whether it is otherwise now; an error is otherwise too. Nothing of it stays."""
        cache.clear()
        logging.disable()
        try:
            with undone():
                return not self.holds(o)
        except Exception:
            return True
        finally:
            logging.disable(logging.NOTSET)


def every_cell() -> Iterator[Cell]:
    for name, (get, post) in TABLE.items():
        for role in ASKING:
            for method, row in (("GET", get), ("POST", post)):
                if row[role] != NO:
                    told = _cell_of_table(name, method, role, row[role])
                    yield Cell((name, method, role), told, row[role] not in BYTES)
    for name, roles in SEARCHES.items():
        for role in roles:
            found = lambda o, role=role, name=name: _finds_nothing(role, name, o)  # noqa: E731
            yield Cell(("search", name, role), found)
    for what in NAMED:
        yield Cell(("named", what), lambda o, what=what: not told_or_changed(what, o))  # type: ignore[misc]
    for what in GUESSED:
        yield Cell(("guessed", what), lambda o, what=what: is_nothing(what, o))  # type: ignore[misc]
    for what, holds in TAKEN_FOR.items():
        yield Cell(("taken for", what), holds)
    for path, role in NOWHERE.items():
        nowhere = lambda o, path=path, role=role: browser(role, o).get(path).status_code == 404  # noqa: E731
        yield Cell(("nowhere", path), nowhere)
    for lost in LOSSES:
        yield Cell(("lost", lost), lambda o, lost=lost: _is_lost(lost, o))  # type: ignore[misc]
    for what, attempt in ATTEMPTS.items():
        yield Cell(("operation", what), lambda o, attempt=attempt: _is_refused(attempt, o))  # type: ignore[misc]


def _cell_of_table(name: str, method: str, role: str, declared: str) -> Callable[[Objects], bool]:
    def holds(o: Objects) -> bool:
        known = str(kwargs_of(name, o)) + (str(sent(name, o)) if method == "POST" else "")
        response = asked(role, method, name, o)
        return outcome(response) == declared and (name in PUBLISHED or not leaks(role, response, o, known))

    return holds


def _finds_nothing(role: str, name: str, o: Objects) -> bool:
    texts = [c.text for c in o.canaries if role not in c.readers][:12]
    for text in texts:
        response = browser(role, o).post(reverse(name), {"text": text}, follow=True)
        if response.status_code != 200 or leaks(role, response, o, known=text):
            return False
    return True


def _is_lost(lost: str, o: Objects) -> bool:
    loss = LOSSES[lost]
    visitor = loss.role in ("follower", "applicant")
    told = [name for name, (get, _) in TABLE.items() if get[loss.role] != get[loss.becomes]]
    changing = [name for name in told if DOOR[name] or visitor]
    loss.take(o)
    return all(
        outcome(asked(loss.role, "GET", name, o)) == TABLE[name][0][loss.becomes] for name in changing[:6]
    )


def _is_refused(attempt: Callable[[Objects], object], o: Objects) -> bool:
    try:
        attempt(o)
    except (PermissionDenied, ObjectDoesNotExist, CaseMovedOnError):
        return True
    return False


def reaching(functions: set[tuple[str, str]], o: Objects) -> dict[tuple[str, str], list[Cell]]:
    """The cells that come through each of these functions, those that refuse first."""
    found: dict[tuple[str, str], list[Cell]] = {function: [] for function in functions}
    reached: set[str] = set()
    builtins.reached = reached.add  # type: ignore[attr-defined]
    with ExitStack() as noted:
        for module, qualname in functions - PREPARED:
            running = mutants.running(module, qualname)
            noted.enter_context(mutants.swapped(running, mutants.noting(module, qualname)))
        for cell in every_cell():
            reached.clear()
            mutants.forget_compiled()
            assert not cell.fails(o), f"{cell.name} fails with every check in its place"
            for prepared in functions & PREPARED:
                found[prepared] += [cell] * (cell.name[0] == "lost")
            for name in reached:
                module, _, qualname = name.partition(":")
                found[module, qualname].append(cell)
    for cells in found.values():
        cells.sort(key=lambda cell: (cell.name[0] in TABLE, not cell.opens))
    return found


KNOCKING = (
    *("stranger", "deactivated", "rightless", "a"),
    *("registration", "inspection", "revenue", "senior"),
)


def entered(*args: Any, **kwargs: Any) -> Any:
    """Stands in the place of a view."""
    from django.http import HttpResponse  # noqa: PLC0415 - runs among the names of another module

    return HttpResponse("entered")


def door_holds(name: str, o: Objects) -> bool:
    """Whether exactly those whom the table's door names come to the view behind it."""
    method = "GET" if TABLE[name][0]["a"] != NO else "POST"
    for role in KNOCKING:
        logging.disable()
        try:
            with undone():
                response = asked(role, method, name, o)
        except Exception:
            return False
        finally:
            logging.disable(logging.NOTSET)
        if (response.content == b"entered") != (role in DOORS[DOOR[name]]):
            return False
        if role in ("stranger", "deactivated") and response.status_code != 302:
            return False
    return True
