"""GET /healthz: whether this process can serve, for whoever watches it."""

import os
import tempfile
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pishkhan.accounts.models import Session
from pishkhan.audit.chain import KeyMissingError, key
from pishkhan.audit.sealing import unsealed_since
from pishkhan.documents.keyring import LostKeyError, keys_file, load, used_keys
from pishkhan.documents.pictures import LIMIT
from pishkhan.mounted import check_mounted

from .outages import outage

SEALED_WITHIN = timedelta(minutes=1)

# Migrations are never taken back while the portal runs, so "all applied" is asked until it is true once.
_seen: set[str] = set()


def database_trouble() -> str:
    """Whether it can be read and written: a change of no row needs all that any change needs."""
    try:
        missing = migration_trouble()
        Session.objects.filter(pk="").update(session_data="")
    except (DatabaseError, InterfaceError) as error:
        return outage(error) or "the database does not answer"
    return missing


def migration_trouble() -> str:
    if "migrated" in _seen:
        return ""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return f"{missing} migrations are not applied: run pishkhan migrate"
    _seen.add("migrated")
    return ""


def disk_trouble() -> str:
    """Whether one more scan could be stored."""
    try:
        check_mounted()
        with tempfile.TemporaryFile(dir=settings.DOCUMENTS_DIR) as probe:
            os.posix_fallocate(probe.fileno(), 0, LIMIT)
    except OSError as error:
        return f"the documents folder cannot be written: {error.strerror}"
    return ""


def key_trouble() -> str:
    try:
        key(settings.AUDIT_KEY_FILE)
        lost = used_keys() - set(ring.keys if (ring := load()) else ())
    except (LostKeyError, KeyMissingError) as missing:
        return str(missing)
    return f"keys {', '.join(sorted(lost))} are not in {keys_file()}" if lost else ""


def worker_trouble() -> str:
    waiting = unsealed_since()
    if waiting is None or timezone.now() - waiting < SEALED_WITHIN:
        return ""
    return f", but the worker does not run: the trail is not sealed since {waiting:%Y-%m-%d %H:%M} UTC"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ready", with a word when the worker does not run; or 503 with the reason in one line."""
    reason = database_trouble() or disk_trouble() or key_trouble()
    said = reason or f"ready{worker_trouble()}"
    return HttpResponse(f"{said}\n", status=503 if reason else 200, content_type="text/plain; charset=utf-8")
