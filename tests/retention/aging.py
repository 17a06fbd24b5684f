"""What the tests of retention share: time that has passed, what is left of somebody, and where."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.documents.models import Document
from pishkhan.letters.models import Letter
from pishkhan.policy.operations import decide_policy
from pishkhan.retention.applying import apply_retention
from pishkhan.retention.periods import CASES

TRAIL = ("audit", "policy")


def later(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def applied(days: float, **options: Any) -> dict[str, int]:
    """Retention as it is applied so many days from now."""
    return dict(apply_retention(now=later(days), **options))


def decide(*rows: dict[str, Any]) -> None:
    decide_policy(CASES, list(rows), valid_from=timezone.localdate(), by=SYSTEM)


def tables_with(*words: str) -> set[str]:
    """The tables in which any of the words stands, in whatever column."""
    found = set()
    for model in apps.get_models():
        for row in model._base_manager.values():
            said = json.dumps(list(map(str, row.values())), ensure_ascii=False, cls=DjangoJSONEncoder)
            if any(word in said for word in words):
                found.add(model._meta.model_name)
    return found


def files() -> set[str]:
    folders = (Path(settings.DOCUMENTS_DIR), Path(settings.LETTERS_DIR))
    return {path.name for folder in folders for path in folder.rglob("*.sealed")}


def documents_of(case: Case) -> list[Document]:
    return [scan.document for scan in case.scans.select_related("document")]


def file_names(rows: list[Document] | list[Letter]) -> set[str]:
    return {row.path.name for row in rows}
