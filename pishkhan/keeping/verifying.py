"""`pishkhan verify`: whether everything that is stored is there, whole, and fits together."""

from collections.abc import Callable, Iterator
from itertools import chain

from django.apps import apps
from django.db import connection
from django.db.models import Exists, Field, ForeignKey, Model, OuterRef

from pishkhan.audit.anchors import AnchorsUnreadableError
from pishkhan.audit.chain import KeyMissingError
from pishkhan.audit.verifying import WrongTrailError
from pishkhan.audit.verifying import verify as verify_trail
from pishkhan.documents.keyring import LostKeyError, sealed_models
from pishkhan.documents.models import SealedFile
from pishkhan.documents.vault import BrokenSealError, unseal

SHOWN = 20
"""So many dangling rows of one kind are named."""


def database_file(sample: int) -> Iterator[str]:
    """SQLite's own look at its file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            yield from (f"database: {line}" for (line,) in cursor.fetchall() if line != "ok")


def dangling_rows(sample: int) -> Iterator[str]:
    """Rows that refer to what is not there."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                yield from _dangling(model, field.attname, field.target_field)


def _dangling(model: type[Model], column: str, target: Field) -> Iterator[str]:
    there = target.model._base_manager.filter(**{target.attname: OuterRef(column)})
    lost = model._base_manager.filter(~Exists(there), **{f"{column}__isnull": False})
    for pk, value in lost.values_list("pk", column)[:SHOWN]:
        yield f"{model._meta.label} {pk}: {column} {value} does not exist"


def sealed_files(sample: int) -> Iterator[str]:
    """Files that are missing or not what their row says; looks at `sample` of each kind, 0 for all."""
    for model in sealed_models():
        rows = model._default_manager.all()
        if sample:
            rows = rows.order_by("?")[:sample]
        for row in rows.iterator():
            trouble = _trouble_of(row)
            if trouble:
                yield f"{row.identity}: {trouble}"


def _trouble_of(row: SealedFile) -> str:
    if not row.wrapped_key:  # never stored, or destroyed on purpose
        return "its key is gone, and its file is still there" if row.path.exists() else ""
    try:
        unseal(row)
    except (BrokenSealError, LostKeyError) as broken:
        return str(broken)
    except OSError as error:
        return f"its file cannot be read ({error.strerror})"
    return ""


def trail(sample: int) -> Iterator[str]:
    """The first thing that is wrong with the trail's chain; it is read whole, whatever the sample is."""
    try:
        verify_trail()
    except (WrongTrailError, AnchorsUnreadableError, KeyMissingError) as wrong:
        yield f"trail: {wrong}"


VERIFICATIONS: list[Callable[[int], Iterator[str]]] = [database_file, dangling_rows, sealed_files, trail]
"""Each is given the size of the sample and yields a line for what is wrong."""


def troubles(sample: int) -> Iterator[str]:
    return chain.from_iterable(verify(sample) for verify in VERIFICATIONS)


def counts() -> dict[str, int]:
    """How many rows each of the portal's tables has."""
    own = [model for model in apps.get_models() if model.__module__.startswith("pishkhan.")]
    return {model._meta.label: model._base_manager.count() for model in own}
