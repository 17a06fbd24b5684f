"""`pishkhan check`: files without their keys cannot be read, which nobody should find out by opening one."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from .keyring import LostKeyError, keys_file, load, used_keys


@register()
def check_keys(app_configs: Any, **options: Any) -> list[CheckMessage]:
    try:
        lost = used_keys() - set(ring.keys if (ring := load()) else ())
    except LostKeyError as error:
        return [Error(str(error), hint="pishkhan keeps no other copy of it.", id="pishkhan.E003")]
    except DatabaseError:
        return []  # no database, or none that is migrated: nothing is stored in it
    if lost:
        return [_lost(lost)]
    return _seen_by_others()


def _lost(keys: set[str]) -> CheckMessage:
    return Error(
        f"Documents exist, but their keys {', '.join(sorted(keys))} are not in {keys_file()}.",
        hint="Restore this file from the backup, or set PISHKHAN_KEYS to where it is.",
        id="pishkhan.E003",
    )


def _seen_by_others() -> list[CheckMessage]:
    file = keys_file()
    if not file.exists() or not file.stat().st_mode & 0o077:
        return []
    return [Error(f"Others can read {file}.", hint=f"chmod 600 {file}", id="pishkhan.E004")]
