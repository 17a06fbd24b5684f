"""GET /healthz: whether this process can serve, for whoever watches it."""

import tempfile

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# Migrations are never taken back while the portal runs, so "all applied" is asked until it is true once.
_seen: set[str] = set()


def database_trouble() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        return migration_trouble()
    except DatabaseError:
        return "the database does not answer"


def migration_trouble() -> str:
    if "migrated" in _seen:
        return ""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return f"{missing} migrations are not applied: run pishkhan migrate"
    _seen.add("migrated")
    return ""


def documents_trouble() -> str:
    try:
        with tempfile.TemporaryFile(dir=settings.DOCUMENTS_DIR) as probe:
            probe.write(b"ready")
            probe.flush()
    except OSError as error:
        return f"the documents folder cannot be written: {error.strerror}"
    return ""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ready", or 503 with the reason in one line."""
    reason = database_trouble() or documents_trouble()
    return HttpResponse(
        f"{reason or 'ready'}\n", status=503 if reason else 200, content_type="text/plain; charset=utf-8"
    )
