"""`pishkhan check --deploy`: what the operator should know before real data come, and daily."""

import json
import shutil
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import DatabaseError, connection
from django.utils import timezone

from pishkhan.audit.models import Entry
from pishkhan.audit.sealing import unsealed_since

from .backing_up import LAST

BACKED_UP_WITHIN = timedelta(hours=26)  # each night, and two hours that one may take longer
SEALED_WITHIN = timedelta(minutes=5)
AHEAD = timedelta(minutes=2)
SYNCED = ["fsync", "full_page_writes", "synchronous_commit"]
LEAST_FREE = 2 * 1024**3  # bytes: a busy day's scans many times over


@register(deploy=True)
def check_backup(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Once something is in the portal, it is in a backup of the last day."""
    if latest_entry() is None:
        return []
    last = last_backup()
    if last and timezone.now() - last < BACKED_UP_WITHIN:
        return []
    told = f"The last backup ended at {last:%Y-%m-%d %H:%M} UTC." if last else "There is no backup yet."
    hint = "Run `pishkhan backup FOLDER` each night; docs/operating.md, «Backup», tells how."
    return [Warning(told, hint=hint, id="pishkhan.W003")]


@register(deploy=True)
def check_disk(app_configs: Any, **options: Any) -> list[CheckMessage]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free >= LEAST_FREE:
        return []
    told = f"Only {free // 1024**2} MB are free where {settings.DATA_DIR} lies."
    hint = "Without room nothing can be sent: make room, or move PISHKHAN_DATA_DIR to a larger disk."
    return [Warning(told, hint=hint, id="pishkhan.W004")]


@register(deploy=True)
def check_worker(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Entries that stay unsealed have no worker."""
    try:
        waiting = unsealed_since()
    except DatabaseError:
        return []
    if waiting is None or timezone.now() - waiting < SEALED_WITHIN:
        return []
    told = f"The worker does not run: entries of the trail wait since {waiting:%Y-%m-%d %H:%M} UTC."
    hint = "`pishkhan serve` starts one unless PISHKHAN_WORKER=0; then run `pishkhan worker` beside it."
    return [Warning(told, hint=hint, id="pishkhan.W005")]


@register(deploy=True)
def check_clock(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Deadlines, one-time passwords and the trail rest on the clock: it never goes back."""
    latest = latest_entry()
    if latest is None or latest <= timezone.now() + AHEAD:
        return []
    told = f"The clock is wrong: the trail has an entry of {latest:%Y-%m-%d %H:%M} UTC, which is yet to come."
    return [Warning(told, hint="Set the clock, and let it follow a time server.", id="pishkhan.W006")]


@register(deploy=True)
def check_power_cut(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """PostgreSQL waits for its disk before it says that something is saved, unless told not to."""
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [SYNCED])
            off = ", ".join(sorted(name for (name,) in cursor.fetchall()))
    except DatabaseError:
        return []
    told = f"A power cut takes away what was saved: in PostgreSQL {off} is off."
    hint = "Turn it on, in postgresql.conf or for this database and its user."
    return [Warning(told, hint=hint, id="pishkhan.W009")] if off else []


@register(deploy=True)
def check_letters(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """In a database of the locale C Persian is no letters: the index of words holds none of it."""
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT show_trgm(%s) = '{}'", ["سلام"])
            blind = cursor.fetchone() == (True,)
    except DatabaseError:
        return []
    told = "Searches for names read all requests: the database's locale knows no Persian letters."
    hint = "Restore a backup into a database made with LOCALE 'C.UTF-8'; docs/operating.md, «PostgreSQL»."
    return [Warning(told, hint=hint, id="pishkhan.W010")] if blind else []


def latest_entry() -> datetime | None:
    """When the last entry of the trail was written; None in a new installation."""
    try:
        return Entry.objects.order_by("-at", "-id").values_list("at", flat=True).first()
    except DatabaseError:
        return None


def last_backup() -> datetime | None:
    """When the last backup of this installation ended, if there was one."""
    try:
        told = json.loads((settings.DATA_DIR / LAST).read_text())
        return datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError):
        return None
